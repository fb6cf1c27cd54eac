using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>Everything that the page of a release is made of, for the person who looks at it.</summary>
/// <param name="Release">The release.</param>
/// <param name="Actor">Who looks.</param>
/// <param name="Log">What happened, the oldest first.</param>
/// <param name="App">The target app; null if it is gone.</param>
/// <param name="MiniProgram">The mini program.</param>
/// <param name="IsStopped">True if the workflow has failed or ended too early (A31).</param>
/// <param name="Allowed">The commands that the person may give now.</param>
/// <param name="Live">The release that everybody has on this target now; null if none.</param>
/// <param name="Occupant">Another release of the mini program that is in progress on this target (A22); null if none.</param>
/// <param name="Timers">When the workflow goes on by itself, the earliest first.</param>
/// <param name="Now">The time.</param>
public sealed record ReleaseSight(
    Release Release,
    Actor Actor,
    IReadOnlyList<ReleaseEvent> Log,
    TargetApp? App,
    MiniProgram MiniProgram,
    bool IsStopped,
    IReadOnlyList<string> Allowed,
    Release? Live,
    Release? Occupant,
    IReadOnlyList<WaitingTimer> Timers,
    DateTimeOffset Now)
{
    /// <summary>The app as people call it.</summary>
    public string AppName => App?.Name ?? Release.Key.App.Value;

    /// <summary>The target, for sentences: “Super App A Production”.</summary>
    public string Target => $"{AppName} {Release.Key.Environment}";

    /// <summary>The version, for sentences: “Coffee 1.2.0”.</summary>
    public string Version => $"{Release.BasicInformation.Name} {Release.Key.Version}";

    /// <summary>The freeze that holds this release back now; null if none does (T26).</summary>
    public ActiveFreeze? Freeze => Release.IsFreezeOverridden || Release.Status is not (ReleaseStatus.ReleasePreparation or ReleaseStatus.GrayscaleRelease)
        ? null
        : App?.FreezeAt(Release.Key.Environment, Now);

    /// <summary>What a command costs that nothing brings back; null for one that can be taken back.</summary>
    public string? ConsequenceOf(string command) => ReleaseConsequences.Of(
        Release, command, new ReleaseSurroundings(Target, Release.BasicInformation.Name, Live?.Key.Version, IsLiveKnown: true));

    /// <summary>Basic information that an application needs and that is blank (S2).</summary>
    public IReadOnlyList<string> Missing => [.. Release.BasicInformation.MissingForApplication()];

    /// <summary>True if the package as it is was rejected for its code (A8): only another version helps.</summary>
    public bool NeedsNewVersion => Release.Package is { } package && Release.RefusedPackages.Contains(package.Digest);

    /// <summary>True if the person may give the command now.</summary>
    public bool May(string command) => Allowed.Contains(command);
}

/// <summary>Reads what the page of a release is made of.</summary>
internal sealed class ReleaseSights(
    IReleaseStore releases, IMiniProgramStore miniPrograms, ITargetAppStore apps, ReleaseCommandService commands, TimeProvider clock)
{
    /// <summary>The release as the actor sees it; null if there is none, or none that the actor may see.</summary>
    public async ValueTask<ReleaseSight?> FindAsync(ReleaseId id, Actor actor, CancellationToken cancellationToken)
    {
        if (await releases.FindAsync(id, cancellationToken) is not { } release || !actor.May(Permission.ViewReleases, release.Subject))
        {
            return null;
        }

        var (miniProgram, app, environment) = (release.Key.MiniProgram, release.Key.App, release.Key.Environment);
        var isStopped = await commands.IsStoppedAsync(release, cancellationToken);
        var live = release.Status == ReleaseStatus.FullRelease ? null : await releases.FindLiveAsync(miniProgram, app, environment, cancellationToken);
        var active = release.IsTerminal && release.Status != ReleaseStatus.FullRelease ? null : await releases.FindActiveAsync(miniProgram, app, environment, cancellationToken);
        return new ReleaseSight(
            release,
            actor,
            await releases.ListLogAsync(id, cancellationToken),
            await apps.FindAsync(app, cancellationToken),
            (await miniPrograms.FindAsync(miniProgram, cancellationToken))!,
            isStopped,
            ReleaseCommandService.AllowedCommands(release, actor, isStopped),
            live,
            active?.Id == id ? null : active,
            isStopped ? [] : await commands.ListTimersAsync(release, cancellationToken),
            clock.GetUtcNow());
    }
}
