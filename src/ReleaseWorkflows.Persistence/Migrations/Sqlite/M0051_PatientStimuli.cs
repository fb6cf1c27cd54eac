using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>Stimuli that cannot be told are tried again later each time, and given up in the end; jobs outside say whom they have to reach.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0051_patient_stimuli")]
internal sealed class M0051PatientStimuli : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE new_fan_outs (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          hash TEXT NOT NULL,
          correlation_id TEXT NULL,
          after_number INTEGER NOT NULL,
          last_number INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          input TEXT NULL,
          except_instances TEXT NULL,
          attempts INTEGER NOT NULL,
          due_at INTEGER NOT NULL,
          last_error TEXT NULL,
          dead_at INTEGER NULL
        );
        INSERT INTO new_fan_outs
          SELECT key, id, hash, correlation_id, after_number, last_number, created_at, input, except_instances, 0, created_at, NULL, NULL FROM fan_outs;
        DROP TABLE fan_outs;
        ALTER TABLE new_fan_outs RENAME TO fan_outs;
        CREATE UNIQUE INDEX ux_fan_outs_id ON fan_outs (id);
        CREATE INDEX ix_fan_outs_due_at ON fan_outs (due_at) WHERE dead_at IS NULL;
        CREATE INDEX ix_fan_outs_dead_at ON fan_outs (dead_at) WHERE dead_at IS NOT NULL;
        ALTER TABLE outside_jobs ADD COLUMN addressee TEXT NULL;
        DROP INDEX ix_outside_jobs_due_at;
        -- Whom a job has to reach is read from the index: the many jobs of a host that does not answer are passed over without a look at them.
        CREATE INDEX ix_outside_jobs_due_at_kind_addressee ON outside_jobs (due_at, kind, addressee);
        """);
}
