using ReleaseWorkflows.Faults.Tests.Processes;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.Kills;

/// <summary>The promises that the kills have to notice when they are broken.</summary>
internal static class BrokenServers
{
    public static IReadOnlyList<BrokenPromise> CaughtAtOnce { get; } = [BrokenPromise.NoLog];

    public static IReadOnlyList<BrokenPromise> CaughtByKills { get; } =
    [
        BrokenPromise.NoTransaction, BrokenPromise.NoGuards, BrokenPromise.NoUniqueness, BrokenPromise.NoIdempotency,
        BrokenPromise.NoOutbox, BrokenPromise.NoBookmarks, BrokenPromise.NoLog,
    ];
}

public sealed class KillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_server_that_dies_again_and_again_loses_nothing_confirmed_and_does_nothing_twice()
    {
        var run = new KillRun(Random.Shared.Next());

        await run.RunAsync(deaths: 6);

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count == 0, run.ToString());
    }

    // The long form has them all; the others are caught here by the simulation and by the cuts, which take less time.
    public static TheoryData<string> Broken => [.. BrokenServers.CaughtAtOnce.Select(promise => promise.ToString())];

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_server_that_breaks_a_promise_on_purpose_is_caught(string promise)
    {
        var run = new KillRun(seed: 7, Enum.Parse<BrokenPromise>(promise));

        await run.RunAsync(deaths: 20);

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count > 0, $"Nothing was found. {run}");
    }
}
