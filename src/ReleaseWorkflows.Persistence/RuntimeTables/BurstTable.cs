using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>
/// What bursts did: one row per instance and unit of work, with the lines of the journal and the executions that changed. Nobody asks for a single
/// line, so a step pays for one row; no statement looks into it, so it is compressed.
/// </summary>
internal sealed class BurstTable : IPendingWrites
{
    private static readonly SqlStatement Insert = new($"""
        INSERT INTO bursts (key, record)
        SELECT coalesce((SELECT max(t.key) + 1 FROM bursts t WHERE {RuntimeSchema.RowsOfInstance}), i.key << 24), $record
        FROM workflow_instances i WHERE i.id = $instance_id
        """);

    private static readonly SqlStatement ReadNext = new($"""
        SELECT t.key, t.record FROM workflow_instances i JOIN bursts t ON {RuntimeSchema.RowsOfInstance} AND t.key > $after WHERE i.id = $id ORDER BY t.key LIMIT $limit
        """);

    private const int ReadAtOnce = 256;

    // Few instances per unit, mostly one; in the order in which they came.
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<JournalRecord> entries)
    {
        foreach (var line in entries)
            PendingOf(line.InstanceId).Lines.Add(line);
    }

    public void Save(IReadOnlyList<ActivityExecutionRecord> executions)
    {
        foreach (var execution in executions)
            PendingOf(execution.InstanceId).Executions[execution.Id] = execution;
    }

    /// <summary>Forgets what was collected about an instance that the unit removes.</summary>
    public void Forget(string instanceId) => _pending.Remove(instanceId);

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (instanceId, pending) in _pending)
        {
            batch.AddGuarded($"Workflow instance {instanceId}, whose journal is written, does not exist.", Insert,
                CompressedJson.ToArgument(BurstText.Write(pending.Lines, pending.Executions.Values)), instanceId);
        }
    }

    public void Clear() => _pending.Clear();

    /// <summary>The bursts of an instance, from the first to the last, a few hundred in memory at once.</summary>
    public static IEnumerable<JsonDocument> Read(DatabaseReader reader, string instanceId)
    {
        var after = -1L;
        while (true)
        {
            var rows = reader.List(ReadNext, static row => (Key: row.GetInt64(0), Record: row.GetBytes(1)), after, instanceId, ReadAtOnce);
            foreach (var row in rows)
            {
                using var document = JsonDocument.Parse(CompressedJson.Read(row.Record));
                yield return document;
            }

            if (rows.Count < ReadAtOnce)
                yield break;
            after = rows[^1].Key;
        }
    }

    private Pending PendingOf(string instanceId)
    {
        if (!_pending.TryGetValue(instanceId, out var pending))
            _pending.Add(instanceId, pending = new Pending());
        return pending;
    }

    private sealed class Pending
    {
        public List<JournalRecord> Lines { get; } = [];

        public Dictionary<string, ActivityExecutionRecord> Executions { get; } = new(StringComparer.Ordinal);
    }
}
