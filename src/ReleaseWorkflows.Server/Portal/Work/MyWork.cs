using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Work;

/// <summary>
/// What a person has to do with: what waits on them, what they wait for, what users have now. Looked up by the index of releases that are not at their
/// end and, for what is live, by that of the person's workspaces; so it costs the same however many releases there were.
/// </summary>
/// <param name="Mine">Releases that wait on the reader, the longest first.</param>
/// <param name="Others">Releases that the reader works on and that wait on somebody else, the longest first.</param>
/// <param name="Live">What testers, some or all users have, the newest first.</param>
/// <param name="IsCut">True if there is more than was looked at: the lists show the newest.</param>
internal sealed record MyWork(IReadOnlyList<WorkItem> Mine, IReadOnlyList<WorkItem> Others, IReadOnlyList<Release> Live, bool IsCut)
{
    private const int MaximumOpen = 100;
    private const int MaximumLive = 50;

    /// <summary>Looks up the work of a reader.</summary>
    public static async Task<MyWork> OfAsync(
        Actor actor, IReleaseStore releases, ReleaseCommandService commands, IReadOnlyDictionary<AppKey, string> apps, TimeProvider clock, CancellationToken cancellationToken)
    {
        var visibility = ReleaseVisibility.Of(actor);
        var open = await releases.ListAsync(new ReleaseQuery { IsOpen = true, Visibility = visibility, Limit = MaximumOpen }, cancellationToken);
        var now = clock.GetUtcNow();
        var (mine, others) = (new List<WorkItem>(), new List<WorkItem>());
        foreach (var release in open.Items)
        {
            var isStopped = await commands.IsStoppedAsync(release, cancellationToken);
            var step = NextStep.Of(release, actor, isStopped, apps.GetValueOrDefault(release.Key.App, release.Key.App.Value));
            var due = !isStopped && await commands.ListTimersAsync(release, cancellationToken) is [var first, ..] ? first : null;
            if (step.IsMine && (step.NotBefore is not { } start || start <= now))
            {
                mine.Add(new WorkItem(release, step, due));
            }
            else if (release.CreatedBy == actor.Id || release.Request?.Applicant == actor.Id || actor.May(Permission.Apply, release.Subject))
            {
                others.Add(new WorkItem(release, step, due));
            }
        }

        var full = await releases.ListAsync(new ReleaseQuery { Status = ReleaseStatus.FullRelease, Visibility = visibility, Limit = MaximumLive }, cancellationToken);
        return new MyWork(
            [.. mine.OrderBy(item => item.Step.Since)],
            [.. others.OrderBy(item => item.Step.Since)],
            [.. open.Items.Where(release => release.Exposure != Exposure.None && release is not { Exposure: Exposure.Pilot, TesterCount: 0 }).Concat(full.Items).Take(MaximumLive)],
            open.Next is not null || full.Next is not null);
    }
}

/// <summary>A release with what it waits for.</summary>
/// <param name="Release">The release.</param>
/// <param name="Step">What it waits for, as the reader sees it.</param>
/// <param name="Due">When its workflow goes on by itself; null while it waits for people alone.</param>
public sealed record WorkItem(Release Release, NextStep Step, WaitingTimer? Due);
