using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>An answer, complete and apart from the connection, so that it can be kept, replayed or dropped.</summary>
/// <param name="StatusCode">The status.</param>
/// <param name="ContentType">Content type of the body; null if there is none.</param>
/// <param name="Headers">Further headers. Those that belong to the connection are left out when the answer is written.</param>
/// <param name="Body">The body.</param>
public sealed record HttpWorkflowResponse(
    int StatusCode, string? ContentType, IReadOnlyDictionary<string, string[]> Headers, ReadOnlyMemory<byte> Body)
{
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.ContentLength, HeaderNames.ContentType, HeaderNames.TransferEncoding, HeaderNames.Connection, HeaderNames.KeepAlive,
        HeaderNames.Upgrade, HeaderNames.Trailer, HeaderNames.TE,
    };

    /// <summary>Writes the answer to the connection.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCode;
        foreach (var (name, values) in Headers)
        {
            if (!OfTheConnection.Contains(name))
                response.Headers[name] = values;
        }

        var hasBody = !Body.IsEmpty && StatusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified);
        if (!hasBody)
            return;
        response.ContentType = ContentType;
        response.ContentLength = Body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(Body, context.RequestAborted);
    }
}
