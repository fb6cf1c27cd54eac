using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Stimuli that are told to many bookmarks, with how far each has come. Moving on is guarded by that, so no bookmark hears one twice.</summary>
internal sealed class FanOutTable(DatabaseReader reader) : IPendingWrites
{
    private const string Columns = "SELECT id, hash, correlation_id, after_number, last_number, created_at, input, except_instances FROM fan_outs";

    private static readonly SqlStatement ListOldest = new(Columns + " ORDER BY key LIMIT $limit");
    private static readonly SqlStatement FindById = new(Columns + " WHERE id = $id");

    private static readonly SqlStatement Insert = new("""
        INSERT INTO fan_outs (id, hash, correlation_id, after_number, last_number, created_at, input, except_instances)
        VALUES ($id, $hash, $correlation_id, $after_number, $last_number, $created_at, $input, $except_instances)
        """);

    private static readonly SqlStatement MoveOn = new("UPDATE fan_outs SET after_number = $after WHERE id = $id AND after_number = $read_after");
    private static readonly SqlStatement Delete = new("DELETE FROM fan_outs WHERE id = $id AND after_number = $read_after");

    private readonly List<FanOutRecord> _added = [];
    private readonly List<(FanOutRecord FanOut, long After)> _moved = [];

    public IReadOnlyList<FanOutRecord> List(int limit) => reader.List(ListOldest, Read, limit);

    public FanOutRecord? Find(string id) => reader.Find(FindById, Read, id);

    public void Add(FanOutRecord fanOut) => _added.Add(fanOut);

    public void Move(FanOutRecord fanOut, long after) => _moved.Add((fanOut, after));

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

        foreach (var fanOut in _added)
        {
            var range = fanOut.Range;
            batch.Add(Insert, fanOut.Id, range.Hash, range.CorrelationId, range.After, range.Last, range.CreatedBy.ToMicroseconds(), fanOut.InputJson,
                fanOut.ExceptInstances.Count == 0 ? null : JsonSerializer.Serialize(fanOut.ExceptInstances, DomainJson.Default.IEnumerableString));
        }
    }

    public void Clear()
    {
        _added.Clear();
        _moved.Clear();
    }

    private static FanOutRecord Read(SqlRow row) => new()
    {
        Id = row.GetString(0),
        Range = new BookmarkRange(row.GetString(1), row.GetStringOrNull(2), row.GetInt64(3), row.GetInt64(4), row.GetTime(5)),
        InputJson = row.GetStringOrNull(6),
        ExceptInstances = row.GetStringOrNull(7) is { } ids ? [.. JsonSerializer.Deserialize(ids, DomainJson.Default.IEnumerableString)!] : [],
    };
}
