using System.Text.Json;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Commands;

/// <summary>
/// The answer of a command, as bytes: what is sent is what a repeat of the request gets again. Whether the unit of work is kept hangs
/// on it too: an answer below 400 commits, a refusal leaves no trace.
/// </summary>
internal sealed class CommandResponse : IResult
{
    private CommandResponse(int statusCode, IReadOnlyDictionary<string, string> headers, string? contentType, ReadOnlyMemory<byte> body)
    {
        StatusCode = statusCode;
        Headers = headers;
        ContentType = contentType;
        Body = body;
        RememberedBody = body;
        IsCommitted = statusCode < StatusCodes.Status400BadRequest;
    }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>Headers beside those of the body: <c>Location</c>, <c>ETag</c>, <c>Retry-After</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Type of the body; null if there is none.</summary>
    public string? ContentType { get; }

    /// <summary>The body as sent.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>What a repeat gets for a body: <see cref="Body"/>, unless that holds a secret which is shown once.</summary>
    public ReadOnlyMemory<byte> RememberedBody { get; private init; }

    /// <summary>What was refused, for those who show it themselves; null if the answer is no refusal.</summary>
    public Problem? Problem { get; private init; }

    /// <summary>True if the unit of work is committed before the answer leaves.</summary>
    public bool IsCommitted { get; private init; }

    /// <summary>True if the answer was given before and is repeated.</summary>
    public bool IsReplay => Headers.ContainsKey(CommandEndpoint.ReplayedHeader);

    /// <summary>200 with a body and, if the thing has a revision, its <c>ETag</c>.</summary>
    public static CommandResponse Ok(object body, int? revision = null) => Json(StatusCodes.Status200OK, body, revision, null);

    /// <summary>201 with a body and the address of the new thing.</summary>
    public static CommandResponse Created(string location, object body, int? revision = null) =>
        Json(StatusCodes.Status201Created, body, revision, location);

    /// <summary>204.</summary>
    public static CommandResponse NoContent() => new(StatusCodes.Status204NoContent, new Dictionary<string, string>(), null, default);

    /// <summary>No, as the domain puts it; see <see cref="Problem.From"/>.</summary>
    public static CommandResponse Refuse(Refusal refusal, Release? release = null, Actor? actor = null, bool isStopped = false) =>
        Refuse(Problem.From(refusal, release, actor, isStopped));

    /// <summary>No.</summary>
    public static CommandResponse Refuse(Problem problem) => new(
        problem.StatusCode,
        problem.RetryAfterSeconds is { } seconds ? new Dictionary<string, string> { ["Retry-After"] = seconds } : new Dictionary<string, string>(),
        Problem.ContentType,
        problem.ToUtf8())
    {
        Problem = problem,
    };

    /// <summary>The body as the object it was made from, for pages that show it; null if there is none.</summary>
    public T? Read<T>()
        where T : class => Body.IsEmpty ? null : JsonSerializer.Deserialize<T>(Body.Span, ApiJson.Options);

    /// <summary>The same answer, of which only this much is stored and given to a repeat.</summary>
    public CommandResponse Remembering(object body) =>
        new(StatusCode, Headers, ContentType, Body) { RememberedBody = JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options) };

    /// <summary>An answer with these very bytes, whose maker says whether it commits.</summary>
    internal static CommandResponse Raw(
        int statusCode, IReadOnlyDictionary<string, string> headers, string? contentType, ReadOnlyMemory<byte> body, bool isCommitted) =>
        new(statusCode, headers, contentType, body) { IsCommitted = isCommitted };

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCode;
        foreach (var (name, value) in Headers)
        {
            response.Headers[name] = value;
        }

        if (ContentType is not null)
        {
            response.ContentType = ContentType;
            response.ContentLength = Body.Length;
            await response.Body.WriteAsync(Body, httpContext.RequestAborted);
        }
    }

    private static CommandResponse Json(int statusCode, object body, int? revision, string? location)
    {
        var headers = new Dictionary<string, string>();
        if (location is not null)
        {
            headers["Location"] = location;
        }

        if (revision is { } number)
        {
            headers["ETag"] = EntityTags.Of(number);
        }

        return new CommandResponse(statusCode, headers, "application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Options));
    }
}
