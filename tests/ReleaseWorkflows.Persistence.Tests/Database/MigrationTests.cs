using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Migrations;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Persistence.Tests.Database;

/// <summary>What was stored by an earlier version is still there afterwards.</summary>
public sealed class MigrationTests
{
    [Fact]
    public async Task Journals_and_executions_of_single_rows_become_rows_of_bursts()
    {
        using var folder = new TemporaryFolder();
        await using var database = TestDatabase.Over(folder.Path);
        await using (var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var db = new ReleaseWorkflowsDb(DatabaseInitializer.CreateOptions(connection));
            await MigrateBeforeAsync(db, connection, "0005");
            DatabaseFile.Execute(connection, """
                INSERT INTO workflow_instances (key, id, definition_id, definition_version_id, definition_version, status, sub_status, incident_count, created_at, updated_at, version)
                VALUES (7, 'a', 'd', 'd-1', 1, 'Running', 'Suspended', 0, 1, 1, 1), (8, 'b', 'd', 'd-1', 1, 'Running', 'Suspended', 0, 1, 1, 1);
                INSERT INTO journal (key, timestamp, activity_instance_id, activity_id, activity_node_id, activity_type, activity_type_version, event_name, message, payload)
                VALUES ((7 << 24) + 1, 2000000, 'e', 'w', 'Workflow1:w', 'Elsa.Event', 1, 'Suspended', 'it’s "late"', '{"x":1}'),
                       (7 << 24, 1000000, 'e', 'w', 'Workflow1:w', 'Elsa.Event', 1, 'Started', NULL, NULL);
                INSERT INTO activity_executions (instance_key, id, activity_id, activity_node_id, activity_type, activity_type_version, activity_name, status, started_at, has_bookmarks, aggregate_fault_count, details)
                VALUES (7, 'e', 'w', 'Workflow1:w', 'Elsa.Event', 1, 'Wait', 'Running', 1000000, 1, 0, '{"inputs":{"eventName":"go"}}');
                """);
        }

        await database.InitializeAsync();

        var reader = database.Services.GetRequiredService<IInstanceReader>();
        var journal = await reader.ReadJournalAsync("a", new JournalQuery(), CancellationToken.None);
        var execution = Assert.Single(await reader.ReadExecutionsAsync("a", CancellationToken.None));
        Assert.Equal([(0L, "Started", null, null), (1L, "Suspended", "it’s \"late\"", """{"x":1}""")], journal.Items.Select(line => (line.Sequence, line.EventName, line.Message, line.PayloadJson)));
        Assert.Equal(("e", "Wait", true, """{"inputs":{"eventName":"go"}}"""), (execution.Id, execution.ActivityName, execution.HasBookmarks, execution.DetailsJson));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), execution.StartedAt);
        Assert.Empty((await reader.ReadJournalAsync("b", new JournalQuery(), CancellationToken.None)).Items);
    }

    [Fact]
    public async Task An_app_that_runs_on_the_definition_of_its_name_owns_it()
    {
        using var folder = new TemporaryFolder();
        await using var database = TestDatabase.Over(folder.Path);
        await using (var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var db = new ReleaseWorkflowsDb(DatabaseInitializer.CreateOptions(connection));
            await MigrateBeforeAsync(db, connection, "0035");
            DatabaseFile.Execute(connection, """
                INSERT INTO target_apps (id, revision, document)
                VALUES ('a', 3, '{"key":"a","workspace":"w","name":"A","workflowDefinitionId":"a-pipeline","environments":{"Production":{"review":"Manual"}},"revision":3}'),
                       ('b', 1, '{"key":"b","workspace":"w","name":"B","workflowDefinitionId":"release-pipeline","environments":{"Production":{"review":"Manual"}},"revision":1}');
                """);
        }

        await database.InitializeAsync();

        using var scope = database.Services.CreateScope();
        var apps = await scope.ServiceProvider.GetRequiredService<ITargetAppStore>().ListAsync(CancellationToken.None);
        Assert.Equal(["a-pipeline", null], apps.Select(app => app.OwnWorkflowDefinitionId));
        Assert.Equal([3, 1], apps.Select(app => app.Revision));
    }

    [Fact]
    public void Every_migration_is_written_down_among_those_that_are_known() => Assert.Equal(
        typeof(ReleaseWorkflowsDb).Assembly.GetTypes().SelectMany(type => type.GetCustomAttributes(typeof(MigrationAttribute), inherit: false)).Cast<MigrationAttribute>().Select(migration => migration.Id).Order(StringComparer.Ordinal),
        KnownMigrations.Names.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Bookmarks_are_found_by_the_hash_they_had()
    {
        var hash = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData("stimulus"u8));
        using var folder = new TemporaryFolder();
        await using var database = TestDatabase.Over(folder.Path);
        await using (var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var db = new ReleaseWorkflowsDb(DatabaseInitializer.CreateOptions(connection));
            await MigrateBeforeAsync(db, connection, "0046");
            DatabaseFile.Execute(connection, $$"""
                INSERT INTO workflow_instances (key, id, definition_id, definition_version_id, definition_version, status, sub_status, incident_count, created_at, updated_at, version)
                VALUES (7, 'a', 'd', 'd-1', 1, 'Running', 'Suspended', 0, 1, 1, 1);
                INSERT INTO workflow_instance_states (instance_key, state) VALUES (7, CAST('{"schema":1,"bookmarks":[{"id":"b"},{"id":"c"}]}' AS BLOB));
                INSERT INTO bookmarks (key, id, name, hash, number, activity_id, activity_instance_id, payload, created_at)
                VALUES (7 << 24, 'b', 'n', '{{hash}}', 4, 'x', 'y', '{"x":1}', 1), ((7 << 24) + 1, 'c', 'n', 'of a host''s own', 0, 'x', 'y', NULL, 1);
                """);
        }

        await database.InitializeAsync();

        var found = Assert.Single(await database.AskAsync(store => store.FindBookmarksAsync(hash, null, null, CancellationToken.None)));
        var own = Assert.Single(await database.AskAsync(store => store.FindBookmarksAsync("of a host's own", null, null, CancellationToken.None)));
        Assert.Equal(("b", "a", hash, """{"x":1}"""), (found.Id, found.InstanceId, found.Hash, found.PayloadJson));
        Assert.Equal(("c", "of a host's own"), (own.Id, own.Hash));
        Assert.Equal(4, await database.AskAsync(store => store.FindLastBookmarkNumberAsync(hash, CancellationToken.None)));
        Assert.Equal("""{"schema":1,"bookmarks":[{"id":"b"},{"id":"c"}]}""",
            System.Text.Encoding.UTF8.GetString((await database.AskAsync(store => store.FindInstanceAsync("a", CancellationToken.None)))!.State.Span));
    }

    // EF Core finds a migration by its name only if it begins with a date; ours are numbered.
    private static async Task MigrateBeforeAsync(ReleaseWorkflowsDb db, SqliteConnection connection, string number)
    {
        await db.GetService<IHistoryRepository>().CreateIfNotExistsAsync();
        var assembly = db.GetService<IMigrationsAssembly>();
        foreach (var (id, type) in assembly.Migrations.Where(migration => string.CompareOrdinal(migration.Key, number) < 0))
        {
            foreach (var operation in assembly.CreateMigration(type, db.Database.ProviderName!).UpOperations)
                DatabaseFile.Execute(connection, ((SqlOperation)operation).Sql);
            DatabaseFile.Execute(connection, $"INSERT INTO __EFMigrationsHistory VALUES ('{id}', '10')");
        }
    }
}
