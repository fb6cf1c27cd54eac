using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>Who sent the request that a workflow is answering.</summary>
public interface ICurrentActor
{
    /// <summary>The actor; null if nobody is signed in.</summary>
    ValueTask<Actor?> FindAsync(CancellationToken cancellationToken);
}

/// <summary>How the platform reads and answers HTTP requests for releases; the same in a workflow as in an endpoint.</summary>
public interface IReleaseReplies
{
    /// <summary>Reads the body that asks for a release.</summary>
    /// <param name="json">The body, UTF-8.</param>
    /// <param name="command">What is asked for; null if the body cannot be used.</param>
    /// <returns>A refusal with every missing, unknown and malformed field; null if all is well.</returns>
    Refusal? Read(ReadOnlyMemory<byte> json, out CreateReleaseCommand? command);

    /// <summary>The answer to a new release: 201.</summary>
    HttpReply Created(Release release);

    /// <summary>The answer to a refusal: problem+json. Nothing of the unit of work in which it is given is kept.</summary>
    HttpReply Refused(Refusal refusal);
}

/// <summary>An answer to an HTTP request.</summary>
/// <param name="StatusCode">For example 201.</param>
/// <param name="ContentType">For example <c>application/json</c>.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Headers">Further headers, for example <c>Location</c>.</param>
public sealed record HttpReply(int StatusCode, string ContentType, string Body, IReadOnlyDictionary<string, string> Headers);
