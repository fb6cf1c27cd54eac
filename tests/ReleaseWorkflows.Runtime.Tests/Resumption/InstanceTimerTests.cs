using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

/// <summary>What an instance that waits for a time says about it.</summary>
public sealed class InstanceTimerTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Each_time_is_told_with_what_waits_and_what_follows_in_the_words_of_the_definition_the_earliest_first()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("go"), Delay("late", "02:00:00", "Two hours pass"), Delay("soon", "01:00:00"), Named(Flow.Step("a"), "Tell everybody"), Flow.Step("b"), Flow.Wait("person")],
            "go -> late", "go -> soon", "go -> person", "late -> a", "soon -> a", "soon -> b"));
        var run = await _host.StartAsync("f");

        var timers = await TimersAsync(run.InstanceId);

        Assert.Equal([_host.Clock.GetUtcNow().AddHours(1), _host.Clock.GetUtcNow().AddHours(2)], timers.Select(timer => timer.DueAt));
        Assert.Equal(["Delay", "Two hours pass"], timers.Select(timer => timer.Activity));
        Assert.Equal([["Tell everybody", "Step"], ["Tell everybody"]], timers.Select(timer => timer.Next));
    }

    [Fact]
    public async Task What_follows_the_last_of_a_sequence_is_what_comes_after_the_sequence()
    {
        var sequence = Flow.Activity("s", "Elsa.Sequence");
        sequence["activities"] = new JsonArray(Delay("first", "01:00:00"), Delay("second", "01:00:00", "The second"));
        await _host.PublishAsync(Flow.Of("f", [sequence, Flow.Step("after")], "s -> after"));
        var run = await _host.StartAsync("f");

        Assert.Equal(["The second"], Assert.Single(await TimersAsync(run.InstanceId)).Next);

        _host.Clock.Advance(TimeSpan.FromHours(1));
        await _host.Timers.RunOnceAsync(default);

        Assert.Equal(["Step"], Assert.Single(await TimersAsync(run.InstanceId)).Next);
    }

    [Fact]
    public async Task An_instance_that_has_ended_waits_for_no_time()
    {
        await _host.PublishAsync(Flow.Of("f", [Delay("d", "01:00:00"), Flow.Step("a")], "d -> a"));
        var run = await _host.StartAsync("f");
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await _host.Timers.RunOnceAsync(default);

        Assert.Empty(await TimersAsync(run.InstanceId));
        Assert.Empty(await TimersAsync("nothing"));
    }

    private Task<IReadOnlyList<InstanceTimer>> TimersAsync(string instanceId) =>
        _host.InUnitAsync(async services => await services.GetRequiredService<InstanceTimers>().ListAsync(instanceId, default));

    private static JsonObject Delay(string id, string span, string? text = null) => Named(Flow.Activity(id, "Elsa.Delay", ("timeSpan", Flow.Literal(span))), text);

    private static JsonObject Named(JsonObject activity, string? text)
    {
        if (text is not null)
            activity["metadata"] = new JsonObject { ["displayText"] = text };
        return activity;
    }
}
