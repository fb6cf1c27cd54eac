using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Runtime;
using Guides;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Guides;

/// <summary>Activities written as Elsa's guides show, in definitions and in code.</summary>
public sealed class ActivityGuideTests : IDisposable
{
    private readonly EngineHost _host = new();

    [Fact]
    public async Task Inputs_and_an_output()
    {
        var (a, b, sum) = (new Variable<int>("A", 2), new Variable<int>("B", 3), new Variable<int>("Sum", 0));
        using var scope = _host.Get<IServiceScopeFactory>().CreateScope();
        var workflow = new Workflow(new Add(a, b, sum)) { Variables = { a, b, sum }, ResultVariable = sum };

        Assert.Equal(5, (await scope.ServiceProvider.GetRequiredService<IWorkflowRunner>().RunAsync(workflow)).Result);
    }

    [Theory]
    [InlineData("Rome", "sunny 30.5")]
    [InlineData("London", "rainy 12")]
    public async Task Outcomes_and_outputs(string city, string expected)
    {
        await _host.PublishAsync(Flow.Of(
            "weather",
            [
                Flow.Activity("check", "Guides.CheckWeather", ("city", Flow.Literal(city)), ("degrees", Flow.Output("T"))),
                Flow.Activity("sunny", "Test.Step", ("text", Flow.Script("'sunny ' + getVariable('T')"))),
                Flow.Activity("rainy", "Test.Step", ("text", Flow.Script("'rainy ' + getVariable('T')"))),
            ],
            [Flow.Variable("T", "Double")],
            ["check.Sunny -> sunny", "check.Rainy -> rainy"]));

        var run = await _host.StartAsync("weather");

        Assert.Equal([expected], _host.Trace.Lines);
        Assert.Contains("check Asked", _host.Journal(run.InstanceId));
    }

    [Fact]
    public async Task The_descriptor_offers_the_options_that_code_supplies()
    {
        var descriptor = _host.Get<IActivityRegistry>().Find("Guides.CheckWeather")!;

        Assert.Equal(["Sunny", "Rainy"], descriptor.Ports.Select(port => port.Name));
        var input = descriptor.Inputs.Single(candidate => candidate.Name == "City");
        Assert.Equal(typeof(CityOptions), Assert.Single(input.UIHandlers));
        var options = await new CityOptions().GetUIPropertiesAsync(input.PropertyInfo!, null, CancellationToken.None);
        Assert.Contains("dropdown", options.Keys);
    }

    [Fact]
    public async Task A_blocking_activity_is_resumed_by_its_stimulus()
    {
        await _host.PublishAsync(Flow.Of("wait", [
            Flow.Activity("w", "Guides.WaitForPerson", ("person", Flow.Literal("Ada"))),
            Flow.Activity("say", "Test.Step", ("text", Flow.Script("getResultFromW()"))),
        ], "w -> say"));
        var run = await _host.StartAsync("wait");

        var nobody = await InUnitAsync(services => services.GetRequiredService<IWorkflowResumer>().ResumeAsync<WaitForPerson>(new PersonStimulus("Grace")));
        var resumed = await InUnitAsync(services => services.GetRequiredService<IWorkflowResumer>().ResumeAsync<WaitForPerson>(
            new PersonStimulus("Ada"), new Elsa.Workflows.Runtime.Options.ResumeBookmarkOptions { Input = new Dictionary<string, object> { ["Message"] = "Here I am." } }));

        Assert.Empty(nobody);
        Assert.Equal((run.InstanceId, WorkflowSubStatus.Finished), resumed.Select(response => (response.WorkflowInstanceId, response.SubStatus)).Single());
        Assert.Equal(["Here I am."], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_trigger_starts_a_workflow_and_waits_in_the_middle_of_one()
    {
        await _host.PublishAsync(Flow.Of("files", [
            Flow.Activity("first", "Guides.FileArrived", ("folder", Flow.Literal("in")), ("canStartWorkflow", true)),
            Flow.Activity("second", "Guides.FileArrived", ("folder", Flow.Literal("in"))),
            Flow.Activity("say", "Test.Step", ("text", Flow.Script("getResultFromFirst() + ' ' + getResultFromSecond()"))),
        ], "first -> second", "second -> say"));

        await SendAsync("a.txt");
        Assert.Empty(_host.Trace.Lines);
        await SendAsync("b.txt");

        Assert.Equal(["a.txt b.txt"], _host.Trace.Lines);

        Task SendAsync(string file) => InUnitAsync(services => services.GetRequiredService<IStimulusSender>().SendAsync(
            "Guides.FileArrived", new FileStimulus("in"), new StimulusMetadata { Input = new Dictionary<string, object> { ["File"] = file } }));
    }

    [Fact]
    public async Task A_timer_of_ones_own_starts_again_and_again()
    {
        await _host.PublishAsync(Flow.Of("tick", [Flow.Activity("t", "Guides.Tick", ("seconds", Flow.Literal(5)), ("canStartWorkflow", true)), Flow.Step("x")], "t -> x"));

        for (var round = 0; round < 3; round++)
        {
            _host.Clock.Advance(TimeSpan.FromSeconds(5));
            await _host.Timers.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(["x", "x", "x"], _host.Trace.Lines);
    }

    [Fact]
    public async Task An_embedded_activity_runs_as_often_as_it_is_scheduled_across_a_wait()
    {
        await _host.PublishAsync(Flow.Of("twice", [Flow.Activity("t", "Guides.Twice", ("body", Flow.Wait("w"))), Flow.Step("end")], "t -> end"));

        await _host.StartAsync("twice");
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["w resumed", "w resumed", "end"], _host.Trace.Lines);
    }

    [Fact]
    public async Task What_an_activity_may_ask_of_its_execution()
    {
        await _host.PublishAsync(Flow.Of(
            "later",
            [Flow.Activity("r", "Guides.ReadLater", ("number", Flow.Script("20 + 21")), ("result", Flow.Output("N")))],
            [Flow.Variable("N", "Int32")],
            []));

        var output = (await _host.StartAsync("later")).Output;

        Assert.Equal((true, "Int32", 42, "Elsa.Workflow Elsa.Flowchart Guides.ReadLater"), (output["Bound"], output["Type"], output["Read"], output["Chain"]));
    }

    [Fact]
    public async Task An_activity_starts_another_workflow_in_the_same_unit_of_work()
    {
        await _host.PublishAsync(Flow.Of("other", [Flow.Wait("w")]));
        await _host.PublishAsync(Flow.Of("steer", [Flow.Activity("s", "Guides.Steer", ("definition", Flow.Literal("other")))]));
        var commits = _host.Database.Commits;

        var run = await _host.StartAsync("steer");

        Assert.Equal(commits + 1, _host.Database.Commits);
        Assert.Equal(WorkflowSubStatus.Suspended.ToString(), _host.Instance((string)run.Output["Started"]).SubStatus);
    }

    public void Dispose() => _host.Dispose();

    private Task<T> InUnitAsync<T>(Func<IServiceProvider, Task<T>> work) => _host.InUnitAsync(work);
}
