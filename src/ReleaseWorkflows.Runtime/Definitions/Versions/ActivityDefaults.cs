using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Elsa.Workflows;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Definitions.Versions;

/// <summary>What a new activity of a type has in its plain members, as editors expect to find it.</summary>
public static class ActivityDefaults
{
    private static readonly ConcurrentDictionary<ActivityDescriptor, JsonObject> Known = new();

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>The values of the plain inputs of a new activity, by the names they have in JSON. A copy that may be taken apart.</summary>
    public static JsonObject Of(ActivityDescriptor descriptor) => (JsonObject)Known.GetOrAdd(descriptor, Create).DeepClone();

    private static JsonObject Create(ActivityDescriptor descriptor)
    {
        var defaults = new JsonObject();
        if (descriptor.Inputs.All(static input => input.IsWrapped || input.IsSynthetic))
            return defaults;

        var activity = descriptor.Create();
        foreach (var input in descriptor.Inputs)
        {
            if (!input.IsWrapped && !input.IsSynthetic && input.ValueGetter(activity) is { } value and not IActivity and not IEnumerable<IActivity>)
                defaults[JsonMembers.Camel(input.Name)] = JsonSerializer.SerializeToNode(value, value.GetType(), Options);
        }

        return defaults;
    }
}
