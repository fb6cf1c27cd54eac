using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>
/// Journal and executions of a burst in one row, and indexes for lists of instances. What was recorded before becomes one row per instance, which
/// describes activities in place.
/// </summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0007_bursts")]
internal sealed class M0007Bursts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE bursts (
          key INTEGER NOT NULL PRIMARY KEY,
          record TEXT NOT NULL
        );

        INSERT INTO bursts (key, record)
        SELECT i.key << 24, json_object(
          'activities', json('[]'),
          'lines', json(coalesce((
            SELECT json_group_array(json_object(
              'sequence', j.key & 16777215, 'at', j.timestamp, 'execution', j.activity_instance_id, 'parent', j.parent_activity_instance_id,
              'activity', json_object('id', j.activity_id, 'node', j.activity_node_id, 'type', j.activity_type, 'version', j.activity_type_version, 'name', j.activity_name),
              'event', j.event_name, 'message', j.message, 'source', j.source, 'payload', json(j.payload)))
            FROM (SELECT * FROM journal t WHERE t.key >= i.key << 24 AND t.key < (i.key + 1) << 24 ORDER BY t.key) j), '[]')),
          'executions', json(coalesce((
            SELECT json_group_array(json_object(
              'id', e.id,
              'activity', json_object('id', e.activity_id, 'node', e.activity_node_id, 'type', e.activity_type, 'version', e.activity_type_version, 'name', e.activity_name),
              'status', e.status, 'startedAt', e.started_at, 'completedAt', e.completed_at, 'waits', e.has_bookmarks, 'faults', e.aggregate_fault_count,
              'details', json(e.details)))
            FROM (SELECT * FROM activity_executions t WHERE t.instance_key = i.key ORDER BY t.key) e), '[]')))
        FROM workflow_instances i
        WHERE EXISTS (SELECT 1 FROM journal t WHERE t.key >= i.key << 24 AND t.key < (i.key + 1) << 24)
           OR EXISTS (SELECT 1 FROM activity_executions t WHERE t.instance_key = i.key);

        DROP TABLE journal;
        DROP TABLE activity_executions;

        DROP INDEX ix_workflow_instances_definition_id;
        DROP INDEX ix_workflow_instances_correlation_id;
        CREATE INDEX ix_workflow_instances_definition_id_sub_status ON workflow_instances (definition_id, sub_status);
        CREATE INDEX ix_workflow_instances_sub_status ON workflow_instances (sub_status);
        CREATE INDEX ix_workflow_instances_incidents ON workflow_instances (sub_status) WHERE incident_count > 0;
        CREATE INDEX ix_workflow_instances_correlation_id ON workflow_instances (correlation_id) WHERE correlation_id IS NOT NULL;
        CREATE INDEX ix_workflow_instances_finished_at ON workflow_instances (finished_at) WHERE finished_at IS NOT NULL;
        """);
}
