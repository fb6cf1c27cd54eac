using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi;

/// <summary>
/// An answer in Elsa's shapes: 200 with JSON; 400 as problem with <c>errors</c>, each of which Studio shows; 404 without a body.
/// </summary>
internal sealed class StudioAnswer
{
    private const string ProblemType = "application/problem+json";

    private readonly byte[] _body;
    private readonly string? _contentType;
    private readonly Dictionary<string, string> _headers = [];

    private StudioAnswer(int status, byte[] body, string? contentType)
    {
        Status = status;
        _body = body;
        _contentType = contentType;
    }

    /// <summary>There is no such thing, or none the caller may know of. No body.</summary>
    public static StudioAnswer NotFound => Empty(StatusCodes.Status404NotFound);

    /// <summary>Done; nothing to say.</summary>
    public static StudioAnswer NoContent => Empty(StatusCodes.Status204NoContent);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>JSON, written as <see cref="StudioJson.Options"/> say.</summary>
    public static StudioAnswer Json<T>(T value, int status = StatusCodes.Status200OK) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, StudioJson.Options), "application/json");

    /// <summary>A status without a body.</summary>
    public static StudioAnswer Empty(int status = StatusCodes.Status200OK) => new(status, [], null);

    /// <summary>A file to be saved under a name.</summary>
    public static StudioAnswer File(byte[] content, string fileName, string contentType = "application/octet-stream")
    {
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(fileName);
        return new StudioAnswer(StatusCodes.Status200OK, content, contentType).WithHeader(HeaderNames.ContentDisposition, disposition.ToString());
    }

    /// <summary>The request cannot be done as it is: a sentence about the whole.</summary>
    public static StudioAnswer Invalid(params IReadOnlyList<string> reasons) => Invalid("generalErrors", reasons);

    /// <summary>The request cannot be done as it is: what is wrong with one field.</summary>
    public static StudioAnswer Invalid(string field, IReadOnlyList<string> reasons) =>
        Problem(StatusCodes.Status400BadRequest, "One or more errors occurred!", new Dictionary<string, IReadOnlyList<string>> { [field] = reasons });

    /// <summary>The request cannot be read: everything wrong with it, by field.</summary>
    public static StudioAnswer Invalid(IReadOnlyDictionary<string, IReadOnlyList<string>> errors) =>
        Problem(StatusCodes.Status400BadRequest, "One or more errors occurred!", errors);

    /// <summary>The caller is known, but may not do this. The sentence is for a message in the page.</summary>
    public static StudioAnswer Forbidden(string permission) => Problem(
        StatusCodes.Status403Forbidden,
        "Not permitted.",
        new Dictionary<string, IReadOnlyList<string>> { ["generalErrors"] = [$"Your roles do not allow this here ({permission})."] });

    /// <summary>A status of 400 and above with sentences, by field.</summary>
    public static StudioAnswer Problem(int status, string message, IReadOnlyDictionary<string, IReadOnlyList<string>> errors) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(new ProblemBody(status, message, errors), StudioJson.Options), ProblemType);

    /// <summary>The same answer with a header.</summary>
    public StudioAnswer WithHeader(string name, string value)
    {
        _headers[name] = value;
        return this;
    }

    /// <summary>Sends the answer.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in _headers)
            response.Headers[name] = value;
        if (Status is StatusCodes.Status204NoContent)
            return;

        response.ContentType = _contentType;
        response.ContentLength = _body.Length;
        if (_body.Length > 0 && !HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(_body, context.RequestAborted);
    }

    private sealed record ProblemBody(int StatusCode, string Message, IReadOnlyDictionary<string, IReadOnlyList<string>> Errors);
}
