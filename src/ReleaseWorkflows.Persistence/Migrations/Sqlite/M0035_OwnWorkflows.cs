using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Which definition was made for an app stands with the app. Until now its name said so, so those that run on one of that name keep it.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0035_own_workflows")]
internal sealed class M0035OwnWorkflows : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        UPDATE target_apps SET document = json_set(document, '$.ownWorkflowDefinitionId', id || '-pipeline')
        WHERE json_extract(document, '$.workflowDefinitionId') = id || '-pipeline' AND json_extract(document, '$.ownWorkflowDefinitionId') IS NULL;
        """);
}
