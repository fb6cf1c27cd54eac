using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions.Validation;

namespace ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;

/// <summary>The workflows that the text of a definition uses as activities.</summary>
internal static class WorkflowReferences
{
    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = DefinitionBounds.MaxDepth,
    };

    /// <summary>Ids of definitions and versions that the text names; none if it is not JSON.</summary>
    public static IReadOnlyList<(string? DefinitionId, string? VersionId)> Find(string json)
    {
        var references = new List<(string?, string?)>();
        if (json.Length > DefinitionBounds.MaxLength || !json.Contains("workflowDefinition", StringComparison.OrdinalIgnoreCase))
            return references;

        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            Collect(document.RootElement, references);
        }
        catch (JsonException)
        {
            // Whoever reads it says so.
        }

        return references.Distinct().ToList();
    }

    /// <summary>
    /// The text with every such activity pinned to the version it stands for. Without this, a definition that names no version, or one by the id that it
    /// has elsewhere, would change with the next version of the workflow it uses.
    /// </summary>
    /// <param name="json">The text. It is given back as it is if nothing is to be changed.</param>
    /// <param name="choose">The version an activity stands for; null leaves the activity alone.</param>
    /// <param name="published">The published version of a definition.</param>
    public static string Pin(string json, Func<JsonElement, UsableWorkflow?> choose, Func<string, UsableWorkflow?> published)
    {
        using var document = JsonDocument.Parse(json, Lenient);
        var changes = new List<(string[] Path, UsableWorkflow Workflow)>();
        Choose(document.RootElement, [], choose, changes);
        if (changes.Count == 0)
            return json;

        var root = JsonNode.Parse(json, documentOptions: Lenient)!;
        foreach (var (path, workflow) in changes)
        {
            var activity = path.Aggregate(root, static (node, step) => node is JsonArray list
                ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]!
                : node[step]!).AsObject();
            var newest = published(workflow.Identity.DefinitionId) ?? workflow;
            Set(activity, "type", workflow.Descriptor.TypeName);
            Set(activity, "version", workflow.Identity.Version);
            Set(activity, "workflowDefinitionId", workflow.Identity.DefinitionId);
            Set(activity, "workflowDefinitionVersionId", workflow.Identity.Id);
            Set(activity, "latestAvailablePublishedVersion", newest.Identity.Version);
            Set(activity, "latestAvailablePublishedVersionId", newest.Identity.Id);
        }

        return root.ToJsonString();
    }

    private static void Collect(JsonElement element, List<(string?, string?)> references)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.Text("workflowDefinitionId") is var definitionId && element.Text("workflowDefinitionVersionId") is var versionId
                && (definitionId ?? versionId) is not null && element.Text("type") is not null)
            {
                references.Add((definitionId, versionId));
            }

            foreach (var member in element.EnumerateObject())
                Collect(member.Value, references);
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
                Collect(item, references);
        }
    }

    private static void Choose(
        JsonElement element, string[] path, Func<JsonElement, UsableWorkflow?> choose, List<(string[], UsableWorkflow)> changes)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.Text("type") is not null && choose(element) is { } workflow && !IsPinned(element, workflow))
                changes.Add((path, workflow));

            foreach (var member in element.EnumerateObject())
            {
                // The value of an expression is text of its author, whatever it looks like.
                if (!member.NameEquals("expression") && !member.NameEquals("metadata"))
                    Choose(member.Value, [.. path, member.Name], choose, changes);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in element.EnumerateArray())
                Choose(item, [.. path, (index++).ToString(System.Globalization.CultureInfo.InvariantCulture)], choose, changes);
        }
    }

    private static bool IsPinned(JsonElement activity, UsableWorkflow workflow) =>
        activity.Text("workflowDefinitionVersionId") == workflow.Identity.Id
        && activity.Text("workflowDefinitionId") == workflow.Identity.DefinitionId
        && activity.Number("version") == workflow.Identity.Version
        && activity.Text("type") == workflow.Descriptor.TypeName;

    // Names are read without regard to case, so an old spelling must not stay beside the new one.
    private static void Set(JsonObject activity, string name, JsonNode value)
    {
        foreach (var old in activity.Select(static member => member.Key).Where(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)).ToList())
            activity.Remove(old);
        activity[name] = value;
    }
}
