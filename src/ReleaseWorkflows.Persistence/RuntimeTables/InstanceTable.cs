using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Workflow instances: the header, guarded by its version, and the state beside it.</summary>
internal sealed class InstanceTable(DatabaseReader reader, CommittedCache<WorkflowInstanceRecord> cache) : IPendingWrites
{
    // Larger states are read anew: the cache is bounded by the number of instances.
    private const int LongestKept = 16 * 1024;

    private const string RunningStatus = "Running";

    private const string HeaderAndState = """
        SELECT i.id, i.definition_id, i.definition_version_id, i.definition_version, i.parent_instance_id, i.correlation_id, i.name, i.status, i.sub_status,
               i.incident_count, i.created_at, i.updated_at, i.finished_at, i.version, s.state, i.activation_key
        FROM workflow_instances i JOIN workflow_instance_states s ON s.instance_key = i.key
        """;

    private const string RunningHeader = "SELECT id FROM workflow_instances WHERE status = 'Running'";

    // Every sub-status that counts as running; as text, so that an index on sub-statuses serves.
    private const string RunningSubStatuses = "sub_status IN ('Pending', 'Executing', 'Suspended', 'Interrupted')";

    private static readonly SqlStatement FindById = new(HeaderAndState + " WHERE i.id = $id");

    // One statement per combination, each with the index that fits; the partial indexes are used only when their condition stands in the query.
    private static readonly SqlStatement FindRunning = new($"{RunningHeader} AND {RunningSubStatuses} ORDER BY key");
    private static readonly SqlStatement FindRunningOfDefinition = new($"{RunningHeader} AND {RunningSubStatuses} AND definition_id = $definition_id ORDER BY key");
    private static readonly SqlStatement FindRunningOnVersion = new(
        $"{RunningHeader} AND {RunningSubStatuses} AND definition_id = $definition_id AND definition_version_id = $definition_version_id LIMIT 1");
    private static readonly SqlStatement FindRunningWithCorrelation = new(RunningHeader + """
         AND correlation_id IS NOT NULL AND correlation_id = $correlation_id AND ($definition_id IS NULL OR definition_id = $definition_id) ORDER BY key
        """);
    private static readonly SqlStatement FindRunningChildren = new(RunningHeader + """
         AND parent_instance_id IS NOT NULL AND parent_instance_id = $parent_instance_id
         AND ($definition_id IS NULL OR definition_id = $definition_id) AND ($correlation_id IS NULL OR correlation_id = $correlation_id) ORDER BY key
        """);

    private static readonly SqlStatement InsertHeader = new("""
        INSERT INTO workflow_instances (id, definition_id, definition_version_id, definition_version, parent_instance_id, correlation_id, name, status, sub_status,
          incident_count, created_at, updated_at, finished_at, activation_key, version)
        VALUES ($id, $definition_id, $definition_version_id, $definition_version, $parent_instance_id, $correlation_id, $name, $status, $sub_status,
          $incident_count, $created_at, $updated_at, $finished_at, $activation_key, 1)
        """);

    // The usual burst changes no indexed column. SQLite rewrites the entry of every index whose columns an update names, changed or not.
    private static readonly SqlStatement UpdateProgress = new("""
        UPDATE workflow_instances SET name = $name, updated_at = $updated_at, version = version + 1
        WHERE id = $id AND version = $version
        """);

    private static readonly SqlStatement UpdateHeader = new("""
        UPDATE workflow_instances SET definition_version_id = $definition_version_id, definition_version = $definition_version, parent_instance_id = $parent_instance_id,
          correlation_id = $correlation_id, name = $name, status = $status, sub_status = $sub_status, incident_count = $incident_count,
          updated_at = $updated_at, finished_at = $finished_at, version = version + 1
        WHERE id = $id AND version = $version
        """);

    private static readonly SqlStatement InsertState = new(
        "INSERT INTO workflow_instance_states (instance_key, state) SELECT key, $state FROM workflow_instances WHERE id = $id");

    private static readonly SqlStatement UpdateState = new(
        "UPDATE workflow_instance_states SET state = $state WHERE instance_key = (SELECT key FROM workflow_instances WHERE id = $id)");

    private readonly Dictionary<string, WorkflowInstanceRecord> _saved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkflowInstanceRecord> _read = new(StringComparer.Ordinal);

    public WorkflowInstanceRecord? Find(string instanceId)
    {
        if (_saved.TryGetValue(instanceId, out var saved))
            return saved;
        var stored = cache.FindKept(instanceId) ?? reader.Find(FindById, Read, instanceId);
        if (stored is not null)
            _read[instanceId] = stored;
        return stored;
    }

    public IReadOnlyList<string> FindRunningInstances(string? definitionId, string? correlationId, string? parentInstanceId)
    {
        var stored = (parentInstanceId, correlationId, definitionId) switch
        {
            ({ } parent, _, _) => reader.List(FindRunningChildren, ReadId, parent, definitionId, correlationId),
            (_, { } correlation, _) => reader.List(FindRunningWithCorrelation, ReadId, correlation, definitionId),
            (_, _, { } definition) => reader.List(FindRunningOfDefinition, ReadId, definition),
            _ => reader.List(FindRunning, ReadId),
        };
        if (_saved.Count == 0)
            return stored;
        stored.RemoveAll(id => _saved.TryGetValue(id, out var instance) && !IsWanted(instance));
        stored.AddRange(_saved.Values.Where(IsWanted).Select(instance => instance.Id).Except(stored, StringComparer.Ordinal).ToList());
        return stored;

        bool IsWanted(WorkflowInstanceRecord instance) => instance.Status == RunningStatus
            && (definitionId is null || instance.DefinitionId == definitionId)
            && (correlationId is null || instance.CorrelationId == correlationId)
            && (parentInstanceId is null || instance.ParentInstanceId == parentInstanceId);
    }

    /// <summary>True if an instance runs on this version.</summary>
    public bool IsRunningOn(WorkflowDefinitionRecord definition) =>
        _saved.Values.Any(instance => instance.DefinitionVersionId == definition.Id && instance.Status == RunningStatus)
        || reader.List(FindRunningOnVersion, ReadId, definition.DefinitionId, definition.Id).Exists(id => !_saved.ContainsKey(id));

    public void Save(WorkflowInstanceRecord instance)
    {
        // The version guards against other units; a second save of this unit starts from what the first one read.
        if (_saved.TryGetValue(instance.Id, out var earlier) && earlier.Version != instance.Version)
        {
            throw new InvalidOperationException(
                $"Instance {instance.Id} was read at version {earlier.Version} and is now saved as of version {instance.Version} in the same unit of work.");
        }
        _saved[instance.Id] = instance;
    }

    /// <summary>Forgets what was collected about an instance that the unit removes.</summary>
    public void Forget(string instanceId) => _saved.Remove(instanceId);

    public void WriteTo(WriteBatch batch)
    {
        if (_saved.Count > 0)
            KeepCommitted(batch);
        foreach (var instance in _saved.Values)
        {
            if (instance.Version == 0)
                Insert(batch, instance);
            else
                Update(batch, instance, _read.GetValueOrDefault(instance.Id));
        }
    }

    public void Clear()
    {
        _saved.Clear();
        _read.Clear();
    }

    // Who has just moved will move again soon; who is only read, such as one of thousands with a timer, is not kept.
    private void KeepCommitted(WriteBatch batch)
    {
        var saved = _saved.Values.ToList();
        batch.OnCommitting(() => saved.ForEach(instance => cache.Changing(instance.Id)));
        batch.OnSettled(isCommitted =>
        {
            foreach (var instance in saved)
            {
                if (isCommitted && instance.Status == RunningStatus && instance.State.Length <= LongestKept)
                    cache.Put(instance.Id, AsStored(instance));
                else
                    cache.Forget(instance.Id);
            }
        });
    }

    private static WorkflowInstanceRecord AsStored(WorkflowInstanceRecord instance) => instance with
    {
        CreatedAt = Timestamps.ToTime(instance.CreatedAt.ToMicroseconds()),
        UpdatedAt = Timestamps.ToTime(instance.UpdatedAt.ToMicroseconds()),
        Version = instance.Version + 1,
    };

    private static void Insert(WriteBatch batch, WorkflowInstanceRecord instance)
    {
        batch.Add(InsertHeader, instance.Id, instance.DefinitionId, instance.DefinitionVersionId, instance.DefinitionVersion, instance.ParentInstanceId,
            instance.CorrelationId, instance.Name, instance.Status, instance.SubStatus, instance.IncidentCount,
            instance.CreatedAt.ToMicroseconds(), instance.UpdatedAt.ToMicroseconds(), instance.FinishedAt?.ToMicroseconds(), instance.ActivationKey);
        batch.Add(InsertState, CompressedJson.ToBytes(instance.State), instance.Id);
    }

    private static void Update(WriteBatch batch, WorkflowInstanceRecord instance, WorkflowInstanceRecord? read)
    {
        var conflict = $"Workflow instance {instance.Id} has moved on since version {instance.Version}.";
        if (read is not null && HasSameIndexedColumns(instance, read))
        {
            batch.AddGuarded(conflict, UpdateProgress, instance.Name, instance.UpdatedAt.ToMicroseconds(), instance.Id, instance.Version);
        }
        else
        {
            batch.AddGuarded(conflict, UpdateHeader, ToArguments(instance));
        }
        batch.Add(UpdateState, CompressedJson.ToBytes(instance.State), instance.Id);
    }

    private static object?[] ToArguments(WorkflowInstanceRecord instance) =>
        [
            instance.DefinitionVersionId, instance.DefinitionVersion, instance.ParentInstanceId, instance.CorrelationId, instance.Name, instance.Status,
            instance.SubStatus, instance.IncidentCount, instance.UpdatedAt.ToMicroseconds(), instance.FinishedAt?.ToMicroseconds(), instance.Id, instance.Version,
        ];

    // What was read is what is stored, or the version guard refuses the update.
    private static bool HasSameIndexedColumns(WorkflowInstanceRecord instance, WorkflowInstanceRecord read) =>
        instance.Version == read.Version
        && instance.DefinitionVersionId == read.DefinitionVersionId
        && instance.Status == read.Status
        && instance.SubStatus == read.SubStatus
        && instance.IncidentCount == read.IncidentCount
        && instance.CorrelationId == read.CorrelationId
        && instance.ParentInstanceId == read.ParentInstanceId
        && instance.FinishedAt == read.FinishedAt;

    /// <summary>Reads an instance without its state, from the columns that every question for instances begins with.</summary>
    internal static WorkflowInstanceRecord ReadHeader(SqlRow row) => new()
    {
        Id = row.GetString(0),
        DefinitionId = row.GetString(1),
        DefinitionVersionId = row.GetString(2),
        DefinitionVersion = row.GetInt32(3),
        ParentInstanceId = row.GetStringOrNull(4),
        CorrelationId = row.GetStringOrNull(5),
        Name = row.GetStringOrNull(6),
        Status = row.GetString(7),
        SubStatus = row.GetString(8),
        IncidentCount = row.GetInt32(9),
        CreatedAt = row.GetTime(10),
        UpdatedAt = row.GetTime(11),
        FinishedAt = row.GetTimeOrNull(12),
        Version = row.GetInt32(13),
        State = default,
    };

    private static string ReadId(SqlRow row) => row.GetString(0);

    private static WorkflowInstanceRecord Read(SqlRow row) => ReadHeader(row) with
    {
        State = CompressedJson.Read(row.GetBytes(14)),
        ActivationKey = row.GetStringOrNull(15),
    };
}
