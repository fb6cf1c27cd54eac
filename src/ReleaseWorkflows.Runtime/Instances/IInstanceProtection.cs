using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// Keeps instances from being deleted that something else depends on. The host registers any number of them, scoped: they are asked inside the unit
/// of work that would delete.
/// </summary>
public interface IInstanceProtection
{
    /// <summary>A sentence that says why the instance has to stay; null if it may go.</summary>
    ValueTask<string?> WhyKeptAsync(WorkflowInstanceRecord instance, CancellationToken cancellationToken);
}

/// <summary>What became of a request to delete an instance.</summary>
/// <param name="IsDeleted">True if it is deleted.</param>
/// <param name="Reason">Why it is kept; null if it is deleted, or if there is no such instance.</param>
public readonly record struct InstanceDeletion(bool IsDeleted, string? Reason);
