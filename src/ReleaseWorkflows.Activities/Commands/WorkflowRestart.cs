using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>
/// Gives a release whose workflow has failed a new one (A31): an instance of the definition that the target app has published by now. It finds
/// its place by itself, since every activity of releases goes on at once where its work is done already. The release does not change by this,
/// and whatever the new workflow does is decided by the same rules.
/// </summary>
public sealed class WorkflowRestart(ReleaseService releases, ReleaseLauncher launcher, IWorkflowHost workflows)
{
    /// <summary>The command's name in addresses and in <c>allowedCommands</c>.</summary>
    public const string Command = "restart-workflow";

    /// <summary>True for whoever may apply for the mini program, and for the admins of the target app, who mend its definition.</summary>
    public static bool MayRestart(Release release, Actor actor) =>
        actor.May(Permission.Apply, release.Subject) || actor.May(Permission.Define, release.Subject);

    /// <summary>Starts the workflow anew; refused while the old one goes on, and at the end of the release.</summary>
    public async ValueTask<ReleaseResult> RestartAsync(ReleaseId id, Actor actor, CancellationToken cancellationToken)
    {
        if (await releases.FindAsync(id, cancellationToken) is not { } release || !MaySee(release, actor))
        {
            return ReleaseResult.Refuse(null, new Refusal(RefusalCodes.NotFound, "There is no such release that you may see."));
        }

        if (!MayRestart(release, actor))
        {
            return ReleaseResult.Refuse(release, new Refusal(
                RefusalCodes.Forbidden, $"You lack the permission {RolePermissions.NameOf(Permission.Apply)} here. Ask an admin of the workspace for it.")
            {
                Data = new Dictionary<string, string> { ["permission"] = RolePermissions.NameOf(Permission.Apply) },
            });
        }

        if (release.IsTerminal)
        {
            return ReleaseResult.Refuse(release, new Refusal(
                RefusalCodes.WrongState, $"The release is {ReleaseDecider.Words(release.Status)}; no workflow has anything left to do for it."));
        }

        if (release.WorkflowInstanceId is { } instance && await workflows.IsRunningAsync(instance, cancellationToken))
        {
            return ReleaseResult.Refuse(release, new Refusal(RefusalCodes.WorkflowRunning, "The workflow of this release goes on; there is nothing to restart."));
        }

        if (await launcher.MissingWorkflowAsync(release.Key.App, cancellationToken) is { } missing)
        {
            return ReleaseResult.Refuse(release, missing);
        }

        await launcher.StartPipelineAsync(release, cancellationToken);
        return ReleaseResult.Accept((await releases.FindAsync(id, cancellationToken))!, null);
    }

    private static bool MaySee(Release release, Actor actor) => actor.May(Permission.ViewReleases, release.Subject) || MayRestart(release, actor);
}
