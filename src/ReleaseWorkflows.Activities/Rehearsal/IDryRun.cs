using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Activities.Rehearsal;

/// <summary>Whether a request only asks what would happen (<c>?dryRun=true</c>), and the answer to that. Nothing is created for it.</summary>
public interface IDryRun
{
    /// <summary>Reads what the request says.</summary>
    /// <param name="isAsked">True if the request is a dry run.</param>
    /// <returns>A refusal if its word cannot be read: then nothing must happen either. Null if all is well.</returns>
    Refusal? Read(out bool isAsked);

    /// <summary>Plays the release and words what would happen. Nothing of the unit of work in which it is given is kept.</summary>
    ValueTask<HttpReply> AnswerAsync(CreateReleaseCommand command, Actor actor, CancellationToken cancellationToken);
}
