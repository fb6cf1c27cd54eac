using System.Text;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Storage;

/// <summary>One unit of work of the store under test. Disposing it without a commit leaves no trace.</summary>
/// <param name="Unit">The unit of work.</param>
/// <param name="Store">Its store.</param>
/// <param name="Scope">What ends with it.</param>
public sealed record StoreSession(IUnitOfWork Unit, IWorkflowStore Store, IAsyncDisposable Scope) : IAsyncDisposable
{
    public Task CommitAsync() => Unit.CommitAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => Scope.DisposeAsync();
}

/// <summary>What every <see cref="IWorkflowStore"/> has to do. Each implementation inherits these tests.</summary>
public abstract class WorkflowStoreConformance
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Begins a unit of work on the database of this test. The database is empty when the test begins.</summary>
    protected abstract ValueTask<StoreSession> BeginAsync();

    [Fact]
    public async Task What_was_committed_is_read_back_whole()
    {
        var instance = Instance("i1") with
        {
            ParentInstanceId = "p1",
            CorrelationId = "release-1",
            ActivationKey = "one",
            Name = "Release 1",
            IncidentCount = 2,
            FinishedAt = Noon.AddMinutes(5),
        };

        await CommitAsync(store => store.SaveInstance(instance));

        await using var session = await BeginAsync();
        var stored = (await session.Store.FindInstanceAsync("i1", None))!;
        Assert.Equal(instance with { Version = 1, State = default }, stored with { State = default });
        Assert.Equal(instance.State.ToArray(), stored.State.ToArray());
    }

    [Fact]
    public async Task One_running_instance_at_most_has_an_activation_key()
    {
        var first = Instance("i1") with { ActivationKey = "one" };
        await CommitAsync(store => store.SaveInstance(first));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.SaveInstance(Instance("i2") with { ActivationKey = "one" })));

        await CommitAsync(store => store.SaveInstance(first with { Version = 1, Status = "Finished", SubStatus = "Finished" }));
        await CommitAsync(store => store.SaveInstance(Instance("i3") with { ActivationKey = "one" }));
        await CommitAsync(store => store.SaveInstance(Instance("i4") with { ActivationKey = "other" }));
        await CommitAsync(store => store.SaveInstance(Instance("i5")));
        await CommitAsync(store => store.SaveInstance(Instance("i6")));
    }

    [Fact]
    public async Task What_does_not_exist_is_null_or_empty()
    {
        await using var session = await BeginAsync();

        Assert.Null(await session.Store.FindInstanceAsync("nobody", None));
        Assert.Null(await session.Store.FindDefinitionVersionAsync("nothing", None));
        Assert.Null(await session.Store.FindNextTimerAsync(None));
        Assert.Empty(await session.Store.FindBookmarksAsync("hash", null, null, None));
        Assert.Empty(await session.Store.FindInstanceBookmarksAsync("nobody", None));
        Assert.Empty(await session.Store.FindTriggersAsync("hash", None));
        Assert.Empty(await session.Store.ListTriggersAsync("Elsa.Event", None));
        Assert.Empty(await session.Store.ListDefinitionVersionsAsync("nothing", None));
        Assert.Empty(await session.Store.ListPublishedDefinitionsAsync(None));
        Assert.Empty(await session.Store.FindDueTimersAsync(Noon, 10, None));
    }

    [Fact]
    public async Task A_unit_that_is_not_committed_leaves_no_trace()
    {
        await using (var session = await BeginAsync())
        {
            session.Store.SaveInstance(Instance("i1"));
            session.Store.AddBookmark(Bookmark("b1", "i1"));
            session.Store.SetTimer(Timer("b1", Noon));
            session.Store.SaveDefinition(Definition("v1", 1));
        }

        await using var later = await BeginAsync();
        Assert.Null(await later.Store.FindInstanceAsync("i1", None));
        Assert.Empty(await later.Store.FindInstanceBookmarksAsync("i1", None));
        Assert.Null(await later.Store.FindNextTimerAsync(None));
        Assert.Empty(await later.Store.ListDefinitionVersionsAsync("d1", None));
    }

    [Fact]
    public async Task A_unit_reads_what_it_has_written_itself()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
            store.SetTimer(Timer("b1", Noon));
            store.ReplaceTriggers("d1", [Trigger("t1", "d1", "hash")]);
        });

        await using var session = await BeginAsync();
        session.Store.SaveInstance((await session.Store.FindInstanceAsync("i1", None))! with { Name = "changed" });
        session.Store.SaveInstance(Instance("i2") with { ParentInstanceId = "i1" });
        session.Store.RemoveBookmark("i1", "b1");
        session.Store.AddBookmark(Bookmark("b2", "i1"));
        session.Store.SetTimer(Timer("b2", Noon.AddHours(1)));
        session.Store.ReplaceTriggers("d1", [Trigger("t2", "d1", "hash")]);
        session.Store.SaveDefinition(Definition("v1", 1));

        Assert.Equal("changed", (await session.Store.FindInstanceAsync("i1", None))!.Name);
        Assert.Equal(1, (await session.Store.FindInstanceAsync("i1", None))!.Version);
        Assert.Equal(["i2"], await session.Store.FindRunningInstancesAsync(null, null, "i1", None));
        Assert.Equal(["b2"], (await session.Store.FindBookmarksAsync("hash", null, null, None)).Select(bookmark => bookmark.Id));
        Assert.Equal(["b2"], (await session.Store.FindInstanceBookmarksAsync("i1", None)).Select(bookmark => bookmark.Id));
        Assert.Equal(["t2"], (await session.Store.FindTriggersAsync("hash", None)).Select(trigger => trigger.Id));
        Assert.Equal(["t2"], (await session.Store.ListTriggersAsync("Elsa.Event", None)).Select(trigger => trigger.Id));
        Assert.Equal(Noon.AddHours(1), await session.Store.FindNextTimerAsync(None));
        Assert.Empty(await session.Store.FindDueTimersAsync(Noon, 10, None));
        Assert.NotNull(await session.Store.FindDefinitionVersionAsync("v1", None));
        Assert.Single(await session.Store.ListPublishedDefinitionsAsync(None));
    }

    [Fact]
    public async Task Other_units_see_nothing_before_the_commit()
    {
        await using var writing = await BeginAsync();
        writing.Store.SaveInstance(Instance("i1"));

        await using (var reading = await BeginAsync())
            Assert.Null(await reading.Store.FindInstanceAsync("i1", None));

        await writing.CommitAsync();
        await using var later = await BeginAsync();
        Assert.NotNull(await later.Store.FindInstanceAsync("i1", None));
    }

    [Fact]
    public async Task Saving_an_instance_twice_in_one_unit_keeps_the_last_state_and_counts_one_version()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1") with { Name = "first" });
            store.SaveInstance(Instance("i1") with { Name = "second" });
        });

        await using var session = await BeginAsync();
        var stored = (await session.Store.FindInstanceAsync("i1", None))!;
        Assert.Equal("second", stored.Name);
        Assert.Equal(1, stored.Version);
    }

    [Fact]
    public async Task Of_two_units_that_change_an_instance_the_slower_one_changes_nothing()
    {
        await CommitAsync(store => store.SaveInstance(Instance("i1")));
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        fast.Store.SaveInstance((await fast.Store.FindInstanceAsync("i1", None))! with { Name = "fast" });
        slow.Store.SaveInstance((await slow.Store.FindInstanceAsync("i1", None))! with { Name = "slow" });
        slow.Store.AddBookmark(Bookmark("b1", "i1"));

        await fast.CommitAsync();
        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);

        await using var later = await BeginAsync();
        Assert.Equal("fast", (await later.Store.FindInstanceAsync("i1", None))!.Name);
        Assert.Equal(2, (await later.Store.FindInstanceAsync("i1", None))!.Version);
        Assert.Empty(await later.Store.FindInstanceBookmarksAsync("i1", None));
    }

    [Fact]
    public async Task Two_units_cannot_create_the_same_instance()
    {
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        fast.Store.SaveInstance(Instance("i1"));
        slow.Store.SaveInstance(Instance("i1"));

        await fast.CommitAsync();

        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);
    }

    [Fact]
    public async Task A_bookmark_is_removed_once()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
        });
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        fast.Store.RemoveBookmark("i1", "b1");
        slow.Store.RemoveBookmark("i1", "b1");
        slow.Store.SaveInstance(Instance("i2"));

        await fast.CommitAsync();
        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);

        await using var later = await BeginAsync();
        Assert.Null(await later.Store.FindInstanceAsync("i2", None));
    }

    [Fact]
    public async Task A_bookmark_that_is_added_and_removed_in_one_unit_never_existed()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
            store.SetTimer(Timer("b1", Noon));
            store.RemoveBookmark("i1", "b1");
        });

        await using var session = await BeginAsync();
        Assert.Empty(await session.Store.FindInstanceBookmarksAsync("i1", None));
        Assert.Null(await session.Store.FindNextTimerAsync(None));
    }

    [Fact]
    public async Task A_bookmark_can_be_replaced_by_one_with_the_same_id()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
        });

        await CommitAsync(store =>
        {
            store.RemoveBookmark("i1", "b1");
            store.AddBookmark(Bookmark("b1", "i1") with { CorrelationId = "new" });
        });

        await using var session = await BeginAsync();
        Assert.Equal("new", (await session.Store.FindInstanceBookmarksAsync("i1", None)).Single().CorrelationId);
    }

    [Fact]
    public async Task A_bookmark_can_be_replaced_by_one_that_waits_for_the_same()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
            store.AddBookmark(Bookmark("b2", "i1") with { Hash = "other" });
            store.SetTimer(Timer("b1", Noon));
        });

        var next = Bookmark("b3", "i1") with { CorrelationId = "new", ActivityId = "further", PayloadJson = "{}", CreatedAt = Noon.AddHours(1) };
        await CommitAsync(store =>
        {
            store.RemoveBookmark("i1", "b1", "hash");
            store.RemoveBookmark("i1", "b2", "other");
            store.AddBookmark(next);
            store.AddBookmark(Bookmark("b4", "i1") with { Hash = "third" });
        });

        await using var session = await BeginAsync();
        Assert.Equal([next], await session.Store.FindBookmarksAsync("hash", null, null, None));
        Assert.Equal(["b3", "b4"], (await session.Store.FindInstanceBookmarksAsync("i1", None)).Select(bookmark => bookmark.Id).Order());
        Assert.Null(await session.Store.FindBookmarkAsync("b1", None));
        Assert.Null(await session.Store.FindNextTimerAsync(None));
    }

    [Fact]
    public async Task A_bookmark_is_replaced_once()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
        });
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        fast.Store.RemoveBookmark("i1", "b1", "hash");
        fast.Store.AddBookmark(Bookmark("b2", "i1"));
        slow.Store.RemoveBookmark("i1", "b1", "hash");
        slow.Store.AddBookmark(Bookmark("b3", "i1"));

        await fast.CommitAsync();
        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);

        await using var later = await BeginAsync();
        Assert.Equal(["b2"], (await later.Store.FindInstanceBookmarksAsync("i1", None)).Select(bookmark => bookmark.Id));
    }

    [Fact]
    public async Task Removing_a_bookmark_removes_its_timer()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(Bookmark("b1", "i1"));
            store.SetTimer(Timer("b1", Noon));
        });

        await CommitAsync(store => store.RemoveBookmark("i1", "b1"));

        await using var session = await BeginAsync();
        Assert.Empty(await session.Store.FindDueTimersAsync(Noon, 10, None));
    }

    [Fact]
    public async Task Bookmarks_are_found_by_hash_and_narrowed_by_key_and_instance_in_the_order_they_were_created()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.SaveInstance(Instance("i2"));
            store.AddBookmark(Bookmark("z", "i2") with { CorrelationId = "one" });
            store.AddBookmark(Bookmark("y", "i1") with { CorrelationId = "two" });
        });
        await CommitAsync(store =>
        {
            store.AddBookmark(Bookmark("x", "i1") with { CorrelationId = "one" });
            store.AddBookmark(Bookmark("w", "i1") with { Hash = "other" });
        });

        await using var session = await BeginAsync();
        session.Store.AddBookmark(Bookmark("v", "i2") with { CorrelationId = "one" });

        Assert.Equal(["z", "y", "x", "v"], await Find(null, null));
        Assert.Equal(["z", "x", "v"], await Find("one", null));
        Assert.Equal(["y", "x"], await Find(null, "i1"));
        Assert.Equal(["x"], await Find("one", "i1"));
        Assert.Equal("i1", (await session.Store.FindBookmarkAsync("y", None))?.InstanceId);
        Assert.Equal("i2", (await session.Store.FindBookmarkAsync("v", None))?.InstanceId);
        Assert.Null(await session.Store.FindBookmarkAsync("none", None));
        Assert.Equal(["y", "x", "w"], (await session.Store.FindInstanceBookmarksAsync("i1", None)).Select(bookmark => bookmark.Id));

        async Task<IEnumerable<string>> Find(string? key, string? instance) =>
            (await session.Store.FindBookmarksAsync("hash", key, instance, None)).Select(bookmark => bookmark.Id);
    }

    [Fact]
    public async Task Bookmarks_of_a_range_come_in_the_order_of_their_numbers_and_not_more_than_asked_for()
    {
        await CommitAsync(store => store.SaveInstance(Instance("i1")));
        for (var i = 0; i < 5; i++)
        {
            var bookmark = Bookmark($"b{i}", "i1") with { CorrelationId = i == 3 ? "other" : "one", CreatedAt = Noon.AddMinutes(i) };
            await CommitAsync(store => store.AddBookmark(bookmark));
        }

        await using var session = await BeginAsync();
        var range = new BookmarkRange("hash", null, -1, long.MaxValue, Noon.AddDays(1));
        var all = await session.Store.FindBookmarksAsync(range, 10, None);

        Assert.Equal(["b0", "b1", "b2", "b3", "b4"], all.Select(bookmark => bookmark.Bookmark.Id));
        Assert.Equal(all[4].Number, await session.Store.FindLastBookmarkNumberAsync("hash", None));
        Assert.Equal(["b0", "b1"], await IdsAsync(range, 2));
        Assert.Equal(["b2", "b3"], await IdsAsync(range with { After = all[1].Number!.Value, Last = all[3].Number!.Value }, 10));
        Assert.Equal(["b0", "b1", "b2", "b4"], await IdsAsync(range with { CorrelationId = "one" }, 10));
        Assert.Equal(["b0", "b1"], await IdsAsync(range with { CreatedBy = Noon.AddMinutes(1) }, 10));
        Assert.Empty(await IdsAsync(range with { Hash = "nothing" }, 10));
        Assert.Null(await session.Store.FindLastBookmarkNumberAsync("nothing", None));

        session.Store.RemoveBookmark("i1", "b0");
        session.Store.AddBookmark(Bookmark("b5", "i1"));
        Assert.Equal(["b1", "b5"], await IdsAsync(range, 1));
        Assert.Null((await session.Store.FindBookmarksAsync(range, 1, None))[1].Number);

        async Task<IEnumerable<string>> IdsAsync(BookmarkRange wanted, int limit) =>
            (await session.Store.FindBookmarksAsync(wanted, limit, None)).Select(bookmark => bookmark.Bookmark.Id);
    }

    [Fact]
    public async Task A_fan_out_moves_on_to_its_end_and_is_gone_then()
    {
        var fanOut = new FanOutRecord { Id = "f1", Range = new BookmarkRange("hash", "one", -1, 9, Noon), InputJson = """{"a":1}""", ExceptInstances = ["i1"], DueAt = Noon };
        await CommitAsync(store => store.AddFanOut(fanOut));
        await CommitAsync(store => store.AddFanOut(fanOut with { Id = "f2" }));

        Assert.Equivalent(fanOut, await ReadAsync());
        await CommitAsync(store => store.MoveFanOut(fanOut, 4));
        var moved = (await ReadAsync())!;
        Assert.Equal(fanOut.Range with { After = 4 }, moved.Range);

        // Somebody who read it before.
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.MoveFanOut(fanOut, 5)));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.MoveFanOut(fanOut, 9)));

        await CommitAsync(store => store.MoveFanOut(moved, 9));
        Assert.Null(await ReadAsync());
        await using var session = await BeginAsync();
        Assert.Equal(["f2"], (await session.Store.FindFanOutsAsync(Noon, 10, None)).Select(left => left.Id));

        async Task<FanOutRecord?> ReadAsync()
        {
            await using var reading = await BeginAsync();
            return await reading.Store.FindFanOutAsync("f1", None);
        }
    }

    [Fact]
    public async Task A_fan_out_that_failed_is_found_when_it_is_due_again_and_one_that_was_given_up_is_listed()
    {
        var fanOut = new FanOutRecord { Id = "f1", Range = new BookmarkRange("hash", null, 3, 9, Noon), DueAt = Noon };
        var failed = fanOut with { Attempts = 1, LastError = "no luck", DueAt = Noon.AddMinutes(2) };
        var dead = failed with { Attempts = 2, DeadAt = Noon.AddMinutes(3) };
        await CommitAsync(store => store.AddFanOut(fanOut));
        await CommitAsync(store => store.AddFanOut(fanOut with { Id = "f2", DueAt = Noon.AddMinutes(9) }));

        await CommitAsync(store => store.UpdateFanOut(failed, 0));
        await using (var session = await BeginAsync())
        {
            Assert.Empty(await session.Store.FindFanOutsAsync(Noon.AddMinutes(1), 10, None));
            Assert.Equivalent(failed, Assert.Single(await session.Store.FindFanOutsAsync(Noon.AddMinutes(2), 10, None)));
            Assert.Equal(["f1", "f2"], (await session.Store.FindFanOutsAsync(Noon.AddMinutes(9), 10, None)).Select(due => due.Id));
            Assert.Equal(failed.DueAt, await session.Store.FindNextFanOutAsync(None));
        }

        // Somebody who read it before.
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.UpdateFanOut(failed, 0)));
        await CommitAsync(store => store.UpdateFanOut(dead, 1));
        await using (var session = await BeginAsync())
        {
            Assert.Equal(["f2"], (await session.Store.FindFanOutsAsync(Noon.AddMinutes(9), 10, None)).Select(due => due.Id));
            Assert.Equal(Noon.AddMinutes(9), await session.Store.FindNextFanOutAsync(None));
            Assert.Equivalent(dead, Assert.Single(await session.Store.ListGivenUpFanOutsAsync(10, None)));
        }
    }

    [Fact]
    public async Task A_bookmark_is_read_back_whole()
    {
        var bookmark = Bookmark("b1", "i1") with { CorrelationId = "key", PayloadJson = """{"EventName":"Foo"}""" };
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.AddBookmark(bookmark);
        });

        await using var session = await BeginAsync();
        Assert.Equal(bookmark, (await session.Store.FindInstanceBookmarksAsync("i1", None)).Single());
    }

    [Fact]
    public async Task Running_instances_are_found_by_definition_key_and_parent()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1") with { CorrelationId = "one" });
            store.SaveInstance(Instance("i2") with { DefinitionId = "d2", ParentInstanceId = "i1" });
            store.SaveInstance(Instance("i3") with { CorrelationId = "one", Status = "Finished", SubStatus = "Finished" });
        });

        await using var session = await BeginAsync();
        Assert.Equal(["i1"], await session.Store.FindRunningInstancesAsync("d1", null, null, None));
        Assert.Equal(["i1"], await session.Store.FindRunningInstancesAsync(null, "one", null, None));
        Assert.Equal(["i2"], await session.Store.FindRunningInstancesAsync(null, null, "i1", None));
        Assert.Empty(await session.Store.FindRunningInstancesAsync("d2", "one", null, None));
    }

    [Fact]
    public async Task Triggers_of_a_definition_are_replaced_as_a_set()
    {
        await CommitAsync(store =>
        {
            store.ReplaceTriggers("d1", [Trigger("t1", "d1", "hash"), Trigger("t2", "d1", "other")]);
            store.ReplaceTriggers("d2", [Trigger("t3", "d2", "hash")]);
        });
        await CommitAsync(store => store.ReplaceTriggers("d1", [Trigger("t4", "d1", "hash")]));

        await using (var session = await BeginAsync())
        {
            Assert.Equal(["t3", "t4"], (await session.Store.FindTriggersAsync("hash", None)).Select(trigger => trigger.Id).Order());
            Assert.Empty(await session.Store.FindTriggersAsync("other", None));
            Assert.Equal(["t3", "t4"], (await session.Store.ListTriggersAsync("Elsa.Event", None)).Select(trigger => trigger.Id).Order());
        }

        await CommitAsync(store => store.ReplaceTriggers("d1", []));
        await using var later = await BeginAsync();
        Assert.Equal(Trigger("t3", "d2", "hash"), (await later.Store.FindTriggersAsync("hash", None)).Single());
    }

    [Fact]
    public async Task Replacing_triggers_removes_the_timers_of_the_former_ones()
    {
        await CommitAsync(store =>
        {
            store.ReplaceTriggers("d1", [Trigger("t1", "d1", "hash")]);
            store.SetTimer(new TimerRecord("t1", Noon, null, null, "t1"));
        });

        await CommitAsync(store => store.ReplaceTriggers("d1", []));

        await using var session = await BeginAsync();
        Assert.Null(await session.Store.FindNextTimerAsync(None));
    }

    [Fact]
    public async Task Due_timers_come_in_the_order_they_are_due_and_not_more_than_asked_for()
    {
        await CommitAsync(store =>
        {
            store.SetTimer(new TimerRecord("late", Noon.AddTicks(10), null, null, "t"));
            store.SetTimer(new TimerRecord("second", Noon, null, null, "t"));
            store.SetTimer(new TimerRecord("first", Noon.AddDays(-1), null, null, "t"));
        });

        await using var session = await BeginAsync();
        Assert.Equal(["first", "second"], (await session.Store.FindDueTimersAsync(Noon, 10, None)).Select(timer => timer.Id));
        Assert.Equal(["first"], (await session.Store.FindDueTimersAsync(Noon, 1, None)).Select(timer => timer.Id));
        Assert.Equal(Noon.AddDays(-1), await session.Store.FindNextTimerAsync(None));
        Assert.Equal(
            new TimerRecord("first", Noon.AddDays(-1), null, null, "t"), (await session.Store.FindDueTimersAsync(Noon, 1, None)).Single());
    }

    [Fact]
    public async Task A_timer_that_is_set_again_has_its_new_time()
    {
        await CommitAsync(store => store.SetTimer(new TimerRecord("t", Noon, null, null, "t")));
        await CommitAsync(store => store.SetTimer(new TimerRecord("t", Noon.AddHours(1), null, null, "t")));

        await using var session = await BeginAsync();
        Assert.Equal(Noon.AddHours(1), await session.Store.FindNextTimerAsync(None));
        Assert.Empty(await session.Store.FindDueTimersAsync(Noon, 10, None));
    }

    [Fact]
    public async Task A_timer_can_be_taken_and_set_again_in_one_unit()
    {
        await CommitAsync(store => store.SetTimer(new TimerRecord("t", Noon, null, null, "t")));
        await CommitAsync(store =>
        {
            store.RemoveTimer("t");
            store.SetTimer(new TimerRecord("t", Noon.AddHours(1), null, null, "t"));
        });

        await using var session = await BeginAsync();
        Assert.Equal(Noon.AddHours(1), await session.Store.FindNextTimerAsync(None));
    }

    [Fact]
    public async Task A_timer_is_taken_once()
    {
        await CommitAsync(store => store.SetTimer(new TimerRecord("t", Noon, null, null, "t")));
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        fast.Store.RemoveTimer("t");
        slow.Store.RemoveTimer("t");

        await fast.CommitAsync();

        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);
    }

    [Fact]
    public async Task Executions_and_journal_lines_are_accepted_and_an_execution_can_be_written_again()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.SaveActivityExecutions([Execution("e1") with { Status = "Running" }]);
            store.AppendJournal([Line(0), Line(1)]);
        });

        await CommitAsync(store =>
        {
            store.SaveActivityExecutions([Execution("e1"), Execution("e2")]);
            store.AppendJournal([Line(2)]);
        });
    }

    [Fact]
    public async Task A_removed_instance_is_gone_also_for_the_unit_that_removes_it()
    {
        await CommitAsync(store =>
        {
            store.SaveInstance(Instance("i1"));
            store.SaveInstance(Instance("i2"));
            store.AddBookmark(Bookmark("b1", "i1"));
            store.AppendJournal([Line(0)]);
        });

        await using (var session = await BeginAsync())
        {
            // Cancelled first, as the engine does: what is collected about it goes too.
            session.Store.RemoveBookmark("i1", "b1");
            session.Store.SaveInstance(Instance("i1") with { Version = 1, Status = "Finished", SubStatus = "Cancelled" });
            session.Store.AppendJournal([Line(1)]);
            session.Store.RemoveInstance("i1", 1);
            Assert.Null(await session.Store.FindInstanceAsync("i1", None));
            await session.CommitAsync();
        }

        await using var later = await BeginAsync();
        Assert.Null(await later.Store.FindInstanceAsync("i1", None));
        Assert.Empty(await later.Store.FindInstanceBookmarksAsync("i1", None));
        Assert.Equal(["i2"], await later.Store.FindRunningInstancesAsync(null, null, null, None));
    }

    [Fact]
    public async Task An_instance_that_has_moved_on_is_not_removed()
    {
        await CommitAsync(store => store.SaveInstance(Instance("i1")));
        await CommitAsync(store => store.SaveInstance(Instance("i1") with { Version = 1 }));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.RemoveInstance("i1", 1)));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.RemoveInstance("nobody", 1)));

        await using var later = await BeginAsync();
        Assert.NotNull(await later.Store.FindInstanceAsync("i1", None));
    }

    [Fact]
    public async Task Versions_of_a_definition_come_newest_first()
    {
        await CommitAsync(store => store.SaveDefinition(Definition("v1", 1)));
        await CommitAsync(store =>
        {
            store.SaveDefinition(Definition("v1", 1) with { IsLatest = false, IsPublished = false, Revision = 1 });
            store.SaveDefinition(Definition("v2", 2) with { SourceHash = "abc" });
        });

        await using var session = await BeginAsync();
        var versions = await session.Store.ListDefinitionVersionsAsync("d1", None);
        Assert.Equal([2, 1], versions.Select(version => version.Version));
        Assert.Equal(Definition("v2", 2) with { SourceHash = "abc", Revision = 1 }, versions[0]);
        Assert.Equal("v2", (await session.Store.ListPublishedDefinitionsAsync(None)).Single().Id);
    }

    [Fact]
    public async Task Two_units_cannot_publish_two_versions_at_once()
    {
        await CommitAsync(store => store.SaveDefinition(Definition("v1", 1)));
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        Publish(fast.Store, "v2");
        Publish(slow.Store, "v3");

        await fast.CommitAsync();
        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);

        await using var later = await BeginAsync();
        Assert.Equal("v2", (await later.Store.ListPublishedDefinitionsAsync(None)).Single().Id);

        static void Publish(IWorkflowStore store, string id)
        {
            store.SaveDefinition(Definition("v1", 1) with { IsLatest = false, IsPublished = false, Revision = 1 });
            store.SaveDefinition(Definition(id, 2));
        }
    }

    [Fact]
    public async Task A_draft_is_changed_by_one_of_two_units_that_read_it()
    {
        await CommitAsync(store => store.SaveDefinition(Definition("v1", 1)));
        await using var fast = await BeginAsync();
        await using var slow = await BeginAsync();
        fast.Store.SaveDefinition((await fast.Store.FindDefinitionVersionAsync("v1", None))! with { Json = "{\"by\":\"fast\"}" });
        slow.Store.SaveDefinition((await slow.Store.FindDefinitionVersionAsync("v1", None))! with { Json = "{\"by\":\"slow\"}" });

        await fast.CommitAsync();
        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);

        await using var later = await BeginAsync();
        var stored = await later.Store.FindDefinitionVersionAsync("v1", None);
        Assert.Equal(("{\"by\":\"fast\"}", 2), (stored!.Json, stored.Revision));
    }

    [Fact]
    public async Task A_removed_version_is_gone_and_a_version_that_was_changed_meanwhile_stays()
    {
        await CommitAsync(store =>
        {
            store.SaveDefinition(Definition("v1", 1) with { IsLatest = false, IsPublished = false });
            store.SaveDefinition(Definition("v2", 2));
        });
        await using var session = await BeginAsync();
        session.Store.RemoveDefinition((await session.Store.FindDefinitionVersionAsync("v1", None))!);
        Assert.Null(await session.Store.FindDefinitionVersionAsync("v1", None));
        await session.CommitAsync();

        await using var slow = await BeginAsync();
        slow.Store.RemoveDefinition((await slow.Store.FindDefinitionVersionAsync("v2", None))!);
        await CommitAsync(store => store.SaveDefinition(Definition("v2", 2) with { Name = "changed", Revision = 1 }));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(slow.CommitAsync);

        await using var later = await BeginAsync();
        Assert.Equal(["v2"], (await later.Store.ListDefinitionVersionsAsync("d1", None)).Select(version => version.Id));
    }

    [Theory]
    [InlineData(VersionSelection.All, "a1 a2 b1 c1")]
    [InlineData(VersionSelection.Latest, "a2 b1 c1")]
    [InlineData(VersionSelection.Published, "a1 b1")]
    [InlineData(VersionSelection.LatestOrPublished, "a1 a2 b1 c1")]
    [InlineData(VersionSelection.LatestAndPublished, "b1")]
    [InlineData(VersionSelection.Draft, "a2 c1")]
    [InlineData(VersionSelection.Number, "a2")]
    public async Task A_list_of_definitions_is_narrowed_to_versions(VersionSelection versions, string expected)
    {
        await CommitAsync(SaveThreeDefinitions);
        await using var session = await BeginAsync();

        var list = await session.Store.ListDefinitionsAsync(new DefinitionQuery { Versions = versions, VersionNumber = 2 }, None);

        Assert.Equal(expected, string.Join(' ', list.Items.Select(version => version.Id)));
        Assert.Equal(list.Items.Count, list.TotalCount);
        Assert.All(list.Items, version => Assert.Empty(version.Json));
    }

    [Fact]
    public async Task A_list_of_definitions_is_searched_filtered_sorted_and_cut_into_pages()
    {
        await CommitAsync(SaveThreeDefinitions);
        await using var session = await BeginAsync();

        Assert.Equal("a1 a2", await Ids(new DefinitionQuery { SearchTerm = "LPH" }));
        Assert.Equal("b1", await Ids(new DefinitionQuery { SearchTerm = "100%" }));
        Assert.Equal("", await Ids(new DefinitionQuery { SearchTerm = "1%0" }));
        Assert.Equal("c1", await Ids(new DefinitionQuery { SearchTerm = "c1" }));
        Assert.Equal("a1 a2", await Ids(new DefinitionQuery { Name = "ALPHA" }));
        Assert.Equal("a1 a2 c1", await Ids(new DefinitionQuery { DefinitionIds = ["a", "c"] }));
        Assert.Equal("a2 b1", await Ids(new DefinitionQuery { Ids = ["a2", "b1"] }));
        Assert.Equal("a1 a2", await Ids(new DefinitionQuery { HiddenDefinitionIds = ["b", "c"] }));
        Assert.Equal("c1", await Ids(new DefinitionQuery { IsSystem = true }));
        Assert.Equal("b1", await Ids(new DefinitionQuery { IsReadonly = true }));
        Assert.Equal("c1 b1 a2 a1", await Ids(new DefinitionQuery { Order = DefinitionOrder.Name, IsDescending = true }));
        Assert.Equal("a2 a1", await Ids(new DefinitionQuery { Order = DefinitionOrder.Version, IsDescending = true, DefinitionIds = ["a"] }));

        var page = await session.Store.ListDefinitionsAsync(new DefinitionQuery { Skip = 1, Take = 2 }, None);
        Assert.Equal(("a2 b1", 4), (string.Join(' ', page.Items.Select(version => version.Id)), page.TotalCount));

        async Task<string> Ids(DefinitionQuery query) =>
            string.Join(' ', (await session.Store.ListDefinitionsAsync(query, None)).Items.Select(version => version.Id));
    }

    [Fact]
    public async Task A_version_is_running_while_an_instance_on_it_is()
    {
        await CommitAsync(store =>
        {
            store.SaveDefinition(Definition("v1", 1));
            store.SaveInstance(Instance("i1"));
        });
        await using var session = await BeginAsync();

        Assert.True(await session.Store.IsVersionRunningAsync(Definition("v1", 1), None));
        Assert.False(await session.Store.IsVersionRunningAsync(Definition("v2", 2), None));
        session.Store.SaveInstance((await session.Store.FindInstanceAsync("i1", None))! with { Status = "Finished", SubStatus = "Finished", FinishedAt = Noon });
        Assert.False(await session.Store.IsVersionRunningAsync(Definition("v1", 1), None));
    }

    [Fact]
    public async Task Who_changed_a_definition_is_kept_and_saves_in_a_row_are_one_entry()
    {
        foreach (var (author, action) in new[]
        {
            ("ada", DefinitionAction.Saved), ("ada", DefinitionAction.Saved), ("bob", DefinitionAction.Saved), ("ada", DefinitionAction.Saved),
            ("ada", DefinitionAction.Published),
        })
        {
            await CommitAsync(store => store.AddDefinitionChange(new DefinitionChangeRecord("d1", "v1", 1, action, author, author.ToUpperInvariant(), Noon)));
        }

        await using var session = await BeginAsync();
        var changes = await session.Store.ListDefinitionChangesAsync("d1", 10, None);

        Assert.Equal(["ada Published", "ada Saved", "bob Saved", "ada Saved"], changes.Select(change => $"{change.AuthorId} {change.Action}"));
        Assert.Equal("ADA", changes[0].AuthorName);
        Assert.Single(await session.Store.ListDefinitionChangesAsync("d1", 1, None));
        Assert.Empty(await session.Store.ListDefinitionChangesAsync("d2", 10, None));
    }

    [Fact]
    public async Task Announcements_come_after_the_commit_in_order_and_not_without_it()
    {
        var heard = new List<string>();
        await using (var discarded = await BeginAsync())
        {
            discarded.Store.SaveInstance(Instance("i1"));
            discarded.Unit.OnCommitted(() => heard.Add("discarded"));
        }

        await using var session = await BeginAsync();
        session.Store.SaveInstance(Instance("i2"));
        session.Unit.OnCommitted(() => heard.Add("first"));
        session.Unit.OnCommitted(() => heard.Add("second"));
        Assert.Empty(heard);
        await session.CommitAsync();

        Assert.Equal(["first", "second"], heard);
    }

    private static void SaveThreeDefinitions(IWorkflowStore store)
    {
        var blank = Definition("a1", 1) with { IsLatest = false, IsPublished = false };
        store.SaveDefinition(blank with { DefinitionId = "a", Name = "Alpha", IsPublished = true });
        store.SaveDefinition(blank with { Id = "a2", DefinitionId = "a", Version = 2, Name = "Alpha", IsLatest = true, CreatedAt = Noon.AddMinutes(1) });
        store.SaveDefinition(blank with
        {
            Id = "b1",
            DefinitionId = "b",
            Name = "beta",
            Description = "covers 100% of it",
            IsLatest = true,
            IsPublished = true,
            IsReadonly = true,
            CreatedAt = Noon.AddMinutes(2),
        });
        store.SaveDefinition(blank with { Id = "c1", DefinitionId = "c", Name = "Gamma", IsLatest = true, IsSystem = true, CreatedAt = Noon.AddMinutes(3) });
    }

    private async Task CommitAsync(Action<IWorkflowStore> write)
    {
        await using var session = await BeginAsync();
        write(session.Store);
        await session.CommitAsync();
    }

    private static WorkflowInstanceRecord Instance(string id) => new()
    {
        Id = id,
        DefinitionId = "d1",
        DefinitionVersionId = "v1",
        DefinitionVersion = 1,
        Status = "Running",
        SubStatus = "Suspended",
        CreatedAt = Noon,
        UpdatedAt = Noon.AddSeconds(1),
        State = Encoding.UTF8.GetBytes("""{"schema":1}"""),
    };

    private static BookmarkRecord Bookmark(string id, string instanceId) =>
        new(id, instanceId, "Elsa.Event", "hash", "activity", "execution", null, null, Noon);

    private static TriggerRecord Trigger(string id, string definitionId, string hash) =>
        new(id, definitionId, "v1", "Elsa.Event", "activity", hash, "{}");

    private static TimerRecord Timer(string bookmarkId, DateTimeOffset dueAt) => new(bookmarkId, dueAt, "i1", bookmarkId, null);

    private static WorkflowDefinitionRecord Definition(string id, int version) => new()
    {
        Id = id,
        DefinitionId = "d1",
        Version = version,
        Name = "Definition",
        IsLatest = true,
        IsPublished = true,
        CreatedAt = Noon,
        Json = "{}",
    };

    private static ActivityExecutionRecord Execution(string id) => new()
    {
        Id = id,
        InstanceId = "i1",
        ActivityId = "activity",
        ActivityNodeId = "Workflow1:activity",
        ActivityType = "Elsa.Event",
        ActivityTypeVersion = 1,
        Status = "Completed",
        StartedAt = Noon,
        CompletedAt = Noon,
    };

    private static JournalRecord Line(long sequence) => new()
    {
        InstanceId = "i1",
        Sequence = sequence,
        Timestamp = Noon,
        ActivityInstanceId = "e1",
        ActivityId = "activity",
        ActivityNodeId = "Workflow1:activity",
        ActivityType = "Elsa.Event",
        ActivityTypeVersion = 1,
        EventName = "Started",
    };
}
