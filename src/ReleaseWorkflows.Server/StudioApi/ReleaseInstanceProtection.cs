using Elsa.Workflows.Models;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.StudioApi;

/// <summary>
/// Keeps the instance of a release that is not at its end: without it the release could not go on, and nobody could see why. Cancelling it is allowed:
/// that ends the workflow and leaves the release where it stands, to be withdrawn, canceled or given a new workflow by those who may (A31). Once it was
/// given a new one, the old one is not tried again: two workflows would move one release. Nobody starts one by hand: it would have no release to move.
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

    /// <inheritdoc/>
    public ValueTask<string?> WhyNotStartedByHandAsync(WorkflowGraph workflow, CancellationToken cancellationToken) => ValueTask.FromResult(
        ReleaseSteps.FirstIn(workflow) is { } step
            ? $"“{workflow.Workflow.WorkflowMetadata.Name ?? workflow.Workflow.Identity.DefinitionId}” has steps of a release (“{step}”) and is started by a release, not by itself. Create a release to an app that uses it (POST /api/releases); ?dryRun=true shows its path without creating one."
            : null);
}
