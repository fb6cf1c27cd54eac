using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>A key that one running instance at most can have: activation strategies.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0004_activation_keys")]
internal sealed class M0004ActivationKeys : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE workflow_instances ADD COLUMN activation_key TEXT NULL;
        CREATE UNIQUE INDEX ux_workflow_instances_activation_key ON workflow_instances (activation_key) WHERE status = 'Running' AND activation_key IS NOT NULL;
        """);
}
