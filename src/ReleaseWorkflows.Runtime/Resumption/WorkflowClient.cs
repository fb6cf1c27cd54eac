using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.State;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>One instance. What was only created lives in this object until it is run.</summary>
internal sealed class WorkflowClient(
    string instanceId,
    IWorkflowEngine engine,
    IWorkflowStore store,
    InstanceRestorer restorer,
    IWorkflowResumer resumer,
    Func<WorkflowDefinitionHandle?, CancellationToken, Task<StartWorkflow>> find) : IWorkflowClient
{
    private CreateWorkflowInstanceRequest? _created;

    public string WorkflowInstanceId => instanceId;

    public Task<CreateWorkflowInstanceResponse> CreateInstanceAsync(
        CreateWorkflowInstanceRequest request, CancellationToken cancellationToken = default)
    {
        _created = request;
        return Task.FromResult(new CreateWorkflowInstanceResponse());
    }

    public async Task<RunWorkflowInstanceResponse> RunInstanceAsync(RunWorkflowInstanceRequest request, CancellationToken cancellationToken = default)
    {
        if (_created is { } created)
        {
            _created = null;
            return await StartAsync(
                created,
                request.TriggerActivityId ?? RunResponses.ActivityIdOf(request.ActivityHandle),
                Merge(created.Input, request.Input),
                Merge(created.Properties, request.Properties),
                request.Variables,
                cancellationToken);
        }

        var resumed = request.BookmarkId is null && request.ActivityHandle is null
            ? []
            : await resumer.ResumeAsync(
                new ResumeBookmarkRequest
                {
                    WorkflowInstanceId = instanceId,
                    BookmarkId = request.BookmarkId,
                    ActivityHandle = request.ActivityHandle,
                    Input = request.Input,
                },
                cancellationToken);
        if (resumed.LastOrDefault() is { } response)
            return response;

        var state = await ExportStateAsync(cancellationToken);
        return new RunWorkflowInstanceResponse
        {
            WorkflowInstanceId = instanceId,
            Status = state.Status,
            SubStatus = state.SubStatus,
            Bookmarks = state.Bookmarks,
            Incidents = state.Incidents,
            Output = state.Output,
        };
    }

    public Task<RunWorkflowInstanceResponse> CreateAndRunInstanceAsync(
        CreateAndRunWorkflowInstanceRequest request, CancellationToken cancellationToken = default) => StartAsync(
        request,
        request.TriggerActivityId ?? RunResponses.ActivityIdOf(request.ActivityHandle),
        request.Input,
        request.Properties,
        request.Variables,
        cancellationToken);

    public Task CancelAsync(CancellationToken cancellationToken = default) => engine.CancelAsync(instanceId, cancellationToken);

    public async Task<WorkflowState> ExportStateAsync(CancellationToken cancellationToken = default) =>
        await restorer.FindStateAsync(instanceId, cancellationToken)
        ?? throw new InvalidOperationException($"There is no workflow instance '{instanceId}'.");

    public Task ImportStateAsync(WorkflowState workflowState, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The state of an instance is written by its own bursts only.");

    public async Task<bool> InstanceExistsAsync(CancellationToken cancellationToken = default) =>
        await store.FindInstanceAsync(instanceId, cancellationToken) is not null;

    public async Task<bool> DeleteAsync(CancellationToken cancellationToken = default)
    {
        await engine.CancelAsync(instanceId, cancellationToken);
        if (await store.FindInstanceAsync(instanceId, cancellationToken) is not { } instance)
            return false;

        store.RemoveInstance(instanceId, instance.Version);
        return true;
    }

    private async Task<RunWorkflowInstanceResponse> StartAsync(
        CreateWorkflowInstanceRequest request,
        string? triggerActivityId,
        IDictionary<string, object>? input,
        IDictionary<string, object>? properties,
        IDictionary<string, object>? variables,
        CancellationToken cancellationToken)
    {
        var start = await find(request.WorkflowDefinitionHandle, cancellationToken) with
        {
            InstanceId = instanceId,
            CorrelationId = request.CorrelationId,
            Name = request.Name,
            ParentInstanceId = request.ParentId,
            TriggerActivityId = triggerActivityId,
            Input = input.ToInput(),
            Properties = properties.ToInput(),
            Variables = variables.ToInput(),
        };
        return (await engine.StartAsync(start, cancellationToken)).ToResponse();
    }

    private static Dictionary<string, object>? Merge(IDictionary<string, object>? first, IDictionary<string, object>? second)
    {
        if (first is null && second is null)
            return null;

        var merged = new Dictionary<string, object>(first ?? new Dictionary<string, object>());
        foreach (var (name, value) in second ?? new Dictionary<string, object>())
            merged[name] = value;
        return merged;
    }
}
