using Elsa.Workflows;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Engine;

/// <summary>The embedded engine as the platform uses it. The one place outside the start-up that knows which engine runs.</summary>
internal sealed class EmbeddedWorkflowHost(IWorkflowEngine engine, IWorkflowDefinitions definitions, IWorkflowStore store, InstanceTimers timers) : IWorkflowHost
{
    /// <inheritdoc/>
    public async ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken cancellationToken) =>
        await definitions.FindPublishedAsync(definitionId, cancellationToken) is not null;

    /// <inheritdoc/>
    public async ValueTask<bool> IsRunningAsync(string workflowInstanceId, CancellationToken cancellationToken) =>
        await store.FindInstanceAsync(workflowInstanceId, cancellationToken) is { Status: nameof(WorkflowStatus.Running) };

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<WaitingTimer>> ListTimersAsync(string workflowInstanceId, CancellationToken cancellationToken) =>
        [.. (await timers.ListAsync(workflowInstanceId, cancellationToken)).Select(timer => new WaitingTimer(timer.DueAt, timer.Activity, timer.Next))];

    /// <inheritdoc/>
    public async ValueTask<StartedWorkflow> StartAsync(WorkflowStart start, CancellationToken cancellationToken)
    {
        var run = await engine.StartAsync(
            new StartWorkflow
            {
                DefinitionId = start.DefinitionId,
                CorrelationId = start.CorrelationId,
                Name = start.Name,
                Input = start.Input.ToDictionary(input => input.Key, object? (input) => input.Value),
            },
            cancellationToken);
        return new StartedWorkflow(run.InstanceId, run.DefinitionId, run.DefinitionVersion);
    }

    /// <inheritdoc/>
    public async ValueTask<int> SignalAsync(string name, object stimulus, string workflowInstanceId, CancellationToken cancellationToken)
    {
        var outcome = await engine.SignalAsync(new Stimulus { Name = name, Payload = stimulus, InstanceId = workflowInstanceId }, cancellationToken);
        return outcome.Resumed.Count;
    }

    /// <inheritdoc/>
    public async ValueTask RenameEndedAsync(string workflowInstanceId, string name, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(workflowInstanceId, cancellationToken) is { Status: nameof(WorkflowStatus.Finished) } ended && ended.Name != name)
        {
            store.SaveInstance(ended with { Name = name });
        }
    }
}
