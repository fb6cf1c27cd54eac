using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows.LogPersistence;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>What the records of executions keep. The activity is <c>Test.Wait</c>: input <c>for</c>, output <c>result</c>, journal data <c>outcomes</c>.</summary>
public sealed class LogPersistenceTests
{
    private const string Exclude = "Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core";

    [Theory]
    [InlineData(null, null, "for outcomes result")]
    [InlineData(null, """{ "default": "Exclude" }""", "")]
    [InlineData("""{ "default": "Exclude" }""", null, "")]
    [InlineData("""{ "default": "Exclude" }""", """{ "default": "Include" }""", "for outcomes result")]
    [InlineData("""{ "default": "Exclude" }""", """{ "default": "Inherit", "outputs": { "result": "Include" } }""", "result")]
    [InlineData(null, """{ "inputs": { "for": "Exclude" } }""", "outcomes result")]
    [InlineData(null, """{ "default": "Exclude", "inputs": { "for": "Include" } }""", "for")]
    public Task The_older_form_names_modes(string? workflow, string? activity, string kept) =>
        ExpectAsync("logPersistenceMode", workflow, activity, kept);

    [Theory]
    [InlineData(null, """{ "default": { "evaluationMode": "Strategy", "strategyType": "@" } }""", "")]
    [InlineData("""{ "default": { "evaluationMode": "Strategy", "strategyType": "@" } }""", null, "")]
    [InlineData(null, """{ "internalState": { "evaluationMode": "Strategy", "strategyType": "@" } }""", "for result")]
    [InlineData(null, """{ "outputs": { "result": { "evaluationMode": 0, "strategyType": "Exclude" } } }""", "for outcomes")]
    [InlineData(null, """{ "inputs": { "for": { "evaluationMode": "Strategy", "strategyType": "Nobody.Knows, Acme" } } }""", "for outcomes result")]
    [InlineData("""{ "default": { "strategyType": "@" } }""", """{ "default": { "strategyType": "Inherit" } }""", "")]
    [InlineData("""{ "default": { "strategyType": "@" } }""", """{ "default": { "strategyType": "Configuration" } }""", "for outcomes result")]
    public Task The_newer_form_names_strategies(string? workflow, string? activity, string kept) =>
        ExpectAsync("logPersistenceConfig", workflow?.Replace("@", Exclude, StringComparison.Ordinal), activity?.Replace("@", Exclude, StringComparison.Ordinal), kept);

    [Theory]
    [InlineData("LogPersistenceMode.Exclude", "for outcomes")]
    [InlineData("variables.Secret ? LogPersistenceMode.Exclude : LogPersistenceMode.Include", "for outcomes")]
    [InlineData("'Include'", "for outcomes result")]
    [InlineData("LogPersistenceMode.Inherit", "for outcomes result")]
    public Task An_expression_decides_when_the_activity_runs(string script, string kept) => ExpectAsync(
        "logPersistenceConfig",
        null,
        new JsonObject
        {
            ["outputs"] = new JsonObject
            {
                ["result"] = new JsonObject { ["evaluationMode"] = "Expression", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = script } },
            },
        }.ToJsonString(),
        kept);

    [Fact]
    public async Task A_rule_that_fails_keeps_nothing_and_the_journal_says_so()
    {
        const string Rule = """{ "inputs": { "for": { "evaluationMode": "Expression", "expression": { "type": "JavaScript", "value": "nobody.knows" } } } }""";
        using var host = new EngineHost();

        Assert.Equal("outcomes result", await RunAsync(host, "logPersistenceConfig", null, Rule));

        Assert.Contains(host.Database.Committed.Journal, entry =>
            entry.EventName == "Log persistence rule failed" && entry.Message!.StartsWith("Nothing is kept, because the rule failed: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_setting_of_the_engine_counts_where_nobody_says_anything()
    {
        using var host = new EngineHost(options => options.LogPersistenceMode = LogPersistenceMode.Exclude);

        Assert.Equal("", await RunAsync(host, "logPersistenceMode", null, null));
        Assert.Equal("for outcomes result", await RunAsync(host, "logPersistenceMode", null, """{ "default": "Include" }"""));
    }

    [Fact]
    public async Task A_strategy_of_the_hosts_own_is_asked_by_the_name_of_its_class()
    {
        using var host = new EngineHost(more: services => services.AddSingleton<ILogPersistenceStrategy, Never>());

        Assert.Equal("", await RunAsync(host, "logPersistenceConfig", null, """{ "default": { "strategyType": "Acme.Never, Acme" } }"""));
    }

    [Fact]
    public async Task What_is_not_recorded_is_still_there_for_the_workflow()
    {
        using var host = new EngineHost();
        var wait = Flow.Wait("w");
        wait["customProperties"] = new JsonObject { ["logPersistenceMode"] = new JsonObject { ["default"] = "Exclude" } };
        await host.PublishAsync(Flow.Of("f", [wait, Flow.Wait("x"), Flow.Activity("s", "Test.Step", ("text", Flow.Script("getOutputFrom('w')")))], "w -> x", "x -> s"));
        await host.StartAsync("f");
        await host.SignalAsync("Test.Wait", new WaitStimulus("w"), new { Answer = "yes" });

        await host.SignalAsync("Test.Wait", new WaitStimulus("x"));

        Assert.Equal("yes", host.Trace.Lines[^1]);
    }

    private static async Task ExpectAsync(string property, string? workflow, string? activity, string kept)
    {
        using var host = new EngineHost();
        Assert.Equal(kept, await RunAsync(host, property, workflow, activity));
    }

    // What the record of the execution holds, names in order.
    private static async Task<string> RunAsync(EngineHost host, string property, string? workflow, string? activity)
    {
        var wait = Flow.Wait("w");
        if (activity is not null)
            wait["customProperties"] = new JsonObject { [property] = JsonNode.Parse(activity) };
        await host.PublishAsync(Flow.Of(
            "f",
            [wait],
            [Flow.Variable("Secret", "Boolean", "true")],
            [],
            definition =>
            {
                if (workflow is not null)
                    definition["customProperties"] = new JsonObject { [property] = JsonNode.Parse(workflow) };
            }));
        var run = await host.StartAsync("f");
        await host.SignalAsync("Test.Wait", new WaitStimulus("w"), new { Answer = "yes" });
        Assert.Equal("Finished", host.Instance(run.InstanceId).SubStatus);

        var details = host.Database.Committed.Executions.Values.Single(execution => execution.InstanceId == run.InstanceId && execution.ActivityId == "w").DetailsJson;
        var names = details is null ? [] : JsonNode.Parse(details)!.AsObject().SelectMany(section => section.Value!.AsObject().Select(member => JsonNamingPolicy.CamelCase.ConvertName(member.Key)));
        return string.Join(' ', names.Order(StringComparer.Ordinal));
    }

    private sealed class Never : ILogPersistenceStrategy
    {
        public Task<LogPersistenceMode> GetPersistenceModeAsync(LogPersistenceStrategyContext context) => Task.FromResult(LogPersistenceMode.Exclude);
    }
}
