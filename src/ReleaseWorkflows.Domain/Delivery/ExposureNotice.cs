using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Delivery;

/// <summary>What a super app is told when somebody else has a version than before.</summary>
/// <param name="Type">Always <c>exposure.changed</c>.</param>
/// <param name="At">When it happened.</param>
/// <param name="App">The super app.</param>
/// <param name="Environment">Its environment.</param>
/// <param name="MiniProgram">The mini program.</param>
/// <param name="Version">The version.</param>
/// <param name="ReleaseId">The release.</param>
/// <param name="Revision">Rises with every change of the release: a notice with a lower one than the last is late and can be dropped.</param>
/// <param name="Exposure">Who has the version now.</param>
/// <param name="Percentage">In a grayscale release, of all users; null otherwise.</param>
/// <param name="Testers">In pilot testing, how many; null otherwise.</param>
/// <param name="PackageDigest">SHA-256 of the package that is delivered.</param>
public sealed record ExposureNotice(
    string Type,
    DateTimeOffset At,
    AppKey App,
    ReleaseEnvironment Environment,
    MiniProgramKey MiniProgram,
    VersionNumber Version,
    ReleaseId ReleaseId,
    int Revision,
    Exposure Exposure,
    int? Percentage,
    int? Testers,
    string PackageDigest)
{
    /// <summary>The notice for a release after an event; null if nobody has another version because of it.</summary>
    public static ExposureNotice? For(Release release, ReleaseEvent happened) => happened switch
    {
        PilotStarted or TestersChanged or PilotCompleted or PercentageRaised or WentLive or ReleaseCanceled or ReleaseArchived or TakenOffline => new ExposureNotice(
            "exposure.changed",
            happened.At,
            release.Key.App,
            release.Key.Environment,
            release.Key.MiniProgram,
            release.Key.Version,
            release.Id,
            release.Revision,
            release.Exposure,
            release.Percentage,
            release.Exposure == Exposure.Pilot ? release.TesterCount : null,
            release.Package!.Digest),
        _ => null,
    };
}

/// <summary>Work for the sender of webhooks.</summary>
/// <param name="App">Whose webhook; where it is and how it is signed is read when it is sent.</param>
/// <param name="Body">The notice as JSON: the very text that is signed.</param>
public sealed record WebhookMessage(AppKey App, string Body);

/// <summary>JSON of notices.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ExposureNotice))]
[JsonSerializable(typeof(WebhookMessage))]
public sealed partial class DeliveryJson : JsonSerializerContext;
