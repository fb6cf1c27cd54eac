using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Rows of bursts that a unit of work removes because their instances ended long ago.</summary>
internal sealed class JournalRemovals : IPendingWrites, IJournalRemover
{
    private static readonly SqlStatement FindEnded = new($"""
        SELECT i.key, i.finished_at FROM workflow_instances i
        WHERE i.finished_at IS NOT NULL AND i.finished_at >= $ended_from AND i.finished_at < $ended_before
          AND EXISTS (SELECT 1 FROM bursts t WHERE {RuntimeSchema.RowsOfInstance})
        ORDER BY i.finished_at LIMIT $limit
        """);

    private static readonly SqlStatement FindBursts = new(
        "SELECT key FROM bursts WHERE key >= $instance_key << 24 AND key < ($instance_key + 1) << 24 ORDER BY key LIMIT $limit");

    private static readonly SqlStatement Delete = new("DELETE FROM bursts WHERE key IN (SELECT value FROM json_each($keys))");

    private readonly DatabaseReader _reader;
    private readonly List<long> _keys = [];

    public JournalRemovals(UnitOfWork unit, DatabaseReader reader)
    {
        _reader = reader;
        unit.Enlist(this);
    }

    public ValueTask<JournalRemoval> CollectAsync(DateTimeOffset endedBefore, DateTimeOffset endedFrom, int limit, CancellationToken cancellationToken)
    {
        var ended = _reader.List(
            FindEnded, static row => (Key: row.GetInt64(0), FinishedAt: row.GetTime(1)), endedFrom.ToMicroseconds(), endedBefore.ToMicroseconds(), limit);
        var before = _keys.Count;
        foreach (var (key, finishedAt) in ended)
        {
            endedFrom = finishedAt;
            _keys.AddRange(_reader.List(FindBursts, static row => row.GetInt64(0), key, limit - (_keys.Count - before)));
            if (_keys.Count - before >= limit)
                break;
        }

        return new(new JournalRemoval(_keys.Count - before, endedFrom));
    }

    public void WriteTo(WriteBatch batch)
    {
        if (_keys.Count > 0)
            batch.Add(Delete, JsonSerializer.Serialize(_keys));
    }

    public void Clear() => _keys.Clear();
}
