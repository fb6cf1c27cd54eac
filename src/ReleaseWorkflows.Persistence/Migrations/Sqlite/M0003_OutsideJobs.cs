using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Work outside the process that instances wait for.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0003_outside_jobs")]
internal sealed class M0003OutsideJobs : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE outside_jobs (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          instance_id TEXT NOT NULL,
          kind TEXT NOT NULL,
          request TEXT NOT NULL,
          idempotency_key TEXT NOT NULL,
          attempts INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          due_at INTEGER NOT NULL,
          last_error TEXT NULL
        );
        CREATE UNIQUE INDEX ux_outside_jobs_id ON outside_jobs (id);
        CREATE INDEX ix_outside_jobs_due_at ON outside_jobs (due_at);
        """);
}
