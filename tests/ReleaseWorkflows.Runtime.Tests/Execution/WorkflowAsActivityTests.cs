using System.Text.Json.Nodes;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>A published workflow with <c>usableAsActivity</c> is an activity of other workflows.</summary>
public sealed class WorkflowAsActivityTests : IDisposable
{
    private readonly EngineHost _host = new();

    [Fact]
    public async Task Inputs_go_in_and_outputs_come_out()
    {
        await _host.PublishAsync(Child("Greet somebody", [
            Flow.Activity("set", "Elsa.SetOutput", ("outputName", Flow.Literal("Greeting")), ("outputValue", Flow.Script("'Hello ' + getInput('Person')"))),
        ]));
        await _host.PublishAsync(Flow.Of(
            "parent",
            [
                Use("c1", "GreetSomebody", ("person", Flow.Script("getVariable('Person')")), ("greeting", Flow.Output("Text"))),
                Flow.Activity("say", "Test.Step", ("text", Flow.Script("getVariable('Text') + '!'"))),
            ],
            [Flow.Variable("Text", "String"), Flow.Variable("Person", "String", "Ada")],
            ["c1 -> say"]));

        var run = await _host.StartAsync("parent");

        Assert.Equal(WorkflowSubStatus.Finished, run.SubStatus);
        Assert.Equal(["Hello Ada!"], _host.Trace.Lines);
    }

    [Fact]
    public async Task An_activity_inside_binds_its_output_to_the_workflows_by_name()
    {
        await _host.PublishAsync(Child("child", [
            Flow.Activity("a", "Elsa.RunJavaScript", ("script", Flow.Literal("return 6 * 7")), ("result", Reference("Greeting"))),
        ]));
        await _host.PublishAsync(Flow.Of(
            "parent",
            [Use("c1", "Child"), Flow.Activity("say", "Test.Step", ("text", Flow.Script("String(getOutputFrom('c1', 'Greeting'))")))],
            "c1 -> say"));

        await _host.StartAsync("parent");

        Assert.Equal(["42"], _host.Trace.Lines);
    }

    [Fact]
    public async Task It_leaves_by_the_outcome_the_workflow_completes_with()
    {
        await _host.PublishAsync(Child("child", [
            Flow.Step("inside"), Flow.Activity("end", "Elsa.Complete", ("outcomes", Flow.Expression("Object", "[\"Late\"]"))),
        ], ["inside -> end"], outcomes: ["Early", "Late"]));
        await _host.PublishAsync(Flow.Of(
            "parent", [Use("c1", "Child"), Flow.Step("early"), Flow.Step("late")], "c1.Early -> early", "c1.Late -> late"));

        var run = await _host.StartAsync("parent");

        Assert.Equal(WorkflowSubStatus.Finished, run.SubStatus);
        Assert.Equal(["inside", "late"], _host.Trace.Lines);
    }

    [Fact]
    public async Task It_waits_inside_and_goes_on_with_inputs_and_variables_kept()
    {
        await _host.PublishAsync(Child("child", [
            Flow.Activity("count", "Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "var-N", ["name"] = "N", ["typeName"] = "Int32" }), ("value", Flow.Literal(7))),
            Flow.Wait("w"),
            Flow.Activity("set", "Elsa.SetOutput", ("outputName", Flow.Literal("Greeting")), ("outputValue", Flow.Script("getInput('Person') + ' ' + getVariable('N')"))),
        ], ["count -> w", "w -> set"], variables: [Flow.Variable("N", "Int32")]));
        await _host.PublishAsync(Flow.Of(
            "parent",
            [Use("c1", "Child", ("person", Flow.Literal("Ada"))), Flow.Activity("say", "Test.Step", ("text", Flow.Script("getOutputFrom('c1', 'Greeting')")))],
            "c1 -> say"));

        var waiting = await _host.StartAsync("parent");
        var resumed = await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(WorkflowSubStatus.Suspended, waiting.SubStatus);
        Assert.Equal(WorkflowSubStatus.Finished, Assert.Single(resumed.Resumed).SubStatus);
        Assert.Equal(["w resumed", "Ada 7"], _host.Trace.Lines);
    }

    [Fact]
    public async Task The_same_workflow_used_twice_has_two_scopes()
    {
        await _host.PublishAsync(Child("child", [
            Flow.Wait("w"), Flow.Activity("say", "Test.Step", ("text", Flow.Script("getInput('Person')"))),
        ], ["w -> say"]));
        await _host.PublishAsync(Flow.Of(
            "parent",
            [
                Flow.Activity("fork", "Elsa.FlowFork", ("branches", Flow.Expression("Object", "[\"A\",\"B\"]"))),
                Use("c1", "Child", ("person", Flow.Literal("one"))),
                Use("c2", "Child", ("person", Flow.Literal("two"))),
            ],
            "fork.A -> c1", "fork.B -> c2"));

        var run = await _host.StartAsync("parent");
        Assert.Equal(2, run.Bookmarks.Count);
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["w resumed", "one", "w resumed", "two"], _host.Trace.Lines);
        Assert.Equal(WorkflowSubStatus.Finished.ToString(), _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task Workflows_can_be_inside_each_other_and_wait_there()
    {
        await _host.PublishAsync(Child("inner", [Flow.Wait("w")]));
        await _host.PublishAsync(Child("outer", [Use("w", "Inner"), Flow.Step("after")], ["w -> after"]));
        await _host.PublishAsync(Flow.Of("parent", [Use("w", "Outer"), Flow.Step("end")], "w -> end"));

        var run = await _host.StartAsync("parent");
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal(["w resumed", "after", "end"], _host.Trace.Lines);
        Assert.Equal(WorkflowSubStatus.Finished.ToString(), _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_fault_inside_is_an_incident_of_the_instance_and_a_retry_goes_on_inside()
    {
        var off = new FailSwitch();
        using var host = new EngineHost(more: services => services.AddSingleton(off));
        await host.PublishAsync(Child("child", [Flow.Activity("f", "Test.Fail")]));
        await host.PublishAsync(Flow.Of("parent", [Use("c1", "Child"), Flow.Step("end")], "c1 -> end"));

        var run = await host.StartAsync("parent");
        off.IsOff = true;
        var again = await host.RunAsync(engine => engine.RetryAsync(run.InstanceId));

        Assert.Equal(WorkflowSubStatus.Faulted, run.SubStatus);
        Assert.Equal("Workflow1:flow:c1:Workflow1:flow:f", Assert.Single(run.Incidents).ActivityNodeId);
        Assert.Equal(WorkflowSubStatus.Finished, again!.SubStatus);
        Assert.Equal(["f worked", "end"], host.Trace.Lines);
    }

    [Fact]
    public async Task Cancelling_the_instance_cancels_what_waits_inside()
    {
        await _host.PublishAsync(Child("child", [Flow.Wait("w")]));
        await _host.PublishAsync(Flow.Of("parent", [Use("c1", "Child")]));
        var run = await _host.StartAsync("parent");

        await _host.RunAsync(engine => engine.CancelAsync(run.InstanceId));

        Assert.Equal(WorkflowSubStatus.Cancelled.ToString(), _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
        Assert.Contains("w Canceled", _host.Journal(run.InstanceId));
    }

    [Fact]
    public async Task Those_who_use_it_keep_their_version_when_a_new_one_is_published()
    {
        await _host.PublishAsync(Child("child", [Flow.Step("old")]));
        await _host.PublishAsync(Flow.Of("parent", [Use("c1", "Child")]));
        await _host.PublishAsync(Child("child", [Flow.Step("new")]));

        await _host.StartAsync("parent");
        using var restarted = Restart();
        await restarted.StartAsync("parent");

        Assert.Equal(["old"], _host.Trace.Lines);
        Assert.Equal(["old"], restarted.Trace.Lines);
    }

    [Fact]
    public async Task An_instance_that_waits_inside_goes_on_with_the_version_it_started_with()
    {
        await _host.PublishAsync(Child("child", [Flow.Wait("w"), Flow.Step("old")], ["w -> old"]));
        await _host.PublishAsync(Flow.Of("parent", [Use("c1", "Child")]));
        await _host.StartAsync("parent");
        await _host.PublishAsync(Child("child", [Flow.Wait("w"), Flow.Step("new")], ["w -> new"], autoUpdate: true));

        using var restarted = Restart();
        await restarted.SignalAsync("Test.Wait", new WaitStimulus("w"));
        Assert.Equal(["w resumed", "old"], restarted.Trace.Lines);

        await restarted.StartAsync("parent");
        await restarted.SignalAsync("Test.Wait", new WaitStimulus("w"));
        Assert.Equal("new", restarted.Trace.Lines[^1]);
    }

    [Fact]
    public async Task With_autoUpdate_those_who_use_it_get_a_new_version_from_the_same_file()
    {
        await _host.PublishAsync(Child("inner", [Flow.Step("old")], autoUpdate: true));
        await _host.PublishAsync(Child("outer", [Use("c1", "Inner")], autoUpdate: true));
        await _host.Definitions.PublishAsync(Flow.Of("parent", [Use("c1", "Outer")]), "hash-of-the-file");

        await _host.PublishAsync(Child("inner", [Flow.Step("new")], autoUpdate: true));
        await _host.StartAsync("parent");

        Assert.Equal(["new"], _host.Trace.Lines);
        var newest = _host.Database.Committed.Definitions.Values.Single(version => version.DefinitionId == "parent" && version.IsPublished);
        Assert.Equal((2, "hash-of-the-file"), (newest.Version, newest.SourceHash));
    }

    [Fact]
    public async Task The_stored_text_names_the_version_that_is_meant()
    {
        var child = await _host.PublishAsync(Child("Some child", [Flow.Step("x")]));
        var byType = await _host.PublishAsync(Flow.Of("by-type", [Flow.Activity("c1", "SomeChild")]));
        var byForeignId = await _host.PublishAsync(Flow.Of("by-foreign-id", [
            Flow.Activity("c1", "SomeChild", ("workflowDefinitionId", "Some child"), ("workflowDefinitionVersionId", "elsewhere")),
        ]));

        foreach (var stored in new[] { byType, byForeignId })
        {
            var activity = JsonNode.Parse(stored.Json)!["root"]!["activities"]![0]!;
            Assert.Equal(child.Id, (string?)activity["workflowDefinitionVersionId"]);
            Assert.Equal("Some child", (string?)activity["workflowDefinitionId"]);
        }
    }

    [Fact]
    public async Task Its_triggers_do_not_start_those_who_use_it()
    {
        await _host.PublishAsync(Child("child", [
            Flow.Activity("event", "Elsa.Event", ("eventName", Flow.Literal("Go")), ("customProperties", new JsonObject { ["canStartWorkflow"] = true })),
        ]));
        await _host.PublishAsync(Flow.Of("parent", [Use("c1", "Child")]));

        var outcome = await _host.PublishEventAsync("Go");

        Assert.Equal("child", Assert.Single(outcome.Started).DefinitionId);
    }

    [Fact]
    public async Task The_type_describes_the_workflow()
    {
        await _host.PublishAsync(Child("Greet somebody", [Flow.Step("x")], outcomes: ["Fine", "Bad"]));
        await _host.PublishAsync(Child("Greet somebody", [Flow.Step("y")], outcomes: ["Fine", "Bad"]));

        var types = _host.Get<IActivityRegistry>().FindMany(type => type.TypeName == "GreetSomebody").OrderBy(type => type.Version).ToList();

        Assert.Equal([(1, false), (2, true)], types.Select(type => (type.Version, type.IsBrowsable)));
        var type = types[1];
        Assert.Equal(("Greet somebody", "Tests"), (type.DisplayName, type.Category));
        Assert.Equal(["Fine", "Bad"], type.Ports.Select(port => port.Name));
        Assert.Equal("WorkflowDefinitionActivity", type.CustomProperties["RootType"]);
        Assert.Equal(2, type.ConstructionProperties["Version"]);
        var input = Assert.Single(type.Inputs);
        Assert.Equal(("Person", typeof(string), true, true, "singleline"), (input.Name, input.Type, input.IsSynthetic, input.IsWrapped, input.UIHint));
        Assert.Equal(("Greeting", true), (Assert.Single(type.Outputs).Name, type.Outputs.First().IsSynthetic));
    }

    [Theory]
    [InlineData("Child With Input", "ChildWithInput")]
    [InlineData("child-with_input", "ChildWithInput")]
    [InlineData("Order 2", "Order 2")]
    [InlineData("already", "Already")]
    public async Task The_type_is_named_after_the_definition(string name, string type)
    {
        await _host.PublishAsync(Child(name, [Flow.Step("x")]));

        Assert.NotNull(_host.Get<IActivityRegistry>().Find(type, 1));
    }

    [Fact]
    public async Task An_input_named_like_a_member_of_every_activity_is_written_with_an_underscore()
    {
        await _host.PublishAsync(Child("child", [Flow.Activity("say", "Test.Step", ("text", Flow.Script("getInput('Name')")))], input: "Name"));
        await _host.PublishAsync(Flow.Of("parent", [Use("c1", "Child", ("name", "TheChild"), ("_name", Flow.Literal("Ada")))]));

        await _host.StartAsync("parent");

        Assert.Equal(["Ada"], _host.Trace.Lines);
    }

    [Fact]
    public async Task What_is_missing_or_circular_refuses_the_publication()
    {
        await _host.PublishAsync(Child("child", [Flow.Step("x")]));
        await _host.PublishAsync(Child("user", [Use("c1", "Child")]));
        await _host.PublishAsync(Flow.Of("plain", [Flow.Step("x")]));

        await AssertRefusedAsync(Flow.Of("a", [Use("c1", "Child", ("version", 9))]), "c1", "stands for version 9 of the workflow 'child', which is not there; published is version 1");
        await AssertRefusedAsync(Flow.Of("a", [Use("c1", "Plain")]), "c1", "'plain', which is not published or cannot be used as an activity");
        await AssertRefusedAsync(Child("child", [Use("c1", "Child")]), "c1", "cannot be used as an activity of itself");
        await AssertRefusedAsync(Child("child", [Use("c1", "User")]), "c1", "use each other in a circle");
        await AssertRefusedAsync(Child("Child", [Flow.Step("x")], definitionId: "other"), "name", "the activity type 'Child', which belongs to the definition 'child'");
        await AssertRefusedAsync(Child("Test.Step", [Flow.Step("x")]), "name", "the activity type 'Test.Step', which exists already");
    }

    [Fact]
    public async Task A_workflow_that_multiplies_itself_is_refused_at_the_bound()
    {
        await _host.PublishAsync(Child("level0", [.. Enumerable.Range(0, 10).Select(index => Flow.Step($"s{index}"))]));
        for (var level = 1; level < 3; level++)
            await _host.PublishAsync(Child($"level{level}", [.. Enumerable.Range(0, 8).Select(index => Use($"c{index}", $"Level{level - 1}"))]));

        await AssertRefusedAsync(
            Child("level3", [.. Enumerable.Range(0, 8).Select(index => Use($"c{index}", "Level2"))]), "root", "more than 2,000 activities", anyNode: true);
    }

    public void Dispose() => _host.Dispose();

    private async Task AssertRefusedAsync(string json, string node, string reason, bool anyNode = false)
    {
        var publication = await _host.Definitions.PublishAsync(json);

        Assert.Null(publication.Definition);
        Assert.Contains(publication.Findings, finding =>
            finding.Severity == FindingSeverity.Error && (anyNode || finding.Node == node) && finding.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase));
    }

    private EngineHost Restart() => new(database: _host.Database);

    private static JsonObject Use(string id, string type, params (string Name, JsonNode Value)[] members)
    {
        var activity = Flow.Activity(id, type, ("workflowDefinitionId", char.ToLowerInvariant(type[0]) + type[1..]));
        if (type == "GreetSomebody")
            activity["workflowDefinitionId"] = "Greet somebody";
        activity.Remove("version");
        foreach (var (name, value) in members)
            activity[name] = value;
        return activity;
    }

    private static JsonObject Reference(string id) => new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = id } };

    private static string Child(
        string name,
        JsonObject[] activities,
        string[]? connections = null,
        string[]? outcomes = null,
        JsonObject[]? variables = null,
        bool autoUpdate = false,
        string input = "Person",
        string? definitionId = null) => Flow.Of(definitionId ?? name, activities, variables ?? [], connections ?? [], definition =>
    {
        definition["name"] = name;
        definition["inputs"] = new JsonArray(new JsonObject { ["name"] = input, ["type"] = "String" });
        definition["outputs"] = new JsonArray(new JsonObject { ["name"] = "Greeting", ["type"] = "Object" });
        definition["outcomes"] = new JsonArray([.. (outcomes ?? []).Select(outcome => JsonValue.Create(outcome))]);
        definition["options"] = new JsonObject { ["usableAsActivity"] = true, ["autoUpdateConsumingWorkflows"] = autoUpdate, ["activityCategory"] = "Tests" };
    });
}
