using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;

namespace ReleaseWorkflows.Persistence.Tests.Maintenance;

public sealed class BackupTests
{
    [Fact]
    public async Task A_copy_made_while_the_server_writes_is_one_committed_state_with_everything_confirmed_before()
    {
        await using var database = await SoundDatabase.OpenAsync();
        using var stop = new CancellationTokenSource();
        var confirmed = 0;
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var id = $"busy{i}";
                await database.CommitAsync(store =>
                {
                    store.SaveInstance(Samples.Instance(id, state: $$"""{"bookmarks":[{"id":"{{id}}"}],"filler":"{{new string('x', 3_000)}}"}"""));
                    store.AddBookmark(Samples.Bookmark(id, id));
                });
                Volatile.Write(ref confirmed, i + 1);
            }
        });

        for (var i = 0; i < 5; i++)
        {
            var before = Volatile.Read(ref confirmed);
            var copy = $"{database.Path}.{i}";
            Maintenance(database).BackUp(copy);

            var report = DatabaseCheck.Run(copy);
            Assert.True(report.IsSound, report.ToString());
            Assert.True(report.Instances > before);
            Assert.False(File.Exists(copy + "-wal"));
        }

        await stop.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_copy_takes_the_place_of_a_lost_database()
    {
        using var folder = new TemporaryFolder();
        await using (var source = await SoundDatabase.OpenAsync())
            Maintenance(source).BackUp(Path.Combine(folder.Path, "copy.db"));
        var data = Path.Combine(folder.Path, "data");

        await using var target = TestDatabase.Over(data);
        var replaced = Maintenance(target).Restore(Path.Combine(folder.Path, "copy.db"), Samples.Noon);
        await target.InitializeAsync();

        Assert.Null(replaced);
        Assert.Equal(1, target.Count("SELECT count(*) FROM releases"));
    }

    [Fact]
    public async Task What_a_copy_replaces_is_kept_with_its_log()
    {
        using var folder = new TemporaryFolder();
        var copy = Path.Combine(folder.Path, "copy.db");
        await using (var source = await SoundDatabase.OpenAsync())
            Maintenance(source).BackUp(copy);
        await using (var first = TestDatabase.Over(folder.Path))
        {
            await first.InitializeAsync();
            await first.CommitAsync(store => store.SaveInstance(Samples.Instance("newer")));
        }

        await using var second = TestDatabase.Over(folder.Path);
        var replaced = Maintenance(second).Restore(copy, Samples.Noon);

        Assert.Equal(1, TestDatabase.Count(Path.Combine(replaced!, "release-workflows.db"), "SELECT count(*) FROM workflow_instances WHERE id = 'newer'"));
        await second.InitializeAsync();
        Assert.Equal(0, second.Count("SELECT count(*) FROM workflow_instances WHERE id = 'newer'"));
        Assert.Equal(1, second.Count("SELECT count(*) FROM releases"));
    }

    [Fact]
    public async Task Nothing_is_replaced_under_a_running_server()
    {
        await using var database = await SoundDatabase.OpenAsync();
        var copy = database.Path + ".copy";
        Maintenance(database).BackUp(copy);

        var refused = Assert.Throws<DatabaseUnavailableException>(() => Maintenance(database).Restore(copy, Samples.Noon));

        Assert.Equal(DatabaseFailure.Locked, refused.Failure);
    }

    [Fact]
    public async Task A_damaged_copy_replaces_nothing()
    {
        using var folder = new TemporaryFolder();
        await using (var first = TestDatabase.Over(folder.Path))
            await first.InitializeAsync();
        var copy = Path.Combine(folder.Path, "copy.db");
        await using (var source = await SoundDatabase.OpenAsync())
        {
            source.Damage("DELETE FROM bookmarks");
            Maintenance(source).BackUp(copy);
        }

        await using var database = TestDatabase.Over(folder.Path);
        var refused = Assert.Throws<DatabaseUnavailableException>(() => Maintenance(database).Restore(copy, Samples.Noon));

        Assert.Contains("runs and waits for nothing", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, database.Count("SELECT count(*) FROM releases"));
        Assert.Empty(Directory.EnumerateDirectories(folder.Path));
    }

    [Fact]
    public async Task A_backup_never_overwrites_another()
    {
        await using var database = await SoundDatabase.OpenAsync();
        Maintenance(database).BackUp(database.Path + ".copy");

        Assert.Throws<IOException>(() => Maintenance(database).BackUp(database.Path + ".copy"));
    }

    private static DatabaseMaintenance Maintenance(TestDatabase database) => database.Services.GetRequiredService<DatabaseMaintenance>();
}
