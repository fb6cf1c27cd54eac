using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

/// <summary>What a new version of a definition is asked. Errors refuse it, warnings are shown.</summary>
public sealed class ValidationTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public void A_version_of_an_activity_that_does_not_exist_is_an_error()
    {
        var step = Flow.Step("a");
        step["version"] = 7;

        Assert.Equal(["error a: The activity type 'Test.Step' has no version 7; the newest is 1."], Findings(Flow.Of("f", [step])));
    }

    [Theory]
    [InlineData("1 +")]
    [InlineData("function (")]
    public void A_script_that_cannot_be_parsed_is_an_error(string script)
    {
        var finding = Assert.Single(Findings(Flow.Of("f", [Flow.Activity("a", "Test.Step", ("text", Flow.Script(script)))])));

        Assert.StartsWith("error a: The expression of the input 'Text' cannot be read: Line 1, column", finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Elsa.Switch")]
    [InlineData("Elsa.FlowSwitch")]
    public void The_conditions_of_cases_are_checked_too(string type)
    {
        var cases = new JsonArray(
            new JsonObject { ["label"] = "One", ["condition"] = new JsonObject { ["type"] = "JavaScript", ["value"] = "1 +" } },
            new JsonObject { ["label"] = "Two", ["condition"] = new JsonObject { ["type"] = "Python", ["value"] = "x" } });

        var findings = Findings(Flow.Of("f", [Flow.Activity("s", type, ("cases", cases))]));

        Assert.Equal(2, findings.Count);
        Assert.StartsWith("error s: The expression of the input 'Cases' cannot be read:", findings[0], StringComparison.Ordinal);
        Assert.Equal("error s: The input 'Cases' is written in 'Python', which is not supported here.", findings[1]);
    }

    [Theory]
    [InlineData("Elsa.Event", "EventName")]
    [InlineData("Elsa.PublishEvent", "EventName")]
    [InlineData("Elsa.Cron", "CronExpression")]
    [InlineData("Elsa.StartAt", "DateTime")]
    [InlineData("Elsa.RunTask", "TaskName")]
    [InlineData("Elsa.DispatchWorkflow", "WorkflowDefinitionId")]
    [InlineData("Elsa.ExecuteWorkflow", "WorkflowDefinitionId")]
    [InlineData("Elsa.BulkDispatchWorkflows", "WorkflowDefinitionId")]
    [InlineData("Elsa.SetVariable", "Variable")]
    [InlineData("Elsa.SetOutput", "OutputName")]
    public void A_required_input_that_is_missing_is_an_error(string type, string input) =>
        Assert.Contains($"error a: The input '{input}' is required.", Findings(Flow.Of("f", [Flow.Activity("a", type)])));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_required_input_that_is_blank_is_missing(string value) =>
        Assert.Equal(
            ["error a: The input 'EventName' is required."], Findings(Flow.Of("f", [Flow.Activity("a", "Elsa.Event", ("eventName", Flow.Literal(value)))])));

    [Fact]
    public void A_wrong_cron_expression_in_the_middle_is_an_error() =>
        Assert.Equal(
            ["error c: The cron expression '* * * * *' has 5 fields; it needs six: second, minute, hour, day of month, month, day of week."],
            Findings(Flow.Of("f", [Flow.Activity("c", "Elsa.Cron", ("cronExpression", Flow.Literal("* * * * *")))])));

    [Fact]
    public void A_step_that_no_connection_leads_to_is_a_warning() =>
        Assert.Equal(
            ["warning c: No connection leads here from where the flowchart 'flow' starts; it never runs.", "warning d: No connection leads here from where the flowchart 'flow' starts; it never runs."],
            Findings(Flow.Of("f", [Flow.Step("a"), Flow.Step("b"), Flow.Step("c"), Flow.Step("d")], "a -> b", "c -> d")));

    [Fact]
    public void A_step_behind_a_second_trigger_is_reached()
    {
        var second = Flow.Activity("t", "Elsa.Event", ("eventName", Flow.Literal("go")), ("canStartWorkflow", true));

        Assert.Empty(Findings(Flow.Of("f", [Flow.Activity("start", "Elsa.Start"), second, Flow.Step("b")], "t -> b")));
    }

    [Fact]
    public void A_circle_in_which_nothing_waits_is_a_warning()
    {
        var decision = Flow.Activity("d", "Elsa.FlowDecision", ("condition", Flow.Literal(true)));
        var line = Flow.Activity("w", "Elsa.WriteLine", ("text", Flow.Literal("x")));

        Assert.Equal(
            ["warning w: The circle that begins here has nothing in it that waits; it has to come to its end within one burst."],
            Findings(Flow.Of("f", [line, decision], "w -> d", "d.True -> w")));
    }

    [Theory]
    [InlineData("Elsa.Delay")]
    [InlineData("Test.Wait")]
    public void A_circle_with_a_wait_is_not(string type) =>
        Assert.Empty(Findings(Flow.Of("f", [Flow.Activity("d", "Elsa.FlowDecision"), Flow.Activity("w", type)], "d.False -> w", "w -> d")));

    [Fact]
    public void A_variable_nobody_speaks_of_is_a_warning() =>
        Assert.Equal(
            ["warning variables: The variable 'Unused' is not used."],
            Findings(Flow.Of(
                "f",
                [
                    Flow.Activity("a", "Test.Step", ("text", Flow.Script("getFirst() + variables.Second"))),
                    Flow.Activity("b", "Test.Step", ("text", Flow.Expression("Variable", new { id = "var-Third" }))),
                    Flow.Activity("c", "Test.Step", ("text", Flow.Script("getVariable('two words')"))),
                ],
                [
                    Flow.Variable("First", "String"), Flow.Variable("Second", "String"), Flow.Variable("Third", "String"), Flow.Variable("two words", "String"),
                    Flow.Variable("Unused", "String"),
                ],
                ["a -> b", "b -> c"])));

    [Fact]
    public async Task Warnings_do_not_keep_a_definition_from_being_published()
    {
        var publication = await _host.Definitions.PublishAsync(Flow.Of("f", [Flow.Step("a"), Flow.Step("b")]));

        Assert.NotNull(publication.Definition);
        Assert.Equal(FindingSeverity.Warning, Assert.Single(publication.Findings).Severity);
    }

    [Fact]
    public void A_text_of_5_MB_is_refused_by_its_size()
    {
        var finding = Assert.Single(Findings($$"""{ "definitionId": "{{new string('x', 5 * 1024 * 1024)}}" }"""));

        Assert.StartsWith("error $: The definition has 5,242,", finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void Json_nested_too_deeply_is_refused_with_the_path_to_it(int levels)
    {
        var json = "{\"root\":{\"activities\":[1,2," + new string('[', levels) + new string(']', levels) + "]}}";

        var finding = Assert.Single(Findings(json));

        Assert.StartsWith("error $.root.activities[2][0][0]", finding, StringComparison.Ordinal);
        Assert.Contains("The text is not JSON: line 1, position", finding, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"root":{"activities":[{"id":"a"},{"id":}]}}""", "$.root.activities[1].id")]
    [InlineData("""{"definitionId":"f","root":""", "$.root")]
    [InlineData("not json", "$")]
    [InlineData("", "$")]
    public void Broken_json_is_refused_with_the_path_to_it(string json, string path) =>
        Assert.StartsWith($"error {path}: The text is not JSON:", Assert.Single(Findings(json)), StringComparison.Ordinal);

    [Fact]
    public void Activities_nested_as_deep_as_json_may_be_are_read()
    {
        var json = new StringBuilder("""{"definitionId":"f","root":""");
        for (var level = 0; level < 100; level++)
            json.Append(CultureInfo.InvariantCulture, $$"""{"id":"s{{level}}","type":"Elsa.Sequence","activities":[""");
        json.Insert(json.Length, "]}", 100).Append('}');

        Assert.True(_host.Definitions.Check(json.ToString()).IsValid);
    }

    [Fact]
    public void More_activities_than_are_allowed_are_refused()
    {
        var activities = Enumerable.Range(0, 2_001).Select(number => Flow.Step($"a{number}")).ToArray();

        Assert.Contains(Findings(Flow.Of("f", activities)), finding => finding.Contains("more than 2,000 activities", StringComparison.Ordinal));
    }

    [Fact]
    public void A_tangle_of_as_many_connections_as_are_allowed_is_checked_in_bounded_time()
    {
        var random = new Random(7);
        var activities = Enumerable.Range(0, 2_000).Select(number => Flow.Step($"a{number}")).ToArray();
        var connections = Enumerable.Range(0, 6_000).Select(number => $"a{random.Next(2_000)}.{number} -> a{random.Next(2_000)}").ToArray();
        var watch = Stopwatch.StartNew();

        var findings = Findings(Flow.Of("f", activities, connections));

        Assert.Contains(findings, finding => finding.Contains("more than 5,000 connections", StringComparison.Ordinal));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"It took {watch.Elapsed}.");
    }

    private List<string> Findings(string json) =>
        [.. _host.Definitions.Check(json).Findings.Select(finding => $"{(finding.Severity == FindingSeverity.Error ? "error" : "warning")} {finding.Node}: {finding.Reason}")];
}
