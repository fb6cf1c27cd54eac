using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>An instance in lists.</summary>
internal sealed record InstanceSummary(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string Status,
    string SubStatus,
    string? CorrelationId,
    string? Name,
    int IncidentCount,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt)
{
    public static InstanceSummary Of(WorkflowInstanceRecord instance) => new(
        instance.Id,
        instance.DefinitionId,
        instance.DefinitionVersionId,
        instance.DefinitionVersion,
        instance.Status,
        instance.SubStatus,
        instance.CorrelationId,
        instance.Name,
        instance.IncidentCount,
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt);
}

/// <summary>A whole instance, with its state as Elsa shows it.</summary>
internal sealed record InstanceDetails(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    int Version,
    string? ParentWorkflowInstanceId,
    JsonObject WorkflowState,
    string Status,
    string SubStatus,
    bool IsExecuting,
    string? CorrelationId,
    string? Name,
    int IncidentCount,
    bool IsSystem,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset? FinishedAt)
{
    public static InstanceDetails Of(WorkflowInstanceRecord instance, JsonObject state) => new(
        instance.Id,
        instance.DefinitionId,
        instance.DefinitionVersionId,
        instance.DefinitionVersion,
        instance.ParentInstanceId,
        state,
        instance.Status,
        instance.SubStatus,
        false,
        instance.CorrelationId,
        instance.Name,
        instance.IncidentCount,
        false,
        instance.CreatedAt,
        instance.UpdatedAt,
        instance.FinishedAt);
}

/// <summary>Reads the state of an instance for an answer.</summary>
internal static class InstanceStates
{
    /// <summary>The state of a committed instance; null if there is no such instance.</summary>
    public static async ValueTask<(WorkflowInstanceRecord Instance, JsonObject State)?> ReadAsync(StudioRequest request, string instanceId)
    {
        var reader = request.Service<IInstanceReader>();
        if (await reader.FindAsync(instanceId, request.Cancelled) is not { } instance)
            return null;

        var executions = await reader.ReadExecutionsAsync(instanceId, request.Cancelled);
        var bookmarks = await request.Service<IWorkflowStore>().FindInstanceBookmarksAsync(instanceId, request.Cancelled);
        return (instance, WorkflowStateDocument.Describe(instance, await FindGraphAsync(request, instance), executions, bookmarks));
    }

    /// <summary>The version an instance runs on; null if it is gone or cannot be compiled by this program, which must not keep people from looking.</summary>
    public static async ValueTask<Elsa.Workflows.Models.WorkflowGraph?> FindGraphAsync(StudioRequest request, WorkflowInstanceRecord instance)
    {
        try
        {
            return await request.Service<IWorkflowDefinitions>().FindVersionAsync(instance.DefinitionVersionId, request.Cancelled);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
