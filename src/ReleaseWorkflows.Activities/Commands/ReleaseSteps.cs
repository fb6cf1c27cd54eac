using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>Tells workflows that carry a release from others.</summary>
public static class ReleaseSteps
{
    // Those work without a release: they create it, and start the workflow that carries it.
    private const string Trigger = "ReleaseWorkflows.Activities.Trigger";

    /// <summary>The id of the first step that needs a release; null if the workflow has none.</summary>
    public static string? FirstIn(WorkflowGraph workflow) => workflow.Nodes
        .FirstOrDefault(static node => node.Activity.GetType() is { } type && type.Assembly == typeof(ReleaseSteps).Assembly && type.Namespace != Trigger)?.ActivityId;
}
