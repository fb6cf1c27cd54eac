using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api.Commands;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>Shows releases with what their workflows can still do: one that has failed waits for something else than its status says (A31).</summary>
internal sealed class ReleaseViews(ReleaseCommandService commands)
{
    /// <summary>The release as this actor sees it.</summary>
    public async ValueTask<ReleaseView> OfAsync(Release release, Actor actor, CancellationToken cancellationToken) =>
        ReleaseView.Of(release, actor, await commands.IsStoppedAsync(release, cancellationToken));

    /// <summary>The release as this actor sees it, with the times at which its workflow goes on by itself.</summary>
    public async ValueTask<ReleaseView> WithTimersAsync(Release release, Actor actor, CancellationToken cancellationToken) =>
        await OfAsync(release, actor, cancellationToken) with
        {
            Timers = [.. (await commands.ListTimersAsync(release, cancellationToken)).Select(ReleaseTimerView.Of)],
        };

    /// <summary>The releases as this actor sees them, in their order.</summary>
    public async ValueTask<IReadOnlyList<ReleaseView>> OfAsync(IReadOnlyList<Release> releases, Actor actor, CancellationToken cancellationToken)
    {
        var views = new List<ReleaseView>(releases.Count);
        foreach (var release in releases)
        {
            views.Add(await OfAsync(release, actor, cancellationToken));
        }

        return views;
    }

    /// <summary>The answer to a command: the release as it is now, or the refusal with what is possible instead.</summary>
    public async ValueTask<CommandResponse> AnswerAsync(ReleaseResult result, Actor actor, CancellationToken cancellationToken)
    {
        if (!result.IsRefused)
        {
            return CommandResponse.Ok(await OfAsync(result.Release, actor, cancellationToken), result.Release.Revision);
        }

        var isStopped = result.Release is not null && await commands.IsStoppedAsync(result.Release, cancellationToken);
        return CommandResponse.Refuse(result.Refusal, result.Release, actor, isStopped);
    }
}
