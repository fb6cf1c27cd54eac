using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>What a bookmark waits for takes 32 bytes in its row and in the index, instead of 64 digits.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0046_lean_hashes")]
internal sealed class M0046LeanHashes : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE lean_bookmarks (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          name TEXT NOT NULL,
          hash BLOB NOT NULL,
          number INTEGER NOT NULL,
          activity_id TEXT NOT NULL,
          activity_instance_id TEXT NOT NULL,
          correlation_id TEXT NULL,
          payload TEXT NULL,
          created_at INTEGER NOT NULL
        );
        INSERT INTO lean_bookmarks (key, id, name, hash, number, activity_id, activity_instance_id, correlation_id, payload, created_at)
        SELECT key, id, name, digest_of(hash), number, activity_id, activity_instance_id, correlation_id, payload, created_at FROM bookmarks ORDER BY key;
        DROP TABLE bookmarks;
        ALTER TABLE lean_bookmarks RENAME TO bookmarks;
        CREATE UNIQUE INDEX ux_bookmarks_hash_number ON bookmarks (hash, number);
        """);
}
