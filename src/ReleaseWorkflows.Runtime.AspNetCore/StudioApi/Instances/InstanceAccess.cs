using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>Which instances a caller may see or touch: of the definitions the caller may, those that belong to whom the caller belongs to.</summary>
internal static class InstanceAccess
{
    /// <summary>The instance without its state; null if there is none that the caller may see.</summary>
    public static async ValueTask<WorkflowInstanceRecord?> FindHeaderAsync(StudioRequest request, string instanceId)
    {
        var instance = await request.Service<IInstanceReader>().FindHeaderAsync(instanceId, request.Cancelled);
        return instance is not null && await MaySeeAsync(request.Caller, instance, request.Service<IInstanceReader>(), request.Cancelled) ? instance : null;
    }

    /// <summary>True if the caller may see an instance.</summary>
    public static async ValueTask<bool> MaySeeAsync(
        StudioCaller caller, WorkflowInstanceRecord instance, IInstanceReader reader, CancellationToken cancellationToken) =>
        caller.May(StudioPermissions.ReadWorkflowInstances, instance.DefinitionId)
        && (caller.VisibleInstances is not { } owners
            || (await reader.ListAsync(new InstanceQuery { Ids = [instance.Id], Owners = owners, Take = 1 }, cancellationToken)).Items.Count > 0);

    /// <summary>
    /// The definitions that a list of the caller is narrowed to; null if the caller may see all. Those asked for that the caller may not see are left out.
    /// </summary>
    public static async ValueTask<IReadOnlyList<string>?> VisibleDefinitionsAsync(StudioRequest request, string permission, IReadOnlyList<string>? wanted)
    {
        if (wanted is { Count: > 0 })
            return [.. wanted.Where(definition => request.May(permission, definition))];

        var all = await request.Service<IInstanceReader>().ListDefinitionIdsAsync(request.Cancelled);
        var visible = all.Where(definition => request.May(permission, definition)).ToList();
        return visible.Count == all.Count ? null : visible;
    }
}
