using Microsoft.AspNetCore.SignalR;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Releases;

namespace ReleaseWorkflows.Server.Portal.Live;

/// <summary>
/// Where open pages hear that something they show has changed.
/// </summary>
/// <remarks>
/// Life of an open page: its script (<c>Assets/live.js</c>) connects with the cookie of the session and names the topics that the page carries
/// (<see cref="WatchAsync"/>); after each commit that touches one of them it is told so, and nothing else (<see cref="LiveChanges"/>); it fetches the page
/// anew, which checks permission as ever, and takes over the parts that differ, but for a form that somebody works on.
/// </remarks>
internal sealed class LiveHub(LiveChanges changes, IReleaseStore releases) : Hub
{
    /// <summary>The address of the hub.</summary>
    public const string Address = "/hubs/portal";

    // Sent by the script with the pages it fetches.
    private const string FetchHeader = "X-Live";

    private const string ReleasePrefix = "release:";

    // A page has one or two.
    private const int MostTopics = 20;

    /// <summary>True for a page that a script fetches beside the one that is open: what is told once is told to people.</summary>
    public static bool IsFetch(HttpRequest request) => request.Headers.ContainsKey(FetchHeader);

    /// <summary>
    /// From now on the caller hears of changes to <c>release:</c> and an id, if the caller may see that release, or of <c>releases</c>: of those of the
    /// caller's workspaces.
    /// </summary>
    /// <returns>False if there is no such topic for the caller.</returns>
    [HubMethodName("Watch")]
    public async Task<bool> WatchAsync(string topic)
    {
        if (Context.GetHttpContext() is not { } http || CurrentActor.Find(http) is not { } actor)
        {
            return false;
        }

        var groups = topic switch
        {
            "releases" => LiveChanges.TopicsOf(actor),
            { Length: <= 100 } when topic.StartsWith(ReleasePrefix, StringComparison.Ordinal)
                && await ReleaseEndpoints.FindVisibleAsync(releases, topic[ReleasePrefix.Length..], actor, Context.ConnectionAborted) is { } release =>
                [LiveChanges.TopicOf(release.Id)],
            _ => [],
        };
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
}
