using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Portal.Errors;

namespace ReleaseWorkflows.Server.Api.Problems;

/// <summary>
/// Gives the answers that no endpoint wrote the same form as all others: unknown addresses, wrong methods, bodies that are too large, a
/// busy database, and errors of the program, of which only an id leaves the server.
/// </summary>
internal static partial class FrameworkProblems
{
    /// <summary>Registers the handler of exceptions.</summary>
    public static IServiceCollection AddFrameworkProblems(this IServiceCollection services) =>
        services.AddExceptionHandler<ExceptionProblems>();

    /// <summary>Adds both ends of the pipeline: exceptions, and statuses without a body.</summary>
    public static IApplicationBuilder UseFrameworkProblems(this IApplicationBuilder app) =>
        app.UseExceptionHandler(_ => { }).UseStatusCodePages(context =>
            (PageProblems.IsWanted(context.HttpContext) ? PageProblems.For(context.HttpContext.Response.StatusCode) : ForStatus(context.HttpContext)).ExecuteAsync(context.HttpContext));

    private static Problem ForStatus(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => new Problem(400, "bad-request", "The request cannot be read; check its address and its parameters."),
            StatusCodes.Status401Unauthorized => new Problem(401, "unauthorized", "Say who you are: Authorization: ApiKey <key>, or Bearer <token> from POST /api/sign-in."),
            StatusCodes.Status403Forbidden => new Problem(403, "forbidden", "Your roles do not allow this."),
            StatusCodes.Status404NotFound => new Problem(404, "unknown-address", $"Nothing answers at {request.Path}. GET /openapi/v1.json lists the addresses."),
            StatusCodes.Status405MethodNotAllowed => new Problem(405, "method-not-allowed", $"{request.Path} does not answer {request.Method}; the Allow header lists what it answers."),
            StatusCodes.Status413PayloadTooLarge => new Problem(413, "too-large", "The body of the request is too large."),
            StatusCodes.Status415UnsupportedMediaType => new Problem(415, "unsupported-media-type", "The body has a content type that is not read here."),
            var status => new Problem(status, $"status-{status}", $"The request was answered with status {status}."),
        };
    }

    private sealed partial class ExceptionProblems(ILogger<ExceptionProblems> logger) : IExceptionHandler
    {
        public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
        {
            if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
            {
                // Nobody is left to read an answer; the status is for the access log.
                httpContext.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return true;
            }

            var problem = ForException(httpContext, exception);
            await (PageProblems.IsWanted(httpContext) ? PageProblems.For(problem.StatusCode, problem.Detail) : problem).ExecuteAsync(httpContext);
            return true;
        }

        private Problem ForException(HttpContext context, Exception exception)
        {
            switch (exception)
            {
                case BadHttpRequestException { StatusCode: var status } bad:
                    return new Problem(status, CodeFor(status), bad.Message);

                case ConcurrencyConflictException conflict:
                    LogContention(context.Request.Method, context.Request.Path, conflict.Message);
                    return new Problem(503, "busy", "Others changed the same things at the same time, so nothing was done. Repeat the request.") { RetryAfter = TimeSpan.FromSeconds(1) };

                // A file of an upload, for which there was no space.
                case IOException when DiskSpace.IsUsedUp(exception):
                case DatabaseUnavailableException { Failure: DatabaseFailure.DiskFull }:
                    LogUnavailable(exception);
                    return new Problem(507, "disk-full", "The disk of the server is full, so nothing was done. Repeat the request later; the operator has to free some space.") { RetryAfter = TimeSpan.FromSeconds(30) };

                case DatabaseUnavailableException { Failure: DatabaseFailure.Locked } locked:
                    LogUnavailable(locked);
                    return new Problem(503, "database-unavailable", "The database cannot take the change now, so nothing was done. Repeat the request later.") { RetryAfter = TimeSpan.FromSeconds(5) };

                // At the very end of a commit the disk may have failed after everything was written: the key tells the two apart.
                case DatabaseUnavailableException broken:
                    LogUnavailable(broken);
                    return new Problem(503, "database-broken", "The database of the server does not work, so nothing is confirmed. Repeat the request later with the same Idempotency-Key; the operator has to mend it.") { RetryAfter = TimeSpan.FromSeconds(60) };

                default:
                    var errorId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
                    LogError(exception, errorId, context.Request.Method, context.Request.Path);
                    return new Problem(500, "internal-error", $"The server failed to answer. Give the operator this id, under which the cause is in the log: {errorId}.")
                        .With("errorId", errorId);
            }
        }

        private static string CodeFor(int status) => status switch
        {
            StatusCodes.Status413PayloadTooLarge => "too-large",
            StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
            StatusCodes.Status408RequestTimeout => "too-slow",
            _ => "bad-request",
        };

        [LoggerMessage(Level = LogLevel.Error, Message = "Error {ErrorId}: {Method} {Path} failed")]
        private partial void LogError(Exception exception, string errorId, string method, string path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} lost every race and was answered with 503: {Conflict}")]
        private partial void LogContention(string method, string path, string conflict);

        [LoggerMessage(Level = LogLevel.Error, Message = "The database cannot take changes")]
        private partial void LogUnavailable(Exception exception);
    }
}
