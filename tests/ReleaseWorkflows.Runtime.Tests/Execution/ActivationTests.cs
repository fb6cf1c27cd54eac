using System.Text.Json.Nodes;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class ActivationTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(null, "a", true)]
    [InlineData("AllowAlwaysStrategy", "a", true)]
    [InlineData("SingletonStrategy", "a", false)]
    [InlineData("SingletonStrategy", "b", false)]
    [InlineData("Elsa.Workflows.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Core", "a", false)]
    [InlineData("CorrelatedSingletonStrategy", "b", true)]
    [InlineData("CorrelationStrategy", "a", false)]
    [InlineData("CorrelationStrategy", "b", true)]
    public async Task A_second_instance_starts_if_the_strategy_allows_it(string? strategy, string secondCorrelationId, bool isAllowed)
    {
        await PublishAsync("f", strategy);
        await _host.StartAsync("f", correlationId: "a");

        if (isAllowed)
            await _host.StartAsync("f", correlationId: secondCorrelationId);
        else
            await Assert.ThrowsAsync<WorkflowNotStartedException>(() => _host.StartAsync("f", correlationId: secondCorrelationId));

        Assert.Equal(isAllowed ? 2 : 1, _host.Database.Committed.Instances.Count);
    }

    [Fact]
    public async Task A_strategy_of_the_hosts_own_is_asked()
    {
        using var host = new EngineHost(more: services => services.AddWorkflowTypeAlias<OnlyCalled>(nameof(OnlyCalled)).AddSingleton(new OnlyCalled("a")));
        await host.PublishAsync(Flow.Of("f", [Flow.Wait("w")], [], [], definition =>
            definition["options"] = new JsonObject { ["activationStrategyType"] = "Acme.OnlyCalled, Acme" }));

        await host.StartAsync("f", correlationId: "a");
        await Assert.ThrowsAsync<WorkflowNotStartedException>(() => host.StartAsync("f", correlationId: "b"));

        Assert.Single(host.Database.Committed.Instances);
    }

    [Fact]
    public async Task Correlation_counts_instances_of_any_definition()
    {
        await PublishAsync("other", null);
        await PublishAsync("f", "CorrelationStrategy");
        await _host.StartAsync("other", correlationId: "a");

        await Assert.ThrowsAsync<WorkflowNotStartedException>(() => _host.StartAsync("f", correlationId: "a"));
    }

    [Fact]
    public async Task When_the_instance_has_ended_another_one_starts()
    {
        await PublishAsync("f", "SingletonStrategy");
        await _host.StartAsync("f");
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        var second = await _host.StartAsync("f");

        Assert.Equal("Suspended", second.SubStatus.ToString());
    }

    [Fact]
    public async Task Of_two_units_that_start_at_once_the_slower_one_is_refused()
    {
        await PublishAsync("f", "SingletonStrategy");
        _host.Database.BeforeCommit = () =>
        {
            _host.Database.BeforeCommit = null;
            Task.Run(() => _host.StartAsync("f")).Wait();
        };

        await Assert.ThrowsAsync<WorkflowNotStartedException>(() => _host.StartAsync("f"));

        Assert.Single(_host.Database.Committed.Instances);
    }

    [Fact]
    public async Task An_event_that_would_start_a_second_instance_starts_none()
    {
        await PublishAsync("f", "SingletonStrategy", Flow.Activity("e", "Elsa.Event", ("eventName", Flow.Literal("go")), ("canStartWorkflow", true)));

        Assert.Single((await _host.PublishEventAsync("go")).Started);
        Assert.Empty((await _host.PublishEventAsync("go")).Started);

        Assert.Single(_host.Database.Committed.Instances);
    }

    [Fact]
    public async Task A_timer_leaves_out_the_times_at_which_an_instance_still_runs()
    {
        await PublishAsync("f", "SingletonStrategy", Flow.Activity("e", "Elsa.Timer", ("canStartWorkflow", true)));

        for (var minute = 0; minute < 3; minute++)
        {
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
            await _host.Timers.RunOnceAsync(CancellationToken.None);
        }

        Assert.Single(_host.Database.Committed.Instances);
        Assert.Single(_host.Database.Committed.Timers);
    }

    private Task<Runtime.Storage.WorkflowDefinitionRecord> PublishAsync(string definitionId, string? strategy, JsonObject? trigger = null) => _host.PublishAsync(Flow.Of(
        definitionId,
        trigger is null ? [Flow.Wait("w")] : [trigger, Flow.Wait("w")],
        [],
        trigger is null ? [] : ["e -> w"],
        definition => definition["options"] = new JsonObject { ["activationStrategyType"] = strategy }));

    private sealed class OnlyCalled(string correlationId) : IWorkflowActivationStrategy
    {
        public ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context) =>
            ValueTask.FromResult(context.Workflow.Identity.DefinitionId == "f" && context.CorrelationId == correlationId);
    }
}
