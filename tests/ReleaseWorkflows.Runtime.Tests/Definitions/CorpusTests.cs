using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Runtime;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Definitions;

/// <summary>
/// Definitions as Studio exports them (<c>Corpus/*.json</c>), each with what has to become of it (<c>*.expected</c>): one or more cases of
/// inputs and stimuli with the activities that ran, the lines that were written, outcomes, outputs and where the instance stands.
/// </summary>
public sealed class CorpusTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Definitions", "Corpus");

    public static TheoryData<string> Definitions => [.. Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_corpus_is_not_empty() => Assert.True(Definitions.Count >= 40);

    [Theory]
    [MemberData(nameof(Definitions))]
    public async Task A_definition_does_what_is_expected(string name)
    {
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".expected")))!.AsObject();
        if (expected["refused"] is JsonArray reasons)
        {
            await ExpectRefusalAsync(name, reasons);
            return;
        }

        foreach (var @case in expected["cases"]!.AsArray())
            await RunAsync(name, expected, @case!.AsObject());
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public async Task Reading_writing_and_reading_again_keeps_every_member(string name)
    {
        var original = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, name + ".json")))!;
        var written = original.ToJsonString();
        using var host = new EngineHost();

        if ((await host.Definitions.PublishAsync(written)).Definition is not { } stored)
        {
            Assert.Equal("refused-for-many-reasons", name);
            return;
        }

        Assert.True(JsonNode.DeepEquals(original, JsonNode.Parse(stored.Json)));
        Assert.Equal(Shape(host.Definitions.Check(written)), Shape(host.Definitions.Check(JsonNode.Parse(stored.Json)!.ToJsonString())));
    }

    private static async Task RunAsync(string name, JsonObject expected, JsonObject @case)
    {
        await using var console = new StringWriter();
        using var host = new EngineHost(more: services => services.AddSingleton<IStandardOutStreamProvider>(new Output(console)));
        foreach (var needed in expected["needs"]?.AsArray() ?? [])
            await host.PublishAsync(await ReadAsync((string)needed!));
        await host.PublishAsync(await ReadAsync(name));

        if (@case["start"] is null)
            await host.StartAsync(name, @case["input"]?.Deserialize<Dictionary<string, object?>>());
        foreach (var step in @case["steps"]?.AsArray() ?? [])
            await TakeAsync(host, step!.AsObject());

        Check(host, name, @case, console.ToString());
    }

    private static async Task TakeAsync(EngineHost host, JsonObject step)
    {
        if (step["advance"] is { } time)
        {
            host.Clock.Advance(TimeSpan.Parse((string)time!, CultureInfo.InvariantCulture));
            await host.Timers.RunOnceAsync(CancellationToken.None);
        }
        else if (step["task"] is { } result)
        {
            var payload = JsonNode.Parse(host.Database.Committed.Bookmarks.Values.Single(bookmark => bookmark.Name == "Elsa.RunTask").PayloadJson!)!;
            await host.Get<IUnitOfWorkRunner>().RunAsync(
                async (services, token) =>
                {
                    await services.GetRequiredService<ITaskReporter>().ReportCompletionAsync((string)payload["TaskId"]!, (string?)result, token);
                    return UnitOfWorkResult.Commit(true);
                },
                CancellationToken.None);
        }
        else
        {
            await host.PublishEventAsync((string)step["event"]!, step["payload"]?.Deserialize<JsonElement>(), (string?)step["correlationId"]);
        }
    }

    private static void Check(EngineHost host, string name, JsonObject @case, string console)
    {
        var instances = host.Database.Committed.Instances.Values.Where(instance => instance.DefinitionId == name).ToList();
        Assert.All(
            instances.Where(candidate => candidate.SubStatus == "Faulted" && (string?)@case["status"] != "Faulted"),
            candidate => Assert.Fail((string?)JsonNode.Parse(candidate.State.Span)!["incidents"]![0]!["message"]));
        if (@case["instances"] is { } count)
            Assert.Equal((int)count, instances.Count);
        if (@case["lines"] is { } lines)
            Assert.Equal(lines.Deserialize<string[]>(), console.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        if (instances.LastOrDefault() is not { } instance)
            return;

        Assert.Equal((string?)@case["status"], instance.SubStatus);
        if (@case["ran"] is { } ran)
            Assert.Equal(ran.Deserialize<string[]>(), host.Journal(instance.Id).Where(IsStart).Select(line => line.Split(' ')[0]).Where(id => id is not ("Workflow1" or "flow")));
        if (@case["name"] is { } instanceName)
            Assert.Equal((string?)instanceName, instance.Name);
        if (@case["correlationId"] is { } correlationId)
            Assert.Equal((string?)correlationId, instance.CorrelationId);
        if (@case["waits"] is { } waits)
            Assert.Equal((int)waits, host.Bookmarks(instance.Id).Count());

        var state = JsonNode.Parse(instance.State.Span)!;
        if (@case["output"] is { } output)
            Assert.Equal(output.ToJsonString(), state["output"]!.ToJsonString());
        if (@case["incident"] is { } incident)
            Assert.StartsWith((string)incident!, (string?)state["incidents"]![0]!["message"], StringComparison.Ordinal);
        foreach (var (activity, outcomes) in @case["outcomes"]?.AsObject() ?? [])
            Assert.Equal(outcomes!.ToJsonString(), Outcomes(host, instance.Id, activity));

        // Whatever else happened: what is suspended waits for something, and nothing that has ended waits.
        Assert.All(host.Database.Committed.Instances.Values, row => Assert.Equal(row.SubStatus == "Suspended", host.Bookmarks(row.Id).Any()));
    }

    private static string? Outcomes(EngineHost host, string instanceId, string activityId) =>
        JsonNode.Parse(host.Database.Committed.Executions.Values
            .Where(execution => execution.InstanceId == instanceId && execution.ActivityId == activityId)
            .MaxBy(execution => execution.StartedAt)!.DetailsJson!)!["journal"]!["Outcomes"]!.ToJsonString();

    private static async Task ExpectRefusalAsync(string name, JsonArray reasons)
    {
        using var host = new EngineHost();

        var publication = await host.Definitions.PublishAsync(await ReadAsync(name));

        Assert.Null(publication.Definition);
        var findings = publication.Findings.Where(finding => finding.Severity == FindingSeverity.Error).Select(finding => $"{finding.Node}: {finding.Reason}").ToList();
        Assert.Equal(reasons.Count, findings.Count);
        Assert.All(reasons, reason => Assert.Contains(findings, finding => finding.StartsWith((string)reason!, StringComparison.Ordinal)));
    }

    private static bool IsStart(string line) => line.EndsWith(" Started", StringComparison.Ordinal);

    private static IEnumerable<string> Shape(DefinitionCheck check) => check.Graph!.Nodes.Select(node => $"{node.NodeId} {node.Activity.Type} {node.Port}");

    private static Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(Folder, name + ".json"));

    private sealed class Output(TextWriter writer) : IStandardOutStreamProvider
    {
        public TextWriter GetTextWriter() => writer;
    }
}
