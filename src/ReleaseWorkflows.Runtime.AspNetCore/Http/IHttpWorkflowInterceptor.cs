using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>The work that a request causes, to be run in a unit of work: the burst, and the answer it prepared.</summary>
/// <param name="services">Services of the unit of work's scope.</param>
/// <param name="cancellationToken">Ends the work.</param>
/// <returns>The answer, and whether the unit of work is to be committed. Repeatable: a second call in another scope starts afresh.</returns>
public delegate Task<UnitOfWorkResult<HttpWorkflowResponse>> HttpWorkflowBurst(IServiceProvider services, CancellationToken cancellationToken);

/// <summary>
/// The place around the unit of work of a request, for what concerns the host: answering repeated requests from a record, measuring, refusing.
/// Registered as a singleton; the default just runs the burst in a unit of work.
/// </summary>
/// <remarks>
/// By then the request was matched, let in and read; <c>HttpContext.Request.Body</c> can be read again. What comes back leaves as the answer.
/// </remarks>
public interface IHttpWorkflowInterceptor
{
    /// <summary>Runs the burst, in a unit of work of its own, or answers in another way.</summary>
    /// <param name="context">The request.</param>
    /// <param name="burst">The work.</param>
    /// <param name="cancellationToken">Ends the work: the caller is gone, or the time limit of the endpoint has passed.</param>
    Task<HttpWorkflowResponse> RunAsync(HttpContext context, HttpWorkflowBurst burst, CancellationToken cancellationToken);
}

/// <summary>Runs the burst in a unit of work.</summary>
internal sealed class PlainInterceptor(IUnitOfWorkRunner units) : IHttpWorkflowInterceptor
{
    public Task<HttpWorkflowResponse> RunAsync(HttpContext context, HttpWorkflowBurst burst, CancellationToken cancellationToken) =>
        units.RunAsync(burst.Invoke, cancellationToken);
}
