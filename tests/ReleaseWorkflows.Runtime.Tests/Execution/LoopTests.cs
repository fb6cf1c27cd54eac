using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class LoopTests : IDisposable
{
    private readonly FailSwitch _switch = new();
    private readonly EngineHost _host;

    public LoopTests() => _host = new EngineHost(more: services => services.AddSingleton(_switch));

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task While_evaluates_its_condition_before_each_round()
    {
        var run = await RunAsync(
            Flow.Activity(
                "loop", "Elsa.While",
                ("condition", Flow.Script("variables.N < 3")),
                ("body", Flow.Activity("set", "Elsa.SetVariable", ("variable", Flow.Variable("N", "Int32")), ("value", Flow.Script("variables.N + 1"))))),
            Flow.Activity("show", "Test.Step", ("text", Flow.Script("String(variables.N)"))));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["3"], _host.Trace.Lines);
    }

    [Fact]
    public async Task While_without_end_and_without_a_wait_is_stopped()
    {
        var run = await RunAsync(Flow.Activity("loop", "Elsa.While", ("condition", Flow.Literal(true)), ("body", Flow.Activity("b", "Elsa.Start"))));

        Assert.Equal("Faulted", run.SubStatus.ToString());
        Assert.Contains("go round in a circle", run.Incidents.Single().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 3, 1, true, "1,2,3")]
    [InlineData(1, 3, 1, false, "1,2")]
    [InlineData(5, 1, -2, true, "5,3,1")]
    [InlineData(5, 1, -2, false, "5,3")]
    [InlineData(3, 1, 1, true, "")]
    [InlineData(2147483646, 2147483647, 1, true, "2147483646,2147483647")]
    public async Task For_counts_from_start_to_end(int start, int end, int step, bool isInclusive, string expected)
    {
        await RunAsync(Flow.Activity(
            "loop", "Elsa.For",
            ("start", Flow.Literal(start)), ("end", Flow.Literal(end)), ("step", Flow.Literal(step)), ("outerBoundInclusive", Flow.Literal(isInclusive)),
            ("body", Show("CurrentValue"))));

        Assert.Equal(expected.Split(',', StringSplitOptions.RemoveEmptyEntries), _host.Trace.Lines);
    }

    [Fact]
    public async Task For_with_the_step_0_is_an_incident()
    {
        var run = await RunAsync(Flow.Activity("loop", "Elsa.For", ("end", Flow.Literal(3)), ("step", Flow.Literal(0)), ("body", Flow.Step("b"))));

        Assert.Equal("The step of the loop is 0; it would never end.", run.Incidents.Single().Message);
    }

    [Fact]
    public async Task ForEach_hands_each_round_its_item_and_number()
    {
        await RunAsync(ForEach("""["a","b","c"]""", Flow.Activity("show", "Test.Step", ("text", Flow.Script("getVariable('CurrentIndex') + getVariable('CurrentValue')")))));

        Assert.Equal(["0a", "1b", "2c"], _host.Trace.Lines);
    }

    [Fact]
    public async Task ForEach_sets_the_variable_its_current_value_is_bound_to()
    {
        var loop = ForEach("[7]", Flow.Activity("show", "Test.Step", ("text", Flow.Script("String(variables.Item)"))));
        loop["currentValue"] = Flow.Output("Item");

        await RunAsync(loop);

        Assert.Equal(["7"], _host.Trace.Lines);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("")]
    public async Task ForEach_over_nothing_completes_at_once(string items)
    {
        var run = await RunAsync(ForEach(items, Flow.Step("b")), Flow.Step("after"));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task ForEach_goes_on_with_the_next_item_after_each_suspension()
    {
        var loop = ForEach(
            """["2030-01-01T00:00:00+00:00", "b"]""",
            Sequence("s", Flow.Wait("w"), Flow.Activity("show", "Test.Step", ("text", Flow.Script("getVariable('CurrentValue')")))));
        var run = await RunAsync(loop, Flow.Step("after"));

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
            await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));
        }

        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Equal(["w resumed", "2030-01-01T00:00:00+00:00", "w resumed", "b", "after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Items_keep_their_types_over_a_suspension()
    {
        var loop = Flow.Activity(
            "loop", "Elsa.ForEach",
            ("items", Flow.Expression("Variable", new { id = "var-Times" })),
            ("body", Sequence("s", Flow.Wait("w"), Flow.Activity("type", "Test.TypeOf", ("value", Flow.Expression("Variable", new { id = "CurrentValue" }))))));
        await RunAsync(
            Flow.Activity("fill", "Test.Fill", ("result", Flow.Output("Times"))),
            loop);

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["w resumed", "DateTimeOffset"], _host.Trace.Lines);
    }

    [Theory]
    [InlineData("Elsa.While")]
    [InlineData("Elsa.For")]
    [InlineData("Elsa.ForEach")]
    public async Task Break_ends_the_nearest_loop_from_inside_other_containers(string type)
    {
        var body = Sequence(
            "s",
            Flow.Step("round"),
            Flow.Activity("if", "Elsa.If", ("condition", Flow.Literal(true)), ("then", Flow.Activity("break", "Elsa.Break"))),
            Flow.Step("never"));
        var loop = Flow.Activity(
            "loop", type,
            ("condition", Flow.Literal(true)), ("end", Flow.Literal(5)), ("items", Flow.Expression("Object", "[1,2]")), ("body", body));

        var run = await RunAsync(ForEach("[1,2]", Sequence("outer", loop, Flow.Step("after"))));

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["round", "after", "round", "after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Loops_inside_each_other_see_their_own_values()
    {
        var inner = ForEach("""["x","y"]""", Show("CurrentValue"));
        inner["id"] = "inner";

        await RunAsync(ForEach("""["a","b"]""", Sequence("s", Show("CurrentValue", "show-outer"), inner)));

        Assert.Equal(["a", "x", "y", "b", "x", "y"], _host.Trace.Lines);
    }

    [Fact]
    public async Task ParallelForEach_runs_all_rounds_and_waits_for_all()
    {
        var run = await RunAsync(
            ParallelForEach("""["a","b"]""", Flow.Activity("w", "Test.Wait", ("for", Flow.Script("getVariable('CurrentValue')")))),
            Flow.Step("after"));

        await _host.SignalAsync("Test.Wait", new WaitStimulus("b"));
        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"));

        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Equal(["w resumed", "w resumed", "after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task ParallelForEach_over_nothing_completes_at_once()
    {
        var run = await RunAsync(ParallelForEach("[]", Flow.Step("b")));

        Assert.Equal("Finished", run.SubStatus.ToString());
    }

    [Fact]
    public async Task Rounds_that_a_fault_kept_from_running_have_their_items_when_the_instance_is_tried_again()
    {
        var run = await RunAsync(ParallelForEach("""["a","b"]""", Sequence("s", Show("CurrentValue"), Flow.Activity("f", "Test.Fail"))));
        Assert.Equal("Faulted", run.SubStatus.ToString());

        _switch.IsOff = true;
        var again = await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId));

        Assert.Equal("Finished", again!.SubStatus.ToString());
        Assert.Equal(["a", "b", "f worked", "f worked"], _host.Trace.Lines);
    }

    private static JsonObject Show(string variable, string id = "show") =>
        Flow.Activity(id, "Test.Step", ("text", Flow.Script($"String(getVariable('{variable}'))")));

    private static JsonObject ForEach(string items, JsonObject body) =>
        Flow.Activity("loop-" + body["id"], "Elsa.ForEach", ("items", Flow.Expression("Object", items)), ("body", body));

    private static JsonObject ParallelForEach(string items, JsonObject body) =>
        Flow.Activity("loop", "Elsa.ParallelForEach", ("items", Flow.Expression("Object", items)), ("body", body));

    private static JsonObject Sequence(string id, params JsonObject[] activities) =>
        Flow.Activity(id, "Elsa.Sequence", ("activities", new JsonArray([.. activities])));

    private async Task<WorkflowRun> RunAsync(params JsonObject[] activities)
    {
        var definition = new JsonObject
        {
            ["definitionId"] = "d",
            ["variables"] = new JsonArray(Flow.Variable("N", "Int32", "0"), Flow.Variable("Item", "Object"), Flow.Variable("Times", "Object")),
            ["root"] = Sequence("root", activities),
        };
        await _host.PublishAsync(definition.ToJsonString());
        return await _host.StartAsync("d");
    }
}
