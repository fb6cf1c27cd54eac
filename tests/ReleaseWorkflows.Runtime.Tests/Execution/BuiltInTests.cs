using System.Text.Json.Nodes;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class BuiltInTests : IDisposable
{
    private readonly StringWriter _console = new();
    private readonly EngineHost _host;

    public BuiltInTests() => _host = new EngineHost(more: services => services.AddSingleton<IStandardOutStreamProvider>(new Console(_console)));

    public void Dispose()
    {
        _host.Dispose();
        _console.Dispose();
    }

    [Fact]
    public async Task Sequence_runs_one_after_the_other_over_suspensions()
    {
        await RunAsync(Sequence("s", Flow.Step("a"), Flow.Wait("w"), Flow.Step("b")));

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["a", "w resumed", "b"], _host.Trace.Lines);
    }

    [Theory]
    [InlineData(true, "yes")]
    [InlineData(false, "no")]
    public async Task If_runs_one_of_two(bool condition, string expected)
    {
        var run = await RunAsync(Flow.Activity(
            "i", "Elsa.If", ("condition", Flow.Literal(condition)), ("then", Flow.Step("yes")), ("else", Flow.Step("no"))));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal([expected], _host.Trace.Lines);
    }

    [Fact]
    public async Task If_without_the_branch_completes_at_once()
    {
        var run = await RunAsync(Flow.Activity("i", "Elsa.If", ("condition", Flow.Literal(false)), ("then", Flow.Step("yes"))));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Empty(_host.Trace.Lines);
    }

    [Theory]
    [InlineData("MatchFirst", 5, "small")]
    [InlineData("MatchAny", 5, "small,odd")]
    [InlineData("MatchFirst", 20, "other")]
    public async Task Switch_runs_the_cases_that_match(string mode, int number, string expected)
    {
        await RunAsync(
            Flow.Activity(
                "s",
                "Elsa.Switch",
                ("cases", new JsonArray(Case("small", $"{number} < 10", Flow.Step("small")), Case("odd", $"{number} % 2 == 1", Flow.Step("odd")))),
                ("mode", Flow.Literal(mode)),
                ("default", Flow.Step("other"))));

        Assert.Equal(expected.Split(','), _host.Trace.Lines);
    }

    [Theory]
    [InlineData("MatchFirst", 5, "small")]
    [InlineData("MatchAny", 5, "small,odd")]
    [InlineData("MatchFirst", 20, "other")]
    public async Task FlowSwitch_goes_on_at_the_exits_that_match(string mode, int number, string expected)
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [
                Flow.Activity(
                    "s",
                    "Elsa.FlowSwitch",
                    ("cases", new JsonArray(Case("Small", $"{number} < 10", null), Case("Odd", $"{number} % 2 == 1", null))),
                    ("mode", Flow.Literal(mode))),
                Flow.Step("small"), Flow.Step("odd"), Flow.Step("other"),
            ],
            "s.Small -> small", "s.Odd -> odd", "s.Default -> other"));

        await _host.StartAsync("f");

        Assert.Equal(expected.Split(','), _host.Trace.Lines);
    }

    [Fact]
    public async Task FlowFork_goes_on_at_all_its_branches()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("fork", "Elsa.FlowFork", ("branches", Flow.Expression("Object", """["Left","Right"]"""))), Flow.Step("a"), Flow.Step("b"), Flow.Step("c")],
            "fork.Left -> a", "fork.Right -> b", "fork.Middle -> c"));

        await _host.StartAsync("f");

        Assert.Equal(["a", "b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_flowchart_begins_at_its_Start()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a"), Flow.Activity("start", "Elsa.Start"), Flow.Step("b")], "start -> b"));

        await _host.StartAsync("f");

        Assert.Equal(["b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Finish_ends_the_workflow_whatever_else_waits()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Wait("w"), Sequence("s", Flow.Activity("end", "Elsa.Finish"), Flow.Step("never")), Flow.Step("queued")],
            "a -> w", "a -> s", "s -> queued"));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["a"], _host.Trace.Lines);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
        Assert.DoesNotContain(_host.Database.Committed.Executions.Values, execution => execution.Status is "Running" or "Pending");
    }

    [Fact]
    public async Task Complete_ends_the_workflow_from_the_inside()
    {
        var run = await RunAsync(Sequence("s", Flow.Step("a"), Flow.Activity("c", "Elsa.Complete", ("outcomes", Flow.Literal("Early"))), Flow.Step("never")));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["a"], _host.Trace.Lines);
        Assert.Contains("c Completed", _host.Journal(run.InstanceId));
    }

    [Fact]
    public async Task Break_ends_the_sequence_it_is_in()
    {
        var run = await RunAsync(Sequence("s", Flow.Step("a"), Flow.Activity("b", "Elsa.Break"), Flow.Step("never")));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["a"], _host.Trace.Lines);
    }

    [Fact]
    public async Task SetName_Correlate_and_SetOutput_say_what_the_instance_is()
    {
        var run = await RunAsync(Sequence(
            "s",
            Flow.Activity("n", "Elsa.SetName", ("value", Flow.Literal("Order 7"))),
            Flow.Activity("c", "Elsa.Correlate", ("correlationId", Flow.Literal("order-7"))),
            Flow.Activity("o", "Elsa.SetOutput", ("outputName", Flow.Literal("Total")), ("outputValue", Flow.Literal(12)))));

        Assert.Equal(("Order 7", "order-7"), (_host.Instance(run.InstanceId).Name, _host.Instance(run.InstanceId).CorrelationId));
        Assert.Equal(12m, run.Output["Total"]);
    }

    [Fact]
    public async Task WriteLine_writes_a_line()
    {
        await RunAsync(Flow.Activity("w", "Elsa.WriteLine", ("text", Flow.Literal("Hello"))));

        Assert.Equal("Hello" + Environment.NewLine, _console.ToString());
    }

    [Fact]
    public async Task A_variable_of_a_container_is_seen_inside_it_only()
    {
        var inner = Sequence(
            "inner",
            Flow.Activity("set", "Elsa.SetVariable", ("variable", Flow.Variable("V", "String")), ("value", Flow.Literal("inner"))),
            Flow.Activity("show", "Test.Step", ("text", Flow.Script("variables.V"))));
        inner["variables"] = new JsonArray(Flow.Variable("V", "String"));

        await RunAsync(
            Sequence("outer", inner, Flow.Activity("after", "Test.Step", ("text", Flow.Script("String(getVariable('V'))")))));

        Assert.Equal(["inner", "null"], _host.Trace.Lines);
    }

    private async Task<WorkflowRun> RunAsync(JsonObject root)
    {
        var definition = new JsonObject { ["definitionId"] = "d", ["root"] = root };
        await _host.PublishAsync(definition.ToJsonString());
        return await _host.StartAsync("d");
    }

    private static JsonObject Sequence(string id, params JsonObject[] activities) =>
        Flow.Activity(id, "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    private static JsonObject Case(string label, string script, JsonObject? activity) => new()
    {
        ["label"] = label,
        ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = script },
        ["activity"] = activity,
    };

    private sealed class Console(TextWriter writer) : IStandardOutStreamProvider
    {
        public TextWriter GetTextWriter() => writer;
    }
}
