using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.StudioApi;

/// <summary>
/// Keeps the instance of a release that is not at its end: without it the release could not go on, and nobody could see why. Cancelling it is allowed:
/// that ends the workflow and leaves the release where it stands, to be withdrawn, canceled or given a new workflow by those who may (A31). Once it was
/// given a new one, the old one is not tried again: two workflows would move one release.
/// </summary>
internal sealed class ReleaseInstanceProtection(IReleaseStore releases) : IInstanceProtection
{
    /// <inheritdoc/>
    public async ValueTask<string?> WhyKeptAsync(WorkflowInstanceRecord instance, CancellationToken cancellationToken) =>
        instance.CorrelationId is { Length: > 0 } id
        && await releases.FindAsync(new ReleaseId(id), cancellationToken) is { IsTerminal: false } release
        && release.WorkflowInstanceId == instance.Id
            ? $"The release {release.Key} ({release.Id}) is {ReleaseDecider.Words(release.Status)} and needs this instance. Cancel or finish the release first."
            : null;

    /// <inheritdoc/>
    public async ValueTask<string?> WhyNotRetriedAsync(WorkflowInstanceRecord instance, CancellationToken cancellationToken) =>
        instance.CorrelationId is { Length: > 0 } id
        && await releases.FindAsync(new ReleaseId(id), cancellationToken) is { WorkflowInstanceId: { } current } release
        && current != instance.Id
            ? $"The release {release.Key} ({release.Id}) was given a new workflow since, the instance {current}; this one has nothing left to do."
            : null;
}
