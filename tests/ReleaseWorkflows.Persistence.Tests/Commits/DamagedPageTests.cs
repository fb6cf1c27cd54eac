using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.Commits;

/// <summary>A page of the database goes bad while a server works: whoever meets it is told, and from then on nothing is written.</summary>
public sealed class DamagedPageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Once_a_query_has_met_a_damaged_page_nothing_is_written_any_more_and_the_status_says_why()
    {
        await using var database = await OpenMovedAsync();
        Damage(database.Path, "workflow_instances");

        var read = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.AskAsync(store => store.FindInstanceAsync("a", CancellationToken.None)));
        var written = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.CommitAsync(store => store.AddFanOut(new FanOutRecord
        {
            Id = "elsewhere",
            Range = new BookmarkRange("hash", null, 0, 1, DateTimeOffset.UnixEpoch),
            DueAt = DateTimeOffset.UnixEpoch,
        })));

        Assert.Equal((DatabaseFailure.Corrupt, DatabaseFailure.Corrupt), (read.Failure, written.Failure));
        Assert.Contains("restore the newest backup", written.Message, StringComparison.Ordinal);
        var status = database.Services.GetRequiredService<DatabaseStatus>();
        Assert.Equal(DatabaseFailure.Corrupt, status.LastFailure?.Failure);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => status.EnsureWritableAsync(CancellationToken.None));
        Assert.Equal(0, TestDatabase.Count(database.Path, "SELECT count(*) FROM fan_outs"));
    }

    [Fact]
    public async Task Once_a_commit_has_met_a_damaged_page_neither_it_nor_any_later_one_is_confirmed_and_what_is_whole_can_be_read()
    {
        await using var database = await OpenMovedAsync();
        Damage(database.Path, "timers");

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("b"));
            store.SetTimer(new TimerRecord("t", DateTimeOffset.UnixEpoch, "a", null, null));
        }));
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance("c"))));

        Assert.Equal(1, TestDatabase.Count(database.Path, "SELECT count(*) FROM workflow_instances"));
        Assert.NotNull(await database.AskAsync(store => store.FindInstanceAsync("a", CancellationToken.None)));
    }

    // With everything in the database itself, none of it in the log, and nothing of it remembered by the connections.
    private async Task<TestDatabase> OpenMovedAsync()
    {
        await using (var first = TestDatabase.Over(_folder.Path))
        {
            await first.InitializeAsync();
            await first.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        }

        var database = TestDatabase.Over(_folder.Path);
        await database.InitializeAsync();
        return database;
    }

    private static void Damage(string path, string table)
    {
        var page = TestDatabase.Count(path, $"SELECT rootpage FROM sqlite_master WHERE name = '{table}'");
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Position = (page - 1) * 4096;
        file.Write([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    }
}
