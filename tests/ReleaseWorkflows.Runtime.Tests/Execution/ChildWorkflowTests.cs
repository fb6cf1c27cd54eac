using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class ChildWorkflowTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_child_that_ends_at_once_answers_at_once_in_one_commit()
    {
        await PublishChildAsync(Flow.Activity("work", "Elsa.SetOutput", ("outputName", Flow.Literal("Answer")), ("outputValue", Flow.Script("getInput('Question') * 2"))));
        await PublishParentAsync("Elsa.ExecuteWorkflow", "variables.Result.Output.Answer");
        var commits = _host.Database.Commits;

        var run = await _host.StartAsync("parent");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["42"], _host.Trace.Lines);
        Assert.Equal(commits + 1, _host.Database.Commits);
        Assert.Equal(run.InstanceId, _host.Database.Committed.Instances.Values.Single(instance => instance.DefinitionId == "child").ParentInstanceId);
    }

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow", "variables.Result.Output.Answer")]
    [InlineData("Elsa.DispatchWorkflow", "variables.Result.Answer")]
    public async Task A_parent_waits_for_a_child_and_goes_on_in_the_commit_that_ends_it(string type, string script)
    {
        await PublishChildAsync(
            Flow.Wait("w"),
            Flow.Activity("work", "Elsa.SetOutput", ("outputName", Flow.Literal("Answer")), ("outputValue", Flow.Literal("done"))));
        await PublishParentAsync(type, script);
        var parent = await _host.StartAsync("parent");
        Assert.Equal("Suspended", parent.SubStatus.ToString());
        var commits = _host.Database.Commits;

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["w resumed", "done"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(parent.InstanceId).SubStatus);
        Assert.Equal(commits + 1, _host.Database.Commits);
    }

    [Fact]
    public async Task Cancelling_a_parent_cancels_its_children()
    {
        await PublishChildAsync(Flow.Wait("w"));
        await PublishParentAsync("Elsa.DispatchWorkflow", "'never'");
        var parent = await _host.StartAsync("parent");

        await _host.RunAsync(engine => engine.CancelAsync(parent.InstanceId));

        Assert.All(_host.Database.Committed.Instances.Values, instance => Assert.Equal("Cancelled", instance.SubStatus));
        Assert.Empty(_host.Database.Committed.Bookmarks);
    }

    [Fact]
    public async Task A_child_that_is_cancelled_lets_its_parent_go_on()
    {
        await PublishChildAsync(Flow.Wait("w"));
        await PublishParentAsync("Elsa.ExecuteWorkflow", "'child is ' + variables.Result.SubStatus");
        var parent = await _host.StartAsync("parent");
        var child = _host.Database.Committed.Instances.Values.Single(instance => instance.ParentInstanceId == parent.InstanceId);

        await _host.RunAsync(engine => engine.CancelAsync(child.Id));

        Assert.Equal("Finished", _host.Instance(parent.InstanceId).SubStatus);
        Assert.StartsWith("child is ", _host.Trace.Lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_that_does_not_exist_is_an_incident()
    {
        await PublishParentAsync("Elsa.ExecuteWorkflow", "''");

        var run = await _host.StartAsync("parent");

        Assert.Equal("There is no published version of the workflow definition 'child'.", run.Incidents.Single().Message);
    }

    [Fact]
    public async Task A_workflow_that_starts_itself_for_ever_is_stopped()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("again", "Elsa.DispatchWorkflow", ("workflowDefinitionId", Flow.Literal("f")))]));

        await _host.StartAsync("f");

        Assert.Single(_host.Database.Committed.Instances.Values, instance => instance.SubStatus == "Faulted");
    }

    private async Task PublishChildAsync(params JsonObject[] activities)
    {
        var connections = activities.Zip(activities.Skip(1), (from, to) => $"{from["id"]} -> {to["id"]}").ToArray();
        await _host.PublishAsync(Flow.Of(
            "child",
            activities,
            [],
            connections,
            definition => definition["outputs"] = new JsonArray(new JsonObject { ["name"] = "Answer", ["type"] = "Object" })));
    }

    private async Task PublishParentAsync(string type, string script) => await _host.PublishAsync(Flow.Of(
        "parent",
        [
            Flow.Activity(
                "run",
                type,
                ("workflowDefinitionId", Flow.Literal("child")),
                ("input", Flow.Script("({ Question: 21 })")),
                ("waitForCompletion", Flow.Literal(true)),
                ("result", Flow.Output("Result"))),
            Flow.Activity("show", "Test.Step", ("text", Flow.Script($"String({script})"))),
        ],
        [Flow.Variable("Result", "Object")],
        ["run -> show"]));
}
