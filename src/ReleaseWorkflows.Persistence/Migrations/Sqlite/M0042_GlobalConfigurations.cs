using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>The global configurations that mini programs have had. Those from before begin with the one they have, at their next edit.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0042_global_configurations")]
internal sealed class M0042GlobalConfigurations : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE mini_program_configurations (
          key INTEGER NOT NULL PRIMARY KEY,
          mini_program TEXT NOT NULL,
          number INTEGER NOT NULL,
          changed_at INTEGER NOT NULL,
          changed_by TEXT NULL,
          changed_by_name TEXT NULL,
          configuration TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_mini_program_configurations_mini_program_number ON mini_program_configurations (mini_program, number);
        """);
}
