using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Persistence.Tests.DomainTables;

namespace ReleaseWorkflows.Persistence.Tests.Maintenance;

public sealed class DatabaseCheckTests
{
    [Fact]
    public async Task A_database_that_keeps_every_promise_is_sound()
    {
        await using var database = await SoundDatabase.OpenAsync();

        var report = DatabaseCheck.Run(database.Path);

        Assert.True(report.IsSound, report.ToString());
        Assert.Equal((1, 3, 1), (report.Releases, report.Events, report.Instances));
    }

    [Theory]
    [InlineData("log-without-gap", "DELETE FROM release_log WHERE revision = 2")]
    [InlineData("log-is-state", "UPDATE releases SET document = replace(text_of(document), 'UnderReview', 'PilotTesting'), status = 'PilotTesting'")]
    [InlineData("log-is-state", "DELETE FROM release_log")]
    [InlineData("log-is-readable", "UPDATE release_log SET document = '{' WHERE revision = 3")]
    [InlineData("log-is-readable", "UPDATE release_log SET document = substr(document, 1, 40) WHERE revision = 3")]
    [InlineData("document-is-readable", "UPDATE releases SET document = substr(document, 1, 40)")]
    [InlineData("columns-are-document", "UPDATE releases SET status = 'PilotTesting'")]
    [InlineData("columns-are-document", "UPDATE releases SET revision = 9")]
    [InlineData("columns-are-document", "UPDATE releases SET version = '9.9.9'")]
    [InlineData("bookmark-of-running-instance", "UPDATE workflow_instances SET status = 'Finished'")]
    [InlineData("bookmark-of-running-instance", "DELETE FROM workflow_instances")]
    [InlineData("running-instance-waits", "DELETE FROM bookmarks")]
    [InlineData("state-of-instance", "DELETE FROM workflow_instance_states")]
    [InlineData("state-is-readable", "UPDATE workflow_instance_states SET state = substr(state, 1, 20)")]
    [InlineData("bookmarks-of-state", "UPDATE bookmarks SET id = 'b2'")]
    [InlineData("bookmarks-of-state", "UPDATE workflow_instance_states SET state = CAST('{\"bookmarks\":[]}' AS BLOB)")]
    [InlineData("timer-of-bookmark", "INSERT INTO timers (id, due_at, instance_id, bookmark_id) VALUES ('t', 0, 'a', 'gone')")]
    [InlineData("timer-of-trigger", "INSERT INTO timers (id, due_at, trigger_id) VALUES ('t', 0, 'gone')")]
    [InlineData("job-of-bookmark", "INSERT INTO outside_jobs (id, instance_id, kind, request, idempotency_key, attempts, created_at, due_at) VALUES ('gone', 'a', 'http', '{}', 'k', 0, 0, 0)")]
    [InlineData("version-of-instance", "DELETE FROM workflow_definitions")]
    [InlineData("workflow-of-release", "UPDATE releases SET workflow_instance_id = 'gone'")]
    [InlineData("foreign-keys", "UPDATE release_log SET release_key = 99 WHERE revision = 3")]
    [InlineData("one-active-release-per-target", """
        DROP INDEX ux_releases_active;
        INSERT INTO releases (id, mini_program, version, app, environment, mini_program_workspace, app_workspace, status, revision, document)
        SELECT 'other', mini_program, '2.0.0', app, environment, mini_program_workspace, app_workspace, status, revision, document FROM releases
        """)]
    [InlineData("one-release-per-version-and-target", """
        DROP INDEX ux_releases_target; DROP INDEX ux_releases_active;
        INSERT INTO releases (id, mini_program, version, app, environment, mini_program_workspace, app_workspace, status, revision, document)
        SELECT 'other', mini_program, version, app, environment, mini_program_workspace, app_workspace, status, revision, document FROM releases
        """)]
    [InlineData("one-answer-per-key", """
        DROP INDEX ux_idempotency_records_account_request_key;
        INSERT INTO idempotency_records (account, request_key, request_hash, status_code, headers, body, created_at) VALUES ('a', 'k', 'h', 200, '{}', x'', 0), ('a', 'k', 'h', 200, '{}', x'', 0)
        """)]
    public async Task What_is_not_as_promised_is_named(string check, string damage)
    {
        await using var database = await SoundDatabase.OpenAsync();

        database.Damage(damage);

        Assert.Contains(DatabaseCheck.Run(database.Path).Findings, finding => finding.Check == check);
    }

    [Fact]
    public async Task A_release_that_is_live_without_approval_is_named_whatever_wrote_it()
    {
        await using var database = await SoundDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var release = store.Continue(store.Begin(DomainSamples.Created(2, "2.0.0", Domain.Apps.ReleaseEnvironment.Production)), DomainSamples.Built());
            store.Continue(release, DomainSamples.Live());
        });

        var finding = Assert.Single(DatabaseCheck.Run(database.Path).Findings, finding => finding.Check == "approved-before-live");

        Assert.Contains(DomainSamples.IdOf(2).Value, finding.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_percentage_that_falls_and_an_event_after_the_end_are_named()
    {
        await using var database = await SoundDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var release = store.Continue(store.Begin(DomainSamples.Created(2, "2.0.0")), DomainSamples.Built());
            store.Continue(release, Raised(50), Raised(20), DomainSamples.Archived(DomainSamples.IdOf(1)), Raised(60));
        });

        var checks = DatabaseCheck.Run(database.Path).Findings.Select(finding => finding.Check).ToList();

        Assert.Contains("percentages-rise", checks);
        Assert.Contains("the-end-is-the-end", checks);
    }

    [Fact]
    public async Task A_decision_without_email_and_a_build_that_nobody_does_are_named()
    {
        await using var database = await SoundDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            store.Begin(DomainSamples.Created(2, "2.0.0"));
            var release = store.Continue(store.Begin(DomainSamples.Created(3, "3.0.0", Domain.Apps.ReleaseEnvironment.Sandbox)), DomainSamples.Built());
            store.Continue(store.Continue(release, DomainSamples.Submitted(release)), DomainSamples.Approved());
        });

        var checks = DatabaseCheck.Run(database.Path, isOutboxComplete: true).Findings.Select(finding => finding.Check).ToList();

        Assert.Contains("build-is-under-way", checks);
        Assert.Contains("decision-is-told", checks);
    }

    [Fact]
    public async Task A_damaged_page_is_named_or_stops_the_check_with_what_to_do()
    {
        await using var database = await SoundDatabase.OpenAsync();
        var copy = database.Path + ".copy";
        new DatabaseMaintenance(new DatabaseFile(Microsoft.Extensions.Options.Options.Create(new PersistenceOptions()), database.Path)).BackUp(copy);
        var bytes = await File.ReadAllBytesAsync(copy);
        Array.Fill(bytes, (byte)0x5a, bytes.Length / 4, 8_192);
        await File.WriteAllBytesAsync(copy, bytes);

        try
        {
            Assert.Contains(DatabaseCheck.Run(copy).Findings, finding => finding.Check == "integrity");
        }
        catch (DatabaseUnavailableException damaged)
        {
            Assert.Equal(DatabaseFailure.Corrupt, damaged.Failure);
            Assert.Contains("restore", damaged.Message, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static PercentageRaised Raised(int percentage) => new(percentage) { At = DomainSamples.Noon, By = new Domain.Access.UserId("dev"), ByName = "Dee" };
}
