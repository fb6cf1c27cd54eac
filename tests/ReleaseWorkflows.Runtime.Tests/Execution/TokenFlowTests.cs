using System.Text.Json.Nodes;
using Elsa.Workflows.Activities.Flowchart.Models;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>Flowcharts in the token-based mode.</summary>
public sealed class TokenFlowTests : IDisposable
{
    private readonly EngineHost _host = new(options => options.FlowchartMode = FlowchartExecutionMode.TokenBased);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Steps_follow_each_other_and_a_loop_goes_round() =>
        await ExpectAsync(
            "a,loop 1,b,loop 2,b,loop 3,c",
            [Flow.Step("a"), Flow.Activity("loop", "Test.Repeat"), Flow.Step("b"), Flow.Step("c")],
            "a -> loop", "loop.Again -> b", "b -> loop", "loop -> c");

    [Fact]
    public async Task Stream_waits_while_a_branch_before_it_runs() =>
        await ExpectAsync("a,b,c,d", [Flow.Step("a"), Flow.Step("b"), Flow.Step("c"), Flow.Step("d")], "a -> b", "a -> c", "b -> d", "c -> d");

    [Fact]
    public async Task Merge_waits_for_all_branches() =>
        await ExpectAsync(
            "a,b,c,e,d",
            [Flow.Step("a"), Flow.Step("b"), Flow.Step("c"), Flow.Step("e"), Merging(Flow.Step("d"), "Merge")],
            "a -> b", "a -> c", "b -> d", "c -> e", "e -> d");

    [Fact]
    public async Task Cascade_runs_once_for_each_branch() =>
        await ExpectAsync(
            "a,b,c,d,d",
            [Flow.Step("a"), Flow.Step("b"), Flow.Step("c"), Merging(Flow.Step("d"), "Cascade")],
            "a -> b", "a -> c", "b -> d", "c -> d");

    [Theory]
    [InlineData("Merge")]
    [InlineData("Converge")]
    [InlineData("Stream")]
    public async Task A_branch_that_is_not_taken_does_not_leave_the_workflow_stuck(string mode) =>
        await ExpectAsync(
            "a,b,d",
            [Flow.Step("a"), Flow.Step("b"), Flow.Choose("choose", "No"), Flow.Step("c"), Merging(Flow.Step("d"), mode)],
            "a -> b", "a -> choose", "choose.Yes -> c", "b -> d", "c -> d");

    [Theory]
    [InlineData("WaitAny", "b resumed,after")]
    [InlineData("WaitAll", "b resumed,a resumed,after")]
    public async Task A_join_races_or_merges(string mode, string expected)
    {
        await PublishAsync(
            [Flow.Step("s"), Flow.Wait("a"), Flow.Wait("b"), Flow.Join("j", mode), Flow.Step("after")], "s -> a", "s -> b", "a -> j", "b -> j", "j -> after");
        var run = await _host.StartAsync("f");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("b"));
        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"));

        Assert.Equal($"s,{expected}".Split(','), _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task An_instance_keeps_the_mode_its_property_names()
    {
        await PublishAsync(
            [Flow.Step("a"), Flow.Step("b"), Flow.Step("c"), Merging(Flow.Step("d"), "Cascade")], "a -> b", "a -> c", "b -> d", "c -> d");

        await _host.RunAsync(engine => engine.StartAsync(new StartWorkflow
        {
            DefinitionId = "f",
            Properties = new Dictionary<string, object?> { ["Flowchart:ExecutionMode"] = "CounterBased" },
        }));

        Assert.Equal(["a", "b", "c", "d"], _host.Trace.Lines);
    }

    private async Task ExpectAsync(string expected, JsonObject[] activities, params string[] connections)
    {
        await PublishAsync(activities, connections);

        var run = await _host.StartAsync("f");

        Assert.Equal(expected.Split(','), _host.Trace.Lines);
        Assert.Equal("Finished", run.SubStatus.ToString());
    }

    private Task<Runtime.Storage.WorkflowDefinitionRecord> PublishAsync(JsonObject[] activities, params string[] connections) => _host.PublishAsync(Flow.Of("f", activities, connections));

    private static JsonObject Merging(JsonObject activity, string mode)
    {
        activity["customProperties"] = new JsonObject { ["mergeMode"] = mode };
        return activity;
    }
}
