using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>The engine's tables. A migration that has been released is never changed again.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0001_runtime_tables")]
internal sealed class M0001RuntimeTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE workflow_instances (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          definition_id TEXT NOT NULL,
          definition_version_id TEXT NOT NULL,
          definition_version INTEGER NOT NULL,
          parent_instance_id TEXT NULL,
          correlation_id TEXT NULL,
          name TEXT NULL,
          status TEXT NOT NULL,
          sub_status TEXT NOT NULL,
          incident_count INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          updated_at INTEGER NOT NULL,
          finished_at INTEGER NULL,
          version INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ux_workflow_instances_id ON workflow_instances (id);
        CREATE INDEX ix_workflow_instances_definition_id ON workflow_instances (definition_id) WHERE status = 'Running';
        CREATE INDEX ix_workflow_instances_correlation_id ON workflow_instances (correlation_id) WHERE status = 'Running' AND correlation_id IS NOT NULL;
        CREATE INDEX ix_workflow_instances_parent_instance_id ON workflow_instances (parent_instance_id) WHERE status = 'Running' AND parent_instance_id IS NOT NULL;

        CREATE TABLE workflow_instance_states (
          instance_key INTEGER NOT NULL PRIMARY KEY REFERENCES workflow_instances (key) ON DELETE CASCADE,
          state BLOB NOT NULL
        );

        CREATE TABLE bookmarks (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          name TEXT NOT NULL,
          hash TEXT NOT NULL,
          number INTEGER NOT NULL,
          activity_id TEXT NOT NULL,
          activity_instance_id TEXT NOT NULL,
          correlation_id TEXT NULL,
          payload TEXT NULL,
          created_at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ux_bookmarks_id ON bookmarks (id);
        CREATE UNIQUE INDEX ux_bookmarks_hash_number ON bookmarks (hash, number);

        CREATE TABLE triggers (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          definition_id TEXT NOT NULL,
          definition_version_id TEXT NOT NULL,
          name TEXT NOT NULL,
          activity_id TEXT NOT NULL,
          hash TEXT NOT NULL,
          payload TEXT NULL
        );
        CREATE UNIQUE INDEX ux_triggers_id ON triggers (id);
        CREATE INDEX ix_triggers_hash ON triggers (hash);
        CREATE INDEX ix_triggers_name ON triggers (name);
        CREATE INDEX ix_triggers_definition_id ON triggers (definition_id);

        CREATE TABLE timers (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          due_at INTEGER NOT NULL,
          instance_id TEXT NULL,
          bookmark_id TEXT NULL,
          trigger_id TEXT NULL
        );
        CREATE UNIQUE INDEX ux_timers_id ON timers (id);
        CREATE INDEX ix_timers_due_at ON timers (due_at);

        CREATE TABLE journal (
          key INTEGER NOT NULL PRIMARY KEY,
          timestamp INTEGER NOT NULL,
          activity_instance_id TEXT NOT NULL,
          parent_activity_instance_id TEXT NULL,
          activity_id TEXT NOT NULL,
          activity_node_id TEXT NOT NULL,
          activity_type TEXT NOT NULL,
          activity_type_version INTEGER NOT NULL,
          activity_name TEXT NULL,
          event_name TEXT NOT NULL,
          message TEXT NULL,
          source TEXT NULL,
          payload TEXT NULL
        );

        CREATE TABLE activity_executions (
          key INTEGER NOT NULL PRIMARY KEY,
          instance_key INTEGER NOT NULL REFERENCES workflow_instances (key) ON DELETE CASCADE,
          id TEXT NOT NULL,
          activity_id TEXT NOT NULL,
          activity_node_id TEXT NOT NULL,
          activity_type TEXT NOT NULL,
          activity_type_version INTEGER NOT NULL,
          activity_name TEXT NULL,
          status TEXT NOT NULL,
          started_at INTEGER NOT NULL,
          completed_at INTEGER NULL,
          has_bookmarks INTEGER NOT NULL,
          aggregate_fault_count INTEGER NOT NULL,
          details TEXT NULL
        );
        CREATE UNIQUE INDEX ux_activity_executions_instance_key_id ON activity_executions (instance_key, id);

        CREATE TABLE workflow_definitions (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          definition_id TEXT NOT NULL,
          version INTEGER NOT NULL,
          name TEXT NULL,
          is_latest INTEGER NOT NULL,
          is_published INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          source_hash TEXT NULL,
          json TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_workflow_definitions_id ON workflow_definitions (id);
        CREATE UNIQUE INDEX ux_workflow_definitions_definition_id_version ON workflow_definitions (definition_id, version);
        CREATE UNIQUE INDEX ux_workflow_definitions_latest ON workflow_definitions (definition_id) WHERE is_latest = 1;
        CREATE UNIQUE INDEX ux_workflow_definitions_published ON workflow_definitions (definition_id) WHERE is_published = 1;
        """);
}
