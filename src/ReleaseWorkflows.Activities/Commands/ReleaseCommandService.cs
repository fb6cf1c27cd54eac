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
    private static readonly FrozenSet<string> BesideTheFlow = [ReleaseCommands.EditBasicInformation, ReleaseCommands.UpdateTesters, ReleaseCommands.Archive];

    // What happened anyway, whether or not the flow waits for it: a package is built or is not.
    private static readonly FrozenSet<string> Facts = [ReleaseCommands.CompleteBuild, ReleaseCommands.FailBuild];

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
            return await releases.ExecuteAsync(id, command, actor, cancellationToken);
        }

        inProgress.Begin(id, command, actor);
        if (preview.Release.WorkflowInstanceId is { } instance)
        {
            await workflows.SignalAsync(ReleaseCommandStimulus.BookmarkName, new ReleaseCommandStimulus(id.Value, command.Name), instance, cancellationToken);
        }

        if (inProgress.Answer is null && Facts.Contains(command.Name))
        {
            return await releases.ExecuteAsync(id, command, actor, cancellationToken);
        }

        return inProgress.Answer switch
        {
            null => ReleaseResult.Refuse(preview.Release, new Refusal(
                RefusalCodes.NotAwaited,
                $"The workflow of this release does not wait for “{command.Name}” now. Its page shows where it stands.")),
            { IsRefused: true } refused => refused,
            // The flow may have moved the release further than the command itself did.
            { } accepted => ReleaseResult.Accept(await releases.FindAsync(id, cancellationToken) ?? accepted.Release, accepted.Event),
        };
    }
}
