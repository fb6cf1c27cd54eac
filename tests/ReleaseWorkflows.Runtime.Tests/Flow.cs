using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Tests;

/// <summary>Writes definitions for tests in one line: <c>Flow.Of("a", [Flow.Step("x"), Flow.Step("y")], "x -> y")</c>.</summary>
internal static class Flow
{
    /// <summary>A flowchart. A connection is <c>"source -> target"</c> or <c>"source.Port -> target"</c>.</summary>
    public static string Of(string definitionId, JsonObject[] activities, params string[] connections) =>
        Of(definitionId, activities, [], connections);

    public static string Of(string definitionId, JsonObject[] activities, JsonObject[] variables, string[] connections, Action<JsonObject>? more = null)
    {
        var definition = new JsonObject
        {
            ["definitionId"] = definitionId,
            ["name"] = definitionId,
            ["variables"] = new JsonArray([.. variables]),
            ["root"] = new JsonObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
                ["activities"] = new JsonArray([.. activities]),
                ["connections"] = new JsonArray([.. connections.Select(Connection)]),
            },
        };
        more?.Invoke(definition);
        return definition.ToJsonString();
    }

    public static JsonObject Activity(string id, string type, params (string Name, JsonNode Value)[] members)
    {
        var activity = new JsonObject { ["id"] = id, ["type"] = type, ["version"] = 1 };
        foreach (var (name, value) in members)
            activity[name] = value;
        return activity;
    }

    public static JsonObject Step(string id) => Activity(id, "Test.Step");

    public static JsonObject Wait(string id) => Activity(id, "Test.Wait", ("for", Literal(id)));

    public static JsonObject Choose(string id, params string[] outcomes) =>
        Activity(id, "Test.Choose", ("outcomes", Expression("Object", JsonSerializer.Serialize(outcomes))));

    public static JsonObject Join(string id, string mode) => Activity(id, "Elsa.FlowJoin", ("mode", Literal(mode)));

    public static JsonObject Variable(string name, string type, string? value = null, string? driver = null) =>
        new() { ["id"] = $"var-{name}", ["name"] = name, ["typeName"] = type, ["value"] = value, ["storageDriverTypeName"] = driver };

    public static JsonObject Literal(object value) => Expression("Literal", value);

    public static JsonObject Script(string source) => Expression("JavaScript", source);

    public static JsonObject Expression(string type, object value) => new()
    {
        ["typeName"] = "Object",
        ["expression"] = new JsonObject { ["type"] = type, ["value"] = JsonSerializer.SerializeToNode(value) },
    };

    public static JsonObject Output(string variable) =>
        new() { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = $"var-{variable}" } };

    private static JsonObject Connection(string text)
    {
        var ends = text.Split("->", StringSplitOptions.TrimEntries);
        var source = ends[0].Split('.');
        return new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = source[0], ["port"] = source.Length > 1 ? source[1] : "Done" },
            ["target"] = new JsonObject { ["activity"] = ends[1], ["port"] = "In" },
        };
    }
}
