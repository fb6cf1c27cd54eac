using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class BulkDispatchTests : IDisposable
{
    private readonly FailSwitch _switch = new() { IsOff = true };
    private readonly EngineHost _host;

    public BulkDispatchTests() => _host = new EngineHost(more: services => services.AddSingleton(_switch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Each_item_starts_an_instance_and_the_parent_waits_for_all()
    {
        await PublishAsync([Flow.Activity("w", "Test.Wait", ("for", Flow.Script("getInput('Item')")))], """["a","b"]""");
        var parent = await _host.StartAsync("parent");
        Assert.Equal(2, Children(parent).Count);

        await _host.SignalAsync("Test.Wait", new WaitStimulus("b"));
        Assert.Equal("Suspended", _host.Instance(parent.InstanceId).SubStatus);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"));

        Assert.Equal("Finished", _host.Instance(parent.InstanceId).SubStatus);
        Assert.Equal(["w resumed", "child ended", "w resumed", "child ended", "after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Instances_that_end_at_once_are_all_counted_in_one_commit()
    {
        await PublishAsync([Flow.Activity("s", "Test.Step", ("text", Flow.Script("getInput('Item')")))], """["a","b","c"]""");
        var commits = _host.Database.Commits;

        var parent = await _host.StartAsync("parent");

        Assert.Equal("Finished", parent.SubStatus.ToString());
        Assert.Equal(["a", "b", "c", "child ended", "child ended", "child ended", "after"], _host.Trace.Lines);
        Assert.Equal(commits + 1, _host.Database.Commits);
    }

    [Fact]
    public async Task An_item_that_is_an_object_becomes_the_inputs()
    {
        await PublishAsync(
            [Flow.Activity("s", "Test.Step", ("text", Flow.Script("getInput('Name') + getInput('Shared')")))],
            """[{"Name":"x"}]""",
            ("input", Flow.Expression("Object", """{"Shared":"!"}""")));

        await _host.StartAsync("parent");

        Assert.Equal("x!", _host.Trace.Lines[0]);
    }

    [Fact]
    public async Task The_correlation_id_is_computed_from_the_item()
    {
        await PublishAsync([Flow.Wait("w")], """["a","b"]""", ("correlationIdFunction", Flow.Script("'order-' + args.item")));

        var parent = await _host.StartAsync("parent");

        Assert.Equal(["order-a", "order-b"], Children(parent).Select(child => child.CorrelationId).Order());
    }

    [Fact]
    public async Task An_instance_that_faults_runs_the_other_port()
    {
        _switch.IsOff = false;
        await PublishAsync([Flow.Activity("f", "Test.Fail")], "[1]");

        var parent = await _host.StartAsync("parent");

        Assert.Equal(["child failed", "after"], _host.Trace.Lines);
        Assert.Equal("Finished", parent.SubStatus.ToString());
    }

    [Theory]
    [InlineData(2, "Canceled")]
    [InlineData(1, "Completed")]
    public async Task When_all_instances_are_canceled_it_goes_on_at_an_exit_of_its_own(int canceled, string exit)
    {
        await PublishAsync([Flow.Wait("w")], "[1,2]");
        var parent = await _host.StartAsync("parent");
        foreach (var child in Children(parent).Take(canceled))
            await _host.RunAsync(engine => engine.CancelAsync(child.Id));
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal("Finished", _host.Instance(parent.InstanceId).SubStatus);
        var record = _host.Database.Committed.Executions.Values.Single(execution => execution.InstanceId == parent.InstanceId && execution.ActivityId == "bulk");
        Assert.Contains($"\"{exit}\",\"Done\"", record.DetailsJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", true)]
    [InlineData("[1,2]", false)]
    public async Task Without_anything_to_wait_for_it_completes_at_once(string items, bool isAwaited)
    {
        await PublishAsync([Flow.Wait("w")], items, ("waitForCompletion", Flow.Literal(isAwaited)));

        var parent = await _host.StartAsync("parent");

        Assert.Equal("Finished", parent.SubStatus.ToString());
        Assert.Equal(["after"], _host.Trace.Lines);
    }

    private List<Runtime.Storage.WorkflowInstanceRecord> Children(WorkflowRun parent) =>
        [.. _host.Database.Committed.Instances.Values.Where(instance => instance.ParentInstanceId == parent.InstanceId)];

    private async Task PublishAsync(JsonObject[] child, string items, params (string Name, JsonNode Value)[] more)
    {
        await _host.PublishAsync(Flow.Of("child", child));
        await _host.PublishAsync(Flow.Of(
            "parent",
            [
                Flow.Activity(
                    "bulk", "Elsa.BulkDispatchWorkflows",
                    [
                        ("workflowDefinitionId", Flow.Literal("child")), ("items", Flow.Expression("Object", items)),
                        ("childCompleted", Flow.Activity("ended", "Test.Step", ("text", Flow.Script("getVariable('ChildInstanceId') ? 'child ended' : '?'")))),
                        ("childFaulted", Flow.Activity("failed", "Test.Step", ("text", Flow.Literal("child failed")))),
                        .. more,
                    ]),
                Flow.Step("after"),
            ],
            "bulk -> after"));
    }
}
