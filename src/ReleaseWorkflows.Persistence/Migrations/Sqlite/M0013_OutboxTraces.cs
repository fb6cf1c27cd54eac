using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Which request a message comes from, and a way to those that were given up.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0013_outbox_traces")]
internal sealed class M0013OutboxTraces : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        ALTER TABLE outbox ADD COLUMN trace_parent TEXT NULL;
        CREATE INDEX ix_outbox_dead_at ON outbox (dead_at) WHERE dead_at IS NOT NULL;
        """);
}
