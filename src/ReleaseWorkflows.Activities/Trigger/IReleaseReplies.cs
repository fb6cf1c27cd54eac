using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>Who sent the request that a workflow is answering.</summary>
public interface ICurrentActor
{
    /// <summary>The actor; null if nobody is signed in.</summary>
    ValueTask<Actor?> FindAsync(CancellationToken cancellationToken);
}

/// <summary>How the platform words its answers to HTTP requests; the same from a workflow as from an endpoint.</summary>
public interface IReleaseReplies
{
    /// <summary>The answer to a new release: 201.</summary>
    HttpReply Created(Release release);

    /// <summary>The answer to a refusal: problem+json.</summary>
    HttpReply Refused(Refusal refusal);
}

/// <summary>An answer to an HTTP request.</summary>
/// <param name="StatusCode">For example 201.</param>
/// <param name="ContentType">For example <c>application/json</c>.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Headers">Further headers, for example <c>Location</c>.</param>
public sealed record HttpReply(int StatusCode, string ContentType, string Body, IReadOnlyDictionary<string, string> Headers);
