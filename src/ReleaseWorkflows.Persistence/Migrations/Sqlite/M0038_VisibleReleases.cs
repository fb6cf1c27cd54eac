using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Lists of releases cost a page, whoever asks and however many releases there are.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0038_visible_releases")]
internal sealed class M0038VisibleReleases : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE INDEX ix_releases_of_workspace ON releases (mini_program_workspace, id);
        CREATE INDEX ix_releases_to_workspace ON releases (app_workspace, id);
        CREATE INDEX ix_releases_to_app ON releases (app, id);
        CREATE INDEX ix_releases_open ON releases (id, mini_program_workspace, app_workspace, mini_program)
          WHERE status IN ('NewVersionCreated', 'UnderReview', 'PilotTesting', 'ReleasePreparation', 'GrayscaleRelease');
        """);
}
