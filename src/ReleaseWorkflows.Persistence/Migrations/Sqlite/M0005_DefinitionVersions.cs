using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>
/// Drafts, and who changed what: versions are guarded by a revision, lists read columns instead of the text, which therefore stands last in its
/// row; and a log of changes.
/// </summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0005_definition_versions")]
internal sealed class M0005DefinitionVersions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE workflow_definitions_next (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          definition_id TEXT NOT NULL,
          version INTEGER NOT NULL,
          name TEXT NULL,
          description TEXT NULL,
          is_latest INTEGER NOT NULL,
          is_published INTEGER NOT NULL,
          is_readonly INTEGER NOT NULL,
          is_system INTEGER NOT NULL,
          tool_version TEXT NULL,
          provider_name TEXT NULL,
          materializer_name TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          changed_at INTEGER NOT NULL,
          changed_by TEXT NULL,
          published_at INTEGER NULL,
          revision INTEGER NOT NULL,
          source_hash TEXT NULL,
          json TEXT NOT NULL
        );
        INSERT INTO workflow_definitions_next
          SELECT key, id, definition_id, version, name, CASE WHEN json_valid(json) THEN json_extract(json, '$.description') END, is_latest, is_published, 0, 0,
            CASE WHEN json_valid(json) THEN json_extract(json, '$.toolVersion') END, NULL, 'Json', created_at, created_at, NULL, created_at, 1, source_hash, json
          FROM workflow_definitions;
        DROP TABLE workflow_definitions;
        ALTER TABLE workflow_definitions_next RENAME TO workflow_definitions;
        CREATE UNIQUE INDEX ux_workflow_definitions_id ON workflow_definitions (id);
        CREATE UNIQUE INDEX ux_workflow_definitions_definition_id_version ON workflow_definitions (definition_id, version);
        CREATE UNIQUE INDEX ux_workflow_definitions_latest ON workflow_definitions (definition_id) WHERE is_latest = 1;
        CREATE UNIQUE INDEX ux_workflow_definitions_published ON workflow_definitions (definition_id) WHERE is_published = 1;

        CREATE TABLE workflow_definition_changes (
          key INTEGER NOT NULL PRIMARY KEY,
          definition_id TEXT NOT NULL,
          version_id TEXT NOT NULL,
          version INTEGER NOT NULL,
          action TEXT NOT NULL,
          author_id TEXT NULL,
          author_name TEXT NULL,
          at INTEGER NOT NULL
        );
        CREATE INDEX ix_workflow_definition_changes_definition_id ON workflow_definition_changes (definition_id);
        """);
}
