using Elsa.Http;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>
/// The request that runs the current burst, and the answer prepared for it. Scoped: each attempt of a unit of work has its own, so an attempt
/// that is given up takes its answer with it.
/// </summary>
public sealed class HttpExchange
{
    /// <summary>The request; null if the burst was not begun by one.</summary>
    public HttpRequestSnapshot? Request { get; private set; }

    /// <summary>The answer; null until there is one.</summary>
    public HttpWorkflowResponse? Response { get; private set; }

    /// <summary>Prepares the answer.</summary>
    /// <exception cref="InvalidOperationException">There is one already, or no request to answer.</exception>
    public void Respond(HttpWorkflowResponse response)
    {
        if (Request is null)
            throw new InvalidOperationException("There is no HTTP request to answer.");
        if (Response is { } first)
            throw new InvalidOperationException($"The request has been answered already, with status {first.StatusCode}; a request has one answer.");
        Response = response;
    }

    internal void Begin(HttpRequestSnapshot request) => Request = request;
}
