using Microsoft.AspNetCore.SignalR;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Live;

/// <summary>
/// Tells open pages that something has changed: after the commit, and never what. Changes that come while one is being told are told together, and the last
/// word comes after the last commit. Without open pages a commit costs a look into an empty table.
/// </summary>
internal sealed partial class LiveChanges(IHubContext<LiveHub> hub, ILogger<LiveChanges> logger) : IReleaseObserver, IAuditObserver, IOutboxObserver
{
    /// <summary>The topic of the messages that leave the platform, of whatever kind.</summary>
    public const string Messages = "messages";

    // Administrators see all workspaces.
    private const string Everything = "all";
    private const string Changes = "changes:";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, HashSet<string>> _topicsOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Watched> _watched = new(StringComparer.Ordinal);

    /// <summary>The topic of one release.</summary>
    public static string TopicOf(ReleaseId release) => "release:" + release;

    /// <summary>The topic of one mini program: its versions, releases and settings.</summary>
    public static string TopicOf(MiniProgramKey miniProgram) => "mini-program:" + miniProgram;

    /// <summary>The topic of one app: its rules.</summary>
    public static string TopicOf(AppKey app) => "app:" + app;

    /// <summary>The topics of all releases that an actor may see.</summary>
    public static IReadOnlyList<string> TopicsOf(Actor actor) => InWorkspacesOf(actor, Everything, TopicOf);

    /// <summary>The topics of everything that is done in the workspaces of an actor, releases included; for an administrator, on the platform.</summary>
    public static IReadOnlyList<string> ChangesOf(Actor actor) => InWorkspacesOf(actor, Changes + Everything, ChangesIn);

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
        Note(TopicOf(release.Key.MiniProgram));
        NoteIn(release.MiniProgramWorkspace);
        if (release.AppWorkspace != release.MiniProgramWorkspace)
        {
            NoteIn(release.AppWorkspace);
        }

        Note(Everything);
        Note(Changes + Everything);

        void NoteIn(WorkspaceKey workspace)
        {
            Note(TopicOf(workspace));
            Note(ChangesIn(workspace));
        }
    }

    /// <inheritdoc/>
    public void TestersCommitted(ReleaseId release, int revision, IReadOnlyList<string> added, IReadOnlyList<string> removed)
    {
        // The release is told with the same commit.
    }

    /// <inheritdoc/>
    public void Recorded(AuditEvent what)
    {
        switch (what.SubjectKind)
        {
            case "mini-program":
                Note(TopicOf(new MiniProgramKey(what.Subject)));
                break;
            case "version":
                // “coffee 1.2.0”.
                Note(TopicOf(new MiniProgramKey(what.Subject.Split(' ')[0])));
                break;
            case "app":
                Note(TopicOf(new AppKey(what.Subject)));
                break;
        }

        if (what.Workspace is { } workspace)
        {
            Note(ChangesIn(workspace));
        }

        Note(Changes + Everything);
    }

    /// <inheritdoc/>
    public void Changed(OutboxMessage message)
    {
        Note(Messages);
        if (message.ReleaseId is { } release)
        {
            Note(TopicOf(new ReleaseId(release)));
        }
    }

    private static string[] InWorkspacesOf(Actor actor, string everything, Func<WorkspaceKey, string> topicOf) =>
        actor.Grants.Any(grant => grant.Role == Role.Administrator) ? [everything] : [.. actor.Grants.Select(grant => topicOf(grant.Workspace)).Distinct()];

    private static string TopicOf(WorkspaceKey workspace) => "workspace:" + workspace;

    private static string ChangesIn(WorkspaceKey workspace) => Changes + workspace;

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
