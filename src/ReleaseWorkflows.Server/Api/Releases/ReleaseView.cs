using System.ComponentModel;
using System.Text.Json.Serialization;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>A release as clients see it.</summary>
/// <param name="Id">The release.</param>
/// <param name="MiniProgram">Key of the mini program.</param>
/// <param name="Version">Version released.</param>
/// <param name="App">Key of the target app.</param>
/// <param name="Environment">Environment of the app.</param>
/// <param name="Status">Where the release stands.</param>
/// <param name="Building">The build of the package.</param>
/// <param name="BuildFailure">Why the last build failed, if it did.</param>
/// <param name="LastRequest">What became of the last application: None, InReview, Approved, Rejected, Withdrawn.</param>
/// <param name="Request">The last application itself, if there was one.</param>
/// <param name="Percentage">In a grayscale release: percentage of users, 1 to 99; null while unset.</param>
/// <param name="Exposure">Who has the version now: None, Pilot, Grayscale, Full.</param>
/// <param name="Hold">Why the percentage does not rise; null while it may.</param>
/// <param name="Mode">How the release became full: Auto, Direct, AfterGrayscale; null before.</param>
/// <param name="Testers">Number of pilot testers.</param>
/// <param name="ReleaseNotes">What is new.</param>
/// <param name="AllowedCommands">What the caller may do now.</param>
/// <param name="Consequences">What of that cannot be taken back, and what it costs: a sentence by command.</param>
/// <param name="WaitingFor">What the release waits for, in a sentence; null at the end.</param>
/// <param name="PackageDigest">SHA-256 of the built package; null before the first build.</param>
/// <param name="WorkflowInstanceId">The workflow instance that carries the release.</param>
/// <param name="DefinitionId">Its definition.</param>
/// <param name="DefinitionVersion">The version it runs on.</param>
/// <param name="Revision">Number of changes; also the ETag.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="Links">Where to go on.</param>
/// <param name="Timers">
/// When the workflow goes on by itself unless something happens before, the earliest first; told only where one release is read: absent in lists and in answers to commands.
/// </param>
internal sealed record ReleaseView(
    ReleaseId Id,
    MiniProgramKey MiniProgram,
    VersionNumber Version,
    AppKey App,
    ReleaseEnvironment Environment,
    ReleaseStatus Status,
    BuildState Building,
    string? BuildFailure,
    string LastRequest,
    ReviewRequestView? Request,
    int? Percentage,
    Exposure Exposure,
    RolloutHold? Hold,
    ReleaseMode? Mode,
    int Testers,
    string? ReleaseNotes,
    IReadOnlyList<string> AllowedCommands,
    IReadOnlyDictionary<string, string> Consequences,
    string? WaitingFor,
    string? PackageDigest,
    string? WorkflowInstanceId,
    string? DefinitionId,
    int? DefinitionVersion,
    int Revision,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    ReleaseLinks Links,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ReleaseTimerView>? Timers = null)
{
    /// <summary>The release as this actor sees it.</summary>
    /// <param name="release">The release.</param>
    /// <param name="actor">Who sees it.</param>
    /// <param name="isStopped">True if its workflow has failed or ended too early: see <see cref="ReleaseViews"/>, which finds out.</param>
    public static ReleaseView Of(Release release, Actor actor, bool isStopped) =>
        Of(release, ReleaseCommandService.AllowedCommands(release, actor, isStopped), isStopped);

    private static ReleaseView Of(Release release, IReadOnlyList<string> allowed, bool isStopped) => new(
        release.Id,
        release.Key.MiniProgram,
        release.Key.Version,
        release.Key.App,
        release.Key.Environment,
        release.Status,
        release.Building,
        release.BuildFailure,
        release.LastRequest,
        release.Request is { } request ? ReviewRequestView.Of(request) : null,
        release.Percentage,
        release.Exposure,
        release.Hold,
        release.Mode,
        release.TesterCount,
        release.BasicInformation.ReleaseNotes,
        allowed,
        ReleaseConsequences.Of(release, allowed),
        isStopped ? StoppedOf(release) : WaitingForOf(release),
        release.Package?.Digest,
        release.WorkflowInstanceId,
        release.WorkflowDefinitionId,
        release.WorkflowDefinitionVersion,
        release.Revision,
        release.CreatedAt,
        release.UpdatedAt,
        ReleaseLinks.Of(release));

    private static string StoppedOf(Release release) =>
        $"The workflow of this release has failed. An admin of {release.Key.App} looks at its incident; then it is restarted.";

    private static string? WaitingForOf(Release release) => release switch
    {
        { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.Building } => "The package is being built.",
        { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.BuildFailed } => "A developer mends the cause and retries the build.",
        { Status: ReleaseStatus.NewVersionCreated } => "A developer applies to release.",
        { Status: ReleaseStatus.UnderReview, Request: { Outcome: ReviewOutcome.InReview, Stage: { } stage } request } =>
            $"{(stage.Reviewers.Count == 0 ? $"A reviewer of {release.Key.App}" : string.Join(" or ", stage.Reviewers))} decides in “{stage.Name}”, "
            + $"{request.Approvals.Count(approval => approval.Stage == stage.Name)} of {stage.RequiredApprovals} approvals given.",
        { Status: ReleaseStatus.UnderReview, Request.Outcome: ReviewOutcome.InReview } => $"A reviewer of {release.Key.App} decides.",
        { Status: ReleaseStatus.UnderReview } => "The workflow takes the next step.",
        { Status: ReleaseStatus.PilotTesting, TesterCount: 0 } => "A developer adds testers.",
        { Status: ReleaseStatus.PilotTesting } => "Testers try the version; a developer completes testing.",
        { Status: ReleaseStatus.ReleasePreparation } or { Status: ReleaseStatus.GrayscaleRelease, Percentage: null } =>
            "A developer chooses Grayscale or Full Release.",
        { Status: ReleaseStatus.GrayscaleRelease, Hold: { } hold } => $"{hold.By} holds the rollout: {hold.Reason} A developer resumes or cancels.",
        { Status: ReleaseStatus.GrayscaleRelease } => "A developer raises the percentage.",
        _ => null,
    };
}

/// <summary>A time at which the workflow of a release goes on by itself.</summary>
/// <param name="At">When.</param>
/// <param name="Step">What waits until then, as the workflow definition calls it.</param>
/// <param name="Then">What comes then, called likewise; empty if nothing does.</param>
[Description("A time at which the workflow goes on by itself, unless something happens before: what waits, and what comes then, in the words of the definition.")]
internal sealed record ReleaseTimerView(DateTimeOffset At, string Step, IReadOnlyList<string> Then)
{
    /// <summary>The timer as clients see it.</summary>
    public static ReleaseTimerView Of(WaitingTimer timer) => new(timer.DueAt, timer.Step, timer.Next);
}

/// <summary>Where to go on from a release.</summary>
/// <param name="Self">The release.</param>
/// <param name="Log">What happened.</param>
/// <param name="Configuration">Effective configuration.</param>
/// <param name="Package">The built package; null before the first build.</param>
/// <param name="TestQr">Test QR code; null once applied.</param>
/// <param name="Qr">QR code for everybody; null unless the version is live for everybody.</param>
internal sealed record ReleaseLinks(string Self, string Log, string Configuration, string? Package, string? TestQr, string? Qr)
{
    /// <summary>The links of a release.</summary>
    public static ReleaseLinks Of(Release release)
    {
        var self = $"/api/releases/{release.Id}";
        return new ReleaseLinks(
            self,
            $"{self}/log",
            $"{self}/configuration",
            release.Package is null ? null : $"{self}/package",
            release.TestQrToken is null ? null : $"{self}/test-qr.svg",
            release.Status == ReleaseStatus.FullRelease ? $"{self}/qr.svg" : null);
    }
}

/// <summary>The answer to a new release.</summary>
/// <param name="Id">The release.</param>
/// <param name="Status">Where it stands: NewVersionCreated.</param>
/// <param name="WorkflowInstanceId">The workflow instance that carries it.</param>
/// <param name="Links">Where to go on.</param>
internal sealed record CreatedReleaseView(ReleaseId Id, ReleaseStatus Status, string? WorkflowInstanceId, ReleaseLinks Links)
{
    /// <summary>The answer for a release just created.</summary>
    public static CreatedReleaseView Of(Release release) => new(release.Id, release.Status, release.WorkflowInstanceId, ReleaseLinks.Of(release));
}

/// <summary>An application as clients see it.</summary>
/// <param name="Id">The request.</param>
/// <param name="Number">1 for the first application of the release.</param>
/// <param name="Mode">Who decides: Auto or Manual.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Applicant">Who applied.</param>
/// <param name="SubmittedAt">When.</param>
/// <param name="DecidedBy">Who decided or withdrew.</param>
/// <param name="DecidedAt">When.</param>
/// <param name="Comment">Comment of an approval, reason of a rejection.</param>
/// <param name="Category">What a rejection is about.</param>
/// <param name="Stage">The stage the review is in; null where one approval decides.</param>
/// <param name="Approvals">The approvals so far that did not decide alone.</param>
/// <param name="Snapshot">What was submitted.</param>
internal sealed record ReviewRequestView(
    ReviewRequestId Id,
    int Number,
    ReviewMode Mode,
    ReviewOutcome Outcome,
    string Applicant,
    DateTimeOffset SubmittedAt,
    string? DecidedBy,
    DateTimeOffset? DecidedAt,
    string? Comment,
    RejectionCategory? Category,
    ReviewStage? Stage,
    IReadOnlyList<ReviewApprovalView> Approvals,
    ReleaseSnapshot Snapshot)
{
    /// <summary>The application as clients see it.</summary>
    public static ReviewRequestView Of(ReviewRequest request) => new(
        request.Id,
        request.Number,
        request.Mode,
        request.Outcome,
        request.ApplicantName,
        request.SubmittedAt,
        request.DecidedByName,
        request.DecidedAt,
        request.Comment,
        request.Category,
        request.Stage,
        [.. request.Approvals.Select(approval => new ReviewApprovalView(approval.Stage, approval.ByName, approval.At, approval.Comment))],
        request.Snapshot);
}

/// <summary>An approval that did not decide alone.</summary>
/// <param name="Stage">In which stage.</param>
/// <param name="By">Who approved.</param>
/// <param name="At">When.</param>
/// <param name="Comment">What the reviewer wrote.</param>
internal sealed record ReviewApprovalView(string Stage, string By, DateTimeOffset At, string? Comment);

/// <summary>One line of the release log.</summary>
/// <param name="Number">1, 2, 3, …: the revision the event led to.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Event">What kind of thing happened, for programs.</param>
/// <param name="Text">What happened, in a sentence.</param>
/// <param name="Details">Where to see more; null if there is no more.</param>
internal sealed record LogLineView(int Number, DateTimeOffset At, string Actor, string Event, string Text, string? Details)
{
    /// <summary>A line of the log of a release.</summary>
    public static LogLineView Of(ReleaseId release, int number, ReleaseEvent happened) => new(
        number, happened.At, happened.ByName, happened.GetType().Name, ReleaseLogText.Of(happened), DetailsOf(release, happened));

    private static string? DetailsOf(ReleaseId release, ReleaseEvent happened) => happened switch
    {
        // A27: submission and decision link to the request with its reports.
        ApplicationSubmitted or RequestApproved or RequestRejected or ApprovalGiven or ReviewStageOpened or RequestExpired => $"/api/releases/{release}/reports",
        ConfigurationEdited => $"/api/releases/{release}/configuration",
        PackageBuilt => $"/api/releases/{release}/package",
        TestersChanged => $"/api/releases/{release}/testers",
        _ => null,
    };
}
