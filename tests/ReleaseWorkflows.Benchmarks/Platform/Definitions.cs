using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Benchmarks.Platform;

/// <summary>Workflow definitions that only the benchmarks use, beside those of the product.</summary>
internal static class Definitions
{
    public const string Timer = "benchmark-timer";
    public const string Wait = "benchmark-wait";
    public const string Publish = "benchmark-publish";
    public const string Long = "benchmark-long";
    public const string Wide = "benchmark-wide";
    public const string Loop = "benchmark-loop";

    private const string EventName = "benchmark";

    /// <summary>Writes a folder with all definitions; answers the setting that makes the server use it.</summary>
    public static string WriteTo(string parent)
    {
        var folder = Path.Combine(parent, "workflows");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ServerProcess.ProductFolder, "workflows"), "*.json", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(Path.Combine(ServerProcess.ProductFolder, "workflows"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        Write(folder, Timer, [Activity("delay", "Elsa.Delay", ("timeSpan", Literal("TimeSpan", "01:00:00")))]);
        Write(folder, Wait, [Activity("wait", "Elsa.Event", ("eventName", Literal("String", EventName)))]);
        Write(folder, Publish, [Activity("publish", "Elsa.PublishEvent", ("eventName", Literal("String", EventName)))]);
        Write(folder, Long, [.. Enumerable.Range(0, 500).Select(i => Line($"line{i}"))]);
        Write(folder, Wide, [Activity("fork", "Elsa.Fork", ("joinMode", "WaitAll"), ("branches", new JsonArray([.. Enumerable.Range(0, 200).Select(i => Line($"branch{i}"))])))]);
        Write(folder, Loop,
        [
            Activity("loop", "Elsa.For", ("start", Literal("Int32", "1")), ("end", Literal("Int32", "1300")), ("step", Literal("Int32", "1")), ("body", Line("round"))),
        ]);
        return $"--ReleaseWorkflows:WorkflowsDirectory={folder}";
    }

    /// <summary>Where a definition is started.</summary>
    public static string PathOf(string definition) => $"/workflows/{definition}";

    private static void Write(string folder, string id, IReadOnlyList<JsonObject> steps)
    {
        var endpoint = Activity("endpoint", "Elsa.HttpEndpoint",
            ("path", Literal("String", id)),
            ("supportedMethods", new JsonObject { ["typeName"] = "List<String>", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = "[\"POST\"]" } }));
        endpoint["customProperties"]!["canStartWorkflow"] = true;
        var definition = new JsonObject
        {
            ["id"] = $"{id}-1",
            ["definitionId"] = id,
            ["name"] = id,
            ["createdAt"] = "2026-01-01T00:00:00+00:00",
            ["version"] = 1,
            ["toolVersion"] = "3.8.0.0",
            ["isLatest"] = true,
            ["isPublished"] = true,
            ["root"] = Activity("sequence", "Elsa.Sequence", ("activities", new JsonArray([endpoint, .. steps])), ("variables", new JsonArray())),
        };
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, id + ".json"), definition.ToJsonString());
    }

    private static JsonObject Line(string id) => Activity(id, "Elsa.WriteLine", ("text", Literal("String", id)));

    private static JsonObject Activity(string id, string type, params (string Name, JsonNode Value)[] members)
    {
        var activity = new JsonObject
        {
            ["id"] = id,
            ["name"] = JsonNamingPolicy.CamelCase.ConvertName(id),
            ["type"] = type,
            ["version"] = 1,
            ["customProperties"] = new JsonObject { ["canStartWorkflow"] = false, ["runAsynchronously"] = false },
            ["metadata"] = new JsonObject(),
        };
        foreach (var (name, value) in members)
            activity[name] = value;
        return activity;
    }

    private static JsonObject Literal(string type, string value) =>
        new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };
}
