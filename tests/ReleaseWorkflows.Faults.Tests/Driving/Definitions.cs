using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Faults.Tests.Driving;

/// <summary>The product's workflow definitions, and one that waits three times for a moment.</summary>
internal static class Definitions
{
    private const string ShortDelay = "00:00:00.050";

    /// <summary>Copies them into a folder, and answers the setting that makes a server use it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="delay">How long the one that waits waits each time.</param>
    public static string CopyTo(string folder, string delay = ShortDelay)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "workflows");
        foreach (var file in Directory.EnumerateFiles(source, "*.json", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
        File.WriteAllText(Path.Combine(folder, "timers.json"), Timers().ToJsonString().Replace(ShortDelay, delay, StringComparison.Ordinal));
        return $"--ReleaseWorkflows:WorkflowsDirectory={folder}";
    }

    /// <summary><c>POST /workflows/timers</c> starts an instance that waits three times for 50 milliseconds.</summary>
    /// <param name="hasEndpoint">False: it has no address, and is started by its id.</param>
    public static JsonObject Timers(bool hasEndpoint = true) => new()
    {
        ["id"] = "timers-1",
        ["definitionId"] = "timers",
        ["name"] = "Timers",
        ["version"] = 1,
        ["isLatest"] = true,
        ["isPublished"] = true,
        ["root"] = new JsonObject
        {
            ["id"] = "flow",
            ["type"] = "Elsa.Flowchart",
            ["version"] = 1,
            ["activities"] = new JsonArray(
                !hasEndpoint ? new JsonObject { ["id"] = "start", ["type"] = "Elsa.Start", ["version"] = 1 } : new JsonObject
                {
                    ["id"] = "start",
                    ["type"] = "Elsa.HttpEndpoint",
                    ["version"] = 1,
                    ["customProperties"] = new JsonObject { ["canStartWorkflow"] = true },
                    ["path"] = Literal("String", "timers"),
                    ["supportedMethods"] = new JsonObject
                    {
                        ["typeName"] = "List<String>",
                        ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = "[\"POST\"]" },
                    },
                },
                Delay("first"),
                Delay("second"),
                Delay("third")),
            ["connections"] = new JsonArray(Connect("start", "first"), Connect("first", "second"), Connect("second", "third")),
        },
    };

    private static JsonObject Delay(string id) => new() { ["id"] = id, ["type"] = "Elsa.Delay", ["version"] = 1, ["timeSpan"] = Literal("TimeSpan", ShortDelay) };

    private static JsonObject Literal(string type, string value) => new()
    {
        ["typeName"] = type,
        ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value },
    };

    private static JsonObject Connect(string from, string to) => new()
    {
        ["source"] = new JsonObject { ["activity"] = from, ["port"] = "Done" },
        ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
    };
}
