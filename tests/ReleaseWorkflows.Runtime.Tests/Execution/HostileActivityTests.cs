using System.Dynamic;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>Activities that go wrong in every way their author can think of: an incident of their instance, and nothing else.</summary>
public sealed class HostileActivityTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("circle", "has no JSON form")]
    [InlineData("type", "has no JSON form")]
    [InlineData("delegate", "has no JSON form")]
    [InlineData("getter", "has no JSON form. I will not tell.")]
    [InlineData("deep", "has no JSON form")]
    [InlineData("large", "has no JSON form. It takes more than 32 MB.")]
    public async Task A_value_that_cannot_be_stored_is_an_incident_of_an_instance_that_waits(string kind, string message)
    {
        await PublishAsync(kind);

        var run = await _host.StartAsync("f");

        Assert.Equal("Faulted", run.SubStatus.ToString());
        var incident = Assert.Single(run.Incidents);
        Assert.StartsWith("The value of the variable 'V' cannot be stored: the object of type '", incident.Message, StringComparison.Ordinal);
        Assert.Contains(message, incident.Message, StringComparison.Ordinal);
        Assert.Equal(["made"], _host.Trace.Lines);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
    }

    [Fact]
    public async Task Tried_again_the_instance_goes_on_without_the_value_that_could_not_be_stored()
    {
        await PublishAsync("circle");
        var run = await _host.StartAsync("f");

        Assert.Equal("Suspended", (await _host.RunAsync(engine => engine.RetryAsync(run.InstanceId)))!.SubStatus.ToString());
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal("nothing", _host.Trace.Lines[^1]);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task An_instance_that_has_ended_does_not_need_the_value_any_more()
    {
        await _host.PublishAsync(Flow.Of("f", [Make("circle")], [Flow.Variable("V", "Object")], []));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Contains("Workflow1 Not stored", _host.Journal(run.InstanceId));
    }

    [Theory]
    [InlineData("nan", "Double")]
    [InlineData("endless", "Double")]
    [InlineData("named", "ExpandoObject")]
    [InlineData("misnamed", "ExpandoObject")]
    [InlineData("element", "JsonElement")]
    [InlineData("nested60", "ExpandoObject")]
    public async Task Odd_values_come_back_as_what_they_were(string kind, string type)
    {
        await PublishAsync(kind);
        var run = await _host.StartAsync("f");
        Assert.Equal("Suspended", run.SubStatus.ToString());

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(type, _host.Trace.Lines[^1]);
    }

    [Theory]
    [InlineData("schedule")]
    [InlineData("signal")]
    public async Task Code_that_calls_itself_without_end_by_way_of_the_engine_is_an_incident(string how)
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.Endless", ("how", how))]));

        var run = await _host.StartAsync("f");

        Assert.Equal("Faulted", run.SubStatus.ToString());
        Assert.Contains("without end", run.Incidents[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("message", "SecretiveException")]
    [InlineData("canceled", "A task was canceled.")]
    [InlineData("aggregate", "One or more errors occurred. (One) (Two)")]
    [InlineData("timeout", "The operation has timed out.")]
    public async Task Whatever_is_thrown_is_an_incident(string kind, string message)
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.Thrower", ("kind", kind))]));

        var run = await _host.StartAsync("f");

        Assert.Equal(("Faulted", message), (run.SubStatus.ToString(), Assert.Single(run.Incidents).Message));
    }

    [Fact]
    public async Task Other_instances_that_hear_the_same_stimulus_go_on()
    {
        await _host.PublishAsync(Flow.Of("bad", [Flow.Wait("w"), Flow.Activity("t", "Test.Thrower", ("kind", "timeout"))], "w -> t"));
        await _host.PublishAsync(Flow.Of("good", [Flow.Wait("w"), Flow.Step("s")], "w -> s"));
        var bad = await _host.StartAsync("bad");
        var good = await _host.StartAsync("good");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal("Faulted", _host.Instance(bad.InstanceId).SubStatus);
        Assert.Equal("Finished", _host.Instance(good.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_journal_line_or_an_input_that_has_no_JSON_form_is_shown_by_its_class()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.OddJournal")]));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Contains(_host.Database.Committed.Journal, entry => entry.EventName == "Odd" && entry.PayloadJson == "\"Secretive\"");
    }

    private static System.Text.Json.Nodes.JsonObject Make(string kind)
    {
        var make = Flow.Activity("make", "Test.MakeOdd", ("kind", kind));
        make["result"] = Flow.Output("V");
        return make;
    }

    private Task<Runtime.Storage.WorkflowDefinitionRecord> PublishAsync(string kind) => _host.PublishAsync(Flow.Of(
        "f",
        [Make(kind), Flow.Wait("w"), Flow.Activity("type", "Test.TypeOf", ("value", Flow.Expression("Variable", new { id = "var-V", name = "V" })))],
        [Flow.Variable("V", "Object")],
        ["make -> w", "w -> type"]));
}

/// <summary>Gives a value that is hard to store.</summary>
[Activity("Test")]
public class MakeOdd : CodeActivity<object>
{
    [Input]
    public string Kind { get; set; } = "";

    protected override void Execute(ActivityExecutionContext context)
    {
        context.GetRequiredService<Trace>().Add("made");
        context.Set(Result, Create());
    }

    private object Create()
    {
        switch (Kind)
        {
            case "circle":
                dynamic circle = new ExpandoObject();
                circle.Self = circle;
                return circle;
            case "type":
                return new { Type = typeof(string) };
            case "delegate":
                return new { Action = (Action)(() => { }) };
            case "getter":
                return new Secretive();
            case "deep":
                return Nested(100);
            case "large":
                return new string('x', 33 * 1024 * 1024);
            case "nested60":
                return Nested(60);
            case "nan":
                return double.NaN;
            case "endless":
                return double.NegativeInfinity;
            case "named":
                return Data("DateTimeOffset", "2030-01-01T00:00:00Z");
            case "misnamed":
                return Data("Int32", "no number");
            default:
                return JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["$type"] = "Int32", ["$value"] = "no number" });
        }
    }

    private static ExpandoObject Data(string type, string value)
    {
        IDictionary<string, object?> data = new ExpandoObject();
        data["$type"] = type;
        data["$value"] = value;
        return (ExpandoObject)data;
    }

    private static ExpandoObject Nested(int levels)
    {
        var inner = new ExpandoObject();
        for (var i = 1; i < levels; i++)
        {
            IDictionary<string, object?> outer = new ExpandoObject();
            outer["in"] = inner;
            inner = (ExpandoObject)outer;
        }

        return inner;
    }
}

/// <summary>Does not tell what it holds.</summary>
public sealed class Secretive
{
    private readonly string _reason = "I will not tell.";

    public string Secret => throw new InvalidOperationException(_reason);
}

/// <summary>Calls itself by way of the engine.</summary>
[Activity("Test")]
public class Endless : Activity
{
    public Endless() => OnSignalReceived<string>((_, context) => context.ReceiverActivityExecutionContext.SendSignalAsync("again"));

    [Input]
    public string How { get; set; } = "";

    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        How == "signal" ? context.SendSignalAsync("go") : context.ScheduleActivityAsync(null, OnDoneAsync);

    private ValueTask OnDoneAsync(ActivityCompletedContext context) => context.TargetContext.ScheduleActivityAsync(null, OnDoneAsync);
}

/// <summary>Throws something.</summary>
[Activity("Test")]
public class Thrower : CodeActivity
{
    [Input]
    public string Kind { get; set; } = "";

    protected override void Execute(ActivityExecutionContext context) => throw (Kind switch
    {
        "message" => new SecretiveException(),
        "canceled" => new TaskCanceledException(),
        "aggregate" => new AggregateException(new InvalidOperationException("One"), new InvalidOperationException("Two")),
        _ => new TimeoutException(),
    });
}

public sealed class SecretiveException : Exception
{
    public override string Message => throw new InvalidOperationException("Not even my message.");
}

/// <summary>Writes a journal line with a payload that has no JSON form.</summary>
[Activity("Test")]
public class OddJournal : CodeActivity
{
    protected override void Execute(ActivityExecutionContext context)
    {
        context.AddExecutionLogEntry("Odd", payload: new Secretive());
        context.JournalData["Odd"] = new Secretive();
    }
}
