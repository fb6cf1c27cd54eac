using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Stimuli that are told to many bookmarks, with how far each has come. Moving on is guarded by that, so no bookmark hears one twice.</summary>
internal sealed class FanOutTable(DatabaseReader reader) : IPendingWrites
{
    private const string Columns = "SELECT id, hash, correlation_id, after_number, last_number, created_at, input, except_instances, attempts, due_at, last_error, dead_at FROM fan_outs";

    private static readonly SqlStatement FindDue = new(Columns + " WHERE dead_at IS NULL AND due_at <= $now ORDER BY due_at, key LIMIT $limit");
    private static readonly SqlStatement FindEarliest = new("SELECT due_at FROM fan_outs WHERE dead_at IS NULL ORDER BY due_at LIMIT 1");
    private static readonly SqlStatement ListDead = new(Columns + " WHERE dead_at IS NOT NULL ORDER BY dead_at DESC LIMIT $limit");
    private static readonly SqlStatement FindById = new(Columns + " WHERE id = $id");

    private static readonly SqlStatement Insert = new("""
        INSERT INTO fan_outs (id, hash, correlation_id, after_number, last_number, created_at, input, except_instances, attempts, due_at, last_error, dead_at)
        VALUES ($id, $hash, $correlation_id, $after_number, $last_number, $created_at, $input, $except_instances, $attempts, $due_at, $last_error, $dead_at)
        """);

    private static readonly SqlStatement MoveOn = new("UPDATE fan_outs SET after_number = $after WHERE id = $id AND after_number = $read_after");
    private static readonly SqlStatement TryLater = new("""
        UPDATE fan_outs SET attempts = $attempts, due_at = $due_at, last_error = $last_error, dead_at = $dead_at
        WHERE id = $id AND after_number = $read_after AND attempts = $read_attempts
        """);
    private static readonly SqlStatement Delete = new("DELETE FROM fan_outs WHERE id = $id AND after_number = $read_after");

    private readonly List<FanOutRecord> _added = [];
    private readonly List<(FanOutRecord FanOut, long After)> _moved = [];
    private readonly List<(FanOutRecord FanOut, int ReadAttempts)> _updated = [];

    public IReadOnlyList<FanOutRecord> ListDue(DateTimeOffset now, int limit) => reader.List(FindDue, Read, now.ToMicroseconds(), limit);

    public DateTimeOffset? FindNextDue() => reader.Find(FindEarliest, static row => row.GetTimeOrNull(0));

    public IReadOnlyList<FanOutRecord> ListGivenUp(int limit) => reader.List(ListDead, Read, limit);

    public FanOutRecord? Find(string id) => reader.Find(FindById, Read, id);

    public void Add(FanOutRecord fanOut) => _added.Add(fanOut);

    public void Move(FanOutRecord fanOut, long after) => _moved.Add((fanOut, after));

    public void Update(FanOutRecord fanOut, int readAttempts) => _updated.Add((fanOut, readAttempts));

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (fanOut, after) in _moved)
        {
            var conflict = $"Another unit has told stimulus {fanOut.Id} to its bookmarks after number {fanOut.Range.After}.";
            if (after >= fanOut.Range.Last)
                batch.AddGuarded(conflict, Delete, fanOut.Id, fanOut.Range.After);
            else
                batch.AddGuarded(conflict, MoveOn, after, fanOut.Id, fanOut.Range.After);
        }

        foreach (var (fanOut, readAttempts) in _updated)
        {
            batch.AddGuarded($"Another unit has tried stimulus {fanOut.Id}, or told it on.", TryLater, fanOut.Attempts, fanOut.DueAt.ToMicroseconds(), fanOut.LastError,
                fanOut.DeadAt?.ToMicroseconds(), fanOut.Id, fanOut.Range.After, readAttempts);
        }

        foreach (var fanOut in _added)
        {
            var range = fanOut.Range;
            batch.Add(Insert, fanOut.Id, range.Hash, range.CorrelationId, range.After, range.Last, range.CreatedBy.ToMicroseconds(), fanOut.InputJson,
                fanOut.ExceptInstances.Count == 0 ? null : JsonSerializer.Serialize(fanOut.ExceptInstances, DomainJson.Default.IEnumerableString),
                fanOut.Attempts, fanOut.DueAt.ToMicroseconds(), fanOut.LastError, fanOut.DeadAt?.ToMicroseconds());
        }
    }

    public void Clear()
    {
        _added.Clear();
        _moved.Clear();
        _updated.Clear();
    }

    private static FanOutRecord Read(SqlRow row) => new()
    {
        Id = row.GetString(0),
        Range = new BookmarkRange(row.GetString(1), row.GetStringOrNull(2), row.GetInt64(3), row.GetInt64(4), row.GetTime(5)),
        InputJson = row.GetStringOrNull(6),
        ExceptInstances = row.GetStringOrNull(7) is { } ids ? [.. JsonSerializer.Deserialize(ids, DomainJson.Default.IEnumerableString)!] : [],
        Attempts = row.GetInt32(8),
        DueAt = row.GetTime(9),
        LastError = row.GetStringOrNull(10),
        DeadAt = row.GetTimeOrNull(11),
    };
}
