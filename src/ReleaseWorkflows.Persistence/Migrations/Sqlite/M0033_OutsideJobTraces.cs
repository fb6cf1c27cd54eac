using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Which request a job outside comes from.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0033_outside_job_traces")]
internal sealed class M0033OutsideJobTraces : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("ALTER TABLE outside_jobs ADD COLUMN trace_parent TEXT NULL;");
}
