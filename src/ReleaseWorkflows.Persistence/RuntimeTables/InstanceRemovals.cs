using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Instances that a unit of work removes with all their rows. Enlisted last, so that a unit may cancel an instance and then remove it.</summary>
internal sealed class InstanceRemovals(CommittedCache<WorkflowInstanceRecord> cache) : IPendingWrites
{
    private static readonly SqlStatement DeleteBursts = new($"""
        DELETE FROM bursts WHERE key IN (SELECT t.key FROM workflow_instances i JOIN bursts t ON {RuntimeSchema.RowsOfInstance} WHERE i.id = $id)
        """);

    private static readonly SqlStatement DeleteBookmarks = new($"""
        DELETE FROM bookmarks WHERE key IN (SELECT t.key FROM workflow_instances i JOIN bookmarks t ON {RuntimeSchema.RowsOfInstance} WHERE i.id = $id)
        """);

    // Its state goes with it: the schema says so.
    private static readonly SqlStatement DeleteInstance = new("DELETE FROM workflow_instances WHERE id = $id AND version = $version");

    private readonly Dictionary<string, int> _removed = new(StringComparer.Ordinal);

    public bool Contains(string instanceId) => _removed.ContainsKey(instanceId);

    public void Add(string instanceId, int version) => _removed[instanceId] = version;

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (id, version) in _removed)
        {
            batch.Add(DeleteBursts, id);
            batch.Add(DeleteBookmarks, id);
            batch.OnCommitting(() => cache.Changing(id));
            batch.OnSettled(_ => cache.Forget(id));
            batch.AddGuarded($"Workflow instance {id} has moved on since version {version}.", DeleteInstance, id, version);
        }
    }

    public void Clear() => _removed.Clear();
}
