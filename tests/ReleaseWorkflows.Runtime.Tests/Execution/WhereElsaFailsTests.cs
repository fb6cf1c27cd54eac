using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>
/// Points at which Elsa 3.8 goes wrong, and what happens here. Those that belong to a subject are with its tests: joins in <see cref="FlowchartTests"/>,
/// tokens in <see cref="TokenFlowTests"/>, bookmarks resumed at once in <see cref="SuspensionTests"/> and <see cref="RandomFlowTests"/>, incidents in
/// <see cref="IncidentTests"/>, activation in <see cref="ActivationTests"/>, stimuli in the tests of the hasher.
/// </summary>
public sealed class WhereElsaFailsTests : IDisposable
{
    private readonly FailSwitch _switch = new() { IsOff = true };
    private readonly EngineHost _host;

    public WhereElsaFailsTests() => _host = new EngineHost(more: services => services.AddSingleton(_switch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task An_id_is_not_found_by_the_end_of_another_one()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("ax1"), Flow.Step("x1"), Flow.Activity("look", "Test.Look")], "ax1 -> x1", "x1 -> look"));

        await _host.StartAsync("f");

        Assert.Equal("x1 nothing", _host.Trace.Lines[^1]);
    }

    [Fact]
    public async Task End_completes_its_flowchart_once()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Flow.Wait("w"), Flow.Activity("end", "Elsa.End")], "s -> w", "s -> end"));

        var run = await _host.StartAsync("f");

        Assert.Single(_host.Journal(run.InstanceId), "flow Completed");
        Assert.Contains("w Canceled", _host.Journal(run.InstanceId));
    }

    [Theory]
    [InlineData("Elsa.Finish", "Completed")]
    [InlineData(null, "Canceled")]
    public async Task Finishing_and_cancelling_leave_no_execution_running(string? ending, string ofTheFlowchart)
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Flow.Wait("w"), Flow.Wait("v"), Flow.Activity("e", ending ?? "Test.Step")], "s -> w", "s -> v", "v -> e"));
        var run = await _host.StartAsync("f");

        if (ending is null)
            await _host.RunAsync(engine => engine.CancelAsync(run.InstanceId));
        else
            await _host.SignalAsync("Test.Wait", new WaitStimulus("v"));

        var executions = _host.Database.Committed.Executions.Values.Where(execution => execution.InstanceId == run.InstanceId).ToList();
        Assert.All(executions, execution => Assert.Contains(execution.Status, new[] { "Completed", "Canceled" }));
        Assert.Contains(executions, execution => execution.ActivityId == "flow" && execution.Status is "Completed" or "Canceled");
        Assert.Equal(ofTheFlowchart == "Completed" ? "Finished" : "Cancelled", _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
    }

    [Fact]
    public async Task Of_several_executions_of_one_activity_the_journal_says_which_one_was_resumed()
    {
        var loop = Flow.Activity("loop", "Elsa.ParallelForEach", ("items", Flow.Expression("Object", "[1,2,3]")));
        loop["body"] = Flow.Wait("w");
        await _host.PublishAsync(Flow.Of("f", [loop]));
        var run = await _host.StartAsync("f");
        var chosen = _host.Bookmarks(run.InstanceId).ElementAt(1);

        await _host.RunAsync(engine => engine.ResumeAsync(run.InstanceId, chosen.Id));

        var resumed = Assert.Single(_host.Database.Committed.Journal, entry => entry.EventName == "Resumed");
        Assert.Equal(chosen.ActivityInstanceId, resumed.ActivityInstanceId);
    }

    [Fact]
    public async Task A_value_that_does_not_fit_at_run_time_is_an_incident_and_not_the_default_of_the_type()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.Repeat", ("times", Flow.Script("'many'")))]));

        var run = await _host.StartAsync("f");

        Assert.StartsWith("Failed to evaluate activity input 'Times': ", Assert.Single(run.Incidents).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_method_that_was_renamed_while_an_instance_waited_is_an_incident_that_names_it()
    {
        var box = Flow.Activity("box", "Test.Box");
        box["body"] = Flow.Wait("w");
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), box, Flow.Wait("v")], "s -> box", "s -> v"));
        var run = await _host.StartAsync("f");
        await RewriteStateAsync(run.InstanceId, "OnBodyCompletedAsync", "OnContentCompletedAsync");

        // Another branch is not concerned.
        await _host.SignalAsync("Test.Wait", new WaitStimulus("v"));
        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal("Faulted", _host.Instance(run.InstanceId).SubStatus);
        Assert.Contains("is to go on at the method 'OnContentCompletedAsync'", IncidentOf(run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_method_of_a_bookmark_that_was_renamed_is_an_incident_that_names_it()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("w")]));
        var run = await _host.StartAsync("f");
        await RewriteStateAsync(run.InstanceId, "OnStimulusAsync", "OnHeardAsync");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal("Faulted", _host.Instance(run.InstanceId).SubStatus);
        Assert.Contains("goes on at the method 'OnHeardAsync'", IncidentOf(run), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_result_of_a_child_has_one_shape_whether_it_waited_or_not(bool waits)
    {
        await _host.PublishAsync(Flow.Of("child", [waits ? Flow.Wait("w") : Flow.Step("s")]));
        await _host.PublishAsync(Flow.Of(
            "parent",
            [Flow.Activity("call", "Elsa.ExecuteWorkflow", ("workflowDefinitionId", Flow.Literal("child")), ("waitForCompletion", Flow.Literal(true))),
                Flow.Activity("type", "Test.Step", ("text", Flow.Script("JSON.stringify(Object.keys(getOutputFrom('call')))")))],
            "call -> type"));

        await _host.StartAsync("parent");
        if (waits)
            await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Contains("WorkflowInstanceId", _host.Trace.Lines[^1], StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_crash_before_the_commit_leaves_the_bookmark_and_the_state_as_they_were()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("w"), Flow.Step("s")], "w -> s"));
        var run = await _host.StartAsync("f");
        _host.Database.BeforeCommit = () => throw new IOException("The power is out.");

        await Assert.ThrowsAsync<IOException>(() => _host.SignalAsync("Test.Wait", new WaitStimulus("w")));

        _host.Database.BeforeCommit = null;
        Assert.Single(_host.Bookmarks(run.InstanceId));
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Equal(2, _host.Journal(run.InstanceId).Count(line => line is "w Resumed" or "s Completed"));
    }

    private string IncidentOf(WorkflowRun run) => (string)JsonNode.Parse(_host.Instance(run.InstanceId).State.Span)!["incidents"]![0]!["message"]!;

    private Task<int> RewriteStateAsync(string instanceId, string text, string replacement) => _host.Get<IUnitOfWorkRunner>().RunAsync(
        async (services, token) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var instance = (await store.FindInstanceAsync(instanceId, token))!;
            var state = Encoding.UTF8.GetString(instance.State.Span);
            Assert.Contains(text, state, StringComparison.Ordinal);
            store.SaveInstance(instance with { State = Encoding.UTF8.GetBytes(state.Replace(text, replacement, StringComparison.Ordinal)) });
            return UnitOfWorkResult.Commit(0);
        },
        CancellationToken.None);
}

/// <summary>Looks two activities up by id.</summary>
[Elsa.Workflows.Attributes.Activity("Test")]
public class Look : Elsa.Workflows.CodeActivity
{
    protected override void Execute(Elsa.Workflows.ActivityExecutionContext context)
    {
        var workflow = context.WorkflowExecutionContext;
        context.GetRequiredService<Trace>().Add($"{workflow.FindActivityById("x1")?.Id} {workflow.FindActivityById("1")?.Id ?? "nothing"}");
    }
}
