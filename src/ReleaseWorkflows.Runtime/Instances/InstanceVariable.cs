using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>A variable of an instance with its value.</summary>
/// <param name="Id">Reference id, by which it is set.</param>
/// <param name="Name">Name in expressions.</param>
/// <param name="Value">The value; null if it has none, or is not kept between bursts.</param>
public sealed record InstanceVariable(string Id, string Name, JsonNode? Value)
{
    /// <summary>The variables of the workflow, then those of containers that run, as they are between two bursts.</summary>
    public static IReadOnlyList<InstanceVariable> List(WorkflowInstanceRecord instance, WorkflowGraph graph)
    {
        using var state = JsonDocument.Parse(instance.State);
        var variables = new List<InstanceVariable>();
        foreach (var context in StateJson.List(state.RootElement, "contexts"))
        {
            var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var stored in StateJson.List(context, "variables"))
                values[stored.GetProperty("id").GetString()!] = stored;

            var declared = StateJson.Text(context, "activity") is { } activity && graph.FindByActivityId(activity)?.Activity is IVariableContainer container
                ? container.Variables
                : [];
            foreach (var variable in declared)
            {
                variables.Add(values.Remove(variable.Id, out var stored)
                    ? new InstanceVariable(variable.Id, variable.Name, ValueOf(stored))
                    : new InstanceVariable(variable.Id, variable.Name, ValueOf(variable)));
            }

            // Declared while the workflow ran.
            variables.AddRange(values.Values.Select(stored =>
                new InstanceVariable(stored.GetProperty("id").GetString()!, StateJson.Text(stored, "name") ?? stored.GetProperty("id").GetString()!, ValueOf(stored))));
        }

        return variables;
    }

    private static JsonNode? ValueOf(JsonElement stored) => stored.TryGetProperty("value", out var value) ? StateJson.Plain(value) : null;

    private static JsonNode? ValueOf(Variable variable)
    {
        if (variable.StorageDriverType == typeof(MemoryStorageDriver))
            return null;
        return variable.Declare().Value is { } value ? JsonSerializer.SerializeToNode(value, value.GetType(), JsonValues.Options) : null;
    }
}
