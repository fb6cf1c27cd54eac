using Microsoft.AspNetCore.SignalR;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.MiniPrograms;
using ReleaseWorkflows.Server.Api.Releases;
using ReleaseWorkflows.Server.Portal.Apps;

namespace ReleaseWorkflows.Server.Portal.Live;

/// <summary>
/// Where open pages hear that something they show has changed.
/// </summary>
/// <remarks>
/// Life of an open page: its script (<c>Assets/live.js</c>) connects with the cookie of the session and names the topics that the page carries
/// (<see cref="WatchAsync"/>); after each commit that touches one of them it is told so, and nothing else (<see cref="LiveChanges"/>); it fetches the page
/// anew, which checks permission as ever, and takes over the parts that differ, but for a form that somebody works on.
/// </remarks>
internal sealed class LiveHub(LiveChanges changes, IReleaseStore releases, IMiniProgramStore miniPrograms, ITargetAppStore apps) : Hub
{
    /// <summary>The address of the hub.</summary>
    public const string Address = "/hubs/portal";

    // Sent by the script with the pages it fetches.
    private const string FetchHeader = "X-Live";

    private const int LongestTopic = 200;

    // A page has one or two.
    private const int MostTopics = 20;

    /// <summary>True for a page that a script fetches beside the one that is open: what is told once is told to people.</summary>
    public static bool IsFetch(HttpRequest request) => request.Headers.ContainsKey(FetchHeader);

    /// <summary>
    /// From now on the caller hears of changes to <c>release:</c> and an id, <c>mini-program:</c> or <c>app:</c> and a key, if the caller may see that; of <c>releases</c>: those
    /// of the caller's workspaces; of <c>changes</c>: whatever is done in them; or of <c>messages</c>: what leaves the platform, for those who see such lists.
    /// </summary>
    /// <returns>False if there is no such topic for the caller.</returns>
    [HubMethodName("Watch")]
    public async Task<bool> WatchAsync(string topic)
    {
        if (topic is not { Length: <= LongestTopic } || Context.GetHttpContext() is not { } http || CurrentActor.Find(http) is not { } actor)
        {
            return false;
        }

        var groups = await FindGroupsAsync(topic.Split(':', 2), actor);
        if (groups.Count == 0 || !changes.TryWatch(Context.ConnectionId, groups, MostTopics))
        {
            return false;
        }

        foreach (var group in groups)
        {
            await Groups.AddToGroupAsync(Context.ConnectionId, group, Context.ConnectionAborted);
        }

        return true;
    }

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(Exception? exception)
    {
        changes.Forget(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }

    private async ValueTask<IReadOnlyList<string>> FindGroupsAsync(string[] topic, Actor actor)
    {
        var stop = Context.ConnectionAborted;
        return topic switch
        {
            ["releases"] => LiveChanges.TopicsOf(actor),
            ["changes"] => LiveChanges.ChangesOf(actor),
            [LiveChanges.Messages] when actor.MaySomewhere(Permission.ManagePlatform) || PagePolicies.MayOpenWorkflows(actor) => [LiveChanges.Messages],
            ["release", var id] when await ReleaseEndpoints.FindVisibleAsync(releases, id, actor, stop) is { } release => [LiveChanges.TopicOf(release.Id)],
            ["mini-program", var key] when await miniPrograms.FindAsync(key, actor, Permission.ViewReleases, stop) is ({ } found, _) => [LiveChanges.TopicOf(found.Key)],
            ["app", var key] when await apps.FindAsync(new AppKey(key), stop) is { } app && AppPage.MaySee(actor, app) => [LiveChanges.TopicOf(app.Key)],
            _ => [],
        };
    }
}
