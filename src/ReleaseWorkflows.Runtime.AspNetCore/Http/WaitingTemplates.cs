using System.Text.Json;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>Finds the addresses that a definition writes down for its HTTP endpoints.</summary>
internal static class WaitingTemplates
{
    /// <summary>The addresses given as literals, wherever in the definition.</summary>
    public static IReadOnlyList<string> In(string definition)
    {
        if (!definition.Contains(HttpEndpointStimulus.Name, StringComparison.Ordinal))
            return [];
        try
        {
            using var document = JsonDocument.Parse(definition);
            var paths = new List<string>();
            Collect(document.RootElement, paths);
            return paths;
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static void Collect(JsonElement element, List<string> paths)
    {
        if (element.ValueKind is JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Collect(item, paths);
        }
        else if (element.ValueKind is JsonValueKind.Object)
        {
            if (Member(element, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals(HttpEndpointStimulus.Name)
                && Member(element, "path") is { } path && LiteralOf(path) is { } literal)
            {
                paths.Add(literal);
            }

            foreach (var member in element.EnumerateObject())
                Collect(member.Value, paths);
        }
    }

    private static string? LiteralOf(JsonElement path)
    {
        if (path.ValueKind is JsonValueKind.String)
            return path.GetString();
        return Member(path, "expression") is { } expression
            && Member(expression, "type") is { ValueKind: JsonValueKind.String } type && type.ValueEquals("Literal")
            && Member(expression, "value") is { ValueKind: JsonValueKind.String } value
                ? value.GetString()
                : null;
    }

    private static JsonElement? Member(JsonElement element, string name)
    {
        if (element.ValueKind is not JsonValueKind.Object)
            return null;
        foreach (var member in element.EnumerateObject())
        {
            if (member.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return member.Value;
        }

        return null;
    }
}
