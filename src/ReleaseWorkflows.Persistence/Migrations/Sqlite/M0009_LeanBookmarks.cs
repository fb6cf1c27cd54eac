using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Bookmarks are found by their instance or by what they wait for; an index of their ids only cost pages at each step.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0009_lean_bookmarks")]
internal sealed class M0009LeanBookmarks : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("DROP INDEX ux_bookmarks_id;");
}
