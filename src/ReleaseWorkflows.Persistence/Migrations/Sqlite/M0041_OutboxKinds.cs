using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>A way to the e-mails and webhooks that were sent.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0041_outbox_kinds")]
internal sealed class M0041OutboxKinds : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE INDEX ix_outbox_kind ON outbox (kind) WHERE kind <> 'package-build';
        """);
}
