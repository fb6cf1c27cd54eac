using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>What an activity waits for: this command for this release.</summary>
/// <param name="ReleaseId">The release.</param>
/// <param name="Command">Name of the command, one of <see cref="ReleaseCommands"/>.</param>
public sealed record ReleaseCommandStimulus(string ReleaseId, string Command)
{
    /// <summary>Name of the bookmarks that wait for commands.</summary>
    public const string BookmarkName = "ReleaseWorkflows.ReleaseCommand";
}

/// <summary>
/// The command under way in the current unit of work (scoped). It carries the command with its actor to the activity that waits for it,
/// and the domain's answer back to whoever sent it.
/// </summary>
public sealed class CommandInProgress
{
    private (ReleaseId Release, ReleaseCommand Command, Actor Actor)? _current;

    /// <summary>The domain's answer; null while no activity has taken the command up.</summary>
    public ReleaseResult? Answer { get; private set; }

    /// <summary>Notes the command that is about to be signalled.</summary>
    public void Begin(ReleaseId release, ReleaseCommand command, Actor actor)
    {
        _current = (release, command, actor);
        Answer = null;
    }

    /// <summary>Lets the domain carry the command out and keeps its answer.</summary>
    /// <returns>The answer; null if no command is under way, since the bookmark was resumed by something else.</returns>
    internal async ValueTask<ReleaseResult?> ExecuteAsync(ReleaseService releases, CancellationToken cancellationToken) => _current is var (release, command, actor)
        ? Answer = await releases.ExecuteAsync(release, command, actor, cancellationToken)
        : null;
}
