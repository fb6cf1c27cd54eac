using System.Diagnostics;
using System.Text.Json;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Work that follows a commit. Completing a message counts rows, so that of two workers one stores what came of it.</summary>
internal sealed class OutboxTable : IOutbox, IOutboxAdministration, IPendingWrites
{
    private const string Columns =
        "SELECT message_key, kind, release_id, payload, created_at, attempts, due_at, last_error, completed_at, dead_at, trace_parent FROM outbox";

    private static readonly SqlStatement FindByKey = new(Columns + " WHERE message_key = $message_key");
    private static readonly SqlStatement FindPendingDue =
        new(Columns + $" WHERE {DomainSchema.IsPending} AND kind = $kind AND due_at <= $now ORDER BY due_at, key LIMIT $limit");
    private static readonly SqlStatement FindEarliest = new(Columns + $" WHERE {DomainSchema.IsPending} AND due_at > $now ORDER BY due_at, key LIMIT $limit");
    private static readonly SqlStatement ListOfRelease = new(Columns + " WHERE release_id IS NOT NULL AND release_id = $release_id ORDER BY key");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO outbox (message_key, kind, release_id, payload, created_at, attempts, due_at, last_error, completed_at, dead_at, trace_parent)
        VALUES ($message_key, $kind, $release_id, $payload, $created_at, $attempts, $due_at, $last_error, $completed_at, $dead_at, $trace_parent)
        ON CONFLICT (message_key) DO NOTHING
        """);

    private static readonly SqlStatement UpdatePending = new($"""
        UPDATE outbox SET attempts = $attempts, due_at = $due_at, last_error = $last_error, completed_at = $completed_at, dead_at = $dead_at
        WHERE message_key = $message_key AND {DomainSchema.IsPending}
        """);

    private static readonly SqlStatement ListGivenUp = new(Columns + " WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT $limit");
    private static readonly SqlStatement ListKind = new($"""
        SELECT message_key, kind, release_id, payload, created_at, attempts, due_at, last_error, completed_at, dead_at, trace_parent, key
        FROM outbox WHERE {DomainSchema.IsTold} AND kind = $kind AND key < $before ORDER BY key DESC LIMIT $limit
        """);

    private static readonly SqlStatement Revive = new("UPDATE outbox SET attempts = 0, due_at = $due_at, dead_at = NULL WHERE message_key = $message_key AND dead_at IS NOT NULL");
    private static readonly SqlStatement CountBacklog = new($"""
        SELECT (SELECT count(*) FROM outbox WHERE {DomainSchema.IsPending}), (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL)
        """);

    private readonly UnitOfWork _unit;
    private readonly DatabaseReader _reader;
    private readonly OutboxSignal _signal;
    private readonly IOutboxObserver[] _observers;
    private readonly Dictionary<string, OutboxMessage> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutboxMessage> _updated = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _revived = new(StringComparer.Ordinal);

    public OutboxTable(UnitOfWork unit, DatabaseReader reader, OutboxSignal signal, IEnumerable<IOutboxObserver> observers)
    {
        _observers = [.. observers];
        _unit = unit;
        _reader = reader;
        _signal = signal;
        unit.Enlist(this);
    }

    public void Add(OutboxMessage message)
    {
        WakeOnce();
        Tell(message);
        // The work belongs to the request that asks for it, however much later and wherever it is done.
        _added.TryAdd(message.Key, message with { TraceParent = message.TraceParent ?? Activity.Current?.Id });
    }

    public ValueTask<IReadOnlyList<OutboxMessage>> FindDueAsync(string kind, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var stored = _reader.List(FindPendingDue, Read, kind, now.ToMicroseconds(), limit + _updated.Count);
        return new([.. WithPending(stored).Where(message => IsPending(message) && message.Kind == kind && message.DueAt <= now).OrderBy(message => message.DueAt).Take(limit)]);
    }

    public ValueTask<DateTimeOffset?> FindNextDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stored = _reader.List(FindEarliest, Read, now.ToMicroseconds(), 1 + _updated.Count);
        return new(WithPending(stored).Where(message => IsPending(message) && message.DueAt > now).Min(message => (DateTimeOffset?)message.DueAt));
    }

    public ValueTask<IReadOnlyList<OutboxMessage>> ListAsync(string releaseId, CancellationToken cancellationToken) =>
        new([.. WithPending(_reader.List(ListOfRelease, Read, releaseId)).Where(message => message.ReleaseId == releaseId)]);

    public void Update(OutboxMessage message)
    {
        Tell(message);
        _updated[message.Key] = message;
    }

    public ValueTask<OutboxMessage?> FindAsync(string key, CancellationToken cancellationToken) =>
        new(_updated.GetValueOrDefault(key) ?? _reader.Find(FindByKey, Read, key) ?? _added.GetValueOrDefault(key));

    public ValueTask<IReadOnlyList<OutboxMessage>> ListDeadAsync(int limit, CancellationToken cancellationToken) => new(_reader.List(ListGivenUp, Read, limit));

    public ValueTask<OutboxPage> ListLatestAsync(string kind, string? app, long? after, int limit, CancellationToken cancellationToken)
    {
        var rows = _reader.List(ListKind, row => (Message: Read(row), Key: row.GetInt64(11)), kind, after ?? long.MaxValue, app is null ? limit + 1 : 1_000);
        rows.RemoveAll(row => app is not null && AppOf(row.Message) != app);
        var items = rows.Take(limit).ToList();
        return new(new OutboxPage([.. items.Select(row => row.Message)], rows.Count > limit ? items[^1].Key : null));
    }

    public ValueTask<OutboxBacklog> CountAsync(CancellationToken cancellationToken) =>
        new(_reader.List(CountBacklog, row => new OutboxBacklog(row.GetInt64(0), row.GetInt64(1)))[0]);

    public void SendAgain(OutboxMessage message, DateTimeOffset now)
    {
        WakeOnce();
        Tell(message);
        _revived[message.Key] = now;
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var message in _added.Values)
        {
            batch.Add(Insert, message.Key, message.Kind, message.ReleaseId, CompressedJson.ToArgument(message.PayloadJson), message.CreatedAt.ToMicroseconds(), message.Attempts,
                message.DueAt.ToMicroseconds(), message.LastError, message.CompletedAt?.ToMicroseconds(), message.DeadAt?.ToMicroseconds(), message.TraceParent);
        }
        foreach (var (key, dueAt) in _revived)
            batch.AddGuarded($"Outbox message {key} is sent again already.", Revive, dueAt.ToMicroseconds(), key);
        foreach (var message in _updated.Values)
        {
            batch.AddGuarded($"Outbox message {message.Key} has been completed already.", UpdatePending, message.Attempts, message.DueAt.ToMicroseconds(),
                message.LastError, message.CompletedAt?.ToMicroseconds(), message.DeadAt?.ToMicroseconds(), message.Key);
        }
    }

    public void Clear()
    {
        _added.Clear();
        _updated.Clear();
        _revived.Clear();
    }

    private void WakeOnce()
    {
        if (_added.Count == 0 && _revived.Count == 0)
            _unit.OnCommitted(_signal.Wake);
    }

    private void Tell(OutboxMessage message)
    {
        if (_observers.Length > 0)
            _unit.OnCommitted(() => Array.ForEach(_observers, observer => observer.Changed(message)));
    }

    private static bool IsPending(OutboxMessage message) => message.CompletedAt is null && message.DeadAt is null;

    private IEnumerable<OutboxMessage> WithPending(List<OutboxMessage> stored)
    {
        if (_added.Count == 0 && _updated.Count == 0)
            return stored;
        // A message whose key is stored already is not added, so it is not shown twice either.
        var added = _added.Values.Where(message => _reader.Find(FindByKey, Read, message.Key) is null);
        return stored.Concat(added).Select(message => _updated.GetValueOrDefault(message.Key, message));
    }

    private static string? AppOf(OutboxMessage message)
    {
        using var payload = JsonDocument.Parse(message.PayloadJson);
        return payload.RootElement.TryGetProperty("app", out var app) ? app.GetString() : null;
    }

    private static OutboxMessage Read(SqlRow row) => new(row.GetString(0), row.GetString(1), row.GetStringOrNull(2), row.GetJsonOrNull(3)!, row.GetTime(4))
    {
        Attempts = row.GetInt32(5),
        DueAt = row.GetTime(6),
        LastError = row.GetStringOrNull(7),
        CompletedAt = row.GetTimeOrNull(8),
        DeadAt = row.GetTimeOrNull(9),
        TraceParent = row.GetStringOrNull(10),
    };
}
