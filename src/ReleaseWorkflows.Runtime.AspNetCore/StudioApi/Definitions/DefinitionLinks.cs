namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>
/// What the caller may do with definitions, as links. Studio shows a definition without the link <c>publish</c> as read-only, and a list without
/// <c>bulk-publish</c>.
/// </summary>
internal static class DefinitionLinks
{
    /// <summary>Links of one definition.</summary>
    public static IReadOnlyList<StudioLink> Of(string definitionId, bool isReadonly, StudioCaller caller)
    {
        var address = $"/workflow-definitions/{definitionId}";
        var links = new List<StudioLink>
        {
            new(address, "self", "GET"),
            new($"/workflow-definitions/by-definition-id/{definitionId}", "self", "GET"),
            new(address + "/versions", "versions", "GET"),
        };
        if (caller.May(StudioPermissions.ExecuteWorkflowDefinitions, definitionId))
        {
            links.Add(new(address + "/bulk-dispatch", "bulk-dispatch", "POST"));
            links.Add(new(address + "/dispatch", "dispatch", "POST"));
            links.Add(new(address + "/execute", "execute", "POST"));
        }

        links.Add(new(address + "/export", "export", "POST"));
        if (isReadonly)
            return links;

        if (caller.May(StudioPermissions.PublishWorkflowDefinitions, definitionId))
            links.Add(new(address + "/publish", "publish", "POST"));
        if (caller.May(StudioPermissions.RetractWorkflowDefinitions, definitionId))
            links.Add(new(address + "/retract", "retract", "POST"));
        if (caller.May(StudioPermissions.DeleteWorkflowDefinitions, definitionId))
            links.Add(new(address, "delete", "DELETE"));
        if (caller.May(StudioPermissions.WriteWorkflowDefinitions, definitionId))
        {
            links.Add(new(address + "/import", "import", "PUT"));
            links.Add(new(address + "/update-references", "update-references", "POST"));
        }

        return links;
    }

    /// <summary>Links of a list.</summary>
    public static IReadOnlyList<StudioLink> OfList(StudioCaller caller)
    {
        var links = new List<StudioLink>
        {
            new("/workflow-definitions", "self", "GET"),
            new("/workflow-definitions/validation/is-name-unique", "is-name-unique", "GET"),
            new("/workflow-definitions/query/count", "count", "GET"),
            new("/workflow-definitions/many-by-id", "many-by-id", "GET"),
        };
        if (caller.May(StudioPermissions.DeleteWorkflowDefinitions, null))
        {
            links.Add(new("/bulk-actions/delete/workflow-definitions/by-definition-id", "bulk-delete-by-definition-id", "POST"));
            links.Add(new("/bulk-actions/delete/workflow-definitions/by-id", "bulk-delete-by-id", "POST"));
        }

        // Without this link Studio offers no new definition, which would be refused.
        if (caller.May(StudioPermissions.PublishWorkflowDefinitions, StudioCaller.NewDefinition))
            links.Add(new("/bulk-actions/publish/workflow-definitions/by-definition-ids", "bulk-publish", "POST"));
        if (caller.May(StudioPermissions.RetractWorkflowDefinitions, null))
            links.Add(new("/bulk-actions/retract/workflow-definitions/by-definition-ids", "bulk-retract", "POST"));
        if (caller.May(StudioPermissions.WriteWorkflowDefinitions, null))
        {
            links.Add(new("/workflow-definitions/import", "import", "POST"));
            links.Add(new("/workflow-definitions/import-files", "import-files", "POST"));
        }

        if (caller.May(StudioPermissions.WriteWorkflowDefinitions, StudioCaller.NewDefinition))
            links.Add(new("/workflow-definitions", "create", "POST"));

        return links;
    }
}
