using System.Globalization;
using System.Text.Json.Nodes;
using Elsa.Workflows.Activities.Flowchart.Models;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>
/// What holds for every flowchart, however it is drawn and in whatever order its waits end: it waits for something or has ended, it never acts
/// twice on one bookmark, and of two bookmarks that are resumed at once both act.
/// </summary>
public sealed class RandomFlowTests
{
    private const int FlowsPerRow = 25;

    public static TheoryData<FlowchartExecutionMode, int> Rows
    {
        get
        {
            var rows = new TheoryData<FlowchartExecutionMode, int>();
            foreach (var mode in new[] { FlowchartExecutionMode.CounterBased, FlowchartExecutionMode.TokenBased })
            {
                for (var first = 0; first < 10; first++)
                    rows.Add(mode, first * FlowsPerRow);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Every_flowchart_comes_to_its_end_whatever_happens_at_once(FlowchartExecutionMode mode, int firstSeed)
    {
        using var host = new EngineHost(options => options.FlowchartMode = mode);
        for (var seed = firstSeed; seed < firstSeed + FlowsPerRow; seed++)
        {
            try
            {
                await RunAsync(host, seed);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}: {exception.Message}"), exception);
            }
        }
    }

    private static async Task RunAsync(EngineHost host, int seed)
    {
        var random = new Random(seed);
        var definitionId = string.Create(CultureInfo.InvariantCulture, $"f{seed}");
        await host.PublishAsync(new RandomFlow(seed).Write(definitionId));
        var id = (await host.StartAsync(definitionId)).InstanceId;
        var resumptions = 0;

        for (var step = 0; ; step++)
        {
            Assert.True(step < 300, "It does not come to an end.");
            var waiting = host.Bookmarks(id).ToList();
            CheckStanding(host, id, waiting);
            if (waiting.Count == 0)
                break;

            resumptions += await ResumeAsync(host, id, waiting, random);
        }

        // A bookmark acts once: what was resumed is what the callers were told.
        Assert.Equal(resumptions, host.Journal(id).Count(line => line.EndsWith(" Resumed", StringComparison.Ordinal)));
    }

    private static async Task<int> ResumeAsync(EngineHost host, string id, List<BookmarkRecord> waiting, Random random)
    {
        var first = waiting[random.Next(waiting.Count)];
        var outcome = random.Next(3) == 0 ? "A" : "Done";
        switch (random.Next(3))
        {
            case 0:
                return await TryAsync(host, id, first, outcome) ? 1 : throw new InvalidOperationException("A bookmark that has a row did not act.");

            case 1:
                // The same bookmark, while the first unit of work is about to commit.
                var (one, other) = await AtOnceAsync(host, () => TryAsync(host, id, first, outcome), () => TryAsync(host, id, first, outcome));
                Assert.True(other, "The faster one has to act.");
                Assert.False(one, "The slower one must not act.");
                return 1;

            default:
                // Another bookmark, at the same time. The slower one acts too, unless what the faster one did has ended its branch.
                var second = waiting[random.Next(waiting.Count)];
                var (slower, faster) = await AtOnceAsync(host, () => TryAsync(host, id, first, outcome), () => TryAsync(host, id, second, outcome));
                Assert.True(faster, "The faster one has to act.");
                if (!slower)
                    Assert.True(first == second || WasEnded(host, first), "The slower one was lost.");
                return slower ? 2 : 1;
        }
    }

    private static async Task<bool> TryAsync(EngineHost host, string id, BookmarkRecord bookmark, string outcome) =>
        await host.RunAsync(engine => engine.ResumeAsync(id, bookmark.Id, new Dictionary<string, object?> { ["Outcome"] = outcome })) is not null;

    // The second one runs and commits when the first one is about to commit.
    private static async Task<(bool First, bool Second)> AtOnceAsync(EngineHost host, Func<Task<bool>> first, Func<Task<bool>> second)
    {
        var faster = false;
        host.Database.BeforeCommit = () =>
        {
            host.Database.BeforeCommit = null;
            faster = Task.Run(second).GetAwaiter().GetResult();
        };
        return (await first(), faster);
    }

    private static bool WasEnded(EngineHost host, BookmarkRecord bookmark) =>
        host.Database.Committed.Executions[bookmark.ActivityInstanceId].Status is "Canceled" or "Completed";

    private static void CheckStanding(EngineHost host, string id, List<BookmarkRecord> waiting)
    {
        var instance = host.Instance(id);

        // A circle that can be entered in its middle has no meaning; it is the only thing that may fail.
        if (instance.IncidentCount > 0)
        {
            var incidents = JsonNode.Parse(instance.State.Span)!["incidents"]!.AsArray().Select(incident => (string)incident!["message"]!);
            Assert.True(
                incidents.All(message => message.StartsWith("Invalid backward connection", StringComparison.Ordinal)),
                string.Join(Environment.NewLine, [.. incidents, .. host.Journal(id)]));
            Assert.Equal("Faulted", instance.SubStatus);
            Assert.Empty(waiting);
            return;
        }

        Assert.Equal(waiting.Count > 0 ? "Suspended" : "Finished", instance.SubStatus);
        var executions = host.Database.Committed.Executions.Values.Where(execution => execution.InstanceId == id).ToList();
        if (waiting.Count == 0)
            Assert.All(executions, execution => Assert.Contains(execution.Status, new[] { "Completed", "Canceled" }));
        Assert.All(waiting, bookmark => Assert.Equal("Running", host.Database.Committed.Executions[bookmark.ActivityInstanceId].Status));
    }
}
