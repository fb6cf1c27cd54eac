using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>A row of a list of definitions.</summary>
internal sealed record DefinitionSummary(
    IReadOnlyList<StudioLink>? Links,
    bool IsMaterializerAvailable,
    string Id,
    string DefinitionId,
    string? Name,
    string? Description,
    int Version,
    bool IsLatest,
    bool IsPublished,
    string? ToolVersion,
    string? ProviderName,
    string MaterializerName,
    DateTimeOffset CreatedAt,
    bool IsReadonly)
{
    /// <summary>The row of a version.</summary>
    public static DefinitionSummary Of(WorkflowDefinitionRecord version, StudioCaller? caller) => new(
        caller is null ? null : DefinitionLinks.Of(version.DefinitionId, DefinitionView.IsReadonly(version), caller),
        true,
        version.Id,
        version.DefinitionId,
        version.Name,
        version.Description,
        version.Version,
        version.IsLatest,
        version.IsPublished,
        version.ToolVersion,
        version.ProviderName ?? (version.SourceHash is null ? DefinitionView.StoreProvider : DefinitionView.FileProvider),
        version.MaterializerName,
        version.CreatedAt,
        DefinitionView.IsReadonly(version));
}

/// <summary>
/// Shows a stored version as Elsa's model of a definition: what the version is comes from its row, everything else from its text, with what an
/// editor needs added. Members that mean nothing here go along as they are.
/// </summary>
internal static class DefinitionView
{
    private const string Schema = "https://elsaworkflows.io/schemas/workflow-definition/v3.0.0/schema.json";

    /// <summary>What supplies a definition that was made in an editor.</summary>
    public const string StoreProvider = "Store";

    /// <summary>What supplies a definition that was loaded from a file. It may be edited: the next version is only stored.</summary>
    public const string FileProvider = "Files";

    /// <summary>True if editors only show the version.</summary>
    public static bool IsReadonly(WorkflowDefinitionRecord version) => version.IsReadonly || version.ProviderName is not null;

    /// <summary>The whole model, with links and with the stamp that a save is compared with.</summary>
    public static JsonObject Full(WorkflowDefinitionRecord version, StudioRequest request)
    {
        var model = Model(version, request.Service<ActivityView>());
        model.Insert(0, "links", JsonSerializer.SerializeToNode(DefinitionLinks.Of(version.DefinitionId, IsReadonly(version), request.Caller), StudioJson.Options));
        ((JsonObject)model["customProperties"]!)[DefinitionText.StampProperty] = DefinitionText.StampOf(version.Json);
        return model;
    }

    /// <summary>The model as it is exported.</summary>
    public static JsonObject Exported(WorkflowDefinitionRecord version, ActivityView activities)
    {
        var model = Model(version, activities);
        model.Insert(0, "$schema", Schema);
        return model;
    }

    /// <summary>A version as its history lists it: the root activity as text.</summary>
    public static JsonObject Entity(WorkflowDefinitionRecord version, ActivityView activities)
    {
        var model = Model(version, activities);
        var root = model["root"]!;
        model.Remove("root");
        model["materializerName"] = version.MaterializerName;
        model["stringData"] = root.ToJsonString(StudioJson.Options);
        return model;
    }

    private static JsonObject Model(WorkflowDefinitionRecord version, ActivityView activities)
    {
        var source = DefinitionText.Read(version.Json);
        var model = new JsonObject
        {
            ["id"] = version.Id,
            ["definitionId"] = version.DefinitionId,
            ["name"] = version.Name,
            ["description"] = version.Description,
            ["createdAt"] = version.CreatedAt,
            ["version"] = version.Version,
            ["toolVersion"] = version.ToolVersion,
            ["variables"] = List(source, "variables", Variable),
            ["inputs"] = List(source, "inputs", Argument),
            ["outputs"] = List(source, "outputs", Argument),
            ["outcomes"] = List(source, "outcomes", static outcome => outcome),
            ["customProperties"] = source["customProperties"] as JsonObject is { } properties ? properties.DeepClone() : new JsonObject(),
            ["isReadonly"] = IsReadonly(version),
            ["isSystem"] = version.IsSystem,
            ["isLatest"] = version.IsLatest,
            ["isPublished"] = version.IsPublished,
            ["options"] = Options(source),
        };
        foreach (var (name, value) in source)
        {
            // Members nobody here knows are shown and exported too.
            if (value is not null && name is not ("root" or "links" or "$schema" or "model") && !model.ContainsKey(name))
                model[name] = value.DeepClone();
        }

        foreach (var name in model.Where(static member => member.Value is null).Select(static member => member.Key).ToList())
            model.Remove(name);

        var root = source["root"] as JsonObject ?? new JsonObject { ["id"] = "Sequence1", ["type"] = "Elsa.Sequence", ["version"] = 1 };
        model["root"] = activities.Show((JsonObject)root.DeepClone());
        return model;
    }

    // Nobody edits a member into null: Studio does not survive it where it expects a list or an object.
    private static JsonArray List(JsonObject source, string name, Func<JsonNode, JsonNode> show)
    {
        var list = new JsonArray();
        if (source[name] is JsonArray items)
        {
            foreach (var item in items.OfType<JsonNode>())
                list.Add(show(item.DeepClone()));
        }

        return list;
    }

    private static JsonNode Variable(JsonNode node)
    {
        if (node is not JsonObject variable)
            return node;
        if (variable.Text("storageDriverTypeName") is { } driver)
            variable["storageDriverTypeName"] = SimpleName(driver);
        if (variable["isArray"] is null)
            variable["isArray"] = false;
        if (variable["id"] is null)
            variable["id"] = variable["name"]?.DeepClone();
        return WithoutNulls(variable);
    }

    private static JsonNode Argument(JsonNode node)
    {
        if (node is not JsonObject argument)
            return node;
        argument["displayName"] ??= argument["name"]?.DeepClone();
        argument["description"] ??= "";
        argument["category"] ??= "";
        argument["type"] ??= "Object";
        return WithoutNulls(argument);
    }

    private static JsonObject Options(JsonObject source)
    {
        var options = source["options"] is JsonObject given ? (JsonObject)given.DeepClone() : [];
        if (options["autoUpdateConsumingWorkflows"] is null)
            options["autoUpdateConsumingWorkflows"] = false;
        return WithoutNulls(options);
    }

    private static JsonObject WithoutNulls(JsonObject source)
    {
        foreach (var name in source.Where(static member => member.Value is null).Select(static member => member.Key).ToList())
            source.Remove(name);
        return source;
    }

    // An Elsa server takes names with assembly and answers with the name alone.
    private static string SimpleName(string typeName)
    {
        var comma = typeName.IndexOf(',', StringComparison.Ordinal);
        var name = comma < 0 ? typeName : typeName[..comma];
        return name[(name.LastIndexOf('.') + 1)..].Trim();
    }
}
