using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Storage;

/// <summary>What every <see cref="IOutsideJobStore"/> has to do. Each implementation inherits these tests.</summary>
public abstract class OutsideJobStoreConformance
{
    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CancellationToken None = CancellationToken.None;

    /// <summary>Begins a unit of work on the database of this test, which is empty when the test begins.</summary>
    protected abstract ValueTask<(IUnitOfWork Unit, IOutsideJobStore Store, IAsyncDisposable Scope)> BeginAsync();

    [Fact]
    public async Task A_job_is_read_back_whole()
    {
        var job = Job("j1") with { Attempts = 2, LastError = "refused", DueAt = Noon.AddMinutes(1), TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Addressee = "api.example" };
        await CommitAsync(store => store.Add(job));

        Assert.Equal(job, await AskAsync(store => store.FindAsync("j1", None)));
    }

    [Fact]
    public async Task What_does_not_exist_is_null_or_empty()
    {
        Assert.Null(await AskAsync(store => store.FindAsync("j1", None)));
        Assert.Null(await AskAsync(store => store.FindNextDueAsync(BusyPlaces.None, None)));
        Assert.Empty(await AskAsync(store => store.FindDueAsync(Noon, 10, BusyPlaces.None, None)));
    }

    [Fact]
    public async Task Jobs_come_the_earliest_first_and_not_before_their_time()
    {
        await CommitAsync(store =>
        {
            store.Add(Job("late") with { DueAt = Noon.AddMinutes(2) });
            store.Add(Job("second") with { DueAt = Noon });
            store.Add(Job("first") with { DueAt = Noon.AddMinutes(-1) });
        });

        Assert.Equal(["first", "second"], (await AskAsync(store => store.FindDueAsync(Noon, 10, BusyPlaces.None, None))).Select(job => job.Id));
        Assert.Equal(["first"], (await AskAsync(store => store.FindDueAsync(Noon, 1, BusyPlaces.None, None))).Select(job => job.Id));
        Assert.Equal(Noon.AddMinutes(-1), await AskAsync(store => store.FindNextDueAsync(BusyPlaces.None, None)));
    }

    [Fact]
    public async Task Kinds_that_are_not_wanted_are_left_out()
    {
        await CommitAsync(store =>
        {
            store.Add(Job("slow") with { Kind = "slow", DueAt = Noon.AddMinutes(-3) });
            store.Add(Job("slower") with { Kind = "slower", DueAt = Noon.AddMinutes(-2) });
            store.Add(Job("quick") with { Kind = "quick", DueAt = Noon.AddMinutes(-1) });
        });

        Assert.Equal(["quick"], (await AskAsync(store => store.FindDueAsync(Noon, 1, Full("slow", "slower"), None))).Select(job => job.Id));
        Assert.Equal(Noon.AddMinutes(-2), await AskAsync(store => store.FindNextDueAsync(Full("slow"), None)));
        Assert.Null(await AskAsync(store => store.FindNextDueAsync(Full("slow", "slower", "quick"), None)));
    }

    [Fact]
    public async Task Addressees_that_have_their_share_of_the_places_are_left_out_however_many_of_their_jobs_are_due()
    {
        await CommitAsync(store =>
        {
            for (var i = 0; i < 20; i++)
                store.Add(Job($"slow-{i}") with { Addressee = "slow.example", DueAt = Noon.AddMinutes(-30 + i) });
            store.Add(Job("other") with { Addressee = "other.example", DueAt = Noon.AddMinutes(-3) });
            store.Add(Job("same-name") with { Kind = "mail", Addressee = "slow.example", DueAt = Noon.AddMinutes(-2) });
            store.Add(Job("nobody") with { DueAt = Noon.AddMinutes(-1) });
        });
        var busy = BusyPlaces.Of([("test", "slow.example"), ("test", "slow.example")], 4);

        Assert.Equal(["other", "same-name", "nobody"], (await AskAsync(store => store.FindDueAsync(Noon, 5, busy, None))).Select(job => job.Id));
        Assert.Equal(Noon.AddMinutes(-3), await AskAsync(store => store.FindNextDueAsync(busy, None)));
    }

    [Fact]
    public async Task A_unit_sees_what_it_has_collected()
    {
        await CommitAsync(store => store.Add(Job("stored")));
        await CommitAsync(store => store.Add(Job("claimed")));
        var (_, unit, scope) = await BeginAsync();
        await using var end = scope;

        unit.Add(Job("new") with { DueAt = Noon.AddMinutes(-1) });
        unit.Update(Job("claimed") with { Attempts = 1, DueAt = Noon.AddMinutes(5) }, 0);
        unit.Complete("stored", 0);

        Assert.Equal(["new"], (await unit.FindDueAsync(Noon, 10, BusyPlaces.None, None)).Select(job => job.Id));
        Assert.Equal(Noon.AddMinutes(-1), await unit.FindNextDueAsync(BusyPlaces.None, None));
        Assert.Equal(1, (await unit.FindAsync("claimed", None))!.Attempts);
        Assert.Null(await unit.FindAsync("stored", None));
    }

    [Fact]
    public async Task A_job_is_claimed_once()
    {
        await CommitAsync(store => store.Add(Job("j1")));
        await CommitAsync(store => store.Update(Job("j1") with { Attempts = 1, DueAt = Noon.AddMinutes(3) }, 0));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.Update(Job("j1") with { Attempts = 1 }, 0)));

        Assert.Equal(Noon.AddMinutes(3), (await AskAsync(store => store.FindAsync("j1", None)))!.DueAt);
    }

    [Fact]
    public async Task A_job_is_completed_once_and_by_its_owner_only()
    {
        await CommitAsync(store => store.Add(Job("j1") with { Attempts = 2 }));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.Complete("j1", 1)));
        Assert.NotNull(await AskAsync(store => store.FindAsync("j1", None)));
        await CommitAsync(store => store.Complete("j1", 2));
        Assert.Null(await AskAsync(store => store.FindAsync("j1", None)));
        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.Complete("j1", 2)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Completing_a_job_counts_even_if_the_burst_drops_it_too(bool dropsFirst)
    {
        await CommitAsync(store => store.Add(Job("j1") with { Attempts = 2 }));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store =>
        {
            if (dropsFirst)
                store.Drop("j1");
            store.Complete("j1", 1);
            if (!dropsFirst)
                store.Drop("j1");
        }));
    }

    [Fact]
    public async Task A_job_that_is_dropped_may_be_gone_already()
    {
        await CommitAsync(store => store.Add(Job("j1")));

        await CommitAsync(store => store.Drop("j1"));
        await CommitAsync(store => store.Drop("j1"));

        Assert.Null(await AskAsync(store => store.FindAsync("j1", None)));
    }

    [Fact]
    public async Task A_job_that_exists_is_not_added_again()
    {
        await CommitAsync(store => store.Add(Job("j1")));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => CommitAsync(store => store.Add(Job("j1"))));
    }

    private static BusyPlaces Full(params string[] kinds) => BusyPlaces.Of([.. kinds.Select(kind => (kind, (string?)null))], 1);

    private static OutsideJobRecord Job(string id) => new()
    {
        Id = id,
        InstanceId = "i1",
        Kind = "test",
        RequestJson = """{"to":"anna"}""",
        IdempotencyKey = "i1:a1",
        CreatedAt = Noon,
        DueAt = Noon,
    };

    private async Task CommitAsync(Action<IOutsideJobStore> work)
    {
        var (unit, store, scope) = await BeginAsync();
        await using var end = scope;
        work(store);
        await unit.CommitAsync(None);
    }

    private async Task<T> AskAsync<T>(Func<IOutsideJobStore, ValueTask<T>> question)
    {
        var (_, store, scope) = await BeginAsync();
        await using var end = scope;
        return await question(store);
    }
}
