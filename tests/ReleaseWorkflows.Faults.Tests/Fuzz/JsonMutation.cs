using System.Text;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Faults.Tests.Fuzz;

/// <summary>Changes JSON so that it stays JSON, mostly, and stops being what it was.</summary>
/// <param name="random">Chance.</param>
/// <param name="others">Documents of which pieces are planted elsewhere.</param>
internal sealed class JsonMutation(Random random, IReadOnlyList<JsonObject> others)
{
    private static readonly string[] Types =
    [
        "Elsa.Flowchart", "Elsa.Sequence", "Elsa.If", "Elsa.While", "Elsa.ForEach", "Elsa.Fork", "Elsa.Delay", "Elsa.SetVariable", "Elsa.WorkflowDefinitionActivity", "Elsa.NotThere", "",
        "System.Diagnostics.Process", "../x", "elsa.flowchart",
    ];

    private static readonly string[] Members = ["id", "type", "version", "root", "activities", "connections", "expression", "value", "typeName", "$type", "__proto__", "nodeId", "variables", "customProperties"];

    /// <summary>The document with so many changes, as text.</summary>
    public string Mutate(JsonObject document, int changes)
    {
        for (var i = 0; i < changes; i++)
            Change(document);
        return document.ToJsonString();
    }

    /// <summary>Now and then, text that is no JSON any more.</summary>
    public string Garble(string text) => random.Next(12) switch
    {
        0 => text[..random.Next(text.Length)],
        1 => text.Replace("1", random.Next(2) == 0 ? "NaN" : "1e400", StringComparison.Ordinal),
        2 when random.Next(4) == 0 => new string('[', 10_000) + text,
        3 => text.Insert(random.Next(text.Length), new TextMutation(random).Value()),
        4 => text.Replace("\"id\"", "\"id\":\"twice\",\"id\"", StringComparison.Ordinal),
        _ => text,
    };

    private void Change(JsonObject document)
    {
        var nodes = All(document).ToList();
        var node = nodes[random.Next(nodes.Count)];
        if (node is JsonArray { Count: > 0 } array)
        {
            var element = array[random.Next(array.Count)];
            if (random.Next(2) == 0)
                array.Add(element?.DeepClone());
            else
                array.Remove(element);
            return;
        }
        var target = node as JsonObject ?? document;
        if (target.Count == 0)
        {
            target[Members[random.Next(Members.Length)]] = Value();
            return;
        }
        var member = target.ElementAt(random.Next(target.Count)).Key;
        switch (random.Next(6))
        {
            case 0:
                target.Remove(member);
                break;
            case 1:
                target[Members[random.Next(Members.Length)]] = Value();
                break;
            case 2 when target.ContainsKey("type"):
                target["type"] = Types[random.Next(Types.Length)];
                break;
            case 3 when others.Count > 0:
                var pieces = All(others[random.Next(others.Count)]).ToList();
                target[member] = pieces[random.Next(pieces.Count)].DeepClone();
                break;
            case 4:
                // Itself inside itself.
                target[member] = target.DeepClone();
                break;
            default:
                target[member] = Value();
                break;
        }
    }

    private JsonNode? Value() => random.Next(10) switch
    {
        0 => null,
        1 => random.Next(),
        2 => -1.5e300,
        3 => random.Next(2) == 0,
        4 => new JsonArray(),
        5 => new JsonObject(),
        6 => Nested(random.Next(300)),
        7 => new JsonArray([.. Enumerable.Range(0, random.Next(500)).Select(number => (JsonNode?)number)]),
        8 => new JsonObject { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = Words(), ["value"] = Script() } },
        _ => new TextMutation(random).Value(),
    };

    private string Words() => random.Next(5) switch { 0 => "JavaScript", 1 => "Liquid", 2 => "Object", 3 => "Literal", _ => "CSharp" };

    private string Script() => random.Next(6) switch
    {
        0 => "while(true){}",
        1 => new string('(', 2_000),
        2 => "{% for i in (1..1000000000) %}x{% endfor %}",
        3 => "'a'.repeat(1e9)",
        4 => "/(a+)+$/.test('" + new string('a', 60) + "!')",
        _ => new TextMutation(random).Value(),
    };

    private static JsonNode Nested(int depth)
    {
        var text = new StringBuilder();
        text.Append('[', depth).Append(']', depth);
        return depth == 0 ? new JsonObject() : JsonNode.Parse(text.ToString(), documentOptions: new System.Text.Json.JsonDocumentOptions { MaxDepth = 1_000 })!;
    }

    private static IEnumerable<JsonNode> All(JsonNode node)
    {
        yield return node;
        var children = node switch
        {
            JsonObject members => members.Select(member => member.Value),
            JsonArray items => items,
            _ => Enumerable.Empty<JsonNode?>(),
        };
        foreach (var child in children.OfType<JsonNode>().SelectMany(All))
            yield return child;
    }
}
