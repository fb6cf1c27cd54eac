using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Tests.Maintenance;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.RuntimeTables;

public sealed class WorkflowStoreTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task An_instance_comes_back_as_it_was_saved_one_version_further()
    {
        await using var database = await TestDatabase.OpenAsync();
        var instance = Samples.Instance("a", state: """{"schema":1}""") with { ParentInstanceId = "p", Name = "Release 1", IncidentCount = 2, FinishedAt = Samples.Noon };
        await database.CommitAsync(store => store.SaveInstance(instance));

        var stored = (await database.AskAsync(store => store.FindInstanceAsync("a", None)))!;

        Assert.Equal("""{"schema":1}""", stored.State.Text());
        Assert.Equal(instance with { Version = 1, State = default }, stored with { State = default });
    }

    [Fact]
    public async Task Every_column_of_an_instance_can_change_whether_the_unit_read_it_or_not()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        var expected = Samples.Instance("a", version: 1, state: "changed") with
        {
            DefinitionVersionId = "pipeline-2",
            DefinitionVersion = 2,
            ParentInstanceId = "p2",
            CorrelationId = "c2",
            Name = "n2",
            Status = "Finished",
            SubStatus = "Cancelled",
            IncidentCount = 5,
            UpdatedAt = Samples.Noon.AddHours(1),
            FinishedAt = Samples.Noon.AddHours(1),
        };

        await database.CommitAsync(store => store.SaveInstance(expected));
        var blind = await database.AskAsync(store => store.FindInstanceAsync("a", None));
        await using (var scope = database.Begin())
        {
            var store = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
            var read = (await store.FindInstanceAsync("a", None))!;
            store.SaveInstance(expected with { Version = read.Version, Name = "n3", SubStatus = "Faulted", IncidentCount = 6 });
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
        }
        var seeing = await database.AskAsync(store => store.FindInstanceAsync("a", None));

        Assert.Equal(expected with { Version = 2, State = default }, blind! with { State = default });
        Assert.Equal(expected with { Version = 3, State = default, Name = "n3", SubStatus = "Faulted", IncidentCount = 6 }, seeing! with { State = default });
        Assert.Equal("changed", seeing.State.Text());
    }

    [Fact]
    public async Task A_save_of_an_older_version_changes_nothing()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a", version: 1)));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance("a", version: 1, state: "late"))));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance("a"))));

        Assert.Equal("{}", (await database.AskAsync(store => store.FindInstanceAsync("a", None)))!.State.Text());
    }

    [Fact]
    public async Task Saving_twice_in_one_unit_keeps_the_last_state_and_counts_one_version()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a", state: "first"));
            store.SaveInstance(Samples.Instance("a", state: "last"));
        });

        var stored = (await database.AskAsync(store => store.FindInstanceAsync("a", None)))!;
        Assert.Equal(("last", 1), (stored.State.Text(), stored.Version));
    }

    [Fact]
    public async Task Running_instances_are_found_by_definition_correlation_and_parent_stored_or_not()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a") with { CorrelationId = "c" });
            store.SaveInstance(Samples.Instance("b") with { CorrelationId = "c", DefinitionId = "other", ParentInstanceId = "a" });
            store.SaveInstance(Samples.Instance("done") with { CorrelationId = "c", ParentInstanceId = "a", Status = "Finished", SubStatus = "Finished" });
        });
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
        unit.SaveInstance(Samples.Instance("a", version: 1) with { CorrelationId = "c", Status = "Finished" });
        unit.SaveInstance(Samples.Instance("new") with { CorrelationId = "c" });

        Assert.Equal(["a", "b"], await database.AskAsync(store => store.FindRunningInstancesAsync(null, null, null, None)));
        Assert.Equal(["a"], await database.AskAsync(store => store.FindRunningInstancesAsync("pipeline", null, null, None)));
        Assert.Equal(["b"], await database.AskAsync(store => store.FindRunningInstancesAsync("other", "c", null, None)));
        Assert.Equal(["b"], await database.AskAsync(store => store.FindRunningInstancesAsync(null, null, "a", None)));
        Assert.Equal(["b", "new"], await unit.FindRunningInstancesAsync(null, "c", null, None));
    }

    [Fact]
    public async Task Bookmarks_are_found_by_hash_narrowed_by_correlation_and_instance()
    {
        await using var database = await TestDatabase.OpenAsync();
        var first = Samples.Bookmark("b1", "a");
        var second = Samples.Bookmark("b2", "b") with { CreatedAt = Samples.Noon.AddSeconds(1) };
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("b"));
            store.SaveInstance(Samples.Instance("a"));
            store.AddBookmark(first);
            store.AddBookmark(second);
            store.AddBookmark(Samples.Bookmark("b3", "a", hash: "OTHER"));
        });

        Assert.Equal([first, second], await database.AskAsync(store => store.FindBookmarksAsync("HASH", null, null, None)));
        Assert.Equal([second], await database.AskAsync(store => store.FindBookmarksAsync("HASH", "release-b", null, None)));
        Assert.Equal([first], await database.AskAsync(store => store.FindBookmarksAsync("HASH", null, "a", None)));
        Assert.Empty(await database.AskAsync(store => store.FindBookmarksAsync("HASH", "release-b", "a", None)));
    }

    [Fact]
    public async Task Bookmarks_of_an_instance_come_in_the_order_they_were_created_across_commits()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.SaveInstance(Samples.Instance("b"));
            store.AddBookmark(Samples.Bookmark("z", "a"));
            store.AddBookmark(Samples.Bookmark("of another", "b"));
        });
        await database.CommitAsync(store => store.AddBookmark(Samples.Bookmark("y", "a")));
        await database.CommitAsync(store =>
        {
            store.AddBookmark(Samples.Bookmark("x", "a"));
            store.RemoveBookmark("a", "z");
        });

        Assert.Equal(["y", "x"], (await database.AskAsync(store => store.FindInstanceBookmarksAsync("a", None))).Select(bookmark => bookmark.Id));
        Assert.Equal(["of another"], (await database.AskAsync(store => store.FindInstanceBookmarksAsync("b", None))).Select(bookmark => bookmark.Id));
    }

    [Fact]
    public async Task A_bookmark_may_be_replaced_by_one_of_the_same_id_in_one_unit()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.AddBookmark(Samples.Bookmark("b", "a"));
        });

        await database.CommitAsync(store =>
        {
            store.RemoveBookmark("a", "b");
            store.AddBookmark(Samples.Bookmark("b", "a") with { CorrelationId = "new" });
        });

        Assert.Equal("new", Assert.Single(await database.AskAsync(store => store.FindInstanceBookmarksAsync("a", None))).CorrelationId);
    }

    [Fact]
    public async Task An_instance_that_waits_for_the_same_again_keeps_its_place_among_those_who_wait_for_it()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.SaveInstance(Samples.Instance("b"));
            store.AddBookmark(Samples.Bookmark("first", "a"));
            store.AddBookmark(Samples.Bookmark("of another", "b"));
        });

        await database.CommitAsync(store =>
        {
            store.RemoveBookmark("a", "first", Samples.Bookmark("first", "a").Hash);
            store.AddBookmark(Samples.Bookmark("second", "a"));
        });

        Assert.Equal(["second", "of another"], (await database.AskAsync(store => store.FindBookmarksAsync(Samples.Bookmark("first", "a").Hash, null, null, None))).Select(bookmark => bookmark.Id));
        Assert.Equal(0, database.Count("SELECT number FROM bookmarks WHERE id = 'second'"));
    }

    [Fact]
    public async Task A_bookmark_takes_its_timer_along()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.AddBookmark(Samples.Bookmark("b", "a"));
            store.SetTimer(new TimerRecord("b", Samples.Noon, "a", "b", null));
        });

        await database.CommitAsync(store => store.RemoveBookmark("a", "b"));

        Assert.Null(await database.AskAsync(store => store.FindNextTimerAsync(None)));
    }

    [Fact]
    public async Task Due_timers_come_earliest_first_with_the_units_own_changes()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            foreach (var minute in new[] { 3, 1, 2, 9 })
                store.SetTimer(Timer($"t{minute}", minute));
        });
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();

        Assert.Equal(["t1", "t2"], (await unit.FindDueTimersAsync(Samples.Noon.AddMinutes(3), 2, None)).Select(timer => timer.Id));
        unit.RemoveTimer("t1");
        unit.SetTimer(Timer("t2", 8));
        unit.SetTimer(Timer("t0", 0));

        Assert.Equal(["t0", "t3"], (await unit.FindDueTimersAsync(Samples.Noon.AddMinutes(3), 2, None)).Select(timer => timer.Id));
        Assert.Equal(Samples.Noon, await unit.FindNextTimerAsync(None));
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
        Assert.Equal(["t0", "t3", "t2", "t9"], (await unit.FindDueTimersAsync(Samples.Noon.AddMinutes(9), 10, None)).Select(timer => timer.Id));
    }

    [Fact]
    public async Task Setting_a_timer_again_does_not_undo_the_claim_on_it()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SetTimer(Timer("cron", 0)));
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
        unit.RemoveTimer("cron");
        unit.SetTimer(Timer("cron", 5));
        await database.CommitAsync(store => store.RemoveTimer("cron"));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None));

        Assert.Null(await database.AskAsync(store => store.FindNextTimerAsync(None)));
    }

    [Fact]
    public async Task Triggers_are_replaced_as_a_set_and_take_their_timers_along()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.ReplaceTriggers("pipeline", [Trigger("t1", "H1"), Trigger("t2", "H2")]);
            store.ReplaceTriggers("other", [Trigger("t3", "H1") with { DefinitionId = "other" }]);
            store.SetTimer(new TimerRecord("t1", Samples.Noon, null, null, "t1"));
        });
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
        unit.ReplaceTriggers("pipeline", [Trigger("t4", "H1")]);
        unit.SetTimer(new TimerRecord("t4", Samples.Noon.AddHours(1), null, null, "t4"));

        Assert.Equal(["t3", "t4"], (await unit.FindTriggersAsync("H1", None)).Select(trigger => trigger.Id));
        Assert.Equal(["t1", "t2", "t3"], (await database.AskAsync(store => store.ListTriggersAsync("Cron", None))).Select(trigger => trigger.Id));
        Assert.Equal(Samples.Noon.AddHours(1), await unit.FindNextTimerAsync(None));
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
        Assert.Equal(["t3", "t4"], (await unit.ListTriggersAsync("Cron", None)).Select(trigger => trigger.Id));
        Assert.Equal(Samples.Noon.AddHours(1), await unit.FindNextTimerAsync(None));

        await database.CommitAsync(store => store.ReplaceTriggers("pipeline", []));

        Assert.Equal(["t3"], (await unit.FindTriggersAsync("H1", None)).Select(trigger => trigger.Id));
        Assert.Null(await unit.FindNextTimerAsync(None));
    }

    [Fact]
    public async Task Journal_lines_and_executions_belong_to_an_instance_that_exists()
    {
        await using var database = await TestDatabase.OpenAsync();

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync(store => store.AppendJournal([Samples.Line("nobody", 0)])));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync(store => store.SaveActivityExecutions([Samples.Execution("nobody", "e", "Running")])));
    }

    [Fact]
    public async Task What_a_unit_records_of_an_instance_is_one_row()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.SaveInstance(Samples.Instance("b"));
            store.AppendJournal([Samples.Line("a", 0), Samples.Line("a", 1), Samples.Line("b", 0)]);
            store.SaveActivityExecutions([Samples.Execution("a", "e", "Running"), Samples.Execution("a", "e", "Completed")]);
        });
        await database.CommitAsync(store => store.SaveActivityExecutions([Samples.Execution("a", "e", "Faulted")]));

        Assert.Equal(3, database.Count("SELECT count(*) FROM bursts"));
    }

    [Fact]
    public async Task Bursts_are_stored_compressed_and_read_beside_those_that_are_text()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.AppendJournal([Samples.Line("a", 0)]);
        });
        database.Damage("UPDATE bursts SET record = text_of(record)");
        await database.CommitAsync(store =>
        {
            store.AppendJournal([.. Enumerable.Range(1, 20).Select(sequence => Samples.Line("a", sequence) with { Message = "it’s late" })]);
            store.SaveActivityExecutions([Samples.Execution("a", "e", "Completed")]);
        });

        Assert.Equal(1, database.Count("SELECT count(*) FROM bursts WHERE typeof(record) = 'text'"));
        Assert.Equal(1, database.Count("SELECT count(*) FROM bursts WHERE typeof(record) = 'blob' AND length(record) < 700"));
        var reader = database.Services.GetRequiredService<IInstanceReader>();
        var journal = await reader.ReadJournalAsync("a", new JournalQuery(), None);
        Assert.Equal(Enumerable.Range(0, 21).Select(sequence => (long)sequence), journal.Items.Select(line => line.Sequence));
        Assert.Equal([null, .. Enumerable.Repeat("it’s late", 20)], journal.Items.Select(line => line.Message));
        Assert.Equal("Completed", Assert.Single(await reader.ReadExecutionsAsync("a", None)).Status);
    }

    [Fact]
    public async Task Definition_versions_come_back_newest_first_and_swap_their_flags_in_one_unit()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveDefinition(Samples.Definition("v1", 1, isLatest: false, isPublished: true));
            store.SaveDefinition(Samples.Definition("v2", 2, isLatest: true, isPublished: false));
        });

        await database.CommitAsync(store =>
        {
            store.SaveDefinition(Samples.Definition("v2", 2, isLatest: true, isPublished: true) with { Revision = 1 });
            store.SaveDefinition(Samples.Definition("v1", 1, isLatest: false, isPublished: false) with { Revision = 1 });
        });

        var versions = await database.AskAsync(store => store.ListDefinitionVersionsAsync("pipeline", None));
        Assert.Equal(
            JsonSerializer.Serialize(new[] { Samples.Definition("v2", 2, true, true) with { Revision = 2 }, Samples.Definition("v1", 1, false, false) with { Revision = 2 } }),
            JsonSerializer.Serialize(versions));
        Assert.Equal(["v2"], (await database.AskAsync(store => store.ListPublishedDefinitionsAsync(None))).Select(version => version.Id));
    }

    [Fact]
    public async Task A_second_latest_or_published_version_fails_the_commit()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveDefinition(Samples.Definition("v1", 1, isLatest: true, isPublished: true)));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync(store => store.SaveDefinition(Samples.Definition("v2", 2, isLatest: true, isPublished: false))));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync(store => store.SaveDefinition(Samples.Definition("v2", 2, isLatest: false, isPublished: true))));
    }

    [Fact]
    public async Task A_unit_sees_the_definitions_it_saved()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveDefinition(Samples.Definition("v1", 1, isLatest: true, isPublished: true)));
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IWorkflowStore>();
        unit.SaveDefinition(Samples.Definition("v1", 1, isLatest: false, isPublished: false) with { Revision = 1 });
        unit.SaveDefinition(Samples.Definition("v2", 2, isLatest: true, isPublished: true));

        Assert.False((await unit.FindDefinitionVersionAsync("v1", None))!.IsLatest);
        Assert.Equal(["v2", "v1"], (await unit.ListDefinitionVersionsAsync("pipeline", None)).Select(version => version.Id));
        Assert.Equal(["v2"], (await unit.ListPublishedDefinitionsAsync(None)).Select(version => version.Id));
    }

    private static TimerRecord Timer(string id, int minutes) => new(id, Samples.Noon.AddMinutes(minutes), null, null, id);

    private static TriggerRecord Trigger(string id, string hash) => new(id, "pipeline", "pipeline-1", "Cron", "cron1", hash, null);
}
