using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Identifiers;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>Identifies a release.</summary>
[JsonConverter(typeof(StringIdJsonConverter<ReleaseId>))]
public readonly record struct ReleaseId(string Value) : IStringId<ReleaseId>
{
    /// <summary>A new id: 32 lower-case hexadecimal digits; ids made later sort later.</summary>
    public static ReleaseId New(DateTimeOffset now) => new(Guid.CreateVersion7(now).ToString("n"));

    /// <inheritdoc/>
    public static ReleaseId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// One version on one target. Used once for ever: a canceled release keeps its key, so the version never goes to that target again
/// (I4, S3).
/// </summary>
/// <param name="MiniProgram">The mini program.</param>
/// <param name="Version">The version.</param>
/// <param name="App">The target app. Together with <paramref name="Environment"/> the target, which never changes (I6, S1).</param>
/// <param name="Environment">The environment of the app.</param>
public sealed record ReleaseKey(MiniProgramKey MiniProgram, VersionNumber Version, AppKey App, ReleaseEnvironment Environment)
{
    /// <inheritdoc/>
    public override string ToString() => $"{MiniProgram} {Version} → {App} {Environment}";
}

/// <summary>Where a release stands (S0 to S4).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReleaseStatus>))]
public enum ReleaseStatus
{
    /// <summary>Details may be edited; the package is built; waits for the application.</summary>
    NewVersionCreated,

    /// <summary>The super app decides.</summary>
    UnderReview,

    /// <summary>Named testers use it.</summary>
    PilotTesting,

    /// <summary>Approved, Production, no pilot: waits for the release type.</summary>
    ReleasePreparation,

    /// <summary>Ready to go live, or rolled out to a percentage of users.</summary>
    GrayscaleRelease,

    /// <summary>Live for everyone. The end of the process.</summary>
    FullRelease,

    /// <summary>Given up. The key is burnt.</summary>
    Canceled,

    /// <summary>Replaced by a newer full release.</summary>
    Archived,
}

/// <summary>The build of a release's package.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BuildState>))]
public enum BuildState
{
    /// <summary>Under way or queued.</summary>
    Building,

    /// <summary>Built for the present configuration.</summary>
    Ready,

    /// <summary>The last attempt failed (A15).</summary>
    BuildFailed,
}

/// <summary>Who has a version.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Exposure>))]
public enum Exposure
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>The testers of the pilot.</summary>
    Pilot,

    /// <summary>A percentage of the users.</summary>
    Grayscale,

    /// <summary>Everyone.</summary>
    Full,
}

/// <summary>Why a percentage does not rise.</summary>
/// <param name="Reason">What was said or measured.</param>
/// <param name="By">Who holds it; the name shown.</param>
/// <param name="At">Since when.</param>
public sealed record RolloutHold(string Reason, string By, DateTimeOffset At);

/// <summary>How a release became full (A16).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReleaseMode>))]
public enum ReleaseMode
{
    /// <summary>By itself, outside Production.</summary>
    Auto,

    /// <summary>At once, by choice of Full Release.</summary>
    Direct,

    /// <summary>By reaching 100 %.</summary>
    AfterGrayscale,
}

/// <summary>The two ways to go live in Production (S3).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReleaseType>))]
public enum ReleaseType
{
    /// <summary>Step by step, by percentages.</summary>
    Grayscale,

    /// <summary>Everyone at once.</summary>
    Full,
}
