using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Lists by status and by mini program, and the start of the server, cost the same however many other releases there are.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0030_release_lists")]
internal sealed class M0030ReleaseLists : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        DROP INDEX ix_releases_under_review;
        CREATE INDEX ix_releases_status_id ON releases (status, id);
        CREATE INDEX ix_releases_mini_program_id ON releases (mini_program, id);
        """);
}
