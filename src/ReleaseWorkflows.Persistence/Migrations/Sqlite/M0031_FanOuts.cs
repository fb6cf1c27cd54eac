using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Stimuli that are told to many bookmarks, some at a time.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0031_fan_outs")]
internal sealed class M0031FanOuts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE fan_outs (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          hash TEXT NOT NULL,
          correlation_id TEXT NULL,
          after_number INTEGER NOT NULL,
          last_number INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          input TEXT NULL,
          except_instances TEXT NULL
        );
        CREATE UNIQUE INDEX ux_fan_outs_id ON fan_outs (id);
        """);
}
