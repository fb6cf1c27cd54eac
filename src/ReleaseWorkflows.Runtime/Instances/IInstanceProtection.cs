using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// Keeps instances from being deleted that something else depends on, from being tried again once something else has taken their place, and from being started by
/// hand where something else has to start them. The host registers any number of them, scoped: they are asked inside the unit of work that would do it.
/// </summary>
public interface IInstanceProtection
{
    /// <summary>A sentence that says why the instance has to stay; null if it may go.</summary>
    ValueTask<string?> WhyKeptAsync(WorkflowInstanceRecord instance, CancellationToken cancellationToken);

    /// <summary>A sentence that says why a failed instance must not be tried again; null if it may. Default: null.</summary>
    ValueTask<string?> WhyNotRetriedAsync(WorkflowInstanceRecord instance, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    /// <summary>A sentence that says why nobody starts an instance of this workflow by hand, with what to do instead; null if one may. Default: null.</summary>
    ValueTask<string?> WhyNotStartedByHandAsync(WorkflowGraph workflow, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}

/// <summary>What became of a request to delete an instance.</summary>
/// <param name="IsDeleted">True if it is deleted.</param>
/// <param name="Reason">Why it is kept; null if it is deleted, or if there is no such instance.</param>
public readonly record struct InstanceDeletion(bool IsDeleted, string? Reason);
