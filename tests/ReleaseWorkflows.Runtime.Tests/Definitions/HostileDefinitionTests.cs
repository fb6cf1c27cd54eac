using System.Globalization;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

/// <summary>Definitions written to do harm, or by a program that went wrong. Each is refused with a place and a reason, or does no harm.</summary>
public sealed class HostileDefinitionTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("""{ "definitionId": "f", "name": "\ud800", "root": { "id": "a", "type": "Test.Step" } }""", "$.name")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "a", "type": "Test.Step", "x\udc00": 1 } }""", "$.root")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "a", "type": "Test.Step", "text": ["ok", "\uDBFFx"] } }""", "$.root.text[0]")]
    public void Half_a_character_is_refused_with_the_path_to_it(string json, string path)
    {
        var finding = Assert.Single(_host.Definitions.Check(json).Findings);

        Assert.StartsWith("The text is not valid Unicode", finding.Reason, StringComparison.Ordinal);
        Assert.StartsWith(path, finding.Node, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_in_memory_with_half_a_character_is_refused() =>
        Assert.Single(_host.Definitions.Check("{ \"definitionId\": \"\ud800\" }").Findings);

    [Theory]
    [InlineData("""{ "definitionId": "f", "version": 1e99999, "root": { "id": "a", "type": "Test.Step", "text": 1e99999 } }""")]
    [InlineData("""{ "definitionId": "f", "variables": 7, "inputs": "x", "outputs": {}, "outcomes": [[]], "options": [], "customProperties": 3, "root": { "id": "a", "type": "Test.Step" } }""")]
    [InlineData("""{ "definitionId": "f", "variables": [null, 1, "x", [], {}], "inputs": [null, 1, {}], "root": { "id": "a", "type": "Test.Step", "metadata": [], "customProperties": "x" } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "$type": "System.IO.FileInfo, System.Runtime", "id": "a", "type": "Test.Step", "text": { "$type": "System.Diagnostics.Process", "typeName": "String", "expression": { "type": "Literal", "value": "x" } } } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "a", "id": "b", "type": "No.One", "type": "Test.Step" } }""")]
    public async Task Members_of_another_kind_than_expected_do_no_harm(string json)
    {
        await _host.PublishAsync(json);

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
    }

    [Theory]
    [InlineData("""{ "definitionId": "f", "root": [] }""")]
    [InlineData("""{ "definitionId": "f", "root": null }""")]
    [InlineData("""{ "definitionId": 5, "root": { "type": { } } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [ null, 1, "x", [] ] } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "flow", "type": "Elsa.Flowchart", "connections": [ null, 1, {}, { "source": 1 }, { "source": {}, "target": [] } ] } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "s", "type": "Elsa.FlowSwitch", "cases": 5 } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "s", "type": "Elsa.Fork", "joinMode": "Nonsense" } }""")]
    [InlineData("""{ "definitionId": "f", "root": { "id": "s", "type": "Elsa.Fork", "branches": [ { } ] } }""")]
    [InlineData("NaN")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{} {}")]
    public void What_cannot_be_meant_is_refused(string json)
    {
        var check = _host.Definitions.Check(json);

        Assert.False(check.IsValid);
        Assert.All(check.Findings, finding => Assert.NotEmpty(finding.Reason));
    }

    [Fact]
    public void An_activity_of_any_type_with_nothing_but_its_type_is_taken_or_refused_with_a_reason()
    {
        var types = _host.Get<IActivityRegistry>().ListAll().Select(descriptor => descriptor.TypeName).Distinct().ToList();
        Assert.Contains("Elsa.WorkflowDefinitionActivity", types);

        foreach (var type in types)
        {
            var check = _host.Definitions.Check(Flow.Of("f", [Flow.Activity("a", type)]));

            Assert.All(check.Findings, finding => Assert.NotEmpty(finding.Reason));
        }
    }

    [Fact]
    public void An_activity_that_stands_for_a_workflow_says_for_which()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Activity("a", "Elsa.WorkflowDefinitionActivity")]));

        Assert.Contains(check.Findings, finding => finding is
        {
            Node: "a",
            Reason: "The activity 'Elsa.WorkflowDefinitionActivity' stands for another workflow, but does not say which: give it a 'workflowDefinitionId'.",
        });
    }

    [Fact]
    public async Task Ids_that_look_like_paths_do_not_collide()
    {
        var box = Flow.Activity("a", "Elsa.Sequence");
        box["activities"] = new JsonArray(Flow.Step("b"));
        await _host.PublishAsync(Flow.Of("f", [box, Flow.Step("a:b")], "a -> a:b"));

        await _host.StartAsync("f");

        Assert.Equal(["b", "a:b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Text_of_json_that_is_nested_too_deeply_is_a_finding_or_an_incident()
    {
        var deep = new string('[', 10_000) + new string(']', 10_000);
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Activity("a", "Test.Choose", ("outcomes", Flow.Expression("Object", deep)))]));
        Assert.Contains(check.Findings, finding => finding.Severity == FindingSeverity.Error && finding.Node == "a");

        await _host.PublishAsync(Flow.Of("g", [Flow.Activity("a", "Test.Step", ("text", Flow.Script($"JSON.parse('{deep}')")))]));
        Assert.Equal("Faulted", (await _host.StartAsync("g")).SubStatus.ToString());
    }

    [Theory]
    [InlineData("while (true) {}")]
    [InlineData("(function f() { f(); })()")]
    [InlineData("var s = 'x'; while (true) s += s;")]
    [InlineData("/(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!')")]
    [InlineData("var a = []; while (true) a.push(a);")]
    public async Task A_script_without_end_is_an_incident(string script)
    {
        using var host = new EngineHost(more: services => Microsoft.Extensions.DependencyInjection.OptionsServiceCollectionExtensions
            .Configure<Runtime.Expressions.JavaScript.JavaScriptOptions>(services, options => options.TimeLimit = TimeSpan.FromMilliseconds(500)));
        await host.PublishAsync(Flow.Of("f", [Flow.Activity("a", "Test.Step", ("text", Flow.Script(script)))]));

        var run = await host.StartAsync("f");

        Assert.Equal(("Faulted", "a"), (run.SubStatus.ToString(), Assert.Single(run.Incidents).ActivityId));
    }

    [Fact]
    public void An_activity_that_cannot_be_created_or_set_up_is_a_finding()
    {
        var check = _host.Definitions.Check(Flow.Of("f", [Flow.Activity("a", "Test.Stillborn"), Flow.Activity("b", "Test.BadSetup")]));

        Assert.Contains(check.Findings, finding => finding is { Node: "a", Reason: "An activity of the type 'Test.Stillborn' cannot be created: Not today." });
        Assert.Contains(check.Findings, finding => finding is { Node: "b", Reason: "The activity of the type 'Test.BadSetup' cannot be set up: Not today." });
    }

    [Fact]
    public async Task A_long_way_that_is_not_taken_is_passed_over()
    {
        const int Length = 1_900;
        var steps = Enumerable.Range(0, Length).Select(i => Flow.Step(Name(i))).Prepend(Flow.Choose("c", "A")).ToArray();
        var connections = Enumerable.Range(1, Length - 1).Select(i => $"{Name(i - 1)} -> {Name(i)}").Prepend($"c.B -> {Name(0)}").ToArray();
        await _host.PublishAsync(Flow.Of("f", steps, connections));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Empty(_host.Trace.Lines);

        static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"s{number}");
    }

    [Fact]
    public async Task A_way_back_at_every_step_is_worked_out_in_bounded_time()
    {
        const int Length = 700;
        var steps = Enumerable.Range(0, Length).Select(i => Flow.Choose(Name(i), "On")).ToArray();
        var forward = Enumerable.Range(1, Length - 1).Select(i => $"{Name(i - 1)}.On -> {Name(i)}");
        var back = Enumerable.Range(1, Length - 1).SelectMany(i => new[] { $"{Name(i)}.Back -> {Name(0)}", $"{Name(i)}.Half -> {Name(i / 2)}" });
        await _host.PublishAsync(Flow.Of("f", steps, [.. forward, .. back]));

        Assert.Equal("Finished", (await _host.StartAsync("f")).SubStatus.ToString());

        static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"s{number}");
    }
}

/// <summary>Cannot even be created.</summary>
[Activity("Test")]
public class Stillborn : CodeActivity
{
    public Stillborn() => throw new InvalidOperationException("Not today.");
}

/// <summary>Cannot be set up.</summary>
[Activity("Test")]
public class BadSetup : Composite
{
    public override void Setup() => throw new InvalidOperationException("Not today.");
}
