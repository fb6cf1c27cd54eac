using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Persistence.Idempotency;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.Maintenance;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Noon = Samples.Noon;

    [Fact]
    public async Task Answers_older_than_the_limit_go_in_pieces_and_younger_ones_stay()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IIdempotencyStore>(store =>
        {
            for (var i = 0; i < 10; i++)
                store.Add(new IdempotencyRecord("a", $"k{i}", "h", 200, null, "{}", Array.Empty<byte>(), Noon.AddDays(i)));
        });

        var removed = new List<int>();
        while (await RunAsync(database, retention => retention.RemoveAnswers(Noon.AddDays(7), 3)) is > 0 and var count)
            removed.Add(count);

        Assert.Equal([3, 3, 1], removed);
        Assert.Equal(3, database.Count("SELECT count(*) FROM idempotency_records WHERE request_key IN ('k7', 'k8', 'k9')"));
        Assert.Equal(3, database.Count("SELECT count(*) FROM idempotency_records"));
    }

    [Fact]
    public async Task Messages_that_are_done_or_given_up_go_and_what_is_still_to_be_done_never_does()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync<IOutbox>(outbox =>
        {
            for (var i = 0; i < 9; i++)
            {
                outbox.Add(new OutboxMessage($"m{i}", OutboxKinds.Email, null, "{}", Noon.AddMinutes(i))
                {
                    CompletedAt = i % 3 == 0 ? Noon.AddMinutes(i) : null,
                    DeadAt = i % 3 == 1 ? Noon.AddMinutes(i) : null,
                });
            }
            outbox.Add(new OutboxMessage("late", OutboxKinds.Email, null, "{}", Noon) { CompletedAt = Noon.AddDays(2) });
            outbox.Add(new OutboxMessage("young", OutboxKinds.Email, null, "{}", Noon.AddDays(2)) { CompletedAt = Noon.AddDays(2) });
        });

        for (long? position = 0; position is not null;)
        {
            var from = position.Value;
            position = await RunAsync(database, retention => retention.RemoveMessages(from, Noon.AddDays(1), 2));
        }

        Assert.Equal(5, database.Count("SELECT count(*) FROM outbox WHERE message_key IN ('m2', 'm5', 'm8', 'late', 'young')"));
        Assert.Equal(5, database.Count("SELECT count(*) FROM outbox"));
    }

    private static Task<T> RunAsync<T>(TestDatabase database, Func<IRetention, T> remove) => database.Runner.RunAsync(
        (services, _) => Task.FromResult(UnitOfWorkResult.Commit(remove(services.GetRequiredService<IRetention>()))), CancellationToken.None);
}
