using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>
/// Something that happened to a release, in the order of its life below. Each is one line of the release log (I10), and the state of a
/// release is nothing but its events applied in order: see <see cref="Release.Apply"/>.
/// </summary>
[JsonDerivedType(typeof(ReleaseCreated), "created")]
[JsonDerivedType(typeof(PackageBuilt), "package-built")]
[JsonDerivedType(typeof(PackageBuildFailed), "package-build-failed")]
[JsonDerivedType(typeof(PackageBuildRetried), "package-build-retried")]
[JsonDerivedType(typeof(ConfigurationEdited), "configuration-edited")]
[JsonDerivedType(typeof(BasicInformationEdited), "basic-information-edited")]
[JsonDerivedType(typeof(ApplicationSubmitted), "application-submitted")]
[JsonDerivedType(typeof(RequestWithdrawn), "request-withdrawn")]
[JsonDerivedType(typeof(RequestRejected), "request-rejected")]
[JsonDerivedType(typeof(RequestApproved), "request-approved")]
[JsonDerivedType(typeof(ReviewStageOpened), "review-stage-opened")]
[JsonDerivedType(typeof(ReviewersChanged), "reviewers-changed")]
[JsonDerivedType(typeof(ApprovalGiven), "approval-given")]
[JsonDerivedType(typeof(RequestExpired), "request-expired")]
[JsonDerivedType(typeof(PilotStarted), "pilot-started")]
[JsonDerivedType(typeof(TestersChanged), "testers-changed")]
[JsonDerivedType(typeof(PilotCompleted), "pilot-completed")]
[JsonDerivedType(typeof(ReleasePrepared), "release-prepared")]
[JsonDerivedType(typeof(GrayscaleChosen), "grayscale-chosen")]
[JsonDerivedType(typeof(PercentageRaised), "percentage-raised")]
[JsonDerivedType(typeof(RolloutHeld), "rollout-held")]
[JsonDerivedType(typeof(RolloutResumed), "rollout-resumed")]
[JsonDerivedType(typeof(FreezeOverridden), "freeze-overridden")]
[JsonDerivedType(typeof(WentLive), "went-live")]
[JsonDerivedType(typeof(ReleaseCanceled), "canceled")]
[JsonDerivedType(typeof(ReleaseArchived), "archived")]
[JsonDerivedType(typeof(TakenOffline), "taken-offline")]
public abstract record ReleaseEvent
{
    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who did it.</summary>
    public required UserId By { get; init; }

    /// <summary>The name shown.</summary>
    public required string ByName { get; init; }
}

/// <summary>T1: the target was chosen; a first build begins. What <paramref name="TestSecret"/> says goes into the test code, which nobody can work out from the id.</summary>
public sealed record ReleaseCreated(
    ReleaseId Id,
    ReleaseKey Key,
    WorkspaceKey MiniProgramWorkspace,
    WorkspaceKey AppWorkspace,
    ReleasePolicy Policy,
    string SourceDigest,
    ConfigurationValues Override,
    ConfigurationValues Effective,
    BasicInformation BasicInformation,
    string? TestSecret = null) : ReleaseEvent;

/// <summary>T2: the package for the present configuration is there.</summary>
/// <param name="Package">The package.</param>
/// <param name="Report">What was found in it; null for packages from before there were reports.</param>
public sealed record PackageBuilt(BuiltReleasePackage Package, PackageReport? Report = null) : ReleaseEvent;

/// <summary>T2 did not come about: the build failed (A15).</summary>
public sealed record PackageBuildFailed(string Reason) : ReleaseEvent;

/// <summary>A failed build was asked for again (A15).</summary>
public sealed record PackageBuildRetried : ReleaseEvent;

/// <summary>T3: the configuration changed, by an edit of the release or of the mini program's global one; the package is built again.</summary>
public sealed record ConfigurationEdited(ConfigurationValues Override, ConfigurationValues Effective, bool IsGlobalChange) : ReleaseEvent;

/// <summary>T3: basic information or release notes changed.</summary>
public sealed record BasicInformationEdited(BasicInformation BasicInformation) : ReleaseEvent;

/// <summary>T4, and the first half of T5 and T6: package, configuration, basic information and rules are frozen and submitted.</summary>
public sealed record ApplicationSubmitted(ReviewRequestId Request, ReleaseSnapshot Snapshot, ReleasePolicy Policy, string? Email, BasicInformation BasicInformation)
    : ReleaseEvent;

/// <summary>T7: taken back by the applicant.</summary>
public sealed record RequestWithdrawn : ReleaseEvent;

/// <summary>T8: rejected with a reason (I9).</summary>
public sealed record RequestRejected(string Reason, RejectionCategory Category, bool AllowsSamePackage) : ReleaseEvent;

/// <summary>The decision of T9 to T11, or the automatic approval of T5 and T6.</summary>
public sealed record RequestApproved(string? Comment, bool IsAutomatic) : ReleaseEvent;

/// <summary>T23: a stage of the review begins.</summary>
public sealed record ReviewStageOpened(ReviewStage Stage) : ReleaseEvent;

/// <summary>T23: others decide than before.</summary>
/// <param name="Stage">The stage with those who decide now.</param>
/// <param name="Escalation">Why the workflow brought them in; null if a person named them.</param>
public sealed record ReviewersChanged(ReviewStage Stage, string? Escalation) : ReleaseEvent;

/// <summary>A reviewer approved, and the request needs more than that: further approvals, or another stage.</summary>
/// <param name="Stage">In which stage.</param>
/// <param name="Comment">What the reviewer wrote.</param>
/// <param name="Given">Approvals of the stage so far.</param>
/// <param name="Required">How many it needs; the stage is passed when both are equal.</param>
public sealed record ApprovalGiven(string Stage, string? Comment, int Given, int Required) : ReleaseEvent;

/// <summary>T24: nobody decided in time; back to the applicant.</summary>
public sealed record RequestExpired(string Reason) : ReleaseEvent;

/// <summary>T6, T9: named testers may use it.</summary>
public sealed record PilotStarted : ReleaseEvent;

/// <summary>T12: the list of testers changed.</summary>
/// <param name="Added">How many came in.</param>
/// <param name="Removed">How many went out.</param>
/// <param name="Total">How many there are now.</param>
/// <param name="Examples">Up to ten of the changed ids, with + or - before each.</param>
public sealed record TestersChanged(int Added, int Removed, int Total, IReadOnlyList<string> Examples) : ReleaseEvent;

/// <summary>T13, and the decision of T14: testing is over.</summary>
/// <param name="Warning">What a careful person would have noticed, for example no testers at all (A6); null if nothing.</param>
public sealed record PilotCompleted(string? Warning) : ReleaseEvent;

/// <summary>T10: approved, and no pilot: the release type is to be chosen.</summary>
public sealed record ReleasePrepared : ReleaseEvent;

/// <summary>T16: step by step was chosen; no user has it yet.</summary>
public sealed record GrayscaleChosen : ReleaseEvent;

/// <summary>T17: more users have it (I3).</summary>
public sealed record PercentageRaised(int Percentage) : ReleaseEvent;

/// <summary>T25: the percentage stays where it is until somebody lets it rise again.</summary>
/// <param name="Reason">Why.</param>
public sealed record RolloutHeld(string Reason) : ReleaseEvent;

/// <summary>T25: the percentage may rise again.</summary>
public sealed record RolloutResumed(string Reason) : ReleaseEvent;

/// <summary>T26: the freeze of the target does not hold this release back.</summary>
public sealed record FreezeOverridden(string Reason) : ReleaseEvent;

/// <summary>T5, T11, T14, T18, T19: live for everyone.</summary>
public sealed record WentLive(ReleaseMode Mode) : ReleaseEvent;

/// <summary>T15, T20, T21: given up; the key is burnt (I4).</summary>
public sealed record ReleaseCanceled(string? Reason) : ReleaseEvent;

/// <summary>T22: a newer version became full on the same target.</summary>
public sealed record ReleaseArchived(ReleaseId SupersededBy) : ReleaseEvent;

/// <summary>T27: nobody gets the mini program there any more.</summary>
public sealed record TakenOffline(string Reason) : ReleaseEvent;

/// <summary>The package that reaches users: the uploaded files with the effective configuration inside.</summary>
/// <param name="Digest">SHA-256 of the package, 64 lower-case hexadecimal digits; also where its bytes are kept.</param>
/// <param name="Size">Bytes.</param>
/// <param name="FileCount">Files in it.</param>
/// <param name="ConfigurationHash">Hash of the effective configuration it was built with.</param>
public sealed record BuiltReleasePackage(string Digest, long Size, int FileCount, string ConfigurationHash);
