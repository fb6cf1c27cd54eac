using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

public sealed class TriggerTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task An_event_starts_every_workflow_that_begins_with_it()
    {
        await _host.PublishAsync(Flow.Of("one", [OnEvent("e", "Ordered"), Flow.Step("a")], "e -> a"));
        await _host.PublishAsync(Flow.Of("two", [OnEvent("e", "Ordered"), Flow.Step("b")], "e -> b"));

        var outcome = await _host.PublishEventAsync("Ordered");

        Assert.Equal(["one", "two"], outcome.Started.Select(run => run.DefinitionId).Order());
        Assert.Equal(["a", "b"], _host.Trace.Lines.Order());
    }

    [Fact]
    public async Task What_the_event_brings_along_is_the_result_of_the_activity()
    {
        var trigger = OnEvent("e", "Ordered");
        trigger["result"] = Flow.Output("Order");
        await _host.PublishAsync(Flow.Of(
            "f", [trigger, Flow.Activity("a", "Test.Step", ("text", Flow.Script("variables.Order.Number")))], [Flow.Variable("Order", "Object")], ["e -> a"]));

        await _host.PublishEventAsync("Ordered", new { Number = "A-17" });

        Assert.Equal(["A-17"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Only_the_published_version_has_triggers()
    {
        await _host.PublishAsync(Flow.Of("f", [OnEvent("e", "Old"), Flow.Step("a")], "e -> a"));
        await _host.PublishAsync(Flow.Of("f", [OnEvent("e", "New"), Flow.Step("b")], "e -> b"));

        Assert.True((await _host.PublishEventAsync("Old")).IsUnheard);
        Assert.Single((await _host.PublishEventAsync("New")).Started);
    }

    [Fact]
    public async Task The_activity_that_was_triggered_is_where_the_flowchart_begins()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [OnEvent("x", "X"), Flow.Step("a"), OnEvent("y", "Y"), Flow.Step("b")], "x -> a", "y -> b"));

        await _host.PublishEventAsync("Y");

        Assert.Equal(["b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task An_event_in_the_middle_waits_and_one_in_a_loop_waits_every_time()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [OnEvent("e", "Go"), Flow.Activity("r", "Test.Repeat"), Flow.Step("end")],
            "e -> r", "r.Again -> e", "r.Done -> end"));

        var started = (await _host.PublishEventAsync("Go")).Started.Single();
        Assert.Equal("Suspended", started.SubStatus.ToString());
        await _host.RunAsync(engine => engine.SignalAsync(
            new Stimulus { Name = "Elsa.Event", Payload = new Elsa.Workflows.Runtime.Stimuli.EventStimulus("Go"), InstanceId = started.InstanceId }));

        Assert.Equal(["r 1", "r 2"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_workflow_hears_an_event_that_another_one_publishes_in_the_same_unit_of_work()
    {
        await _host.PublishAsync(Flow.Of("listener", [OnEvent("e", "Ping"), Flow.Step("heard")], "e -> heard"));
        await _host.PublishAsync(Flow.Of("speaker", [Flow.Activity("p", "Elsa.PublishEvent", ("eventName", Flow.Literal("Ping"))), Flow.Step("after")], "p -> after"));
        var commits = _host.Database.Commits;

        await _host.StartAsync("speaker");

        Assert.Equal(["heard", "after"], _host.Trace.Lines);
        Assert.Equal(commits + 1, _host.Database.Commits);
    }

    [Fact]
    public async Task A_workflow_can_wake_a_branch_of_its_own()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), WaitForEvent("e", "Ping"), Flow.Activity("p", "Elsa.PublishEvent", ("eventName", Flow.Literal("Ping")), ("isLocalEvent", Flow.Literal(true))),
                Flow.Step("heard"), Flow.Step("after")],
            "s -> e", "s -> p", "e -> heard", "p -> after"));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["s", "after", "heard"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Workflows_that_wake_each_other_for_ever_are_stopped()
    {
        await _host.PublishAsync(Flow.Of("f", [OnEvent("e", "Ping"), Flow.Activity("p", "Elsa.PublishEvent", ("eventName", Flow.Literal("Ping")))], "e -> p"));

        await _host.PublishEventAsync("Ping");

        var incident = _host.Database.Committed.Instances.Values.Where(instance => instance.SubStatus == "Faulted");
        Assert.Single(incident);
    }

    [Fact]
    public async Task A_trigger_that_cannot_be_read_refuses_the_definition()
    {
        var trigger = OnEvent("e", "x");
        trigger["eventName"] = Flow.Script("nobody.knows");

        var publication = await _host.Definitions.PublishAsync(Flow.Of("f", [trigger]));

        Assert.Null(publication.Definition);
        var finding = Assert.Single(publication.Findings);
        Assert.Equal((FindingSeverity.Error, "e"), (finding.Severity, finding.Node));
    }

    private static JsonObject OnEvent(string id, string name)
    {
        var activity = WaitForEvent(id, name);
        activity["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        return activity;
    }

    private static JsonObject WaitForEvent(string id, string name) => Flow.Activity(id, "Elsa.Event", ("eventName", Flow.Literal(name)));
}
