using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Migrations.Sqlite;

/// <summary>The platform's tables: releases, mini programs, apps, accounts, outbox, idempotency.</summary>
[DbContext(typeof(ReleaseWorkflowsDb))]
[Migration("0002_domain_tables")]
internal sealed class M0002DomainTables : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        CREATE TABLE releases (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          mini_program TEXT NOT NULL,
          version TEXT NOT NULL,
          app TEXT NOT NULL,
          environment TEXT NOT NULL,
          mini_program_workspace TEXT NOT NULL,
          app_workspace TEXT NOT NULL,
          status TEXT NOT NULL,
          applicant TEXT NULL,
          revision INTEGER NOT NULL,
          workflow_instance_id TEXT NULL,
          workflow_definition_id TEXT NULL,
          workflow_definition_version INTEGER NULL,
          document TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_releases_id ON releases (id);
        CREATE UNIQUE INDEX ux_releases_target ON releases (mini_program, version, app, environment);
        CREATE UNIQUE INDEX ux_releases_active ON releases (mini_program, app, environment)
          WHERE status IN ('UnderReview', 'PilotTesting', 'ReleasePreparation', 'GrayscaleRelease');
        CREATE UNIQUE INDEX ux_releases_live ON releases (mini_program, app, environment) WHERE status = 'FullRelease';
        CREATE INDEX ix_releases_under_review ON releases (id) WHERE status = 'UnderReview';
        CREATE INDEX ix_releases_applicant ON releases (applicant, id) WHERE applicant IS NOT NULL;

        CREATE TABLE release_log (
          key INTEGER NOT NULL PRIMARY KEY,
          release_key INTEGER NOT NULL REFERENCES releases (key) ON DELETE CASCADE,
          revision INTEGER NOT NULL,
          at INTEGER NOT NULL,
          actor TEXT NOT NULL,
          document TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_release_log_release_key_revision ON release_log (release_key, revision);

        CREATE TABLE testers (
          key INTEGER NOT NULL PRIMARY KEY,
          release_key INTEGER NOT NULL REFERENCES releases (key) ON DELETE CASCADE,
          tester TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_testers_release_key_tester ON testers (release_key, tester);

        CREATE TABLE mini_programs (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          revision INTEGER NOT NULL,
          document TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_mini_programs_id ON mini_programs (id);

        CREATE TABLE mini_program_versions (
          key INTEGER NOT NULL PRIMARY KEY,
          mini_program TEXT NOT NULL,
          number TEXT NOT NULL,
          source_digest TEXT NOT NULL,
          size INTEGER NOT NULL,
          file_count INTEGER NOT NULL,
          uploaded_by TEXT NOT NULL,
          uploaded_by_name TEXT NOT NULL,
          uploaded_at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ux_mini_program_versions_mini_program_number ON mini_program_versions (mini_program, number);

        CREATE TABLE target_apps (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          revision INTEGER NOT NULL,
          document TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_target_apps_id ON target_apps (id);

        CREATE TABLE workspaces (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          name TEXT NOT NULL,
          kind TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_workspaces_id ON workspaces (id);

        CREATE TABLE accounts (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          email TEXT NOT NULL,
          revision INTEGER NOT NULL,
          document TEXT NOT NULL
        );
        CREATE UNIQUE INDEX ux_accounts_id ON accounts (id);
        CREATE UNIQUE INDEX ux_accounts_email ON accounts (email);

        CREATE TABLE api_keys (
          key INTEGER NOT NULL PRIMARY KEY,
          id TEXT NOT NULL,
          account TEXT NOT NULL,
          name TEXT NOT NULL,
          secret_hash TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          expires_at INTEGER NULL
        );
        CREATE UNIQUE INDEX ux_api_keys_id ON api_keys (id);
        CREATE UNIQUE INDEX ux_api_keys_secret_hash ON api_keys (secret_hash);
        CREATE INDEX ix_api_keys_account ON api_keys (account);

        CREATE TABLE outbox (
          key INTEGER NOT NULL PRIMARY KEY,
          message_key TEXT NOT NULL,
          kind TEXT NOT NULL,
          release_id TEXT NULL,
          payload TEXT NOT NULL,
          created_at INTEGER NOT NULL,
          attempts INTEGER NOT NULL,
          due_at INTEGER NOT NULL,
          last_error TEXT NULL,
          completed_at INTEGER NULL,
          dead_at INTEGER NULL
        );
        CREATE UNIQUE INDEX ux_outbox_message_key ON outbox (message_key);
        CREATE INDEX ix_outbox_due_at ON outbox (due_at) WHERE completed_at IS NULL AND dead_at IS NULL;
        CREATE INDEX ix_outbox_release_id ON outbox (release_id) WHERE release_id IS NOT NULL;

        CREATE TABLE idempotency_records (
          key INTEGER NOT NULL PRIMARY KEY,
          account TEXT NOT NULL,
          request_key TEXT NOT NULL,
          request_hash TEXT NOT NULL,
          status_code INTEGER NOT NULL,
          content_type TEXT NULL,
          headers TEXT NOT NULL,
          body BLOB NOT NULL,
          created_at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX ux_idempotency_records_account_request_key ON idempotency_records (account, request_key);
        """);
}
