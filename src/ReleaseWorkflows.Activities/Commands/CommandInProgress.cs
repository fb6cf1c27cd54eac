using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Commands;

/// <summary>
/// What an activity waits for: a command for this release. One bookmark stands for all its commands, since each bookmark is a row that every step writes.
/// </summary>
/// <param name="ReleaseId">The release.</param>
/// <param name="Commands">Names of the commands, of <see cref="ReleaseCommands"/>, for people to read; the activity knows them itself.</param>
public sealed record ReleaseCommandStimulus(string ReleaseId, [property: ExcludeFromHash] IReadOnlyList<string> Commands)
{
    /// <summary>Name of the bookmarks that wait for commands.</summary>
    public const string BookmarkName = "ReleaseWorkflows.ReleaseCommand";
}

/// <summary>What an activity waited for when each command had a bookmark of its own: releases that began to wait before version 0.2 still do.</summary>
/// <param name="ReleaseId">The release.</param>
/// <param name="Command">Name of the command.</param>
public sealed record SingleCommandStimulus(string ReleaseId, string Command);

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
    /// <param name="releases">The domain.</param>
    /// <param name="awaited">The commands that the activity waits for.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>
    /// The answer; null if the activity does not wait for this command, or if none is under way, since the bookmark was resumed by something else.
    /// </returns>
    internal async ValueTask<ReleaseResult?> ExecuteAsync(ReleaseService releases, IReadOnlyList<string> awaited, CancellationToken cancellationToken) =>
        _current is var (release, command, actor) && awaited.Contains(command.Name)
            ? Answer = await releases.ExecuteAsync(release, command, actor, cancellationToken)
            : null;
}
