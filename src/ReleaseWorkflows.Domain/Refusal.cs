namespace ReleaseWorkflows.Domain;

/// <summary>Why the domain said no: an expected answer, not an error.</summary>
/// <param name="Code">Stable, for programs: one of <see cref="RefusalCodes"/>.</param>
/// <param name="Message">A sentence that says what happened and what to do.</param>
public sealed record Refusal(string Code, string Message)
{
    /// <summary>For unreadable input: every bad field with its messages. Empty otherwise.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; init; } = NoErrors;

    /// <summary>Further facts for programs, for example the release that already uses a target. Empty if there are none.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init; } = NoData;

    /// <summary>Set if the same request is expected to succeed later without a change: how long to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> NoErrors { get; } = new Dictionary<string, IReadOnlyList<string>>();

    private static IReadOnlyDictionary<string, string> NoData { get; } = new Dictionary<string, string>();

    /// <summary>A refusal of unreadable input with all its fields.</summary>
    public static Refusal Invalid(string message, IReadOnlyDictionary<string, IReadOnlyList<string>> errors) =>
        new(RefusalCodes.Invalid, message) { Errors = errors };

    /// <summary>A refusal of one unreadable field.</summary>
    public static Refusal InvalidField(string field, string message) =>
        Invalid(message, new Dictionary<string, IReadOnlyList<string>> { [field] = [message] });
}

/// <summary>The stable codes of refusals.</summary>
public static class RefusalCodes
{
    /// <summary>Input is missing or malformed; <see cref="Refusal.Errors"/> names the fields.</summary>
    public const string Invalid = "invalid";

    /// <summary>Nobody is signed in.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The actor lacks a permission; the data name it.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>No such thing, or none that the actor may see.</summary>
    public const string NotFound = "not-found";

    /// <summary>The command does not fit the present state of the release.</summary>
    public const string WrongState = "wrong-state";

    /// <summary>The package is still being built; try again shortly (A14).</summary>
    public const string StillBuilding = "still-building";

    /// <summary>The last build failed; mend the cause and retry the build (A15).</summary>
    public const string BuildFailed = "build-failed";

    /// <summary>Details that the application needs are missing (S2).</summary>
    public const string DetailsIncomplete = "details-incomplete";

    /// <summary>This version was already released to this target, whatever became of it (I4, S3).</summary>
    public const string TargetUsed = "target-used";

    /// <summary>Another version of the mini program is in progress on this target (A22).</summary>
    public const string TargetOccupied = "target-occupied";

    /// <summary>The app does not offer the environment.</summary>
    public const string EnvironmentNotOffered = "environment-not-offered";

    /// <summary>The rejected package must not be submitted again unchanged (A8).</summary>
    public const string SamePackage = "same-package";

    /// <summary>The applicant must not decide on the own request (A23).</summary>
    public const string SelfApproval = "self-approval";

    /// <summary>The present stage of the review is for other reviewers; the data name them.</summary>
    public const string NotAssigned = "not-assigned";

    /// <summary>The reviewer has approved this request before; a stage needs different people.</summary>
    public const string AlreadyApproved = "already-approved";

    /// <summary>The rollout is held; resume it first (T25).</summary>
    public const string Held = "held";

    /// <summary>Nothing goes live on the target now (T26).</summary>
    public const string Frozen = "frozen";

    /// <summary>The rules forbid the step here: production without an approved review, pilot where the app has none (I1, I7, I8).</summary>
    public const string RuleBroken = "rule-broken";

    /// <summary>The percentage can only rise (I3, A19).</summary>
    public const string PercentageNotRising = "percentage-not-rising";

    /// <summary>The pilot has too few testers or is too short (A5, A6).</summary>
    public const string PilotIncomplete = "pilot-incomplete";

    /// <summary>The first version of a mini program must be released in full here (A21).</summary>
    public const string FirstVersionMustBeFull = "first-version-must-be-full";

    /// <summary>A thing with this key exists already.</summary>
    public const string AlreadyExists = "already-exists";

    /// <summary>The workflow definition of the target app has no published version.</summary>
    public const string WorkflowMissing = "workflow-missing";

    /// <summary>The workflow of the release goes on, so there is nothing to restart (A31).</summary>
    public const string WorkflowRunning = "workflow-running";

    /// <summary>The workflow of the release does not wait for this command now.</summary>
    public const string NotAwaited = "not-awaited";
}
