using System.Globalization;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Portal.Components;

namespace ReleaseWorkflows.Server.Portal.MiniPrograms;

/// <summary>One environment of an app, as a place that a version can go to.</summary>
/// <param name="App">The app.</param>
/// <param name="Environment">The environment.</param>
/// <param name="Unavailable">Why the version cannot go there (S3: a target is used once per version); null if it can.</param>
/// <param name="Hint">What to know of it: who reviews, what is on its way there.</param>
internal sealed record TargetChoice(TargetApp App, ReleaseEnvironment Environment, string? Unavailable, string? Hint)
{
    /// <summary>How the choice is sent.</summary>
    public string Value => $"{App.Key}/{Environment}";

    /// <summary>Every environment of every app, those that cannot be chosen with the reason.</summary>
    /// <param name="version">The version to release.</param>
    /// <param name="apps">All apps.</param>
    /// <param name="releases">Releases of the unit of work.</param>
    /// <param name="launcher">Knows which apps could carry a release now.</param>
    /// <param name="cancellationToken">Stops between two looks.</param>
    public static async Task<IReadOnlyList<TargetChoice>> ListAsync(
        MiniProgramVersion version, IReadOnlyList<TargetApp> apps, IReleaseStore releases, ReleaseLauncher launcher, CancellationToken cancellationToken)
    {
        var choices = new List<TargetChoice>();
        foreach (var app in apps)
        {
            var missing = await launcher.MissingWorkflowAsync(app.Key, cancellationToken);
            foreach (var environment in Enum.GetValues<ReleaseEnvironment>())
            {
                var key = new ReleaseKey(version.MiniProgram, version.Number, app.Key, environment);
                choices.Add(app.PolicyFor(environment) is not { } policy
                    ? new TargetChoice(app, environment, $"{app.Name} has no {environment}", null)
                    : await releases.FindByKeyAsync(key, cancellationToken) is { } earlier
                        ? new TargetChoice(app, environment, Tell(earlier), null)
                        : missing is not null
                            ? new TargetChoice(app, environment, $"{app.Name} has no published workflow; its admin publishes one", null)
                            : new TargetChoice(app, environment, null, await HintAsync(key, policy)));
            }
        }

        return choices;

        async ValueTask<string> HintAsync(ReleaseKey key, ReleasePolicy policy)
        {
            var review = policy.Review == ReviewMode.Manual ? "Reviewed by the super app" : "Goes live without review";
            var pilot = policy.Pilot switch
            {
                PilotMode.Required => ", pilot required",
                PilotMode.Offered => ", pilot offered",
                _ => "",
            };
            return await releases.FindActiveAsync(key.MiniProgram, key.App, key.Environment, cancellationToken) is { } active
                ? $"{review}{pilot}. {active.Key.Version} is on its way there; it has to be done before this version is applied for"
                : review + pilot;
        }
    }

    private static string Tell(Release earlier)
    {
        var day = earlier.UpdatedAt.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
        return earlier.Status switch
        {
            ReleaseStatus.FullRelease => $"released on {day}",
            ReleaseStatus.Archived => "released before, and replaced since",
            ReleaseStatus.Canceled => $"canceled on {day}; this version can never go there again",
            _ => $"selected on {earlier.CreatedAt.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture)}; it is in {StatusWords.Of(earlier.Status)}",
        };
    }
}
