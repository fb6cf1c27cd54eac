using System.Collections.Frozen;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>
/// The way of a command: the domain looks first, so that a refused one never wakes the workflow; then the waiting activity takes it up,
/// has the domain carry it out, and the flow runs to its next wait. All in the current unit of work.
/// </summary>
public sealed class ReleaseCommandService(ReleaseService releases, CommandInProgress inProgress, IWorkflowHost workflows)
{
    // What edits data beside the flow. Every other command moves the flow and must be awaited by it.
    private static readonly FrozenSet<string> BesideTheFlow =
    [
        ReleaseCommands.EditBasicInformation, ReleaseCommands.UpdateTesters, ReleaseCommands.Archive, ReleaseCommands.AssignReviewers, ReleaseCommands.Hold,
        ReleaseCommands.Resume, ReleaseCommands.OverrideFreeze, ReleaseCommands.TakeOffline,
    ];

    // What happened anyway, whether or not the flow waits for it: a package is built or is not.
    private static readonly FrozenSet<string> Facts = [ReleaseCommands.CompleteBuild, ReleaseCommands.FailBuild];

    // Giving up needs no flow: from every state there is a way out, and the target becomes free, even if the workflow has failed (I12, A22).
    private static readonly FrozenSet<string> WaysOut = [ReleaseCommands.Withdraw, ReleaseCommands.Cancel];

    /// <summary>True if the release is not at its end and its workflow will not bring it there: it has failed or ended too early.</summary>
    public async ValueTask<bool> IsStoppedAsync(Release release, CancellationToken cancellationToken) =>
        !release.IsTerminal && release.WorkflowInstanceId is { } instance && !await workflows.IsRunningAsync(instance, cancellationToken);

    /// <summary>The times at which the workflow of the release goes on by itself, the earliest first; empty at the end, and while it waits for people alone.</summary>
    public async ValueTask<IReadOnlyList<WaitingTimer>> ListTimersAsync(Release release, CancellationToken cancellationToken) =>
        !release.IsTerminal && release.WorkflowInstanceId is { } instance ? await workflows.ListTimersAsync(instance, cancellationToken) : [];

    /// <summary>What the actor may do with the release now, in the order of its life.</summary>
    /// <param name="release">The release.</param>
    /// <param name="actor">Who asks.</param>
    /// <param name="isStopped">See <see cref="IsStoppedAsync"/>: then only what needs no workflow is left, and its restart (A31).</param>
    public static IReadOnlyList<string> AllowedCommands(Release release, Actor actor, bool isStopped)
    {
        var allowed = ReleaseTransitions.AllowedCommands(release, actor);
        if (!isStopped)
        {
            return allowed;
        }

        var left = allowed.Where(command => BesideTheFlow.Contains(command) || WaysOut.Contains(command));
        return WorkflowRestart.MayRestart(release, actor) ? [.. left, WorkflowRestart.Command] : [.. left];
    }

    /// <summary>Executes a command for an actor. The answer carries the release as it is afterwards.</summary>
    public async ValueTask<ReleaseResult> ExecuteAsync(ReleaseId id, ReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        var preview = await releases.PreviewAsync(id, command, actor, cancellationToken);
        if (preview.IsRefused)
        {
            return preview;
        }

        if (BesideTheFlow.Contains(command.Name))
        {
            return await ExecuteBesideTheFlowAsync(preview.Release, command, actor, cancellationToken);
        }

        inProgress.Begin(id, command, actor);
        if (preview.Release.WorkflowInstanceId is { } instance)
        {
            await SignalAsync(id, command, instance, cancellationToken);
        }

        return inProgress.Answer switch
        {
            null => await WithoutFlowAsync(preview.Release, command, actor, cancellationToken),
            { IsRefused: true } refused => refused,
            // The flow may have moved the release further than the command itself did.
            { } accepted => ReleaseResult.Accept(await releases.FindAsync(id, cancellationToken) ?? accepted.Release, accepted.Event),
        };
    }

    private async ValueTask SignalAsync(ReleaseId id, ReleaseCommand command, string instance, CancellationToken cancellationToken)
    {
        if (await workflows.SignalAsync(ReleaseCommandStimulus.BookmarkName, new ReleaseCommandStimulus(id.Value, [command.Name]), instance, cancellationToken) == 0)
        {
            await workflows.SignalAsync(ReleaseCommandStimulus.BookmarkName, new SingleCommandStimulus(id.Value, command.Name), instance, cancellationToken);
        }
    }

    // The name of the instance says where the release stands, also when the flow has no part in it any more.
    private async ValueTask<ReleaseResult> ExecuteBesideTheFlowAsync(Release release, ReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        var result = await releases.ExecuteAsync(release.Id, command, actor, cancellationToken);
        if (!result.IsRefused && result.Release.Status != release.Status && release.WorkflowInstanceId is { } instance)
        {
            await workflows.RenameEndedAsync(instance, ReleaseInstanceName.Of(result.Release), cancellationToken);
        }

        return result;
    }

    private async ValueTask<ReleaseResult> WithoutFlowAsync(Release release, ReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        var instance = release.WorkflowInstanceId;
        var isRunning = instance is not null && await workflows.IsRunningAsync(instance, cancellationToken);
        if (Facts.Contains(command.Name) || (WaysOut.Contains(command.Name) && !isRunning))
        {
            return await ExecuteBesideTheFlowAsync(release, command, actor, cancellationToken);
        }

        // Another unit of work may have moved the release between the two looks; then the answer is what the domain says of it now.
        var now = await releases.PreviewAsync(release.Id, command, actor, cancellationToken);
        if (now.IsRefused)
        {
            return now;
        }

        return ReleaseResult.Refuse(now.Release, new Refusal(
            RefusalCodes.NotAwaited,
            isRunning
                ? $"The workflow of this release does not wait for “{command.Name}” now. Its page shows where it stands."
                : $"The workflow of this release has failed or ended, so it takes no “{command.Name}”. An admin of {release.Key.App} finds the cause at the instance {instance}; "
                    + $"then restart the workflow: POST /api/releases/{release.Id}/{WorkflowRestart.Command}."));
    }
}
