using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Failed attempts to sign in, so that a restart forgives none.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0050_sign_in_failures")]
internal sealed class M0050SignInFailures : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE sign_in_failures (
          key INTEGER NOT NULL PRIMARY KEY,
          name TEXT NOT NULL,
          at INTEGER NOT NULL
        );
        CREATE INDEX ix_sign_in_failures_name ON sign_in_failures (name);
        CREATE INDEX ix_sign_in_failures_at ON sign_in_failures (at);
        """);
}
