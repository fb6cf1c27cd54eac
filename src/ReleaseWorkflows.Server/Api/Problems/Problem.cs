using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Api.Problems;

/// <summary>
/// An answer that says no: <c>application/problem+json</c> (RFC 9457) with a stable <c>code</c>, a sentence that says what to do, and
/// whatever facts a program needs to go on.
/// </summary>
/// <remarks>
/// <c>{ "type": "urn:release-workflows:problem:still-building", "title": "Still building", "status": 409, "detail": "…", "code":
/// "still-building", "releaseStatus": "NewVersionCreated", "allowedCommands": [] }</c>
/// </remarks>
internal sealed class Problem : IResult
{
    /// <summary>The content type of every problem.</summary>
    public const string ContentType = "application/problem+json";

    private readonly Dictionary<string, object?> _members = [];

    /// <summary>A problem with no further facts.</summary>
    /// <param name="statusCode">400 or above.</param>
    /// <param name="code">Stable, lower case with hyphens.</param>
    /// <param name="detail">A sentence that says what happened and what to do.</param>
    public Problem(int statusCode, string code, string detail)
    {
        StatusCode = statusCode;
        Code = code;
        Detail = detail;
    }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>Stable, for programs.</summary>
    public string Code { get; }

    /// <summary>For people.</summary>
    public string Detail { get; }

    /// <summary>Sent as <c>Retry-After</c> in whole seconds, rounded up; null if a repeat is not expected to help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Further facts, sent as members beside <c>code</c>.</summary>
    public IReadOnlyDictionary<string, object?> Members => _members;

    /// <summary>The same problem with one fact more.</summary>
    public Problem With(string name, object? value)
    {
        _members[name] = value;
        return this;
    }

    /// <summary>Says what the domain refused: the one place that maps codes of refusals to HTTP.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="release">The release it is about, as it stands; gives <c>releaseStatus</c> and <c>allowedCommands</c>.</param>
    /// <param name="actor">Who asked; needed with <paramref name="release"/>, since commands are allowed to someone.</param>
    /// <param name="isStopped">True if the workflow of the release has failed, which leaves less that is possible.</param>
    public static Problem From(Refusal refusal, Release? release = null, Actor? actor = null, bool isStopped = false)
    {
        var problem = new Problem(StatusFor(refusal.Code), refusal.Code, refusal.Message) { RetryAfter = refusal.RetryAfter };
        foreach (var (name, value) in refusal.Data)
        {
            problem.With(name, value);
        }

        if (refusal.Errors.Count > 0)
        {
            problem.With("errors", refusal.Errors);
        }

        if (refusal.Code == RefusalCodes.SelfApproval)
        {
            problem.With("permission", RolePermissions.NameOf(Permission.Review));
        }

        // Whoever may not know of the release must not learn its state from the refusal.
        if (release is not null && actor is not null && refusal.Code != RefusalCodes.NotFound)
        {
            problem.With("releaseStatus", release.Status).With("allowedCommands", ReleaseCommandService.AllowedCommands(release, actor, isStopped));
        }

        return problem;
    }

    /// <summary>403: the actor lacks a permission.</summary>
    public static Problem Forbidden(Permission permission) =>
        new Problem(StatusCodes.Status403Forbidden, RefusalCodes.Forbidden, $"This needs the permission {RolePermissions.NameOf(permission)}, which your roles do not give you here.")
            .With("permission", RolePermissions.NameOf(permission));

    /// <summary>404: no such thing, or none that the actor may see.</summary>
    public static Problem NotFound(string detail) => new(StatusCodes.Status404NotFound, RefusalCodes.NotFound, detail);

    /// <summary>409: the key is taken.</summary>
    public static Problem AlreadyExists(string detail) => new(StatusCodes.Status409Conflict, RefusalCodes.AlreadyExists, detail);

    /// <summary>The body as bytes, without regard to a request.</summary>
    public byte[] ToUtf8() => JsonSerializer.SerializeToUtf8Bytes(ToDetails(), ApiJson.Options);

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCode;
        response.ContentType = ContentType;
        if (RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds;
        }

        var body = ToUtf8();
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(httpContext.Request.Method))
        {
            await response.Body.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    /// <summary>The value of <c>Retry-After</c>, or null.</summary>
    internal string? RetryAfterSeconds =>
        RetryAfter is { } wait ? Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture) : null;

    private static int StatusFor(string code) => code switch
    {
        RefusalCodes.Invalid => StatusCodes.Status400BadRequest,
        RefusalCodes.NotFound => StatusCodes.Status404NotFound,
        RefusalCodes.Forbidden or RefusalCodes.SelfApproval or RefusalCodes.NotAssigned => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status409Conflict,
    };

    private ProblemDetails ToDetails()
    {
        var details = new ProblemDetails
        {
            Type = "urn:release-workflows:problem:" + Code,
            Title = Title(Code),
            Status = StatusCode,
            Detail = Detail,
        };
        details.Extensions["code"] = Code;
        foreach (var (name, value) in _members)
        {
            details.Extensions[name] = value;
        }

        return details;
    }

    // A name for the kind of problem, always the same for a code: "still-building" reads "Still building".
    private static string Title(string code) => char.ToUpperInvariant(code[0]) + code[1..].Replace('-', ' ');
}
