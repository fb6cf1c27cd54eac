using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Tests.DomainTables;

namespace ReleaseWorkflows.Persistence.Tests.Maintenance;

/// <summary>A database with a release under review and the instance that waits for the decision: nothing is wrong with it.</summary>
internal static class SoundDatabase
{
    public static async Task<TestDatabase> OpenAsync()
    {
        var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveDefinition(Samples.Definition("pipeline-1", 1, isLatest: true, isPublished: true));
            store.SaveInstance(Samples.Instance("a", state: """{"schema":1,"bookmarks":[{"id":"b1"}]}"""));
            store.AddBookmark(Samples.Bookmark("b1", "a"));
        });
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var release = store.Continue(store.Begin(DomainSamples.Created(1, "1.0.0")), DomainSamples.Built());
            store.Continue(release, DomainSamples.Submitted(release));
            store.SetWorkflow(release.Id, "a", "pipeline", 1);
        });
        return database;
    }

    /// <summary>Changes rows behind the back of everything that guards them.</summary>
    public static void Damage(this TestDatabase database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False");
        connection.Open();
        SqlFunctions.AddTo(connection);
        DatabaseFile.Execute(connection, "PRAGMA foreign_keys=OFF; PRAGMA writable_schema=ON;" + sql);
    }
}
