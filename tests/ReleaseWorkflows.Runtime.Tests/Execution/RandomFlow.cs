using System.Globalization;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

/// <summary>
/// A flowchart nobody would draw: activities of all kinds, connected at random, with decisions, joins of every mode, waits, loops and parallel loops.
/// The same seed gives the same flowchart.
/// </summary>
internal sealed class RandomFlow(int seed)
{
    private static readonly string[] JoinModes = ["WaitAll", "WaitAllActive", "WaitAny"];
    private static readonly string[] MergeModes = ["None", "Stream", "Merge", "Converge", "Cascade", "Race"];

    private readonly Random _random = new(seed);
    private int _count;

    /// <summary>The definition as JSON text.</summary>
    public string Write(string definitionId)
    {
        var size = _random.Next(2, 14);
        var activities = Enumerable.Range(0, size).Select(position => Activity(position, size)).ToArray();
        return Flow.Of(definitionId, [.. activities.Select(activity => activity.Json)], [], [.. Connections(activities)]);
    }

    private Node Activity(int position, int size)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"a{position}");
        var node = _random.Next(12) switch
        {
            0 or 1 => new Node(Flow.Wait(id), ["Done", "A"]),
            2 => new Node(Flow.Choose(id, _random.Next(2) == 0 ? ["A"] : ["A", "B"]), ["A", "B", "C"]),
            3 => new Node(Flow.Activity(id, "Elsa.FlowDecision", ("condition", Flow.Literal(_random.Next(2) == 0))), ["True", "False"]),
            4 or 5 => new Node(Flow.Join(id, Pick(JoinModes)), ["Done"]),
            6 => new Node(Flow.Activity(id, "Test.Repeat", ("times", Flow.Literal(_random.Next(3)))), ["Again", "Done"]),
            7 => new Node(With(Flow.Activity(id, "Elsa.ParallelForEach", ("items", Flow.Expression("Object", "[1,2,3]"))), "body", Inner()), ["Done"]),
            8 => new Node(With(Flow.Activity(id, "Elsa.ForEach", ("items", Flow.Expression("Object", "[1,2]"))), "body", Inner()), ["Done"]),
            9 when position == size - 1 => new Node(Flow.Activity(id, _random.Next(2) == 0 ? "Elsa.End" : "Elsa.Finish"), []),
            _ => new Node(Flow.Step(id), ["Done"]),
        };

        if (_random.Next(8) == 0)
            node.Json["customProperties"] = new JsonObject { ["mergeMode"] = Pick(MergeModes) };
        return node;
    }

    // What is inside a container: one activity, a sequence, a branch, or a flowchart of its own.
    private JsonObject Inner()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"i{_count++}");
        return _random.Next(6) switch
        {
            0 => Flow.Wait(id),
            1 => With(Flow.Activity(id, "Elsa.Sequence"), "activities", new JsonArray(Inner(), Flow.Step(id + "x"))),
            2 => With(With(Flow.Activity(id, "Elsa.Fork", ("joinMode", Pick(JoinModes[..1]))), "branches", new JsonArray(Inner(), Inner())), "joinMode", Pick(["WaitAll", "WaitAny"])),
            3 => With(Flow.Activity(id, "Elsa.If", ("condition", Flow.Literal(_random.Next(2) == 0))), "then", Inner()),
            4 => Flow.Activity(id, "Elsa.Break"),
            _ => Flow.Step(id),
        };
    }

    private IEnumerable<string> Connections(Node[] activities)
    {
        for (var source = 0; source < activities.Length; source++)
        {
            foreach (var exit in activities[source].Exits)
            {
                var targets = _random.Next(5) switch { 0 => 0, 1 => 2, _ => 1 };
                for (var i = 0; i < targets && source < activities.Length - 1; i++)
                {
                    // Only what counts its rounds leads back, so that every flowchart comes to an end.
                    var leadsBack = exit == "Again";
                    var target = leadsBack ? _random.Next(source + 1) : _random.Next(source + 1, Math.Min(activities.Length, source + 4));
                    yield return string.Create(CultureInfo.InvariantCulture, $"a{source}.{exit} -> a{target}");
                }
            }
        }
    }

    private string Pick(string[] choices) => choices[_random.Next(choices.Length)];

    private static JsonObject With(JsonObject activity, string name, JsonNode value)
    {
        activity[name] = value;
        return activity;
    }

    private sealed record Node(JsonObject Json, string[] Exits);
}
