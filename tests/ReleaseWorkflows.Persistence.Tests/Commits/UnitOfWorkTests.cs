using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.Commits;

public sealed class UnitOfWorkTests
{
    [Fact]
    public async Task A_unit_disposed_without_a_commit_leaves_no_trace()
    {
        await using var database = await TestDatabase.OpenAsync();
        await using (var scope = database.Begin())
        {
            var store = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
            store.SaveInstance(Samples.Instance("a"));
            store.AddBookmark(Samples.Bookmark("b", "a"));
        }

        Assert.Null(await database.AskAsync(store => store.FindInstanceAsync("a", CancellationToken.None)));
        Assert.Equal(0, database.Count("SELECT count(*) FROM bookmarks"));
    }

    [Fact]
    public async Task A_unit_reads_its_own_writes_and_others_do_not_before_the_commit()
    {
        await using var database = await TestDatabase.OpenAsync();
        await using var scope = database.Begin();
        var store = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
        store.SaveInstance(Samples.Instance("a"));
        store.AddBookmark(Samples.Bookmark("b", "a"));

        Assert.NotNull(await store.FindInstanceAsync("a", CancellationToken.None));
        Assert.Single(await store.FindBookmarksAsync("HASH", null, null, CancellationToken.None));
        Assert.Empty(await database.AskAsync(other => other.FindBookmarksAsync("HASH", null, null, CancellationToken.None)));

        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(CancellationToken.None);

        Assert.Single(await store.FindBookmarksAsync("HASH", null, null, CancellationToken.None));
        Assert.Single(await database.AskAsync(other => other.FindBookmarksAsync("HASH", null, null, CancellationToken.None)));
    }

    [Fact]
    public async Task The_order_of_the_calls_does_not_matter_to_the_rows_that_refer_to_each_other()
    {
        await using var database = await TestDatabase.OpenAsync();

        await database.CommitAsync(store =>
        {
            store.AppendJournal([Samples.Line("a", 0)]);
            store.AddBookmark(Samples.Bookmark("b", "a"));
            store.SaveInstance(Samples.Instance("a"));
        });

        Assert.Single(await database.AskAsync(store => store.FindInstanceBookmarksAsync("a", CancellationToken.None)));
    }

    [Fact]
    public async Task Announcements_run_once_in_order_after_the_commit()
    {
        await using var database = await TestDatabase.OpenAsync();
        var heard = new List<string>();
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        scope.ServiceProvider.GetRequiredService<IWorkflowStore>().SaveInstance(Samples.Instance("a"));
        unit.OnCommitted(() => heard.Add($"first, {database.Count("SELECT count(*) FROM workflow_instances")} row"));
        unit.OnCommitted(() => throw new InvalidOperationException("an announcement that fails"));
        unit.OnCommitted(() => heard.Add("last"));

        await unit.CommitAsync(CancellationToken.None);
        await unit.CommitAsync(CancellationToken.None);

        Assert.Equal(["first, 1 row", "last"], heard);
    }

    [Fact]
    public async Task Nothing_is_announced_when_the_commit_fails()
    {
        await using var database = await TestDatabase.OpenAsync();
        var isAnnounced = false;
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();
        scope.ServiceProvider.GetRequiredService<IWorkflowStore>().RemoveTimer("taken by another");
        unit.OnCommitted(() => isAnnounced = true);

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => unit.CommitAsync(CancellationToken.None));

        Assert.False(isAnnounced);
    }

    [Fact]
    public async Task A_commit_cancelled_before_it_is_queued_writes_nothing()
    {
        await using var database = await TestDatabase.OpenAsync();
        await using var scope = database.Begin();
        scope.ServiceProvider.GetRequiredService<IWorkflowStore>().SaveInstance(Samples.Instance("a"));
        var unit = scope.ServiceProvider.GetRequiredService<IUnitOfWork>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unit.CommitAsync(new CancellationToken(canceled: true)));

        Assert.Equal(0, database.Count("SELECT count(*) FROM workflow_instances"));
    }
}
