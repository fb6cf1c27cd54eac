using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions.Versions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>Parts of a definition by node id: what Studio asks for when somebody opens an activity inside another.</summary>
internal static class SubgraphEndpoints
{
    private sealed record Node(JsonObject Activity, JsonObject? Parent);

    /// <summary>The activity with a node id; the root if none is named.</summary>
    public static async Task<StudioAnswer> FindAsync(StudioRequest request)
    {
        if (await ReadNodesAsync(request) is not { } nodes)
            return StudioAnswer.NotFound;

        var nodeId = request.Query("parentNodeId");
        var found = nodes.FirstOrDefault(node => nodeId is null or ActivityView.WorkflowNodeId || node.Activity.Text("nodeId") == nodeId);
        return found is null ? StudioAnswer.NotFound : StudioAnswer.Json(Show(found));
    }

    /// <summary>The activity with a node id, what it is in, and the way there.</summary>
    public static async Task<StudioAnswer> FindSegmentsAsync(StudioRequest request)
    {
        if (await ReadNodesAsync(request) is not { } nodes || request.Query("childNodeId") is not { } nodeId
            || nodes.FirstOrDefault(node => node.Activity.Text("nodeId") == nodeId) is not { } child)
        {
            return StudioAnswer.NotFound;
        }

        var segments = new List<object>();
        for (var (inner, outer) = (child, Parent(child)); outer is not null; (inner, outer) = (outer, Parent(outer)))
        {
            segments.Insert(0, new
            {
                ActivityNodeId = outer.Activity.Text("nodeId"),
                ActivityId = outer.Activity.Text("id"),
                ActivityType = outer.Activity.Text("type"),
                PortName = PortOf(inner),
                ActivityName = outer.Activity.Text("name"),
            });
        }

        return StudioAnswer.Json(new { ChildNode = Show(child), Container = Show(Parent(child) ?? child), PathSegments = segments });

        Node? Parent(Node node) => nodes.FirstOrDefault(other => ReferenceEquals(other.Activity, node.Parent));
    }

    private static async Task<List<Node>?> ReadNodesAsync(StudioRequest request)
    {
        if (await request.Service<IDefinitionVersions>().FindVersionAsync(request.Route("id"), request.Cancelled) is not { } version
            || !request.May(StudioPermissions.ReadWorkflowDefinitions, version.DefinitionId))
        {
            return null;
        }

        var nodes = new List<Node>();
        DefinitionText.Visit((JsonObject)DefinitionView.Full(version, request)["root"]!, (activity, parent) =>
        {
            nodes.Add(new Node(activity, parent));
            return activity;
        });
        return nodes;
    }

    private static JsonObject Show(Node node) => new()
    {
        ["nodeId"] = node.Activity.Text("nodeId"),
        ["port"] = PortOf(node),
        ["activity"] = node.Activity.DeepClone(),
    };

    // The member of the container that leads to the activity.
    private static string PortOf(Node node)
    {
        if (node.Parent is null)
            return "Root";
        var member = node.Parent.First(member => Holds(member.Value, node.Activity)).Key;
        return char.ToUpperInvariant(member[0]) + member[1..];
    }

    private static bool Holds(JsonNode? value, JsonObject activity)
    {
        for (JsonNode? node = activity; node is not null; node = node.Parent)
        {
            if (ReferenceEquals(node, value))
                return true;
        }

        return false;
    }
}
