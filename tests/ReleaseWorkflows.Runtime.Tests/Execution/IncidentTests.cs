using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class IncidentTests : IDisposable
{
    private readonly FailSwitch _switch = new();
    private readonly EngineHost _host;

    public IncidentTests() => _host = new EngineHost(more: services => services.AddSingleton(_switch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task An_exception_is_an_incident_and_faults_the_instance()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a"), Flow.Activity("b", "Test.Fail"), Flow.Step("c")], "a -> b", "b -> c"));

        var run = await _host.StartAsync("f");

        var incident = Assert.Single(run.Incidents);
        Assert.Equal(("b", "Test.Fail", "It does not work."), (incident.ActivityId, incident.ActivityType, incident.Message));
        Assert.Equal("System.InvalidOperationException", incident.Exception!.Type);
        Assert.Equal("Faulted", _host.Instance(run.InstanceId).SubStatus);
        Assert.Equal(1, _host.Instance(run.InstanceId).IncidentCount);
        Assert.Contains("b Faulted", _host.Journal(run.InstanceId));
        Assert.Equal(["a"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_fault_keeps_branches_that_were_queued_from_running()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a"), Flow.Activity("b", "Test.Fail"), Flow.Step("c")], "a -> b", "a -> c"));

        await _host.StartAsync("f");

        Assert.Equal(["a"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_faulted_instance_waits_for_nothing()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Flow.Wait("a"), Flow.Activity("b", "Test.Fail")], "s -> a", "s -> b"));

        var run = await _host.StartAsync("f");

        Assert.Empty(_host.Bookmarks(run.InstanceId));
        Assert.True((await _host.SignalAsync("Test.Wait", new WaitStimulus("a"))).IsUnheard);
    }

    [Fact]
    public async Task Trying_again_runs_what_failed_and_what_was_left()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Step("s"), Flow.Wait("w"), Flow.Activity("b", "Test.Fail"), Flow.Step("c"), Flow.Step("d")], "s -> w", "s -> b", "s -> c", "b -> d"));
        var run = await _host.StartAsync("f");

        _switch.IsOff = true;
        var again = await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId));

        Assert.Equal("Suspended", again!.SubStatus.ToString());
        Assert.Equal(["s", "b worked", "c", "d"], _host.Trace.Lines);
        Assert.Single(_host.Bookmarks(run.InstanceId));
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task Trying_again_fails_again_while_the_cause_is_there()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("b", "Test.Fail")]));
        var run = await _host.StartAsync("f");

        var again = await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId));

        Assert.Equal("Faulted", again!.SubStatus.ToString());
        Assert.Equal(2, again.Incidents.Count);
    }

    [Fact]
    public async Task Only_a_faulted_instance_can_be_tried_again()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")]));
        var run = await _host.StartAsync("f");

        Assert.Null(await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId)));
        Assert.Null(await _host.RunAsync(engine => engine.RetryAsync("nobody")));
    }

    [Fact]
    public async Task A_stimulus_that_failed_can_be_sent_again_after_the_instance_was_tried_again()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("w", "Test.FailingWait")]));
        var run = await _host.StartAsync("f");
        await _host.SignalAsync("Test.FailingWait", "go");
        Assert.Equal("Faulted", _host.Instance(run.InstanceId).SubStatus);

        _switch.IsOff = true;
        await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId));
        await _host.SignalAsync("Test.FailingWait", "go");

        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task An_input_that_cannot_be_evaluated_names_itself()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.Step", ("text", Flow.Script("nobody.knows")))]));

        var run = await _host.StartAsync("f");

        Assert.StartsWith("Failed to evaluate activity input 'Text': ", run.Incidents.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_ContinueWithIncidents_other_branches_go_on_and_the_end_is_not_a_standstill()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Flow.Activity("b", "Test.Fail"), Flow.Wait("c"), Flow.Step("d")],
            [],
            ["s -> b", "s -> c", "c -> d"],
            definition => definition["options"] = new System.Text.Json.Nodes.JsonObject
            {
                ["incidentStrategyType"] = "Elsa.Workflows.IncidentStrategies.ContinueWithIncidentsStrategy, Elsa.Workflows.Core",
            }));

        var run = await _host.StartAsync("f");
        Assert.Equal("Suspended", run.SubStatus.ToString());
        await _host.SignalAsync("Test.Wait", new WaitStimulus("c"));

        Assert.Equal(["s", "c resumed", "d"], _host.Trace.Lines);
        Assert.Equal("Faulted", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task An_activity_that_neither_completes_nor_waits_is_an_incident()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.Idle")]));

        var run = await _host.StartAsync("f");

        Assert.Equal("Faulted", run.SubStatus.ToString());
        Assert.Contains("'a' of type 'Test.Idle' has not completed", run.Incidents.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lambda_as_callback_of_a_bookmark_is_refused_where_it_is_written()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.LambdaWait")]));

        var run = await _host.StartAsync("f");

        Assert.Contains("has to be a method of the activity's class", run.Incidents.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancellation_of_the_caller_is_not_an_incident()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")]));
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            _host.RunAsync(engine => engine.StartAsync(new StartWorkflow { DefinitionId = "f" }, cancellation.Token)));

        Assert.Empty(_host.Database.Committed.Instances);
    }

    [Fact]
    public async Task A_store_that_is_down_is_not_an_incident()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a"), Flow.Activity("b", "Test.Fail")], "a -> b"));
        var run = await _host.StartAsync("f");
        _switch.Exception = new StoreUnavailableException("The disk is full.");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _host.SignalAsync("Test.Wait", new WaitStimulus("a")));

        // The same stimulus succeeds once the store is back.
        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        _switch.IsOff = true;
        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"));
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task Fault_fails_on_purpose()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Elsa.Fault", ("message", Flow.Literal("No stock.")))]));

        var run = await _host.StartAsync("f");

        Assert.Equal("No stock.", run.Incidents.Single().Message);
    }
}
