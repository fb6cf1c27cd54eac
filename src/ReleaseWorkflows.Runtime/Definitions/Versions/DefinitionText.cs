using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions.Validation;

namespace ReleaseWorkflows.Runtime.Definitions.Versions;

/// <summary>
/// The text of a definition as JSON: what an editor sends is completed where it has to be (ids, a root) and otherwise stored as it came, broken
/// or not.
/// </summary>
public static class DefinitionText
{
    /// <summary>
    /// Member of <c>customProperties</c> that says which text an editor works on. Editors send custom properties back as they got them; what is
    /// stored is without it.
    /// </summary>
    public const string StampProperty = "releaseWorkflows:stamp";

    // They belong to the version, not to its text.
    private static readonly string[] OfVersion = ["$schema", "links", "id", "version", "createdAt", "isLatest", "isPublished"];

    private static readonly HashSet<string> WithoutActivities =
        new(["metadata", "customProperties", "connections", "variables", "expression", "memoryReference", "options", "links"], StringComparer.Ordinal);

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        MaxDepth = DefinitionBounds.MaxDepth,
    };

    /// <summary>The definition in a stored text, taken out of the request it may be wrapped in; an empty one if it is not a JSON object.</summary>
    public static JsonObject Read(string json)
    {
        var source = JsonNode.Parse(json, documentOptions: Lenient) as JsonObject ?? [];
        return source["model"] is JsonObject model && source["root"] is null ? Detached(model) : source;
    }

    /// <summary>Names a text, so that a save can say which one it was made on.</summary>
    public static string StampOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..16];

    /// <summary>The text of a member; null if it is absent, empty or not a text.</summary>
    public static string? Text(this JsonObject source, string name) =>
        source[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    /// <summary>True if the member is the truth value true.</summary>
    public static bool IsTrue(this JsonObject source, string name) => source[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    /// <summary>Takes the stamp out of a definition.</summary>
    /// <returns>The stamp; null if it has none.</returns>
    internal static string? TakeStamp(JsonObject model)
    {
        if (model["customProperties"] is not JsonObject properties)
            return null;

        var stamp = properties.Text(StampProperty);
        properties.Remove(StampProperty);
        return stamp;
    }

    /// <summary>Makes what was sent into what is stored: under this id, without what belongs to the version, every activity with an id.</summary>
    internal static string Complete(JsonObject model, string definitionId)
    {
        foreach (var name in OfVersion)
            model.Remove(name);

        model["definitionId"] = definitionId;
        if (model["root"] is not JsonObject root)
            model["root"] = root = new JsonObject { ["id"] = "Sequence1", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JsonArray() };

        model["root"] = root = RestoreUnknown(root);
        AssignIds(root);
        return model.ToJsonString();
    }

    /// <summary>Type name of the activity that editors are shown in place of one whose type is not known.</summary>
    public const string NotFoundType = "Elsa.NotFoundActivity";

    /// <summary>Member of such an activity that holds the one it stands for, as text.</summary>
    public const string OriginalMember = "originalActivityJson";

    // What was shown in place of an unknown activity comes back as that; the place an editor gave it is kept.
    private static JsonObject RestoreUnknown(JsonObject root)
    {
        var restored = Visit(root, static (activity, _) =>
        {
            if (activity.Text("type") != NotFoundType || activity.Text(OriginalMember) is not { } original)
                return activity;

            try
            {
                if (JsonNode.Parse(original, documentOptions: Lenient) is not JsonObject source)
                    return activity;
                source["id"] = activity["id"]?.DeepClone();
                if (activity["metadata"] is JsonObject metadata && metadata["designer"] is { } designer)
                {
                    if (source["metadata"] is not JsonObject)
                        source["metadata"] = new JsonObject();
                    source["metadata"]!["designer"] = designer.DeepClone();
                }

                return source;
            }
            catch (JsonException)
            {
                return activity;
            }
        });
        return restored.Parent is null ? restored : (JsonObject)restored.DeepClone();
    }

    /// <summary>Goes through the activities of a definition, containers before what is in them.</summary>
    /// <param name="root">The root activity.</param>
    /// <param name="visit">Gets each activity and the one it is in; answers the activity to go on with, which may be another object.</param>
    public static JsonObject Visit(JsonObject root, Func<JsonObject, JsonObject?, JsonObject> visit) => Visit(root, null, visit);

    /// <summary>True if a JSON object is written like an activity: with a type, and an id or a version.</summary>
    public static bool IsActivity(JsonObject source) =>
        source.Text("type") is not null && (source.ContainsKey("id") || source.ContainsKey("version")) && !source.ContainsKey("typeName");

    private static JsonObject Visit(JsonObject activity, JsonObject? parent, Func<JsonObject, JsonObject?, JsonObject> visit)
    {
        var visited = visit(activity, parent);
        if (ReferenceEquals(visited, activity))
            Descend(activity, visited, visit);
        return visited;
    }

    private static void Descend(JsonObject source, JsonObject container, Func<JsonObject, JsonObject?, JsonObject> visit)
    {
        foreach (var (name, value) in source.ToList())
        {
            if (WithoutActivities.Contains(name))
                continue;
            if (value is JsonObject part)
            {
                if (VisitPart(part, container, visit) is { } replaced)
                    source[name] = replaced;
            }
            else if (value is JsonArray list)
            {
                for (var index = 0; index < list.Count; index++)
                {
                    if (list[index] is JsonObject item && VisitPart(item, container, visit) is { } replaced)
                        list[index] = replaced;
                }
            }
        }
    }

    // Null: nothing is to be replaced.
    private static JsonObject? VisitPart(JsonObject part, JsonObject container, Func<JsonObject, JsonObject?, JsonObject> visit)
    {
        if (IsActivity(part))
        {
            var visited = Visit(part, container, visit);
            return ReferenceEquals(visited, part) ? null : visited;
        }

        // An input is a value, whatever it looks like; anything else may hold activities: the cases of a switch, old wrappers of lists.
        if (!part.ContainsKey("typeName"))
            Descend(part, container, visit);
        return null;
    }

    private static void AssignIds(JsonObject root)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        Visit(root, (activity, _) =>
        {
            if (activity.Text("id") is { } id)
                taken.Add(id);
            return activity;
        });
        Visit(root, (activity, _) =>
        {
            if (activity.Text("id") is null)
            {
                var type = activity.Text("type") ?? "Activity";
                var name = type[(type.LastIndexOf('.') + 1)..];
                var number = 1;
                while (!taken.Add(string.Create(CultureInfo.InvariantCulture, $"{name}{number}")))
                    number++;
                activity["id"] = string.Create(CultureInfo.InvariantCulture, $"{name}{number}");
            }

            return activity;
        });
    }

    private static JsonObject Detached(JsonObject part) => (JsonObject)part.DeepClone();
}
