using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Running;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>
/// The part of the table that is about instances. The permission of a line is asked for anything at all; each handler asks again for the definition
/// of the instance, and treats one that the caller may not see as one that there is not.
/// </summary>
internal static class InstanceRoutes
{
    /// <summary>The lines.</summary>
    public static IReadOnlyList<StudioRoute> All { get; } =
    [
        // Lists and single instances.
        new("GET", "/workflow-instances", StudioPermissions.ReadWorkflowInstances, InstanceEndpoints.ListAsync),
        new("POST", "/workflow-instances", StudioPermissions.ReadWorkflowInstances, InstanceEndpoints.SearchAsync),
        new("GET", "/workflow-instances/{id}", StudioPermissions.ReadWorkflowInstances, InstanceEndpoints.FindAsync),
        new("DELETE", "/workflow-instances/{id}", StudioPermissions.DeleteWorkflowInstances, InstanceEndpoints.DeleteAsync),
        new("GET", "/workflow-instances/{id}/execution-state", StudioPermissions.ReadWorkflowInstances, InstanceEndpoints.StandAsync),
        new("GET", "/workflow-instances/{id}/export", StudioPermissions.ReadWorkflowInstances, InstanceEndpoints.ExportAsync),
        new("GET", "/workflow-instances/{id}/variables", StudioPermissions.ReadWorkflowInstances, VariableEndpoints.ListAsync),
        new("POST", "/workflow-instances/{id}/variables", StudioPermissions.WriteWorkflowInstances, VariableEndpoints.SetAsync),
        new("GET", "/workflow-instances/{id}/journal", StudioPermissions.ReadWorkflowInstances, JournalEndpoints.ListAsync),
        new("POST", "/workflow-instances/{id}/journal", StudioPermissions.ReadWorkflowInstances, JournalEndpoints.SearchAsync),
        new("GET", "/workflow-instances/{id}/journal/{activityId}", StudioPermissions.ReadWorkflowInstances, JournalEndpoints.FindLastAsync),
        new("POST", "/cancel/workflow-instances/{id}", StudioPermissions.CancelWorkflowInstances, InstanceEndpoints.CancelAsync),
        new("POST", "/bulk-actions/cancel/workflow-instances", StudioPermissions.CancelWorkflowInstances, InstanceEndpoints.BulkCancelAsync),
        new("POST", "/bulk-actions/delete/workflow-instances/by-id", StudioPermissions.DeleteWorkflowInstances, InstanceEndpoints.BulkDeleteAsync),
        new("POST", "/bulk-actions/export/workflow-instances", StudioPermissions.ReadWorkflowInstances, InstanceEndpoints.BulkExportAsync),
        new("POST", "/bulk-actions/import/workflow-instances", StudioPermissions.WriteWorkflowInstances, InstanceEndpoints.ImportAsync),

        // Executions of activities.
        new("GET", "/activity-executions/list", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.ListAsync),
        new("GET", "/activity-executions/count", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.CountAsync),
        new("GET", "/activity-executions/by-id", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.FindByIdAsync),
        new("POST", "/activity-executions/report", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.ReportAsync),
        new("GET", "/activity-executions/{id}", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.FindAsync),
        new("GET", "/activity-executions/{id}/call-stack", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.CallStackAsync),
        new("GET", "/activity-execution-summaries/list", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.ListSummariesAsync),
        new("GET", "/resilience/retries/{id}", StudioPermissions.ReadActivityExecution, ExecutionEndpoints.ListRetriesAsync),

        // What starts and moves instances.
        new("POST", "/workflow-definitions/{definitionId}/execute", StudioPermissions.ExecuteWorkflowDefinitions, RunEndpoints.ExecuteAsync),
        new("GET", "/workflow-definitions/{definitionId}/execute", StudioPermissions.ExecuteWorkflowDefinitions, RunEndpoints.ExecuteAsync),
        new("POST", "/workflow-definitions/{definitionId}/dispatch", StudioPermissions.ExecuteWorkflowDefinitions, RunEndpoints.DispatchAsync),
        new("POST", "/workflow-definitions/{definitionId}/bulk-dispatch", StudioPermissions.ExecuteWorkflowDefinitions, RunEndpoints.BulkDispatchAsync),
        new("POST", "/events/{eventName}/trigger", StudioPermissions.TriggerEvent, StimulusEndpoints.TriggerEventAsync),
        new("POST", "/tasks/{taskId}/complete", StudioPermissions.TriggerEvent, StimulusEndpoints.CompleteTaskAsync),
        new("GET", "/bookmarks/resume", StudioPermissions.TriggerEvent, StimulusEndpoints.ResumeBookmarkAsync),
        new("POST", "/bookmarks/resume", StudioPermissions.TriggerEvent, StimulusEndpoints.ResumeBookmarkAsync),

        // Changes from outside.
        new("POST", "/alterations/workflows/retry", StudioPermissions.WriteWorkflowInstances, AlterationEndpoints.RetryAsync),
        new("POST", "/alterations/dry-run", StudioPermissions.ReadWorkflowInstances, AlterationEndpoints.DryRunAsync),
        new("POST", "/alterations/run", StudioPermissions.WriteWorkflowInstances, AlterationEndpoints.RunAsync),
        new("POST", "/alterations/submit", StudioPermissions.WriteWorkflowInstances, AlterationEndpoints.SubmitAsync),

        // The engine itself.
        new("GET", "/admin/workflow-runtime/status", StudioPermissions.ReadRuntime, RuntimeEndpoints.StatusAsync),
        new("GET", "/bookmark-queue/dead-letters", StudioPermissions.ReadRuntime, RuntimeEndpoints.DeadLettersAsync),
    ];
}
