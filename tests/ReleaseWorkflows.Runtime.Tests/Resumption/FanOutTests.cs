using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

public sealed class FanOutTests : IDisposable
{
    private readonly EngineHost _host = new(options => options.ResumptionsPerUnit = 3);

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

    private Task<StimulusOutcome> SignalAsync(object? input = null) => _host.SignalAsync("Test.Wait", new WaitStimulus("x"), input);

    private async Task<List<string>> StartAsync(int count, string? correlationId = null)
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("x")]));
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
            ids.Add((await _host.StartAsync("f", correlationId: correlationId)).InstanceId);
        return ids;
    }
}
