using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.RuntimeTables;

/// <summary>Journals of ended instances go when their time is over, in commits of a bounded size; the instances stay.</summary>
public sealed class JournalRetentionTests
{
    [Fact]
    public async Task Only_what_ended_before_goes_a_bounded_number_of_rows_at_a_time()
    {
        await using var database = await TestDatabase.OpenAsync();
        await AddAsync(database, "old", Samples.Noon, bursts: 5);
        await AddAsync(database, "same-time", Samples.Noon, bursts: 1);
        await AddAsync(database, "later", Samples.Noon.AddDays(1), bursts: 2);
        await AddAsync(database, "new", Samples.Noon.AddDays(9), bursts: 2);
        await AddAsync(database, "running", null, bursts: 2);
        var removed = new List<int>();
        var from = DateTimeOffset.UnixEpoch;
        while (true)
        {
            var removal = await database.Runner.RunAsync(
                async (services, token) => UnitOfWorkResult.Commit(
                    await services.GetRequiredService<IJournalRemover>().CollectAsync(Samples.Noon.AddDays(5), from, 3, token)),
                CancellationToken.None);
            removed.Add(removal.Count);
            if (removal.Count == 0)
                break;
            from = removal.EndedFrom;
        }

        Assert.Equal([3, 3, 2, 0], removed);
        var reader = database.Services.GetRequiredService<IInstanceReader>();
        Assert.Equal(0, (await reader.ReadJournalAsync("old", new JournalQuery(), CancellationToken.None)).TotalCount);
        Assert.Equal(2, (await reader.ReadJournalAsync("new", new JournalQuery(), CancellationToken.None)).TotalCount);
        Assert.Equal(2, (await reader.ReadJournalAsync("running", new JournalQuery(), CancellationToken.None)).TotalCount);
        Assert.NotNull(await reader.FindAsync("old", CancellationToken.None));
    }

    private static async Task AddAsync(TestDatabase database, string id, DateTimeOffset? finishedAt, int bursts)
    {
        var instance = Samples.Instance(id);
        await database.CommitAsync(store => store.SaveInstance(finishedAt is null ? instance : instance with { Status = "Finished", SubStatus = "Finished", FinishedAt = finishedAt }));
        for (var i = 0; i < bursts; i++)
            await database.CommitAsync(store => store.AppendJournal([Samples.Line(id, i)]));
    }
}
