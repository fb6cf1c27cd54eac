using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Definitions.Versions;

/// <summary>What a new activity of a type has in its inputs, as editors expect to find it.</summary>
public static class ActivityDefaults
{
    private static readonly ConcurrentDictionary<ActivityDescriptor, JsonObject> Known = new();

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The inputs that a new activity has values in, by the names they have in JSON. A copy that may be taken apart.</summary>
    /// <param name="descriptor">The type.</param>
    /// <param name="types">Names of types.</param>
    public static JsonObject Of(ActivityDescriptor descriptor, TypeAliases types) =>
        (JsonObject)Known.GetOrAdd(descriptor, static (descriptor, types) => Create(descriptor, types), types).DeepClone();

    private static JsonObject Create(ActivityDescriptor descriptor, TypeAliases types)
    {
        var defaults = new JsonObject();
        if (descriptor.Inputs.All(static input => input.IsSynthetic))
            return defaults;

        var activity = descriptor.Create();
        foreach (var input in descriptor.Inputs)
        {
            if (!input.IsSynthetic && Show(input, input.ValueGetter(activity), types) is { } value)
                defaults[JsonMembers.Camel(input.Name)] = value;
        }

        return defaults;
    }

    private static JsonNode? Show(InputDescriptor input, object? value, TypeAliases types) => value switch
    {
        null or IActivity or IEnumerable<IActivity> => null,
        Input { Expression: { Type: "Literal", Value: null or string or bool or Enum or IFormattable } literal } => new JsonObject
        {
            ["typeName"] = types.GetAlias(input.Type),
            ["expression"] = new JsonObject { ["type"] = literal.Type, ["value"] = Simple(literal.Value) },
        },
        Input { Expression: { Type: "Literal", Value: { } values } } => new JsonObject
        {
            ["typeName"] = types.GetAlias(input.Type),
            ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = JsonSerializer.Serialize(values, values.GetType(), Options) },
        },
        Input => null,
        _ => JsonSerializer.SerializeToNode(value, value.GetType(), Options),
    };

    private static JsonNode? Simple(object? value) => value switch
    {
        null => null,
        string or bool or int or long or double or decimal => JsonSerializer.SerializeToNode(value, value.GetType(), Options),
        IFormattable simple => JsonValue.Create(simple.ToString(null, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(value.ToString()),
    };
}
