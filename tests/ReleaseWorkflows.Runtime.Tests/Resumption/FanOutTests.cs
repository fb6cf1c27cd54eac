using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

public sealed class FanOutTests : IDisposable
{
    private readonly EngineHost _host = new(options => options.ResumptionsPerUnit = 3, services => services.AddSingleton<Misfortune>());

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Few_that_wait_are_moved_by_the_unit_that_sends_the_stimulus()
    {
        await StartAsync(3);

        var outcome = await SignalAsync();

        Assert.Equal(3, outcome.Resumed.Count);
        Assert.False(outcome.IsSpread);
        Assert.Empty(_host.Database.Committed.FanOuts);
    }

    [Fact]
    public async Task Many_that_wait_are_left_to_later_units_of_a_bounded_size()
    {
        await StartAsync(10);

        var outcome = await SignalAsync();
        Assert.Empty(outcome.Resumed);
        Assert.True(outcome.IsSpread);
        Assert.False(outcome.IsUnheard);
        Assert.Empty(_host.Trace.Lines);

        var before = _host.Database.Commits;
        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal(10, _host.Trace.Lines.Count);
        Assert.All(_host.Database.Committed.Instances.Values, instance => Assert.Equal(("Finished", 2), (instance.SubStatus, instance.Version)));
        Assert.Equal(4, _host.Database.Commits - before);
        Assert.Empty(_host.Database.Committed.FanOuts);
    }

    [Fact]
    public async Task Each_hears_what_the_stimulus_brings_along()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Activity("w", "Test.Wait", ("for", Flow.Literal("x")), ("result", Flow.Output("Said"))), Flow.Activity("a", "Test.Step", ("text", Flow.Script("variables.Said")))],
            [Flow.Variable("Said", "String")], ["w -> a"]));
        for (var i = 0; i < 5; i++)
            await _host.StartAsync("f");

        await SignalAsync(new { Answer = "yes" });
        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal(5, _host.Trace.Lines.Count(line => line == "yes"));
    }

    [Fact]
    public async Task Only_those_with_the_correlation_id_hear_it()
    {
        await StartAsync(5, "meant");
        await StartAsync(5, "other");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("x"), correlationId: "meant");
        await _host.FanOuts.RunOnceAsync(default);

        Assert.All(_host.Database.Committed.Instances.Values, instance => Assert.Equal(instance.CorrelationId == "meant" ? "Finished" : "Suspended", instance.SubStatus));
    }

    [Fact]
    public async Task Who_begins_to_wait_after_the_stimulus_does_not_hear_it()
    {
        await StartAsync(5);
        await SignalAsync();
        _host.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var late = await _host.StartAsync("f");

        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal("Suspended", _host.Instance(late.InstanceId).SubStatus);
        Assert.Equal(5, _host.Trace.Lines.Count);
    }

    [Fact]
    public async Task Who_has_gone_another_way_meanwhile_is_left_alone()
    {
        var runs = await StartAsync(5);
        await SignalAsync();
        await _host.RunAsync(engine => engine.CancelAsync(runs[2]));
        await _host.RunAsync(engine => engine.SignalAsync(new Stimulus { Name = "Test.Wait", Payload = new WaitStimulus("x"), InstanceId = runs[3] }));

        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal(4, _host.Trace.Lines.Count);
        Assert.Equal("Cancelled", _host.Instance(runs[2]).SubStatus);
    }

    [Fact]
    public async Task An_instance_that_cannot_be_read_holds_up_nobody_else()
    {
        var runs = await StartAsync(5);
        var instances = _host.Database.Committed.Instances;
        instances[runs[1]] = instances[runs[1]] with { State = "{}"u8.ToArray() };

        await SignalAsync();
        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal(4, _host.Trace.Lines.Count);
        Assert.Empty(_host.Database.Committed.FanOuts);
    }

    [Fact]
    public async Task A_unit_that_loses_a_race_tells_nobody_twice()
    {
        var runs = await StartAsync(7);
        await SignalAsync();
        var isFirst = true;
        _host.Database.BeforeCommit = () =>
        {
            if (!isFirst)
                return;
            isFirst = false;
            // Somebody else moves one of them at that very moment.
            var others = _host.RunAsync(engine => engine.SignalAsync(new Stimulus { Name = "Test.Wait", Payload = new WaitStimulus("x"), InstanceId = runs[1] }));
            others.GetAwaiter().GetResult();
        };

        await _host.FanOuts.RunOnceAsync(default);

        Assert.All(_host.Database.Committed.Instances.Values, instance => Assert.Equal(("Finished", 2), (instance.SubStatus, instance.Version)));
    }

    [Fact]
    public async Task What_was_left_when_the_host_stopped_is_told_by_the_next_one()
    {
        await StartAsync(8);
        await SignalAsync();
        using var next = new EngineHost(options => options.ResumptionsPerUnit = 3, database: _host.Database);

        await next.FanOuts.RunOnceAsync(default);

        Assert.Equal(8, next.Trace.Lines.Count);
    }

    [Fact]
    public async Task Inputs_without_a_JSON_form_are_heard_at_once()
    {
        await StartAsync(5);
        var circle = new Dictionary<string, object?>();
        circle["itself"] = circle;

        var outcome = await SignalAsync(new Dictionary<string, object?> { ["Answer"] = "yes", ["Circle"] = circle });

        Assert.Equal(5, outcome.Resumed.Count);
    }

    [Fact]
    public async Task An_instance_of_the_unit_that_sends_it_hears_it_there()
    {
        await StartAsync(5);

        var own = await _host.InUnitAsync(async services =>
        {
            var engine = services.GetRequiredService<IWorkflowEngine>();
            var run = await engine.StartAsync(new StartWorkflow { DefinitionId = "f" });
            var outcome = await engine.SignalAsync(new Stimulus { Name = "Test.Wait", Payload = new WaitStimulus("x") });
            Assert.Equal([run.InstanceId], outcome.Resumed.Select(resumed => resumed.InstanceId));
            return run.InstanceId;
        });
        Assert.Equal("Finished", _host.Instance(own).SubStatus);

        await _host.FanOuts.RunOnceAsync(default);
        Assert.Equal(6, _host.Trace.Lines.Count);
    }

    [Fact]
    public async Task One_that_cannot_be_told_is_tried_again_later_each_time_and_those_behind_it_do_not_wait()
    {
        var runs = await StartAsync(10, then: "Test.Unlucky");
        _host.Get<Misfortune>().Of = runs[4];
        await SignalAsync();

        var pauses = new List<double>();
        for (var attempt = 1; attempt <= 6; attempt++)
        {
            await _host.FanOuts.RunOnceAsync(default);

            Assert.Equal(9, Told);
            var left = Assert.Single(_host.Database.Committed.FanOuts);
            Assert.Equal((attempt, "Somebody else is always faster."), (left.Attempts, left.LastError));
            pauses.Add((left.DueAt - _host.Clock.GetUtcNow()).TotalSeconds);
            // Not a moment too early.
            await _host.FanOuts.RunOnceAsync(default);
            Assert.Equal(attempt, Assert.Single(_host.Database.Committed.FanOuts).Attempts);
            _host.Clock.Advance(left.DueAt - _host.Clock.GetUtcNow());
        }

        Assert.All(pauses.Index(), pause => Assert.InRange(pause.Item, Math.Pow(2, pause.Index), 1.2 * Math.Pow(2, pause.Index)));
        _host.Get<Misfortune>().Of = null;
        await _host.FanOuts.RunOnceAsync(default);
        Assert.Equal(10, Told);
        Assert.Empty(_host.Database.Committed.FanOuts);
    }

    [Fact]
    public async Task One_that_cannot_be_told_however_often_is_given_up_listed_and_told_again_on_request()
    {
        var runs = await StartAsync(5, then: "Test.Unlucky");
        _host.Get<Misfortune>().Of = runs[0];
        await SignalAsync(new { Answer = "yes" });

        for (var i = 0; i < 30; i++)
        {
            await _host.FanOuts.RunOnceAsync(default);
            _host.Clock.Advance(TimeSpan.FromHours(1.2));
        }

        var tries = _host.Get<Misfortune>().Count;
        var dead = Assert.Single(await _host.InUnitAsync(services => services.GetRequiredService<IUnheardStimuli>().ListAsync(10, default).AsTask()));
        Assert.Equal((20, "Somebody else is always faster."), (dead.Attempts, dead.LastError));
        Assert.NotNull(dead.DeadAt);
        await _host.FanOuts.RunOnceAsync(default);
        Assert.Equal(tries, _host.Get<Misfortune>().Count);
        Assert.Equal("Suspended", _host.Instance(runs[0]).SubStatus);

        _host.Get<Misfortune>().Of = null;
        await _host.InUnitAsync(services => Task.FromResult(services.GetRequiredService<IUnheardStimuli>().TellAgain(dead)));
        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal("Finished", _host.Instance(runs[0]).SubStatus);
        Assert.Empty(_host.Database.Committed.FanOuts);
    }

    [Fact]
    public async Task A_stimulus_whose_inputs_cannot_be_read_is_one_thing_that_waits_and_not_as_many_as_there_are_listeners()
    {
        await StartAsync(10);
        await SignalAsync();
        var stored = _host.Database.Committed.FanOuts;
        stored[0] = stored[0] with { InputJson = "{" };

        await _host.FanOuts.RunOnceAsync(default);

        Assert.Equal(1, Assert.Single(_host.Database.Committed.FanOuts).Attempts);
        Assert.Equal(0, Told);
    }

    [Fact]
    public async Task A_store_that_is_down_is_no_attempt_of_anybody()
    {
        await StartAsync(5);
        await SignalAsync();
        _host.Database.BeforeCommit = () => throw new StoreUnavailableException("The disk is full.");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _host.FanOuts.RunOnceAsync(default));

        Assert.Equal(0, Assert.Single(_host.Database.Committed.FanOuts).Attempts);
        _host.Database.BeforeCommit = null;
        await _host.FanOuts.RunOnceAsync(default);
        Assert.Equal(5, Told);
    }

    private int Told => _host.Database.Committed.Instances.Values.Count(instance => instance is { SubStatus: "Finished", Version: 2 });

    private Task<StimulusOutcome> SignalAsync(object? input = null) => _host.SignalAsync("Test.Wait", new WaitStimulus("x"), input);

    private async Task<List<string>> StartAsync(int count, string? correlationId = null, string? then = null)
    {
        await _host.PublishAsync(then is null ? Flow.Of("f", [Flow.Wait("x")]) : Flow.Of("f", [Flow.Wait("x"), Flow.Activity("then", then)], "x -> then"));
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
            ids.Add((await _host.StartAsync("f", correlationId: correlationId)).InstanceId);
        return ids;
    }
}

/// <summary>Whose step never gets through.</summary>
public sealed class Misfortune
{
    public string? Of { get; set; }

    public int Count { get; set; }
}

/// <summary>A step that loses every race in the instance that has misfortune.</summary>
[Activity("Test")]
public class Unlucky : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        var misfortune = context.GetRequiredService<Misfortune>();
        if (context.WorkflowExecutionContext.Id == misfortune.Of)
        {
            misfortune.Count++;
            throw new ConcurrencyConflictException("Somebody else is always faster.");
        }
    }
}
