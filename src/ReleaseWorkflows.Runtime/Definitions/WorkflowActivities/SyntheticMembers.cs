namespace ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;

/// <summary>Names of members that stand for the inputs and outputs of a workflow used as an activity.</summary>
internal static class SyntheticMembers
{
    // What an activity has anyway. An input of the same name is written with an underscore in front.
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "id", "nodeId", "name", "type", "version", "customProperties", "syntheticProperties", "metadata", "canStartWorkflow", "runAsynchronously",
        "commitStrategy", "root", "variables", "resultVariable", "workflowDefinitionId", "workflowDefinitionVersionId",
        "latestAvailablePublishedVersion", "latestAvailablePublishedVersionId",
    };

    /// <summary>The member of the activity for an input or output: <c>OrderId</c> → <c>orderId</c>, <c>Name</c> → <c>_name</c>.</summary>
    public static string NameOf(string argument)
    {
        var name = JsonMembers.Camel(argument);
        return Reserved.Contains(name) ? $"_{name}" : name;
    }
}
