using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Work that follows a commit. Completing a message counts rows, so that of two workers one stores what came of it.</summary>
internal sealed class OutboxTable : IOutbox, IPendingWrites
{
    private const string Columns =
        "SELECT message_key, kind, release_id, payload, created_at, attempts, due_at, last_error, completed_at, dead_at FROM outbox";

    private static readonly SqlStatement FindByKey = new(Columns + " WHERE message_key = $message_key");
    private static readonly SqlStatement FindPendingDue =
        new(Columns + $" WHERE {DomainSchema.IsPending} AND kind = $kind AND due_at <= $now ORDER BY due_at, key LIMIT $limit");
    private static readonly SqlStatement FindEarliest = new(Columns + $" WHERE {DomainSchema.IsPending} AND due_at > $now ORDER BY due_at, key LIMIT $limit");
    private static readonly SqlStatement ListOfRelease = new(Columns + " WHERE release_id IS NOT NULL AND release_id = $release_id ORDER BY key");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO outbox (message_key, kind, release_id, payload, created_at, attempts, due_at, last_error, completed_at, dead_at)
        VALUES ($message_key, $kind, $release_id, $payload, $created_at, $attempts, $due_at, $last_error, $completed_at, $dead_at)
        ON CONFLICT (message_key) DO NOTHING
        """);

    private static readonly SqlStatement UpdatePending = new($"""
        UPDATE outbox SET attempts = $attempts, due_at = $due_at, last_error = $last_error, completed_at = $completed_at, dead_at = $dead_at
        WHERE message_key = $message_key AND {DomainSchema.IsPending}
        """);

    private readonly UnitOfWork _unit;
    private readonly DatabaseReader _reader;
    private readonly OutboxSignal _signal;
    private readonly Dictionary<string, OutboxMessage> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutboxMessage> _updated = new(StringComparer.Ordinal);

    public OutboxTable(UnitOfWork unit, DatabaseReader reader, OutboxSignal signal)
    {
        _unit = unit;
        _reader = reader;
        _signal = signal;
        unit.Enlist(this);
    }

    public void Add(OutboxMessage message)
    {
        if (_added.Count == 0)
            _unit.OnCommitted(_signal.Wake);
        _added.TryAdd(message.Key, message);
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

    public void Update(OutboxMessage message) => _updated[message.Key] = message;

    public void WriteTo(WriteBatch batch)
    {
        foreach (var message in _added.Values)
        {
            batch.Add(Insert, message.Key, message.Kind, message.ReleaseId, message.PayloadJson, message.CreatedAt.ToMicroseconds(), message.Attempts,
                message.DueAt.ToMicroseconds(), message.LastError, message.CompletedAt?.ToMicroseconds(), message.DeadAt?.ToMicroseconds());
        }
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

    private static OutboxMessage Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetStringOrNull(2), row.GetString(3), row.GetTime(4))
    {
        Attempts = row.GetInt32(5),
        DueAt = row.GetTime(6),
        LastError = row.GetStringOrNull(7),
        CompletedAt = row.GetTimeOrNull(8),
        DeadAt = row.GetTimeOrNull(9),
    };
}
