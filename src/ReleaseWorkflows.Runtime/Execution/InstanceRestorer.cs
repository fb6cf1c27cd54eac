using Elsa.Workflows;
using Elsa.Workflows.State;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Reads stored instances.</summary>
internal sealed class InstanceRestorer(EngineServices engine, IWorkflowDefinitions definitions, IWorkflowStore store, IServiceProvider services)
{
    /// <summary>The hash of a stimulus.</summary>
    public string HashOf(string name, object? payload) => engine.Hasher.Hash(name, payload);

    /// <summary>The state of an instance; null if there is none.</summary>
    public async Task<WorkflowState?> FindStateAsync(string instanceId, CancellationToken cancellationToken)
    {
        if (await store.FindInstanceAsync(instanceId, cancellationToken) is not { } record)
            return null;

        return StateOf(await RestoreAsync(record, cancellationToken), record.State);
    }

    /// <summary>An instance as it was when it was stored.</summary>
    /// <exception cref="WorkflowNotFoundException">The version it runs on is not stored.</exception>
    /// <exception cref="InstanceUnreadableException">Its state cannot be read.</exception>
    public async Task<WorkflowExecutionContext> RestoreAsync(WorkflowInstanceRecord record, CancellationToken cancellationToken)
    {
        var graph = await definitions.FindVersionAsync(record.DefinitionVersionId, cancellationToken) ?? throw new WorkflowNotFoundException(
            $"The instance '{record.Id}' runs on version {record.DefinitionVersion} of '{record.DefinitionId}', which is not stored.");
        var context = new WorkflowExecutionContext(engine, services, graph, record.Id, cancellationToken)
        {
            CreatedAt = record.CreatedAt,
            UpdatedAt = record.UpdatedAt,
            FinishedAt = record.FinishedAt,
            CorrelationId = record.CorrelationId,
            ActivationKey = record.ActivationKey,
            Name = record.Name,
            ParentWorkflowInstanceId = record.ParentInstanceId,
            SubStatus = Enum.Parse<WorkflowSubStatus>(record.SubStatus),
        };
        new InstanceStateReader(context).Read(record.State);
        return context;
    }

    /// <summary>What is said of an instance outside the engine.</summary>
    public static WorkflowState StateOf(WorkflowExecutionContext context, ReadOnlyMemory<byte> bytes) => new()
    {
        Id = context.Id,
        DefinitionId = context.Workflow.Identity.DefinitionId,
        DefinitionVersionId = context.Workflow.Identity.Id,
        DefinitionVersion = context.Workflow.Identity.Version,
        ParentWorkflowInstanceId = context.ParentWorkflowInstanceId,
        CorrelationId = context.CorrelationId,
        Name = context.Name,
        Status = context.Status,
        SubStatus = context.SubStatus,
        Bookmarks = [.. context.Bookmarks],
        Incidents = [.. context.Incidents],
        Input = new Dictionary<string, object>(context.StartInput),
        Output = new Dictionary<string, object>(context.Output),
        Properties = new Dictionary<string, object>(context.Properties),
        CreatedAt = context.CreatedAt,
        UpdatedAt = context.UpdatedAt,
        FinishedAt = context.FinishedAt,
        Bytes = bytes,
    };
}
