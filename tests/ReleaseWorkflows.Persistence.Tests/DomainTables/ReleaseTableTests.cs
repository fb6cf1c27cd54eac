using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Runtime.Storage;
using static ReleaseWorkflows.Persistence.Tests.DomainTables.DomainSamples;

namespace ReleaseWorkflows.Persistence.Tests.DomainTables;

public sealed class ReleaseTableTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task A_release_comes_back_as_it_was_saved()
    {
        await using var database = await TestDatabase.OpenAsync();
        Release saved = null!;
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var built = store.Continue(store.Begin(Created(1, "1.0.0")), Built());
            saved = store.Continue(built, Submitted(built), Approved());
            store.SetWorkflow(saved.Id, "instance1", "release-pipeline", 4);
        });

        var stored = await database.AskAsync<IReleaseStore, Release?>(store => store.FindAsync(IdOf(1), None));

        Assert.Equal(
            JsonSerializer.Serialize(saved with { WorkflowInstanceId = "instance1", WorkflowDefinitionId = "release-pipeline", WorkflowDefinitionVersion = 4 }),
            JsonSerializer.Serialize(stored));
        Assert.True(stored!.IsApprovedAsIs);
    }

    [Fact]
    public async Task Who_hears_of_a_change_from_the_database_finds_it_even_before_its_writer_is_told()
    {
        var probe = new AfterCommit();
        await using var database = await TestDatabase.OpenAsync(probe: probe);
        Release begun = null!;
        await database.CommitAsync<IReleaseStore>(store =>
        {
            begun = store.Begin(Created(1, "1.0.0"));
            store.SetWorkflow(begun.Id, "instance1", "release-pipeline", 4);
        });
        Release? Ask() => database.AskCachedAsync<IReleaseStore, Release?>(store => store.FindAsync(IdOf(1), None)).GetAwaiter().GetResult();
        begun = Ask()!;
        Release? seen = null;
        probe.Action = () => seen = Ask();

        await database.CommitAsync<IReleaseStore>(store => store.Continue(begun, Built()));

        Assert.Equal(BuildState.Ready, seen!.Building);
        Assert.Equal(BuildState.Ready, Ask()!.Building);
    }

    [Fact]
    public async Task The_log_holds_every_event_of_a_unit_and_rebuilds_the_state()
    {
        await using var database = await TestDatabase.OpenAsync();
        Release saved = null!;
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var built = store.Continue(store.Begin(Created(1, "1.0.0")), Built());
            saved = store.Continue(built, Submitted(built), Approved());
        });

        var log = await database.AskAsync<IReleaseStore, IReadOnlyList<ReleaseEvent>>(store => store.ListLogAsync(IdOf(1), None));

        var rebuilt = log.Skip(1).Aggregate(Release.Begin((ReleaseCreated)log[0]), (release, happened) => release.Apply(happened));
        Assert.Equal(4, log.Count);
        Assert.Equal(JsonSerializer.Serialize(saved), JsonSerializer.Serialize(rebuilt));
    }

    [Fact]
    public async Task A_unit_sees_its_own_release_log_testers_and_workflow_before_the_commit()
    {
        await using var database = await TestDatabase.OpenAsync();
        await using var scope = database.Begin();
        var store = scope.ServiceProvider.GetRequiredService<IReleaseStore>();
        var release = store.Continue(store.Begin(Created(1, "1.0.0")), Built());
        store.SetWorkflow(release.Id, "instance1", "release-pipeline", 1);
        store.ChangeTesters(release.Id, ["a", "b"], []);
        store.ChangeTesters(release.Id, ["c"], ["a"]);

        Assert.Equal("instance1", (await store.FindAsync(release.Id, None))!.WorkflowInstanceId);
        Assert.Equal(2, (await store.FindByKeyAsync(release.Key, None))!.Revision);
        Assert.Equal(2, (await store.ListLogAsync(release.Id, None)).Count);
        Assert.Equal(["b", "c"], await store.ListTestersAsync(release.Id, None));
        Assert.Single((await store.ListAsync(new ReleaseQuery { MiniProgram = Coffee }, None)).Items);

        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);

        Assert.Equal(["b", "c"], await database.AskAsync<IReleaseStore, IReadOnlyList<string>>(other => other.ListTestersAsync(release.Id, None)));
    }

    [Fact]
    public async Task A_release_that_moved_on_is_not_overwritten()
    {
        await using var database = await TestDatabase.OpenAsync();
        Release created = null!;
        await database.CommitAsync<IReleaseStore>(store => created = store.Begin(Created(1, "1.0.0")));
        await database.CommitAsync<IReleaseStore>(store => store.Continue(created, Built()));

        var conflict = await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IReleaseStore>(store => store.Continue(created, Built())));

        Assert.Contains("moved on since revision 1", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(2, database.Count("SELECT count(*) FROM release_log"));
    }

    [Fact]
    public async Task A_version_goes_to_a_target_once_even_if_it_was_canceled()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var built = store.Continue(store.Begin(Created(1, "1.0.0")), Built());
            store.Continue(built, Submitted(built), Approved(), new ReleaseCanceled("bad feedback") { At = Noon, By = new UserId("dev"), ByName = "Dee" });
        });

        var conflict = await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IReleaseStore>(store => store.Begin(Created(2, "1.0.0"))));

        Assert.Contains("releases.mini_program, releases.version, releases.app, releases.environment", conflict.Message, StringComparison.Ordinal);
        await database.CommitAsync<IReleaseStore>(store => store.Begin(Created(3, "1.0.0", ReleaseEnvironment.Sandbox)));
    }

    [Fact]
    public async Task Of_two_releases_that_apply_for_one_target_at_once_one_wins()
    {
        await using var database = await TestDatabase.OpenAsync();
        Release first = null!;
        Release second = null!;
        await database.CommitAsync<IReleaseStore>(store =>
        {
            first = store.Continue(store.Begin(Created(1, "1.0.0")), Built());
            second = store.Continue(store.Begin(Created(2, "1.1.0")), Built());
        });

        var outcomes = await Task.WhenAll(new[] { first, second }.Select(release => Task.Run(() =>
            Record.ExceptionAsync(() => database.CommitAsync<IReleaseStore>(store => store.Continue(release, Submitted(release)))))));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Single(outcomes.OfType<ConcurrencyConflictException>());
        Assert.Equal(1, database.Count("SELECT count(*) FROM releases WHERE status = 'UnderReview'"));
    }

    [Fact]
    public async Task The_release_that_goes_live_and_the_one_it_archives_change_in_one_unit()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store => GoLive(store, 1, "1.0.0"));
        var previous = (await database.AskAsync<IReleaseStore, Release?>(store => store.FindLiveAsync(Coffee, SuperApp, ReleaseEnvironment.Production, None)))!;

        await database.CommitAsync<IReleaseStore>(store =>
        {
            GoLive(store, 2, "1.1.0");
            store.Continue(previous, Archived(IdOf(2)));
        });

        var live = await database.AskAsync<IReleaseStore, Release?>(store => store.FindLiveAsync(Coffee, SuperApp, ReleaseEnvironment.Production, None));
        Assert.Equal(IdOf(2), live!.Id);
    }

    [Fact]
    public async Task Two_live_releases_on_one_target_are_impossible()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store => GoLive(store, 1, "1.0.0"));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.CommitAsync<IReleaseStore>(store => GoLive(store, 2, "1.1.0")));
    }

    [Fact]
    public async Task Finding_by_target_tells_active_and_live_apart_also_for_unsaved_changes()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            var built = store.Continue(store.Begin(Created(1, "1.0.0")), Built());
            store.Continue(built, Submitted(built));
        });
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IReleaseStore>();

        var active = (await unit.FindActiveAsync(Coffee, SuperApp, ReleaseEnvironment.Production, None))!;
        unit.Continue(active, Approved(), Live());

        Assert.Null(await unit.FindActiveAsync(Coffee, SuperApp, ReleaseEnvironment.Production, None));
        Assert.Equal(active.Id, (await unit.FindLiveAsync(Coffee, SuperApp, ReleaseEnvironment.Production, None))!.Id);
        Assert.Null(await unit.FindLiveAsync(Coffee, SuperApp, ReleaseEnvironment.Sandbox, None));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_from_the_newest_to_the_oldest()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            for (var i = 1; i <= 25; i++)
                store.Begin(Created(i, $"1.{i}.0"));
        });
        var seen = new List<ReleaseId>();
        ReleaseId? after = null;
        do
        {
            var page = await database.AskAsync<IReleaseStore, ReleasePage>(store => store.ListAsync(new ReleaseQuery { Limit = 10, After = after }, None));
            seen.AddRange(page.Items.Select(release => release.Id));
            after = page.Next;
        }
        while (after is not null);

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(IdOf), seen);
    }

    [Fact]
    public async Task A_last_page_that_is_full_has_no_next_one()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IReleaseStore>(store => store.Begin(Created(1, "1.0.0")));

        var page = await database.AskAsync<IReleaseStore, ReleasePage>(store => store.ListAsync(new ReleaseQuery { Limit = 1 }, None));

        Assert.Single(page.Items);
        Assert.Null(page.Next);
    }

    public static TheoryData<ReleaseQuery, int[]> Queries => new()
    {
        { new ReleaseQuery(), [3, 2, 1] },
        { new ReleaseQuery { MiniProgram = Coffee, Version = new VersionNumber("1.1.0") }, [2] },
        { new ReleaseQuery { App = SuperApp, Environment = ReleaseEnvironment.Sandbox }, [3] },
        { new ReleaseQuery { Status = ReleaseStatus.UnderReview }, [2] },
        { new ReleaseQuery { Applicant = new UserId("dev") }, [2] },
        { new ReleaseQuery { Applicant = new UserId("another") }, [] },
        { new ReleaseQuery { App = new AppKey("superapp-b") }, [] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([new WorkspaceKey("acme")], [], []) }, [3, 2, 1] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([], [new WorkspaceKey("superapp")], []), Status = ReleaseStatus.UnderReview }, [2] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([], [], [Coffee]) }, [3, 2, 1] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([new WorkspaceKey("acme")], [new WorkspaceKey("superapp")], [Coffee]) }, [3, 2, 1] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([new WorkspaceKey("acme")], [], []), After = IdOf(3) }, [2, 1] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([], [], []) }, [] },
        { new ReleaseQuery { IsOpen = true, Visibility = new ReleaseVisibility([new WorkspaceKey("acme")], [], []) }, [3, 2, 1] },
        { new ReleaseQuery { IsOpen = true, Visibility = new ReleaseVisibility([new WorkspaceKey("other")], [], []) }, [] },
        { new ReleaseQuery { IsOpen = true, Status = ReleaseStatus.FullRelease }, [] },
        { new ReleaseQuery { Status = ReleaseStatus.Canceled }, [] },
        { new ReleaseQuery { Visibility = new ReleaseVisibility([new WorkspaceKey("other")], [new WorkspaceKey("other")], []) }, [] },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Lists_hold_what_was_asked_for_stored_or_not(ReleaseQuery query, int[] expected)
    {
        await using var database = await TestDatabase.OpenAsync();
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IReleaseStore>();
        unit.Begin(Created(1, "1.0.0"));
        var second = unit.Continue(unit.Begin(Created(2, "1.1.0")), Built());
        unit.Continue(second, Submitted(second));
        unit.Begin(Created(3, "1.0.0", ReleaseEnvironment.Sandbox));

        var pending = await unit.ListAsync(query, None);
        await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(None);
        var stored = await unit.ListAsync(query, None);

        Assert.Equal(expected.Select(IdOf), pending.Items.Select(release => release.Id));
        Assert.Equal(expected.Select(IdOf), stored.Items.Select(release => release.Id));
    }

    [Fact]
    public async Task A_hundred_thousand_testers_are_kept_in_order_and_without_duplicates()
    {
        await using var database = await TestDatabase.OpenAsync();
        var testers = Enumerable.Range(0, 100_000).Select(i => $"user-{i}").ToList();
        await database.CommitAsync<IReleaseStore>(store =>
        {
            store.Begin(Created(1, "1.0.0"));
            store.ChangeTesters(IdOf(1), testers, []);
        });
        await database.CommitAsync<IReleaseStore>(store => store.ChangeTesters(IdOf(1), ["user-7", "new"], [.. testers.Take(7), .. testers.Skip(10)]));

        var stored = await database.AskAsync<IReleaseStore, IReadOnlyList<string>>(store => store.ListTestersAsync(IdOf(1), None));

        Assert.Equal(["user-7", "user-8", "user-9", "new"], stored);
    }

    [Fact]
    public void Every_event_of_the_domain_can_be_written_to_the_log()
    {
        var events = typeof(ReleaseEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ReleaseEvent))).ToList();

        var known = DomainJson.Default.ReleaseEvent.PolymorphismOptions!.DerivedTypes.Select(derived => derived.DerivedType);

        Assert.Equal(events.OrderBy(type => type.Name), known.OrderBy(type => type.Name));
    }

    private static void GoLive(IReleaseStore store, int id, string version)
    {
        var built = store.Continue(store.Begin(Created(id, version)), Built());
        store.Continue(built, Submitted(built), Approved(), Live());
    }

    private sealed class AfterCommit : CommitProbe
    {
        public Action? Action { get; set; }

        public override void Reached(CommitPoint point, SqliteConnection? connection, string? statement)
        {
            if (point == CommitPoint.AfterCommit)
                Action?.Invoke();
        }
    }
}
