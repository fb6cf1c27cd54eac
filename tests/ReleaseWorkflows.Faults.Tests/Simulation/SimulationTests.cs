using System.Globalization;
using ReleaseWorkflows.Faults.Tests.Processes;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.Simulation;

/// <summary>Stories, one after the other, each from a seed of its own.</summary>
/// <param name="seed">Of the first story; each further one has the next.</param>
/// <param name="broken">The promise that is broken, for a run that has to fail.</param>
/// <param name="stepsPerStory">What only the end of a story tells is told the sooner, the shorter it is.</param>
internal sealed class SimulationRun(int seed, BrokenPromise broken = BrokenPromise.None, int stepsPerStory = 20_000)
{
    public IReadOnlyList<string> Violations { get; private set; } = [];

    public long Steps { get; private set; }

    public int Deaths { get; private set; }

    public int Operations { get; private set; }

    public void Run(long steps, Action<string>? progress = null)
    {
        for (var story = 0; Steps < steps && Violations.Count == 0; story++)
        {
            using var world = new SimulatedWorld(unchecked(seed + story), broken);
            world.Run(Math.Min(stepsPerStory, steps - Steps));
            Steps += world.Steps;
            Deaths += world.Deaths;
            Operations += world.Operations;
            Violations = world.Violations;
            progress?.Invoke(ToString());
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {seed}: {Steps} steps, {Deaths} deaths, {Operations} operations, {Violations.Count} violations") + string.Concat(Violations.Take(10).Select(violation => "\n  VIOLATION " + violation));
}

public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whatever_comes_in_whatever_order_nothing_is_lost_and_nothing_happens_twice()
    {
        var run = new SimulationRun(Random.Shared.Next());

        await Task.Run(() => run.Run(6_000));

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count == 0, run.ToString());
    }

    [Theory]
    [InlineData(nameof(BrokenPromise.NoGuards))]
    [InlineData(nameof(BrokenPromise.NoIdempotency))]
    [InlineData(nameof(BrokenPromise.NoOutbox))]
    public async Task A_disk_that_breaks_a_promise_on_purpose_is_caught(string promise)
    {
        var run = new SimulationRun(seed: 5, Enum.Parse<BrokenPromise>(promise), stepsPerStory: 3_000);

        await Task.Run(() => run.Run(40_000));

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count > 0, $"Nothing was found. {run}");
    }
}
