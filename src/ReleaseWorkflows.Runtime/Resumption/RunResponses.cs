using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime.Messages;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Says what became of instances in the words of Elsa's interfaces.</summary>
internal static class RunResponses
{
    public static RunWorkflowInstanceResponse ToResponse(this WorkflowRun run) => new()
    {
        WorkflowInstanceId = run.InstanceId,
        Status = run.Status,
        SubStatus = run.SubStatus,
        Bookmarks = [.. run.Bookmarks],
        Incidents = [.. run.Incidents],
        Output = new Dictionary<string, object>(run.Output),
    };

    public static Dictionary<string, object?>? ToInput(this IDictionary<string, object>? values) =>
        values?.ToDictionary(static entry => entry.Key, static entry => (object?)entry.Value);

    /// <summary>The id of the activity a handle names; the part after the last colon of a node id.</summary>
    public static string? ActivityIdOf(ActivityHandle? handle) =>
        handle?.ActivityId ?? (handle?.ActivityNodeId is { } nodeId ? nodeId[(nodeId.LastIndexOf(':') + 1)..] : null);
}
