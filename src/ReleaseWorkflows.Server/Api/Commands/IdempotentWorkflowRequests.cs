using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Commands;

/// <summary>
/// Gives requests that a workflow answers (<c>POST /workflows/releases</c>) the same promise as the commands of the API: with an
/// <c>Idempotency-Key</c> they are carried out once, and a repeat gets the first answer.
/// </summary>
/// <remarks>
/// What counts as carried out is the workflow's to say: whatever it commits is remembered, be it a failure. A request without account has
/// nobody the key could belong to, and is carried out each time.
/// </remarks>
internal sealed class IdempotentWorkflowRequests(IUnitOfWorkRunner units) : IHttpWorkflowInterceptor
{
    /// <inheritdoc/>
    public async Task<HttpWorkflowResponse> RunAsync(HttpContext context, HttpWorkflowBurst burst, CancellationToken cancellationToken)
    {
        if (CurrentActor.Find(context) is not { } actor)
        {
            return await units.RunAsync(burst.Invoke, cancellationToken);
        }

        var (key, problem) = await IdempotencyKey.ReadAsync(context, content: null, cancellationToken);
        if (problem is not null)
        {
            return new HttpWorkflowResponse(problem.StatusCode, Problem.ContentType, new Dictionary<string, string[]>(), problem.ToUtf8());
        }

        if (key is null)
        {
            return await units.RunAsync(burst.Invoke, cancellationToken);
        }

        var answer = await CommandEndpoint.RunOnceAsync(
            units,
            actor,
            key,
            async (services, stop) =>
            {
                var (response, isCommitted) = await burst(services, stop);
                var headers = response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value));
                return CommandResponse.Raw(response.StatusCode, headers, response.ContentType, response.Body, isCommitted);
            },
            cancellationToken);
        return new HttpWorkflowResponse(
            answer.StatusCode, answer.ContentType, answer.Headers.ToDictionary(header => header.Key, header => new[] { header.Value }), answer.Body);
    }
}
