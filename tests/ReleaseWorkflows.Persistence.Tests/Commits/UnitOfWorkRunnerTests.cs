using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.Commits;

public sealed class UnitOfWorkRunnerTests
{
    [Fact]
    public async Task Work_that_lost_a_race_runs_again_on_fresh_rows()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        var versionsSeen = new List<int>();

        await database.Runner.RunAsync(async (services, cancellationToken) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var instance = (await store.FindInstanceAsync("a", cancellationToken))!;
            versionsSeen.Add(instance.Version);
            if (versionsSeen.Count == 1)
                await database.CommitAsync(other => other.SaveInstance(instance with { SubStatus = "Executing" }));
            store.SaveInstance(instance with { Name = "mine" });
            return UnitOfWorkResult.Commit(true);
        }, CancellationToken.None);

        Assert.Equal([1, 2], versionsSeen);
        var stored = (await database.AskAsync(store => store.FindInstanceAsync("a", CancellationToken.None)))!;
        Assert.Equal(("mine", "Executing", 3), (stored.Name, stored.SubStatus, stored.Version));
    }

    [Fact]
    public async Task Each_attempt_has_a_scope_of_its_own()
    {
        await using var database = await TestDatabase.OpenAsync();
        var units = new List<IUnitOfWork>();

        await Assert.ThrowsAsync<ConcurrencyConflictException>(() => database.Runner.RunAsync((services, _) =>
        {
            units.Add(services.GetRequiredService<IUnitOfWork>());
            services.GetRequiredService<IWorkflowStore>().RemoveTimer("not there");
            return Task.FromResult(UnitOfWorkResult.Commit(true));
        }, CancellationToken.None));

        Assert.Equal(5, units.Distinct().Count());
    }

    [Fact]
    public async Task Discarded_work_answers_and_leaves_no_trace()
    {
        await using var database = await TestDatabase.OpenAsync();

        var answer = await database.Runner.RunAsync((services, _) =>
        {
            services.GetRequiredService<IWorkflowStore>().SaveInstance(Samples.Instance("a"));
            return Task.FromResult(UnitOfWorkResult.Discard("refused"));
        }, CancellationToken.None);

        Assert.Equal("refused", answer);
        Assert.Equal(0, database.Count("SELECT count(*) FROM workflow_instances"));
    }
}
