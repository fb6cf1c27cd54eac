using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>
/// The two steps of a new release, in one unit of work: the domain creates it (T1), and the target app's own workflow definition begins
/// to carry it.
/// </summary>
public sealed class ReleaseLauncher(ReleaseService releases, ITargetAppStore apps, IWorkflowHost workflows)
{
    /// <summary>Creates the release; refused too if the app's workflow could not carry it.</summary>
    public async ValueTask<ReleaseResult> CreateAsync(CreateReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        var result = await releases.CreateAsync(command, actor, cancellationToken);
        if (result.IsRefused)
        {
            return result;
        }

        return await MissingWorkflowAsync(command.Key.App, cancellationToken) is { } missing ? ReleaseResult.Refuse(null, missing) : result;
    }

    /// <summary>Why no release to the app could be carried now; null if its workflow definition is published.</summary>
    public async ValueTask<Refusal?> MissingWorkflowAsync(AppKey app, CancellationToken cancellationToken)
    {
        var definition = (await apps.FindAsync(app, cancellationToken))!.WorkflowDefinitionId;
        return await workflows.IsPublishedAsync(definition, cancellationToken)
            ? null
            : new Refusal(
                RefusalCodes.WorkflowMissing,
                $"{app} releases by the workflow definition “{definition}”, which has no published version. Ask an admin of the app to publish it.");
    }

    /// <summary>Starts the workflow of a release, which was just created or has lost its workflow (A31), and runs it to its first wait.</summary>
    public async ValueTask<StartedWorkflow> StartPipelineAsync(Release release, CancellationToken cancellationToken)
    {
        var app = (await apps.FindAsync(release.Key.App, cancellationToken))!;
        var started = await workflows.StartAsync(
            new WorkflowStart(
                app.WorkflowDefinitionId,
                release.Id.Value,
                ReleaseInstanceName.Of(release),
                new Dictionary<string, object> { ["ReleaseId"] = release.Id.Value }),
            cancellationToken);
        releases.AttachWorkflow(release.Id, started.InstanceId, started.DefinitionId, started.DefinitionVersion);
        return started;
    }
}
