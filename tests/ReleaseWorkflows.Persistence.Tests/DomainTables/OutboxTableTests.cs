using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Runtime.Storage;
using static ReleaseWorkflows.Persistence.Tests.DomainTables.DomainSamples;

namespace ReleaseWorkflows.Persistence.Tests.DomainTables;

public sealed class OutboxTableTests
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task Asking_twice_for_the_same_effect_asks_once()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("build:1", payload: "first")));
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("build:1", payload: "second")));

        var due = await Due(database, Noon);

        Assert.Equal("first", Assert.Single(due).PayloadJson);
    }

    [Fact]
    public async Task A_message_done_is_not_asked_for_again()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("build:1")));
        await database.CommitAsync<IOutbox>(outbox => outbox.Update(Message("build:1") with { CompletedAt = Noon }));
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("build:1")));

        Assert.Empty(await Due(database, Noon));
    }

    [Fact]
    public async Task Of_two_workers_that_complete_the_same_message_one_stores_what_came_of_it()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("build:1")));
        await database.CommitAsync<IOutbox>(outbox => outbox.Update(Message("build:1") with { CompletedAt = Noon }));

        await Assert.ThrowsAsync<ConcurrencyConflictException>(
            () => database.CommitAsync<IOutbox>(outbox => outbox.Update(Message("build:1") with { CompletedAt = Noon })));
    }

    [Fact]
    public async Task Due_messages_come_oldest_first_and_failed_ones_when_it_is_their_time()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox =>
        {
            outbox.Add(Message("late") with { DueAt = Noon.AddMinutes(2) });
            outbox.Add(Message("b") with { DueAt = Noon.AddMinutes(1) });
            outbox.Add(Message("a") with { DueAt = Noon });
            outbox.Add(Message("dead") with { DeadAt = Noon });
        });

        Assert.Equal(["a", "b"], (await Due(database, Noon.AddMinutes(1))).Select(message => message.Key));
        Assert.Equal(["a"], (await Due(database, Noon.AddMinutes(1), limit: 1)).Select(message => message.Key));
        Assert.Equal(Noon.AddMinutes(1), await NextDue(database, Noon));
        Assert.Equal(Noon.AddMinutes(2), await NextDue(database, Noon.AddMinutes(1)));
        Assert.Null(await NextDue(database, Noon.AddMinutes(2)));

        await database.CommitAsync<IOutbox>(outbox => outbox.Update(Message("a") with { Attempts = 1, LastError = "refused", DueAt = Noon.AddMinutes(5) }));

        Assert.Equal(["b", "late", "a"], (await Due(database, Noon.AddHours(1))).Select(message => message.Key));
        Assert.Equal("refused", (await Due(database, Noon.AddHours(1)))[2].LastError);
    }

    [Fact]
    public async Task Each_kind_of_work_is_asked_for_by_itself()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox =>
        {
            outbox.Add(Message("mail") with { Kind = OutboxKinds.Email });
            outbox.Add(Message("build"));
        });

        Assert.Equal(["build"], (await Due(database, Noon, limit: 1)).Select(message => message.Key));
    }

    [Fact]
    public async Task A_unit_sees_what_it_added_and_changed()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("stored")));
        await using var scope = database.Begin();
        var unit = scope.ServiceProvider.GetRequiredService<IOutbox>();
        unit.Add(Message("added"));
        unit.Add(Message("stored", payload: "again"));
        unit.Update(Message("stored") with { CompletedAt = Noon });

        Assert.Equal(["added"], (await unit.FindDueAsync(OutboxKinds.PackageBuild, Noon, 10, None)).Select(message => message.Key));
        Assert.Equal(["stored", "added"], (await unit.ListAsync("release1", None)).Select(message => message.Key));
    }

    [Fact]
    public async Task A_committed_message_wakes_the_loop()
    {
        await using var database = await TestDatabase.OpenAsync();
        var woken = database.Services.GetRequiredService<OutboxSignal>().WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, None);
        Assert.False(woken.IsCompleted);

        await database.CommitAsync<IOutbox>(outbox => outbox.Add(Message("build:1")));

        await woken.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static OutboxMessage Message(string key, string payload = "{}") => new(key, OutboxKinds.PackageBuild, "release1", payload, Noon);

    private static Task<IReadOnlyList<OutboxMessage>> Due(TestDatabase database, DateTimeOffset now, int limit = 10) =>
        database.AskAsync<IOutbox, IReadOnlyList<OutboxMessage>>(outbox => outbox.FindDueAsync(OutboxKinds.PackageBuild, now, limit, None));

    private static Task<DateTimeOffset?> NextDue(TestDatabase database, DateTimeOffset now) =>
        database.AskAsync<IOutbox, DateTimeOffset?>(outbox => outbox.FindNextDueAsync(now, None));
}
