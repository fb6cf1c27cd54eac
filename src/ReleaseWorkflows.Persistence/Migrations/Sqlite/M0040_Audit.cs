using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>What was done by whom, ways through the logs by time, and keys that may less than their owner.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0040_audit")]
internal sealed class M0040Audit : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE audit (
          key INTEGER NOT NULL PRIMARY KEY,
          at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          actor_name TEXT NOT NULL,
          origin TEXT NULL,
          action TEXT NOT NULL,
          subject_kind TEXT NOT NULL,
          subject TEXT NOT NULL,
          workspace TEXT NULL,
          text TEXT NOT NULL,
          changes TEXT NULL
        );
        CREATE INDEX ix_audit_at ON audit (at);
        CREATE INDEX ix_audit_actor_at ON audit (actor, at);
        CREATE INDEX ix_audit_subject_at ON audit (subject, at);
        CREATE INDEX ix_audit_workspace_at ON audit (workspace, at) WHERE workspace IS NOT NULL;
        CREATE INDEX ix_release_log_at ON release_log (at);
        CREATE INDEX ix_release_log_actor_at ON release_log (actor, at);
        CREATE INDEX ix_workflow_definition_changes_at ON workflow_definition_changes (at);
        ALTER TABLE api_keys ADD COLUMN scopes TEXT NULL;
        """);
}
