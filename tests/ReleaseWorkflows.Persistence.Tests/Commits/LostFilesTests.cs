using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Commits;

/// <summary>Files that vanish under a running server take writes as before, which nobody would ever see again: so nothing is confirmed any more.</summary>
public sealed class LostFilesTests
{
    [Fact]
    public async Task Nothing_is_confirmed_once_the_database_was_removed()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));

        File.Delete(database.Path);

        var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance("b"))));
        Assert.Equal(DatabaseFailure.Missing, failure.Failure);
        Assert.Equal(DatabaseFailure.Missing, database.Services.GetRequiredService<DatabaseStatus>().LastFailure?.Failure);
    }

    [Fact]
    public async Task A_log_that_was_removed_loses_nothing_confirmed_and_the_server_goes_on()
    {
        using var folder = new TemporaryFolder();
        await using (var database = TestDatabase.Over(folder.Path))
        {
            await database.InitializeAsync();
            await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
            File.Delete(database.Path + "-wal");
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance("b"))));

            await database.CommitAsync(store => store.SaveInstance(Samples.Instance("c")));
        }

        Assert.Equal(2, TestDatabase.Count(folder.DatabasePath, "SELECT count(*) FROM workflow_instances WHERE id IN ('a', 'c')"));
    }

    [Fact]
    public async Task Nothing_is_confirmed_once_the_database_was_replaced()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));

        File.Copy(database.Path, database.Path + ".other");
        File.Move(database.Path + ".other", database.Path, overwrite: true);

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance($"b{i}"))));
    }
}
