using System.Globalization;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>
/// Shows the activities of a stored definition as editors need them: each with its node id, without which Studio does not open it, with the
/// members every activity has, and of a type and version that the palette knows.
/// </summary>
internal sealed class ActivityView(IActivityRegistry registry, TypeAliases types)
{
    /// <summary>Node id of the workflow, the beginning of all others.</summary>
    public const string WorkflowNodeId = "Workflow1";

    /// <summary>Changes a root activity into what is shown; it may be another object.</summary>
    public JsonObject Show(JsonObject root) => DefinitionText.Visit(root, Show);

    private JsonObject Show(JsonObject activity, JsonObject? parent)
    {
        var nodeId = $"{parent?.Text("nodeId") ?? WorkflowNodeId}:{activity.Text("id")}";
        if (Find(activity) is not { } descriptor)
            return ShowUnknown(activity, nodeId);

        activity["nodeId"] = nodeId;
        activity["version"] = descriptor.Version;
        activity.TryAdd("name", null);
        Complete(activity);
        if (descriptor.IsContainer && descriptor.TypeName is "Elsa.Flowchart" or "Elsa.Sequence")
        {
            Unwrap(activity, "activities");
            Unwrap(activity, "variables");
            if (descriptor.TypeName == "Elsa.Flowchart")
                Unwrap(activity, "connections");
        }

        NameVariables(activity);
        if (descriptor.ConstructionProperties.TryGetValue("WorkflowDefinitionId", out var used))
            CompleteWorkflow(activity, descriptor, used);
        foreach (var (name, value) in ActivityDefaults.Of(descriptor, types).ToList())
        {
            if (activity[name] is null && value is not null)
                activity[name] = value.DeepClone();
        }

        return activity;
    }

    // Editors tell the variables an input can read by their type.
    private static void NameVariables(JsonObject activity)
    {
        foreach (var (_, value) in activity)
        {
            if (value is JsonObject input && input["expression"] is JsonObject expression && expression.Text("type") == "Variable"
                && expression["value"] is JsonObject variable && variable["typeName"] is null)
            {
                variable["typeName"] = "Object";
            }
        }
    }

    // A workflow used as an activity: which version is the newest, so that an editor can offer it.
    private void CompleteWorkflow(JsonObject activity, ActivityDescriptor descriptor, object definitionId)
    {
        if (registry.Find(other => other.IsBrowsable && other.ConstructionProperties.TryGetValue("WorkflowDefinitionId", out var id) && id.Equals(definitionId))
            is { } newest)
        {
            activity["latestAvailablePublishedVersion"] = newest.Version;
            activity["latestAvailablePublishedVersionId"] = newest.ConstructionProperties["WorkflowDefinitionVersionId"] as string;
        }

        foreach (var input in descriptor.Inputs.Where(static input => input.IsSynthetic))
        {
            var name = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(input.Name);
            if (activity[name] is JsonObject given && given["expression"] is not null && given["memoryReference"] is null)
                given["memoryReference"] = new JsonObject { ["id"] = $"{activity.Text("id")}:input-{name}" };
        }
    }

    // A version that is not there any more is read as the newest one by the engine too.
    private ActivityDescriptor? Find(JsonObject activity)
    {
        if (activity.Text("type") is not { } type)
            return null;

        return (Number(activity["version"]) is { } version ? registry.Find(type, version) : null) ?? registry.Find(type);
    }

    // What an Elsa server shows in its place. The original goes along, and comes back when the definition is saved.
    private static JsonObject ShowUnknown(JsonObject activity, string nodeId)
    {
        var type = activity.Text("type") ?? "";
        var version = Number(activity["version"]) ?? 0;
        var metadata = activity["metadata"] is JsonObject known ? (JsonObject)known.DeepClone() : [];
        metadata["displayText"] = $"Not Found: {type}";
        metadata["description"] = string.Create(CultureInfo.InvariantCulture, $"Could not find activity type {type} with version {version}");

        var shown = new JsonObject
        {
            ["missingTypeName"] = type,
            ["missingTypeVersion"] = version,
            [DefinitionText.OriginalMember] = activity.ToJsonString(StudioJson.Options),
            ["id"] = activity["id"]?.DeepClone(),
            ["nodeId"] = nodeId,
            ["name"] = activity["name"]?.DeepClone(),
            ["type"] = DefinitionText.NotFoundType,
            ["version"] = 1,
            ["metadata"] = metadata,
        };
        Complete(shown);
        return shown;
    }

    private static void Complete(JsonObject activity)
    {
        if (activity["customProperties"] is not JsonObject properties)
            activity["customProperties"] = properties = [];
        properties.TryAdd("canStartWorkflow", false);
        properties.TryAdd("runAsynchronously", false);
        if (activity["metadata"] is not JsonObject)
            activity["metadata"] = new JsonObject();
    }

    // Old exports wrap lists; Studio expects them plain, and to be there.
    private static void Unwrap(JsonObject activity, string name)
    {
        if (activity[name] is JsonArray)
            return;
        var wrapper = activity[name] as JsonObject;
        var list = wrapper?["$values"] ?? wrapper?["items"] ?? wrapper?["values"];
        activity[name] = list is JsonArray items ? items.DeepClone() : new JsonArray();
    }

    private static int? Number(JsonNode? node) =>
        node is not JsonValue value ? null
        : value.TryGetValue<int>(out var number) ? number
        : value.TryGetValue<string>(out var text) && int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out number) ? number
        : null;
}
