using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>A faulted instance is tried again: what failed runs once more, what had happened does not happen twice.</summary>
public sealed class RetryTests : IDisposable
{
    private readonly FailSwitch _switch = new();
    private readonly EngineHost _host;

    public RetryTests() => _host = new EngineHost(more: services => services.AddSingleton(_switch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_callback_that_threw_is_called_again_with_the_child_and_its_outcome()
    {
        var box = Flow.Activity("box", "Test.Box");
        box["body"] = Flow.Choose("inner", "Left");
        await _host.PublishAsync(Flow.Of("f", [box, Flow.Step("after")], "box.Left -> after"));
        var run = await _host.StartAsync("f");
        Assert.Equal(("Faulted", "box"), (run.SubStatus.ToString(), run.Incidents.Single().ActivityId));

        _switch.IsOff = true;
        var again = await RetryAsync(run);

        Assert.Equal("Finished", again.SubStatus.ToString());
        Assert.Equal(["box heard of inner: Left", "after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_callback_that_scheduled_something_before_it_threw_schedules_it_once()
    {
        var box = Flow.Activity("box", "Test.Box", ("more", true));
        box["body"] = Flow.Step("inner");
        box["next"] = Flow.Step("next");
        await _host.PublishAsync(Flow.Of("f", [box]));
        var run = await _host.StartAsync("f");

        _switch.IsOff = true;
        await RetryAsync(run);

        Assert.Equal(["inner", "box heard of inner: Done", "next"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_flowchart_that_could_not_work_out_a_join_goes_on_where_it_stood()
    {
        var mode = Flow.Script("variables.Mode");
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Flow.Step("a"), Flow.Wait("b"), Flow.Activity("join", "Elsa.FlowJoin", ("mode", mode)), Flow.Step("end"), Flow.Wait("fix"),
                Flow.Activity("set", "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "var-Mode", ["name"] = "Mode" }), ("value", Flow.Literal("WaitAll")))],
            [Flow.Variable("Mode", "String", "Nonsense")],
            ["s -> b", "s -> a", "a -> join", "b -> join", "join -> end", "s -> fix", "fix -> set"],
            definition => definition["options"] = new JsonObject { ["incidentStrategyType"] = "ContinueWithIncidentsStrategy" }));
        var run = await _host.StartAsync("f");
        Assert.Equal("flow", run.Incidents.Single().ActivityId);

        // Still wrong: it fails in the same way, and nothing else happens.
        Assert.Equal(2, (await RetryAsync(run)).Incidents.Count);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("fix"));
        Assert.Equal("Suspended", (await RetryAsync(run)).SubStatus.ToString());
        Assert.Equal(["s", "a", "fix resumed"], _host.Trace.Lines);

        await _host.SignalAsync("Test.Wait", new WaitStimulus("b"));

        Assert.Equal(["s", "a", "fix resumed", "b resumed", "end"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_loop_whose_condition_failed_between_two_rounds_evaluates_it_again()
    {
        var loop = Flow.Activity("loop", "Elsa.While", ("condition", Flow.Script("getVariable('Flag').length > 2")));
        loop["body"] = Flow.Activity("body", "Test.Flip");
        await _host.PublishAsync(Flow.Of("f", [loop, Flow.Step("after")], [Flow.Variable("Flag", "Object", "long")], ["loop -> after"]));
        var run = await _host.StartAsync("f");
        Assert.Equal(("Faulted", "loop"), (run.SubStatus.ToString(), run.Incidents.Single().ActivityId));
        Assert.Equal(["body"], _host.Trace.Lines);

        var again = await RetryAsync(run);

        Assert.Equal("Faulted", again.SubStatus.ToString());
        Assert.Equal(["body"], _host.Trace.Lines);
        Assert.Equal(2, again.Incidents.Count);
    }

    [Fact]
    public async Task A_container_that_failed_before_it_began_begins_when_it_is_tried_again()
    {
        var box = Flow.Activity("box", "Test.Box", ("failsAtOnce", true));
        box["body"] = Flow.Step("inner");
        await _host.PublishAsync(Flow.Of("f", [box]));
        var run = await _host.StartAsync("f");
        Assert.Empty(_host.Trace.Lines);

        _switch.IsOff = true;
        await RetryAsync(run);

        Assert.Equal(["inner", "box heard of inner: Done"], _host.Trace.Lines);
    }

    [Fact]
    public async Task What_threw_after_it_had_completed_does_not_run_again()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("late", "Test.Late"), Flow.Step("after")], "late -> after"));
        var run = await _host.StartAsync("f");
        Assert.Equal("Faulted", run.SubStatus.ToString());

        await RetryAsync(run);

        Assert.Equal(["late", "after"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_bookmark_of_code_that_threw_does_not_keep_it_from_running_again()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.WaitAndThrow")]));
        var run = await _host.StartAsync("f");

        _switch.IsOff = true;
        var again = await RetryAsync(run);

        Assert.Equal("Suspended", again.SubStatus.ToString());
        Assert.Single(_host.Bookmarks(run.InstanceId));
    }

    [Fact]
    public async Task A_precondition_is_asked_again()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.OnlyIfAllowed")]));
        var run = await _host.StartAsync("f");
        Assert.Contains("has not completed", run.Incidents.Single().Message, StringComparison.Ordinal);

        _switch.IsOff = true;
        await RetryAsync(run);

        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task With_ContinueWithIncidents_a_branch_that_failed_can_be_tried_again_while_another_one_waits()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Flow.Activity("b", "Test.Fail"), Flow.Step("c"), Flow.Wait("w")],
            [],
            ["s -> b", "s -> w", "b -> c"],
            definition => definition["options"] = new JsonObject { ["incidentStrategyType"] = "ContinueWithIncidentsStrategy" }));
        var run = await _host.StartAsync("f");
        Assert.Equal("Suspended", run.SubStatus.ToString());

        _switch.IsOff = true;
        await RetryAsync(run);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["s", "b worked", "c", "w resumed"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Theory]
    [InlineData("SingletonStrategy", "other")]
    [InlineData("CorrelatedSingletonStrategy", "mine")]
    public async Task A_faulted_instance_is_not_tried_again_while_another_one_runs_in_its_place(string strategy, string otherCorrelationId)
    {
        await PublishSingletonAsync(strategy);
        var faulted = await _host.StartAsync("f", correlationId: "mine");
        _switch.IsOff = true;
        var other = await _host.StartAsync("f", correlationId: otherCorrelationId);

        var refusal = await Assert.ThrowsAsync<WorkflowNotStartedException>(() => RetryAsync(faulted));

        Assert.Contains("is not tried again now", refusal.Message, StringComparison.Ordinal);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));
        Assert.Equal("Finished", _host.Instance(other.InstanceId).SubStatus);
        Assert.Equal("Suspended", (await RetryAsync(faulted)).SubStatus.ToString());
    }

    [Fact]
    public async Task Another_correlation_does_not_stand_in_the_way_of_a_correlated_singleton()
    {
        await PublishSingletonAsync("CorrelatedSingletonStrategy");
        var faulted = await _host.StartAsync("f", correlationId: "mine");
        _switch.IsOff = true;
        await _host.StartAsync("f", correlationId: "other");

        Assert.Equal("Suspended", (await RetryAsync(faulted)).SubStatus.ToString());
    }

    [Fact]
    public async Task A_strategy_that_throws_itself_faults_the_instance()
    {
        using var host = new EngineHost(options => options.DefaultIncidentStrategy = typeof(Clumsy), services => services.AddSingleton(_switch));
        await host.PublishAsync(Flow.Of("f", [Flow.Activity("b", "Test.Fail")]));

        var run = await host.StartAsync("f");

        Assert.Equal("Faulted", run.SubStatus.ToString());
        Assert.Equal(["It does not work.", "Even that."], run.Incidents.Select(incident => incident.Message));
    }

    [Fact]
    public void A_type_that_is_no_incident_strategy_is_not_taken_for_one()
    {
        var check = _host.Definitions.Check(Flow.Of(
            "f", [Flow.Step("a")], [], [], definition => definition["options"] = new JsonObject { ["incidentStrategyType"] = "String" }));

        Assert.Contains(check.Findings, finding => finding.Reason == "The strategy 'String' is not known; the default applies.");
    }

    [Fact]
    public async Task Who_listens_to_completions_or_cancellations_cannot_stop_them()
    {
        var ear = Flow.Activity("ear", "Test.BadListener");
        ear["body"] = Flow.Wait("w");
        await _host.PublishAsync(Flow.Of("f", [ear, Flow.Step("after")], "ear -> after"));
        await _host.PublishAsync(Flow.Of("g", [ear.DeepClone().AsObject(), Flow.Wait("v")]));

        var run = await _host.StartAsync("f");
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));
        Assert.Equal(["w resumed", "after"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);

        var other = await _host.StartAsync("g");
        Assert.True(await _host.RunAsync(engine => engine.CancelAsync(other.InstanceId)));
        Assert.Equal(("Cancelled", 1), (_host.Instance(other.InstanceId).SubStatus, _host.Instance(other.InstanceId).IncidentCount));
        Assert.Empty(_host.Bookmarks(other.InstanceId));
    }

    private async Task<WorkflowRun> RetryAsync(WorkflowRun run) => (await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId)))!;

    private Task<WorkflowDefinitionRecord> PublishSingletonAsync(string strategy) => _host.PublishAsync(Flow.Of(
        "f",
        [Flow.Activity("b", "Test.Fail"), Flow.Wait("w")],
        [],
        ["b -> w"],
        definition => definition["options"] = new JsonObject { ["activationStrategyType"] = strategy }));
}

/// <summary>Runs its body and says what it heard; the callback throws while the switch is on.</summary>
[Activity("Test")]
public class Box : Activity
{
    [Input]
    public bool FailsAtOnce { get; set; }

    [Input]
    public bool More { get; set; }

    [Port]
    public IActivity? Body { get; set; }

    [Port]
    public IActivity? Next { get; set; }

    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        await context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);
        if (FailsAtOnce && context.GetService<FailSwitch>() is not { IsOff: true })
            throw new InvalidOperationException("Not yet.");
    }

    private async ValueTask OnBodyCompletedAsync(ActivityCompletedContext context)
    {
        var outcomes = context.Result as Elsa.Workflows.Activities.Flowchart.Models.Outcomes ?? Elsa.Workflows.Activities.Flowchart.Models.Outcomes.Default;
        if (More)
            await context.TargetContext.ScheduleActivityAsync(Next, OnNextCompletedAsync);
        if (!FailsAtOnce && context.TargetContext.GetService<FailSwitch>() is not { IsOff: true })
            throw new InvalidOperationException("Not yet.");

        context.GetRequiredService<Trace>().Add($"{Id} heard of {context.ChildContext.Activity.Id}: {outcomes.Names[^1]}");
        if (!More)
            await context.CompleteActivityAsync(outcomes);
    }

    private ValueTask OnNextCompletedAsync(ActivityCompletedContext context) => context.CompleteActivityAsync();
}

/// <summary>Makes the variable "Flag" unusable.</summary>
[Activity("Test")]
public class Flip : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        context.GetRequiredService<Trace>().Add(Id);
        Elsa.Extensions.ExpressionExecutionContextExtensions.SetVariable<object>(context.ExpressionExecutionContext, "Flag", null);
    }
}

/// <summary>Throws when it has completed already.</summary>
[Activity("Test")]
public class Late : Activity
{
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.GetRequiredService<Trace>().Add(Id);
        await context.CompleteActivityAsync();
        throw new InvalidOperationException("Too late.");
    }
}

/// <summary>Creates a bookmark, and throws while the switch is on.</summary>
[Activity("Test")]
public class WaitAndThrow : Activity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        context.CreateBookmark("go");
        if (context.GetService<FailSwitch>() is not { IsOff: true })
            throw new InvalidOperationException("Not yet.");
    }
}

/// <summary>Does not run while the switch is on.</summary>
[Activity("Test")]
public class OnlyIfAllowed : CodeActivity
{
    protected override bool CanExecute(ActivityExecutionContext context) => context.GetService<FailSwitch>() is { IsOff: true };
}

/// <summary>Throws at every completion and cancellation it hears of.</summary>
[Activity("Test")]
public class BadListener : Activity
{
    public BadListener()
    {
        OnSignalReceived<ActivityCompleted>((_, _) => throw new InvalidOperationException("I do not like that."));
        OnSignalReceived<CancelSignal>((_, _) => throw new InvalidOperationException("I do not like that."));
    }

    [Port]
    public IActivity? Body { get; set; }

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.ScheduleActivityAsync(Body, OnBodyCompletedAsync);

    private ValueTask OnBodyCompletedAsync(ActivityCompletedContext context) => context.CompleteActivityAsync();
}

public sealed class Clumsy : IIncidentStrategy
{
    public void HandleIncident(ActivityExecutionContext context) => throw new InvalidOperationException("Even that.");
}
