using System.Text.Json;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;

namespace ReleaseWorkflows.Persistence.Audit;

/// <summary>
/// What was done, one row each, only ever added. The tables of apps, mini programs, accounts, keys and workspaces record here what they save, so that nothing is
/// saved without its row. Lists are put together by <see cref="AuditList"/>.
/// </summary>
internal sealed class AuditTable : IAuditTrail, IPendingWrites
{
    private static readonly SqlStatement Insert = new("""
        INSERT INTO audit (at, actor, actor_name, origin, action, subject_kind, subject, workspace, text, changes)
        VALUES ($at, $actor, $actor_name, $origin, $action, $subject_kind, $subject, $workspace, $text, $changes)
        """);

    private readonly DatabaseReader _reader;
    private readonly IAuditAuthor _author;
    private readonly TimeProvider _clock;
    private readonly UnitOfWork _unit;
    private readonly IAuditObserver[] _observers;
    private readonly List<AuditEntry> _added = [];

    public AuditTable(UnitOfWork unit, DatabaseReader reader, IAuditAuthor author, TimeProvider clock, IEnumerable<IAuditObserver> observers)
    {
        _unit = unit;
        _observers = [.. observers];
        _reader = reader;
        _author = author;
        _clock = clock;
        unit.Enlist(this);
    }

    public void Record(AuditEvent what, AuditAuthor? by = null)
    {
        _added.Add(new AuditEntry(_clock.GetUtcNow(), by ?? _author.Current, what));
        if (_observers.Length > 0)
            _unit.OnCommitted(() => Array.ForEach(_observers, observer => observer.Recorded(what)));
    }

    public void Record(IEnumerable<AuditEvent> events)
    {
        foreach (var what in events)
            Record(what);
    }

    public ValueTask<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken) => new(AuditList.Read(_reader, query));

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (at, by, what, _) in _added)
        {
            var changes = what.Changes.Count == 0 ? null : JsonSerializer.Serialize(what.Changes, DomainJson.Default.IReadOnlyListAuditChange);
            batch.Add(Insert, at.ToMicroseconds(), by.Id.Value, by.Name, by.Origin, what.Action, what.SubjectKind, what.Subject, what.Workspace?.Value, what.Text, changes);
        }
    }

    public void Clear() => _added.Clear();
}

/// <summary>Nobody but the platform acts: for hosts without requests.</summary>
internal sealed class PlatformAuthor : IAuditAuthor
{
    public AuditAuthor Current => AuditAuthor.Platform;
}
