using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

public sealed class DefinitionTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("{", "$", "The text is not JSON: line 1, position 2:")]
    [InlineData("[]", null, "The text is not a JSON object.")]
    [InlineData("""{ "definitionId": "d" }""", "root", "The definition has no root activity.")]
    [InlineData("""{ "root": { "id": "a", "type": "Test.Step" } }""", "definitionId", "The definition has no definitionId.")]
    [InlineData("""{ "definitionId": "d", "root": { "id": "a" } }""", "a", "The activity has no type.")]
    [InlineData("""{ "definitionId": "d", "root": { "id": "a", "type": "Acme.Nothing" } }""", "a", "The activity type 'Acme.Nothing' is not known.")]
    [InlineData(
        """{ "definitionId": "d", "root": { "id": "a", "type": "Test.Step", "text": { "typeName": "String", "expression": { "type": "Python", "value": "x" } } } }""",
        "a",
        "The input 'Text' is written in 'Python', which is not supported here.")]
    [InlineData(
        """{ "definitionId": "d", "root": { "id": "a", "type": "Test.Repeat", "times": { "typeName": "Int32", "expression": { "type": "Literal", "value": "many" } } } }""",
        "a",
        "The input 'Times' does not fit its type: ")]
    [InlineData(
        """{ "definitionId": "d", "inputs": [{ "name": "x", "type": "Nonsense" }], "root": { "id": "a", "type": "Test.Step" } }""",
        "x",
        "The type 'Nonsense' is not known.")]
    [InlineData(
        """{ "definitionId": "d", "variables": [{ "id": "v", "name": "v", "typeName": "Int32", "value": "many" }], "root": { "id": "a", "type": "Test.Step" } }""",
        "variables",
        "The default of the variable 'v' does not fit its type: ")]
    public void A_definition_that_cannot_run_is_refused_with_place_and_reason(string json, string? node, string reason)
    {
        var check = _host.Definitions.Check(json);

        Assert.False(check.IsValid);
        Assert.Contains(check.Findings, finding =>
            finding.Severity == FindingSeverity.Error && finding.Node == node && finding.Reason.StartsWith(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "name": "Hello World", "root": { "id": "a", "type": "Test.Step" } }""", "hello-world")]
    [InlineData("""{ "id": "v1", "name": "Hello World", "root": { "id": "a", "type": "Test.Step" } }""", "v1")]
    [InlineData("""{ "definitionId": "d", "id": "v1", "name": "Hello World", "root": { "id": "a", "type": "Test.Step" } }""", "d")]
    public async Task A_file_without_a_definitionId_goes_by_its_id_or_its_name(string json, string definitionId)
    {
        Assert.Equal(definitionId, (await _host.PublishAsync(json)).DefinitionId);

        await _host.StartAsync(definitionId);
        Assert.Equal(["a"], _host.Trace.Lines);
    }

    [Fact]
    public void Behind_an_activity_that_cannot_be_read_nothing_is_called_unreachable() =>
        Assert.Single(_host.Definitions.Check(Flow.Of("f", [Flow.Step("a"), Flow.Activity("b", "No.One"), Flow.Step("c")], "a -> b", "b -> c")).Findings);

    [Fact]
    public void Two_activities_with_one_id_are_refused()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Step("a"), Flow.Step("a")]));

        Assert.Contains(check.Findings, finding => finding.Reason == "The id 'a' is used by more than one activity.");
    }

    [Fact]
    public void A_connection_to_nowhere_is_refused()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Step("a")], "a -> b"));

        var finding = Assert.Single(check.Findings);
        Assert.Equal("flow", finding.Node);
        Assert.Equal("The connection from 'a' to 'b' names the activity 'b', which is not in the flowchart.", finding.Reason);
    }

    [Fact]
    public void All_findings_are_told_at_once()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Activity("a", "No.One"), Flow.Activity("b", "No.Two"), Flow.Step("c")], "c -> nobody"));

        Assert.Equal(3, check.Findings.Count);
    }

    [Fact]
    public void A_variable_of_an_unknown_type_is_left_out_with_a_warning()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Step("a")], [Flow.Variable("v", "Nonsense")], []));

        Assert.True(check.IsValid);
        Assert.Empty(check.Graph!.Workflow.Variables);
        Assert.Equal(FindingSeverity.Warning, Assert.Single(check.Findings).Severity);
    }

    [Fact]
    public void An_output_bound_to_nothing_known_is_a_warning()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Activity("w", "Test.Wait", ("for", Flow.Literal("x")), ("result", Flow.Output("gone")))]));

        Assert.True(check.IsValid);
        Assert.Contains("bound to 'var-gone'", Assert.Single(check.Findings).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_read_without_regard_to_case_and_values_leniently()
    {
        const string Json = """
            {
              "DefinitionId": "f", "Version": "3", // a comment
              "Root": {
                "ID": "flow", "Type": "elsa.flowchart", "Version": "1",
                "Activities": { "$values": [
                  { "id": "a", "type": "Test.Step", "version": "1", "TEXT": "plain value" },
                  { "id": "b", "type": "Test.Step", "text": { "expression": { "type": "Literal", "value": "without a type name" } } },
                  { "id": "c", "type": "Test.Step", "text": { "TypeName": "String", "Expression": { "Type": "Literal", "Value": 5 } } } ] },
                "connections": [ { "source": "a", "target": "b", "sourcePort": "Done", "targetPort": "In" },
                                 { "source": { "activity": "b" }, "target": { "activity": "c" } } ],
              },
            }
            """;
        await _host.PublishAsync(Json);

        await _host.StartAsync("f");

        Assert.Equal(["plain value", "b", "5"], _host.Trace.Lines);
    }

    [Fact]
    public async Task The_text_is_stored_as_it_came_with_members_the_engine_does_not_know()
    {
        var definition = JsonNode.Parse(Flow.Of("f", [Flow.Step("a")]))!;
        definition["x-owner"] = "Team Coffee";
        definition["root"]!["activities"]![0]!["x-note"] = new JsonObject { ["deep"] = true };
        var json = definition.ToJsonString();

        var stored = await _host.PublishAsync(json);

        Assert.Equal(json, _host.Database.Committed.Definitions[stored.Id].Json);
    }

    [Fact]
    public async Task The_version_of_the_tool_a_file_was_made_with_is_kept()
    {
        var stored = await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")], [], [], definition => definition["toolVersion"] = "3.8.0.0"));

        Assert.Equal("3.8.0.0", _host.Database.Committed.Definitions[stored.Id].ToolVersion);
    }

    [Fact]
    public async Task Publishing_makes_the_next_version_the_only_published_one()
    {
        var first = await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")]));
        var second = await _host.PublishAsync(Flow.Of("f", [Flow.Step("b")]));

        Assert.Equal((1, 2), (first.Version, second.Version));
        var versions = _host.Database.Committed.Definitions;
        Assert.Equal((false, false), (versions[first.Id].IsLatest, versions[first.Id].IsPublished));
        Assert.Equal((true, true), (versions[second.Id].IsLatest, versions[second.Id].IsPublished));
    }

    [Fact]
    public async Task A_refused_definition_changes_nothing()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")]));
        var commits = _host.Database.Commits;

        var publication = await _host.Definitions.PublishAsync(Flow.Of("f", [Flow.Activity("a", "No.One")]));

        Assert.Null(publication.Definition);
        Assert.Equal(commits, _host.Database.Commits);
        await _host.StartAsync("f");
        Assert.Equal(["a"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_new_definition_keeps_the_id_its_file_gives_the_version()
    {
        var stored = await _host.PublishAsync(
            Flow.Of("f", [Flow.Step("a")], [], [], definition => definition["id"] = "my-version"));

        Assert.Equal("my-version", stored.Id);
        Assert.NotNull(await _host.Definitions.FindVersionAsync("my-version"));
    }

    [Fact]
    public async Task Two_publications_at_once_become_two_versions()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")]));
        _host.Database.BeforeCommit = () =>
        {
            _host.Database.BeforeCommit = null;
            Task.Run(() => _host.PublishAsync(Flow.Of("f", [Flow.Step("b")]))).Wait();
        };

        var slower = await _host.PublishAsync(Flow.Of("f", [Flow.Step("c")]));

        Assert.Equal(3, slower.Version);
        Assert.Single(_host.Database.Committed.Definitions.Values, version => version.IsPublished);
        await _host.StartAsync("f");
        Assert.Equal(["c"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_definition_that_is_not_published_does_not_start() =>
        await Assert.ThrowsAsync<WorkflowNotFoundException>(() => _host.StartAsync("nobody"));

    [Fact]
    public void The_built_in_activities_are_known_by_the_names_of_Elsa()
    {
        var registry = _host.Get<Elsa.Workflows.IActivityRegistry>();

        string[] names =
        [
            "Elsa.Flowchart", "Elsa.Sequence", "Elsa.If", "Elsa.Switch", "Elsa.FlowDecision", "Elsa.FlowSwitch", "Elsa.FlowFork", "Elsa.FlowJoin",
            "Elsa.SetVariable", "Elsa.SetOutput", "Elsa.SetName", "Elsa.Correlate", "Elsa.WriteLine", "Elsa.Start", "Elsa.End", "Elsa.Finish",
            "Elsa.Complete", "Elsa.Fault", "Elsa.Break", "Elsa.Event", "Elsa.PublishEvent", "Elsa.Delay", "Elsa.StartAt", "Elsa.Timer",
            "Elsa.DispatchWorkflow", "Elsa.ExecuteWorkflow",
        ];
        Assert.All(names, name => Assert.NotNull(registry.Find(name)));
    }

    [Fact]
    public void A_descriptor_says_what_the_class_says()
    {
        var descriptor = _host.Get<Elsa.Workflows.IActivityRegistry>().Find("Acme.AwaitDecision")!;

        Assert.Equal(("Approvals", "Await decision", "Waits for a decision."), (descriptor.Category, descriptor.DisplayName, descriptor.Description));
        var input = Assert.Single(descriptor.Inputs);
        Assert.Equal(("OrderId", typeof(string), "singleline", true), (input.Name, input.Type, input.UIHint, input.IsWrapped));
        Assert.Equal(("Result", typeof(string)), (descriptor.Outputs.Single().Name, descriptor.Outputs.Single().Type));
        Assert.Equal(["Approved", "Rejected"], descriptor.Ports.Select(port => port.Name));
    }
}
