using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>People signed in with a browser.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0010_sessions")]
internal sealed class M0010Sessions : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE sessions (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          account TEXT NOT NULL,
          secret_hash TEXT NOT NULL,
          password_stamp TEXT NOT NULL,
          browser TEXT NOT NULL,
          started_at INTEGER NOT NULL,
          used_at INTEGER NOT NULL,
          ends_at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ux_sessions_id ON sessions (id);
        CREATE UNIQUE INDEX ux_sessions_secret_hash ON sessions (secret_hash);
        CREATE INDEX ix_sessions_account_used_at ON sessions (account, used_at);
        """);
}
