using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Journals of instances and their executions of activities: what happened, for people to read.</summary>
internal sealed class JournalTable : IPendingWrites
{
    private static readonly SqlStatement Append = new($"""
        INSERT INTO journal (key, timestamp, activity_instance_id, parent_activity_instance_id, activity_id, activity_node_id, activity_type,
          activity_type_version, activity_name, event_name, message, source, payload)
        SELECT (key << 24) + $sequence, $timestamp, $activity_instance_id, $parent_activity_instance_id, $activity_id, $activity_node_id, $activity_type,
          $activity_type_version, $activity_name, $event_name, $message, $source, $payload
        FROM workflow_instances WHERE id = $instance_id AND $sequence < {RuntimeSchema.RowsPerInstance}
        """);

    private static readonly SqlStatement UpsertExecution = new("""
        INSERT INTO activity_executions (instance_key, id, activity_id, activity_node_id, activity_type, activity_type_version, activity_name, status, started_at,
          completed_at, has_bookmarks, aggregate_fault_count, details)
        SELECT key, $id, $activity_id, $activity_node_id, $activity_type, $activity_type_version, $activity_name, $status, $started_at,
          $completed_at, $has_bookmarks, $aggregate_fault_count, $details
        FROM workflow_instances WHERE id = $instance_id
        ON CONFLICT (instance_key, id) DO UPDATE SET status = excluded.status, completed_at = excluded.completed_at, has_bookmarks = excluded.has_bookmarks,
          aggregate_fault_count = excluded.aggregate_fault_count, details = excluded.details
        """);

    private readonly List<JournalRecord> _appended = [];
    private readonly Dictionary<(string Instance, string Execution), ActivityExecutionRecord> _saved = [];

    public void Add(IReadOnlyList<JournalRecord> entries) => _appended.AddRange(entries);

    public void Save(IReadOnlyList<ActivityExecutionRecord> executions)
    {
        foreach (var execution in executions)
            _saved[(execution.InstanceId, execution.Id)] = execution;
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var line in _appended)
        {
            batch.AddGuarded($"Workflow instance {line.InstanceId}, whose journal is written, does not exist, or its journal is full.", Append,
                line.Sequence, line.Timestamp.ToMicroseconds(), line.ActivityInstanceId, line.ParentActivityInstanceId, line.ActivityId, line.ActivityNodeId,
                line.ActivityType, line.ActivityTypeVersion, line.ActivityName, line.EventName, line.Message, line.Source, line.PayloadJson, line.InstanceId);
        }
        foreach (var execution in _saved.Values)
        {
            batch.AddGuarded($"Workflow instance {execution.InstanceId}, which executed {execution.Id}, does not exist.", UpsertExecution,
                execution.Id, execution.ActivityId, execution.ActivityNodeId, execution.ActivityType, execution.ActivityTypeVersion, execution.ActivityName,
                execution.Status, execution.StartedAt.ToMicroseconds(), execution.CompletedAt?.ToMicroseconds(), execution.HasBookmarks,
                execution.AggregateFaultCount, execution.DetailsJson, execution.InstanceId);
        }
    }

    public void Clear()
    {
        _appended.Clear();
        _saved.Clear();
    }
}
