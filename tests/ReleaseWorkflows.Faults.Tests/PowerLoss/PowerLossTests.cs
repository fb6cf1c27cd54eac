using ReleaseWorkflows.Faults.Tests.Processes;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.PowerLoss;

/// <summary>One at a time: the file system layer watches one folder.</summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whenever_the_power_goes_everything_confirmed_is_there_and_nothing_is_half_done()
    {
        var run = new PowerLossRun(Random.Shared.Next());

        await run.RunAsync(cuts: 250);

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count == 0, run.ToString());
    }

    [Theory]
    [InlineData(nameof(BrokenPromise.NoSync))]
    [InlineData(nameof(BrokenPromise.NoTransaction))]
    [InlineData(nameof(BrokenPromise.NoGuards))]
    [InlineData(nameof(BrokenPromise.NoBookmarks))]
    public async Task A_writer_that_breaks_a_promise_on_purpose_is_caught(string promise)
    {
        var run = new PowerLossRun(seed: 11, Enum.Parse<BrokenPromise>(promise));

        await run.RunAsync(cuts: 1_000);

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count > 0, $"Nothing was found. {run}");
    }
}
