using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>
/// One version on its way to one target. What happens to it is in <see cref="ReleaseEvent"/>, what may happen when in
/// <see cref="ReleaseTransitions"/>; this is where it stands. Immutable: <see cref="Apply"/> gives the next state.
/// </summary>
public sealed record Release
{
    /// <summary>Identifies the release.</summary>
    public required ReleaseId Id { get; init; }

    /// <summary>Version and target; never changes (I6).</summary>
    public required ReleaseKey Key { get; init; }

    /// <summary>Workspace that owns the mini program.</summary>
    public required WorkspaceKey MiniProgramWorkspace { get; init; }

    /// <summary>Workspace that owns the target app.</summary>
    public required WorkspaceKey AppWorkspace { get; init; }

    /// <summary>Where the release stands.</summary>
    public required ReleaseStatus Status { get; init; }

    /// <summary>The build of the package.</summary>
    public required BuildState Building { get; init; }

    /// <summary>Why the last build failed; null otherwise.</summary>
    public string? BuildFailure { get; init; }

    /// <summary>The package; null until the first build is done.</summary>
    public BuiltReleasePackage? Package { get; init; }

    /// <summary>SHA-256 of the uploaded version.</summary>
    public required string SourceDigest { get; init; }

    /// <summary>What this release overrides of the global configuration.</summary>
    public required ConfigurationValues Override { get; init; }

    /// <summary>What applies: global and override joined.</summary>
    public required ConfigurationValues Effective { get; init; }

    /// <summary>What people see, with the release notes of this release.</summary>
    public required BasicInformation BasicInformation { get; init; }

    /// <summary>The rules: the app's until the application, then those frozen with it (A30).</summary>
    public required ReleasePolicy Policy { get; init; }

    /// <summary>The latest application; null before the first.</summary>
    public ReviewRequest? Request { get; init; }

    /// <summary>SHA-256 of packages that were rejected for their code and are not accepted again (A8); the oldest first.</summary>
    public IReadOnlyList<string> RefusedPackages { get; init; } = [];

    /// <summary>Number of pilot testers.</summary>
    public int TesterCount { get; init; }

    /// <summary>When the pilot began; null before.</summary>
    public DateTimeOffset? PilotStartedAt { get; init; }

    /// <summary>True once testing was completed.</summary>
    public bool IsPilotCompleted { get; init; }

    /// <summary>Percentage of users in a grayscale release, 1 to 99; null while unset and in every other status.</summary>
    public int? Percentage { get; init; }

    /// <summary>Why the percentage must not rise now; null while it may (T25).</summary>
    public RolloutHold? Hold { get; init; }

    /// <summary>True once an admin of the app let this release pass its freezes (T26).</summary>
    public bool IsFreezeOverridden { get; init; }

    /// <summary>How the release became full; null before.</summary>
    public ReleaseMode? Mode { get; init; }

    /// <summary>Chance that the test code is made from: 32 hexadecimal digits; null for releases from before it existed. Never shown.</summary>
    public string? TestSecret { get; init; }

    /// <summary>Number of edits of details: a new test QR code each (I11).</summary>
    public int DetailsRevision { get; init; } = 1;

    /// <summary>Number of events: the release's version for readers and guards.</summary>
    public int Revision { get; init; }

    /// <summary>Who created it.</summary>
    public required UserId CreatedBy { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last event happened.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The workflow instance that carries the release; set once by the host, unknown to the rules.</summary>
    public string? WorkflowInstanceId { get; init; }

    /// <summary>The workflow definition the instance runs on.</summary>
    public string? WorkflowDefinitionId { get; init; }

    /// <summary>The version of that definition.</summary>
    public int? WorkflowDefinitionVersion { get; init; }

    /// <summary>Who has the version now.</summary>
    [JsonIgnore]
    public Exposure Exposure => Status switch
    {
        ReleaseStatus.PilotTesting when !IsPilotCompleted => Exposure.Pilot,
        ReleaseStatus.GrayscaleRelease when Percentage is not null => Exposure.Grayscale,
        ReleaseStatus.FullRelease => Exposure.Full,
        _ => Exposure.None,
    };

    /// <summary>True if nothing can follow but archiving.</summary>
    [JsonIgnore]
    public bool IsTerminal => Status is ReleaseStatus.FullRelease or ReleaseStatus.Canceled or ReleaseStatus.Archived;

    /// <summary>True between application and end: at most one such release per mini program and target (A22).</summary>
    [JsonIgnore]
    public bool IsActive => Status is ReleaseStatus.UnderReview or ReleaseStatus.PilotTesting or ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease;

    /// <summary>What became of the last application: None, InReview, Approved, Rejected or Withdrawn.</summary>
    [JsonIgnore]
    public string LastRequest => Request?.Outcome.ToString() ?? "None";

    /// <summary>What is acted on, for permissions.</summary>
    [JsonIgnore]
    public Subject Subject => new(MiniProgramWorkspace, Key.MiniProgram, AppWorkspace);

    /// <summary>True if what was approved is what would go out: the same package, configuration and basic information (I1).</summary>
    [JsonIgnore]
    public bool IsApprovedAsIs =>
        Request is { Outcome: ReviewOutcome.Approved } request && Package is not null && request.Snapshot == Snapshot();

    /// <summary>
    /// Token of the test QR code: changes exactly when details change, and exists only while they can (I11, S4). Null afterwards.
    /// </summary>
    [JsonIgnore]
    public string? TestQrToken => Status == ReleaseStatus.NewVersionCreated ? HashOf($"{TestSecret ?? Id.Value}\n{DetailsRevision}")[..32] : null;

    /// <summary>What would be submitted now. Needs a package.</summary>
    /// <exception cref="InvalidOperationException">There is no package yet.</exception>
    public ReleaseSnapshot Snapshot() => SnapshotWith(BasicInformation);

    /// <summary>The first state.</summary>
    public static Release Begin(ReleaseCreated created) => new()
    {
        Id = created.Id,
        Key = created.Key,
        MiniProgramWorkspace = created.MiniProgramWorkspace,
        AppWorkspace = created.AppWorkspace,
        Status = ReleaseStatus.NewVersionCreated,
        Building = BuildState.Building,
        SourceDigest = created.SourceDigest,
        Override = created.Override,
        Effective = created.Effective,
        BasicInformation = created.BasicInformation,
        TestSecret = created.TestSecret,
        Policy = created.Policy,
        CreatedBy = created.By,
        CreatedAt = created.At,
        UpdatedAt = created.At,
        Revision = 1,
    };

    /// <summary>The state after an event. Decides nothing: what may happen was decided before.</summary>
    public Release Apply(ReleaseEvent happened)
    {
        var next = happened switch
        {
            PackageBuilt e => this with { Building = BuildState.Ready, BuildFailure = null, Package = e.Package },
            PackageBuildFailed e => this with { Building = BuildState.BuildFailed, BuildFailure = e.Reason },
            PackageBuildRetried => this with { Building = BuildState.Building, BuildFailure = null },
            ConfigurationEdited e => this with
            {
                Override = e.Override,
                Effective = e.Effective,
                DetailsRevision = DetailsRevision + 1,
                Building = BuildState.Building,
                BuildFailure = null,
            },
            BasicInformationEdited e => this with { BasicInformation = e.BasicInformation, DetailsRevision = DetailsRevision + 1 },
            ApplicationSubmitted e => this with
            {
                Status = ReleaseStatus.UnderReview,
                Policy = e.Policy,
                BasicInformation = e.BasicInformation,
                // New release notes in the dialog of the application are an edit of details like any other (I11).
                DetailsRevision = e.BasicInformation == BasicInformation ? DetailsRevision : DetailsRevision + 1,
                Request = new ReviewRequest
                {
                    Id = e.Request,
                    Number = (Request?.Number ?? 0) + 1,
                    Mode = e.Policy.Review,
                    Snapshot = e.Snapshot,
                    Applicant = e.By,
                    ApplicantName = e.ByName,
                    ApplicantEmail = e.Email,
                    SubmittedAt = e.At,
                },
            },
            RequestWithdrawn e => this with { Status = ReleaseStatus.NewVersionCreated, Request = Decided(e, ReviewOutcome.Withdrawn) },
            RequestRejected e => this with
            {
                Status = ReleaseStatus.NewVersionCreated,
                Request = Decided(e, ReviewOutcome.Rejected) with { Comment = e.Reason, Category = e.Category, AllowsSamePackage = e.AllowsSamePackage },
                RefusedPackages = e.Category == RejectionCategory.Code && !e.AllowsSamePackage
                    ? [.. RefusedPackages, Request!.Snapshot.PackageDigest]
                    : RefusedPackages,
            },
            RequestApproved e => this with { Request = Decided(e, ReviewOutcome.Approved) with { Comment = e.Comment } },
            ReviewStageOpened e => this with { Request = Request! with { Stage = e.Stage } },
            ReviewersChanged e => this with { Request = Request! with { Stage = e.Stage } },
            ApprovalGiven e => this with
            {
                Request = Request! with { Approvals = [.. Request.Approvals, new ReviewApproval(e.By, e.ByName, e.At, e.Stage, e.Comment)] },
            },
            RequestExpired e => this with { Status = ReleaseStatus.NewVersionCreated, Request = Decided(e, ReviewOutcome.Withdrawn) with { Comment = e.Reason } },
            PilotStarted e => this with { Status = ReleaseStatus.PilotTesting, PilotStartedAt = e.At },
            TestersChanged e => this with { TesterCount = e.Total },
            PilotCompleted => this with
            {
                IsPilotCompleted = true,
                Status = Policy.GoesLiveManually ? ReleaseStatus.GrayscaleRelease : Status,
            },
            ReleasePrepared => this with { Status = ReleaseStatus.ReleasePreparation },
            GrayscaleChosen => this with { Status = ReleaseStatus.GrayscaleRelease },
            PercentageRaised e => this with { Percentage = e.Percentage },
            RolloutHeld e => this with { Hold = new RolloutHold(e.Reason, e.ByName, e.At) },
            RolloutResumed => this with { Hold = null },
            FreezeOverridden => this with { IsFreezeOverridden = true },
            WentLive e => this with { Status = ReleaseStatus.FullRelease, Mode = e.Mode, Percentage = null },
            ReleaseCanceled => this with { Status = ReleaseStatus.Canceled, Percentage = null, Hold = null },
            ReleaseArchived or TakenOffline => this with { Status = ReleaseStatus.Archived },
            _ => throw new InvalidOperationException($"{happened.GetType().Name} does not continue a release."),
        };
        return next with { Revision = Revision + 1, UpdatedAt = happened.At };
    }

    internal ReleaseSnapshot SnapshotWith(BasicInformation basicInformation) => new(
        Package?.Digest ?? throw new InvalidOperationException("A release without a package has nothing to submit."),
        SourceDigest,
        Effective.Hash(),
        HashOf(DescriptionOf(basicInformation)));

    // What came into the form later is added only where it is said, so that older approvals stay what they were.
    private static string DescriptionOf(BasicInformation information)
    {
        var text = $"{information.Name}\0{information.Description}\0{information.Category}\0{information.ReleaseNotes}";
        text += information.Icon is { } icon ? $"\0icon:{icon}" : "";
        return information.ServiceContacts is { } contacts ? $"{text}\0contacts:{contacts.Email}\0{contacts.Phone}\0{contacts.Address}" : text;
    }

    private ReviewRequest Decided(ReleaseEvent happened, ReviewOutcome outcome) => Request! with
    {
        Outcome = outcome,
        DecidedBy = happened.By,
        DecidedByName = happened.ByName,
        DecidedAt = happened.At,
    };

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
