using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Filters;
using Elsa.Workflows.Runtime.Options;
using Elsa.Workflows.Runtime.Requests;
using Elsa.Workflows.Runtime.Responses;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Elsa's ways of starting and steering instances, over <see cref="IWorkflowEngine"/>.</summary>
internal sealed class WorkflowClients(
    IWorkflowEngine engine, IWorkflowStore store, InstanceRestorer restorer, IWorkflowResumer resumer, IStimulusSender sender, IIdentityGenerator ids)
    : IWorkflowRuntime, IWorkflowStarter, IWorkflowDispatcher, IWorkflowCancellationService
{
    public ValueTask<IWorkflowClient> CreateClientAsync(CancellationToken cancellationToken = default) => CreateClientAsync(null, cancellationToken);

    public ValueTask<IWorkflowClient> CreateClientAsync(string? workflowInstanceId, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IWorkflowClient>(new WorkflowClient(workflowInstanceId ?? ids.GenerateId(), engine, store, restorer, resumer, NewAsync));

    public async Task<StartWorkflowResponse> StartWorkflowAsync(StartWorkflowRequest request, CancellationToken cancellationToken = default)
    {
        var start = await NewAsync(request.WorkflowDefinitionHandle, cancellationToken) with
        {
            CorrelationId = request.CorrelationId,
            Name = request.Name,
            Input = request.Input.ToInput(),
            Variables = request.Variables.ToInput(),
            Properties = request.Properties.ToInput(),
            ParentInstanceId = request.ParentId,
            TriggerActivityId = request.TriggerActivityId ?? RunResponses.ActivityIdOf(request.ActivityHandle),
        };
        try
        {
            var run = await engine.StartAsync(start, cancellationToken);
            return new StartWorkflowResponse
            {
                WorkflowInstanceId = run.InstanceId,
                Status = run.Status,
                SubStatus = run.SubStatus,
                Bookmarks = [.. run.Bookmarks],
                Incidents = [.. run.Incidents],
            };
        }
        catch (WorkflowNotStartedException)
        {
            return new StartWorkflowResponse { CannotStart = true };
        }
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(
        DispatchWorkflowDefinitionRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await engine.StartAsync(
                new StartWorkflow
                {
                    VersionId = request.DefinitionVersionId,
                    InstanceId = request.InstanceId,
                    CorrelationId = request.CorrelationId,
                    Input = request.Input.ToInput(),
                    Properties = request.Properties.ToInput(),
                    ParentInstanceId = request.ParentWorkflowInstanceId,
                    TriggerActivityId = request.TriggerActivityId,
                },
                cancellationToken);
            return DispatchWorkflowResponse.Success();
        }
        catch (Exception exception) when (exception is WorkflowNotFoundException or WorkflowNotStartedException)
        {
            return DispatchWorkflowResponse.Failure(exception.Message);
        }
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(
        DispatchWorkflowInstanceRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        await resumer.ResumeAsync(
            new ResumeBookmarkRequest
            {
                WorkflowInstanceId = request.InstanceId,
                BookmarkId = request.BookmarkId,
                ActivityHandle = request.ActivityHandle,
                Input = request.Input,
            },
            cancellationToken);
        return DispatchWorkflowResponse.Success();
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(
        DispatchTriggerWorkflowsRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        await sender.SendAsync(
            request.ActivityTypeName,
            request.BookmarkPayload,
            new StimulusMetadata
            {
                CorrelationId = request.CorrelationId,
                WorkflowInstanceId = request.WorkflowInstanceId,
                ActivityInstanceId = request.ActivityInstanceId,
                Input = request.Input,
            },
            cancellationToken);
        return DispatchWorkflowResponse.Success();
    }

    public async Task<DispatchWorkflowResponse> DispatchAsync(
        DispatchResumeWorkflowsRequest request, DispatchWorkflowOptions? options = null, CancellationToken cancellationToken = default)
    {
        await resumer.ResumeAsync(
            new BookmarkFilter
            {
                Hash = restorer.HashOf(request.ActivityTypeName, request.BookmarkPayload),
                CorrelationId = request.CorrelationId,
                WorkflowInstanceId = request.WorkflowInstanceId,
                ActivityInstanceId = request.ActivityInstanceId,
            },
            new ResumeBookmarkOptions { Input = request.Input },
            cancellationToken);
        return DispatchWorkflowResponse.Success();
    }

    public Task<bool> CancelWorkflowAsync(string workflowInstanceId, CancellationToken cancellationToken = default) =>
        engine.CancelAsync(workflowInstanceId, cancellationToken);

    public async Task<int> CancelWorkflowsAsync(IEnumerable<string> workflowInstanceIds, CancellationToken cancellationToken = default)
    {
        var count = 0;
        foreach (var id in workflowInstanceIds)
        {
            if (await engine.CancelAsync(id, cancellationToken))
                count++;
        }

        return count;
    }

    public async Task<int> CancelWorkflowByDefinitionVersionAsync(string definitionVersionId, CancellationToken cancellationToken = default) =>
        await store.FindDefinitionVersionAsync(definitionVersionId, cancellationToken) is { } version
            ? await CancelAsync(version.DefinitionId, id => id == definitionVersionId, cancellationToken)
            : 0;

    public async Task<int> CancelWorkflowByDefinitionAsync(
        string definitionId, VersionOptions versionOptions, CancellationToken cancellationToken = default)
    {
        var versions = (await SelectAsync(definitionId, versionOptions, cancellationToken)).Select(static version => version.Id).ToHashSet(StringComparer.Ordinal);
        return await CancelAsync(definitionId, versions.Contains, cancellationToken);
    }

    private async Task<int> CancelAsync(string definitionId, Predicate<string> isMeant, CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var id in await store.FindRunningInstancesAsync(definitionId, null, null, cancellationToken))
        {
            if (await store.FindInstanceAsync(id, cancellationToken) is { } instance && isMeant(instance.DefinitionVersionId)
                && await engine.CancelAsync(id, cancellationToken))
            {
                count++;
            }
        }

        return count;
    }

    private async Task<IReadOnlyList<WorkflowDefinitionRecord>> SelectAsync(string definitionId, VersionOptions options, CancellationToken cancellationToken)
    {
        var versions = await store.ListDefinitionVersionsAsync(definitionId, cancellationToken);
        return options switch
        {
            { AllVersions: true } => versions,
            { Version: > 0 and var number } => [.. versions.Where(version => version.Version == number)],
            { IsLatest: true } => [.. versions.Where(static version => version.IsLatest)],
            { IsDraft: true } => [.. versions.Where(static version => version is { IsLatest: true, IsPublished: false })],
            { IsLatestOrPublished: true } when !versions.Any(static version => version.IsPublished) => [.. versions.Where(static version => version.IsLatest)],
            _ => [.. versions.Where(static version => version.IsPublished)],
        };
    }

    private async Task<StartWorkflow> NewAsync(WorkflowDefinitionHandle? handle, CancellationToken cancellationToken)
    {
        if (handle?.DefinitionVersionId is { } versionId)
            return new StartWorkflow { VersionId = versionId };
        if (handle?.DefinitionId is not { } definitionId)
            throw new ArgumentException("The request has to name a definition or one of its versions.", nameof(handle));
        if (handle.VersionOptions is not { } options || options == VersionOptions.Published)
            return new StartWorkflow { DefinitionId = definitionId };

        return (await SelectAsync(definitionId, options, cancellationToken)) is [var version, ..]
            ? new StartWorkflow { VersionId = version.Id }
            : throw new WorkflowNotFoundException($"The workflow definition '{definitionId}' has no such version.");
    }
}
