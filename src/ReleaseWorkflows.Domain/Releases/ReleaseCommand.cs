using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Packages;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>Something a person or the platform wants done with a release. Whether it happens is decided by <see cref="ReleaseDecider"/>.</summary>
public abstract record ReleaseCommand
{
    /// <summary>The command's name, as in addresses and in <c>allowedCommands</c>: one of <see cref="ReleaseCommands"/>.</summary>
    public abstract string Name { get; }
}

/// <summary>The names of the commands.</summary>
public static class ReleaseCommands
{
    /// <summary>Edit the release's own configuration (T3).</summary>
    public const string EditConfiguration = "edit-configuration";

    /// <summary>Edit basic information and release notes (T3).</summary>
    public const string EditBasicInformation = "edit-basic-information";

    /// <summary>Build again after a failure (A15).</summary>
    public const string RetryBuild = "retry-build";

    /// <summary>Apply to release (T4 to T6).</summary>
    public const string Apply = "apply";

    /// <summary>Take the application back (T7).</summary>
    public const string Withdraw = "withdraw";

    /// <summary>Approve the application (T9 to T11).</summary>
    public const string Approve = "approve";

    /// <summary>Reject the application (T8).</summary>
    public const string Reject = "reject";

    /// <summary>Say who of the super app decides in the present stage (T23).</summary>
    public const string AssignReviewers = "assign-reviewers";

    /// <summary>Change the list of pilot testers (T12).</summary>
    public const string UpdateTesters = "update-testers";

    /// <summary>Complete the pilot (T13, T14).</summary>
    public const string CompletePilot = "complete-pilot";

    /// <summary>Choose the release type (T16, T19).</summary>
    public const string GoLive = "go-live";

    /// <summary>Set the percentage (T17, T18).</summary>
    public const string Grayscale = "grayscale";

    /// <summary>Keep the percentage where it is (T25).</summary>
    public const string Hold = "hold";

    /// <summary>Let the percentage rise again (T25).</summary>
    public const string Resume = "resume";

    /// <summary>Let this release pass the freeze of its target (T26).</summary>
    public const string OverrideFreeze = "override-freeze";

    /// <summary>Take a mini program off the target (T27).</summary>
    public const string TakeOffline = "take-offline";

    /// <summary>Give the release up (T15, T20, T21).</summary>
    public const string Cancel = "cancel";

    /// <summary>The build is done (T2). The platform's.</summary>
    public const string CompleteBuild = "complete-build";

    /// <summary>The build failed (A15). The platform's.</summary>
    public const string FailBuild = "fail-build";

    /// <summary>Take over a change of the mini program's global configuration (T3). The platform's.</summary>
    public const string RefreshConfiguration = "refresh-configuration";

    /// <summary>Approve where no person reviews (T5, T6). The platform's.</summary>
    public const string ApproveAutomatically = "approve-automatically";

    /// <summary>Begin a stage of the review (T23). The platform's.</summary>
    public const string OpenReviewStage = "open-review-stage";

    /// <summary>Bring further reviewers in, since nobody has decided (T23). The platform's.</summary>
    public const string EscalateReview = "escalate-review";

    /// <summary>Give the request back, since nobody has decided (T24). The platform's.</summary>
    public const string ExpireReview = "expire-review";

    /// <summary>Raise the percentage by schedule (T17, T18). The platform's.</summary>
    public const string RaiseAutomatically = "raise-automatically";

    /// <summary>Keep the percentage where it is, since something measured says so (T25). The platform's.</summary>
    public const string HoldAutomatically = "hold-automatically";

    /// <summary>Begin the pilot (T6, T9). The platform's.</summary>
    public const string StartPilot = "start-pilot";

    /// <summary>Offer the choice of release type (T10). The platform's.</summary>
    public const string PrepareRelease = "prepare-release";

    /// <summary>Go live outside Production (T5, T11, T14). The platform's.</summary>
    public const string GoLiveAutomatically = "go-live-automatically";

    /// <summary>Archive after a newer full release (T22). The platform's.</summary>
    public const string Archive = "archive";
}

/// <summary>T3. Replaces the override; an empty one returns to the global configuration.</summary>
public sealed record EditConfiguration(ConfigurationValues Override) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.EditConfiguration;
}

/// <summary>T3. Replaces basic information and release notes.</summary>
public sealed record EditBasicInformation(BasicInformation BasicInformation) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.EditBasicInformation;
}

/// <summary>A15.</summary>
public sealed record RetryBuild : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.RetryBuild;
}

/// <summary>T4 to T6.</summary>
/// <param name="ReleaseNotes">New release notes, written in the dialog of the application (A10); null keeps those there are.</param>
public sealed record Apply(string? ReleaseNotes = null) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Apply;
}

/// <summary>T7.</summary>
public sealed record Withdraw : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Withdraw;
}

/// <summary>T9 to T11.</summary>
/// <param name="Comment">For the applicant; up to 4,000 characters.</param>
public sealed record Approve(string? Comment = null) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Approve;
}

/// <summary>T8.</summary>
/// <param name="Reason">What is wrong, for the applicant; 1 to 4,000 characters (I9).</param>
/// <param name="Category">What it is about (A8).</param>
/// <param name="AllowSamePackage">With <see cref="RejectionCategory.Code"/>: accept the same package again. Default: false.</param>
public sealed record Reject(string Reason, RejectionCategory Category, bool AllowSamePackage = false) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Reject;
}

/// <summary>T12. What the new list of testers means, worked out by the service that keeps the list.</summary>
/// <param name="Added">How many come in.</param>
/// <param name="Removed">How many go out.</param>
/// <param name="Total">How many there are then.</param>
/// <param name="Examples">Up to ten of the changed ids for the log.</param>
public sealed record UpdateTesters(int Added, int Removed, int Total, IReadOnlyList<string> Examples) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.UpdateTesters;
}

/// <summary>T13, T14.</summary>
public sealed record CompletePilot : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.CompletePilot;
}

/// <summary>T16, T19.</summary>
public sealed record GoLive(ReleaseType Type) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.GoLive;
}

/// <summary>T17, T18.</summary>
/// <param name="Percentage">1 to 100 and more than now; 100 is the full release (A18).</param>
public sealed record SetPercentage(int Percentage) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Grayscale;
}

/// <summary>T15, T20, T21.</summary>
/// <param name="Reason">For the log; up to 4,000 characters.</param>
public sealed record Cancel(string? Reason = null) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Cancel;
}

/// <summary>T2.</summary>
public sealed record CompleteBuild(BuiltReleasePackage Package, PackageReport? Report = null) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.CompleteBuild;
}

/// <summary>A15.</summary>
/// <param name="Reason">A sentence for the developer.</param>
/// <param name="ConfigurationHash">Hash of the configuration the failed build was for; a result for an older one is ignored.</param>
public sealed record FailBuild(string Reason, string ConfigurationHash) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.FailBuild;
}

/// <summary>T3, caused by the mini program's global configuration.</summary>
/// <param name="ChangedBy">Who changed it: named in the log, since the platform only carries the change on.</param>
/// <param name="ChangedByName">The name shown.</param>
public sealed record RefreshConfiguration(UserId ChangedBy, string ChangedByName) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.RefreshConfiguration;
}

/// <summary>First step of T5 and T6.</summary>
public sealed record ApproveAutomatically : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.ApproveAutomatically;
}

/// <summary>T6, T9.</summary>
public sealed record StartPilot : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.StartPilot;
}

/// <summary>T10.</summary>
public sealed record PrepareRelease : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.PrepareRelease;
}

/// <summary>T5, T11, T14.</summary>
public sealed record GoLiveAutomatically : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.GoLiveAutomatically;
}

/// <summary>T22.</summary>
public sealed record Archive(ReleaseId SupersededBy) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Archive;
}

/// <summary>T23, by the workflow: a stage of the review begins.</summary>
public sealed record OpenReviewStage(ReviewStage Stage) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.OpenReviewStage;
}

/// <summary>T23, by a person: names who decides in the present stage.</summary>
/// <param name="Reviewers">E-mail addresses; empty: every reviewer of the app.</param>
public sealed record AssignReviewers(IReadOnlyList<string> Reviewers) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.AssignReviewers;
}

/// <summary>T23, by the workflow, since nobody has decided.</summary>
/// <param name="Reviewers">E-mail addresses of those who may decide from now on beside the others; empty: every reviewer of the app.</param>
/// <param name="Reason">A sentence for the log, 1 to 4,000 characters.</param>
public sealed record EscalateReview(IReadOnlyList<string> Reviewers, string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.EscalateReview;
}

/// <summary>T24.</summary>
/// <param name="Reason">A sentence for the applicant, 1 to 4,000 characters.</param>
public sealed record ExpireReview(string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.ExpireReview;
}

/// <summary>T17, T18, by the schedule of the workflow definition.</summary>
/// <param name="Percentage">2 to 100; a percentage that is reached already changes nothing.</param>
public sealed record RaiseAutomatically(int Percentage) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.RaiseAutomatically;
}

/// <summary>T25, by a person.</summary>
/// <param name="Reason">Why; 1 to 4,000 characters.</param>
public sealed record Hold(string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Hold;
}

/// <summary>T25, by the workflow.</summary>
/// <param name="Reason">What was measured and where the limit is; 1 to 4,000 characters.</param>
public sealed record HoldAutomatically(string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.HoldAutomatically;
}

/// <summary>T25.</summary>
/// <param name="Reason">Why it may go on; 1 to 4,000 characters.</param>
public sealed record Resume(string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.Resume;
}

/// <summary>T26.</summary>
/// <param name="Reason">Why this release does not wait for the end of the freeze; 1 to 4,000 characters.</param>
public sealed record OverrideFreeze(string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.OverrideFreeze;
}

/// <summary>T27.</summary>
/// <param name="Reason">Why; 1 to 4,000 characters.</param>
public sealed record TakeOffline(string Reason) : ReleaseCommand
{
    /// <inheritdoc/>
    public override string Name => ReleaseCommands.TakeOffline;
}
