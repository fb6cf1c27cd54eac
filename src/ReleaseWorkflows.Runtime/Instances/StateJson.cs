using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>Reads the stored state of an instance for people: values without the names of their types.</summary>
internal static class StateJson
{
    /// <summary>The entries of a list; none if it is not there.</summary>
    public static IEnumerable<JsonElement> List(JsonElement source, string name) =>
        source.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    public static string? Text(JsonElement source, string name) =>
        source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A table as an object; an empty one if it is not there.</summary>
    public static JsonObject Table(JsonElement source, string name) =>
        source.TryGetProperty(name, out var table) && Plain(table) is JsonObject plain ? plain : [];

    /// <summary>A value as plain JSON: <c>{"$type": …, "$value": x}</c> is x.</summary>
    public static JsonNode? Plain(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object when value.TryGetProperty("$type", out _) && value.TryGetProperty("$value", out var inner):
                return Plain(inner);
            case JsonValueKind.Object:
                var table = new JsonObject();
                foreach (var member in value.EnumerateObject())
                    table[member.Name] = Plain(member.Value);
                return table;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Plain)]);
            case JsonValueKind.Null or JsonValueKind.Undefined:
                return null;
            default:
                return JsonValue.Create(value.Clone());
        }
    }
}
