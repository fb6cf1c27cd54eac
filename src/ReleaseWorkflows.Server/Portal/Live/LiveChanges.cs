using Microsoft.AspNetCore.SignalR;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Live;

/// <summary>
/// Tells open pages that something has changed: after the commit, and never what. Changes that come while one is being told are told together, and the last
/// word comes after the last commit. Without open pages a commit costs a look into an empty table.
/// </summary>
internal sealed partial class LiveChanges(IHubContext<LiveHub> hub, ILogger<LiveChanges> logger) : IReleaseObserver
{
    // Administrators see the releases of all workspaces.
    private const string Everything = "all";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _topicsOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);

    /// <summary>The topic of one release.</summary>
    public static string TopicOf(ReleaseId release) => "release:" + release;

    /// <summary>The topics of everything an actor may see.</summary>
    public static IReadOnlyList<string> TopicsOf(Actor actor) => actor.Grants.Any(grant => grant.Role == Role.Administrator)
        ? [Everything]
        : [.. actor.Grants.Select(grant => TopicOf(grant.Workspace)).Distinct()];

    /// <summary>Notes what a connection watches; false if that is too much.</summary>
    public bool TryWatch(string connection, IReadOnlyList<string> topics, int limit)
    {
        lock (_lock)
        {
            if (!_topicsOf.TryGetValue(connection, out var known))
            {
                _topicsOf.Add(connection, known = new HashSet<string>(StringComparer.Ordinal));
            }

            if (known.Union(topics).Count() > limit)
            {
                return false;
            }

            foreach (var topic in topics.Where(known.Add))
            {
                if (!_watched.TryGetValue(topic, out var watched))
                {
                    _watched.Add(topic, watched = new Watched());
                }

                watched.Connections++;
            }

            return true;
        }
    }

    /// <summary>Notes that a connection has gone.</summary>
    public void Forget(string connection)
    {
        lock (_lock)
        {
            if (!_topicsOf.Remove(connection, out var topics))
            {
                return;
            }

            foreach (var topic in topics)
            {
                if (_watched.TryGetValue(topic, out var watched) && --watched.Connections == 0)
                {
                    _watched.Remove(topic);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Committed(Release release)
    {
        Note(TopicOf(release.Id));
        Note(TopicOf(release.MiniProgramWorkspace));
        if (release.AppWorkspace != release.MiniProgramWorkspace)
        {
            Note(TopicOf(release.AppWorkspace));
        }

        Note(Everything);
    }

    /// <inheritdoc/>
    public void TestersCommitted(ReleaseId release, int revision, IReadOnlyList<string> added, IReadOnlyList<string> removed)
    {
        // The release is told with the same commit.
    }

    private static string TopicOf(WorkspaceKey workspace) => "workspace:" + workspace;

    // Called by whoever committed: it notes and returns.
    private void Note(string topic)
    {
        lock (_lock)
        {
            if (!_watched.TryGetValue(topic, out var watched))
            {
                return;
            }

            watched.HasNews = true;
            if (!watched.IsTelling)
            {
                watched.IsTelling = true;
                _ = TellAsync(topic, watched);
            }
        }
    }

    private async Task TellAsync(string topic, Watched watched)
    {
        // Off the thread that committed.
        await Task.Yield();
        while (TakeNews(watched))
        {
            try
            {
                await hub.Clients.Group(topic).SendAsync("changed", topic);
            }
            // CA1031: one connection that fails must not end what the others hear; the next change tells again.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LogNotTold(exception, topic);
            }
        }
    }

    private bool TakeNews(Watched watched)
    {
        lock (_lock)
        {
            watched.IsTelling = watched.HasNews;
            watched.HasNews = false;
            return watched.IsTelling;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Open pages were not told that {Topic} has changed.")]
    private partial void LogNotTold(Exception exception, string topic);

    private sealed class Watched
    {
        public int Connections { get; set; }

        public bool HasNews { get; set; }

        public bool IsTelling { get; set; }
    }
}
