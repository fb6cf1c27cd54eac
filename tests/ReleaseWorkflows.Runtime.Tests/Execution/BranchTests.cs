using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class BranchTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Fork_waits_for_all_its_branches()
    {
        var run = await RunAsync(Fork("WaitAll", Flow.Wait("a"), Flow.Wait("b")), Flow.Step("after"));

        await SignalAsync("b");
        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        await SignalAsync("a");

        Assert.Equal(["b resumed", "a resumed", "after"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task Fork_with_WaitAny_cancels_the_branches_that_are_slower()
    {
        var run = await RunAsync(Fork("WaitAny", Flow.Wait("a"), Flow.Wait("b")), Flow.Step("after"));

        await SignalAsync("b");

        Assert.Equal(["b resumed", "after"], _host.Trace.Lines);
        Assert.Contains("a Canceled", _host.Journal(run.InstanceId));
        Assert.Empty(_host.Bookmarks(run.InstanceId));
    }

    [Theory]
    [InlineData("Elsa.Fork", "branches")]
    [InlineData("Elsa.Parallel", "activities")]
    public async Task Without_branches_there_is_nothing_to_wait_for(string type, string member)
    {
        var run = await RunAsync(Flow.Activity("empty", type, (member, new JsonArray())), Flow.Step("after"));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Parallel_runs_all_and_waits_for_all()
    {
        var run = await RunAsync(
            Flow.Activity("p", "Elsa.Parallel", ("activities", new JsonArray(Flow.Step("s"), Flow.Wait("a"), Flow.Wait("b")))), Flow.Step("after"));

        await SignalAsync("a");
        await SignalAsync("b");

        Assert.Equal(["s", "a resumed", "b resumed", "after"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task Break_in_a_branch_ends_the_fork_and_the_loop_around_it()
    {
        var run = await RunAsync(
            Flow.Activity(
                "loop", "Elsa.While", ("condition", Flow.Literal(true)), ("body", Fork("WaitAll", Flow.Wait("a"), Flow.Activity("b", "Elsa.Break")))),
            Flow.Step("after"));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task FlowNode_runs_what_is_inside_and_goes_on()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("n", "Elsa.FlowNode", ("body", Flow.Step("inside"))), Flow.Step("after")], "n -> after"));

        await _host.StartAsync("f");

        Assert.Equal(["inside", "after"], _host.Trace.Lines);
    }

    private static JsonObject Fork(string mode, params JsonObject[] branches) =>
        Flow.Activity("fork", "Elsa.Fork", ("joinMode", mode), ("branches", new JsonArray([.. branches])));

    private Task<StimulusOutcome> SignalAsync(string name) => _host.SignalAsync("Test.Wait", new WaitStimulus(name));

    private async Task<WorkflowRun> RunAsync(params JsonObject[] activities)
    {
        var definition = new JsonObject
        {
            ["definitionId"] = "d",
            ["root"] = Flow.Activity("root", "Elsa.Sequence", ("activities", new JsonArray([.. activities]))),
        };
        await _host.PublishAsync(definition.ToJsonString());
        return await _host.StartAsync("d");
    }
}
