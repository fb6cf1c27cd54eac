using System.Text;
using System.Text.Json;
using Elsa.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>Reads a request completely, within its limit, into what a workflow can use.</summary>
/// <param name="request">The request.</param>
/// <param name="path">Its address below the base path.</param>
/// <param name="sizeLimit">Largest body in bytes.</param>
/// <param name="maxJsonDepth">Most levels of nesting of a JSON body.</param>
internal sealed class RequestReader(HttpRequest request, string path, long sizeLimit, int maxJsonDepth)
{
    private static readonly HashSet<string> Credentials = new(StringComparer.OrdinalIgnoreCase)
    {
        HeaderNames.Authorization, HeaderNames.ProxyAuthorization, HeaderNames.Cookie, "X-Api-Key",
    };

    private readonly List<HttpFile> _files = [];

    /// <summary>Reads the request.</summary>
    /// <returns>What it says, or the answer that refuses it.</returns>
    public async Task<(HttpRequestSnapshot? Snapshot, HttpWorkflowResponse? Refusal)> ReadAsync(CancellationToken cancellationToken)
    {
        if (await ReadBodyAsync(cancellationToken) is not { } body)
            return (Snapshot(null, isTooLarge: true), null);

        // Whoever comes after can read the body again.
        request.Body = new MemoryStream(body, writable: false);
        if (body.Length == 0)
            return (Snapshot(null), null);
        if (request.Headers.ContentEncoding.Count > 0)
            return (null, HttpProblems.UnsupportedMediaType("The body is compressed; send it as it is."));

        _ = MediaTypeHeaderValue.TryParse(request.ContentType, out var type);
        try
        {
            return (Snapshot(await ParseAsync(body, type, cancellationToken)), null);
        }
        catch (JsonException exception)
        {
            return (null, HttpProblems.BadRequest($"The body is not valid JSON: {JsonValues.Explain(exception)}"));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or DecoderFallbackException or BadHttpRequestException)
        {
            return (null, HttpProblems.BadRequest($"The body cannot be read as {type?.MediaType ?? "text"}: {exception.Message}"));
        }
    }

    private async Task<byte[]?> ReadBodyAsync(CancellationToken cancellationToken)
    {
        if (request.ContentLength > sizeLimit)
            return null;
        using var buffer = new MemoryStream((int)Math.Min(request.ContentLength ?? 0, 64 * 1024));
        var chunk = new byte[16 * 1024];
        while (await request.Body.ReadAsync(chunk, cancellationToken) is var read and > 0)
        {
            if (buffer.Length + read > sizeLimit)
                return null;
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private async Task<object?> ParseAsync(byte[] body, MediaTypeHeaderValue? type, CancellationToken cancellationToken)
    {
        return type is not null && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? await ReadMultipartAsync(body, type, cancellationToken)
            : await ContentParser.ParseAsync(body, type, maxJsonDepth, cancellationToken);
    }

    private async Task<object?> ReadMultipartAsync(byte[] body, MediaTypeHeaderValue type, CancellationToken cancellationToken)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary))
            throw new InvalidDataException("The content type names no boundary.");
        var fields = new List<(string, string)>();
        var reader = new MultipartReader(boundary, new MemoryStream(body));
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                continue;
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content, cancellationToken);
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "";
            if (disposition.IsFileDisposition())
                _files.Add(new HttpFile(name, FileName(disposition), section.ContentType ?? "application/octet-stream", content.ToArray()));
            else
                fields.Add((name, Encoding.UTF8.GetString(content.ToArray())));
        }

        return ContentParser.Fields(fields);
    }

    private static string FileName(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
        return name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private HttpRequestSnapshot Snapshot(object? content, bool isTooLarge = false) => new()
    {
        Method = request.Method.ToUpperInvariant(),
        Path = path,
        Query = request.Query.ToDictionary(value => value.Key, value => value.Value.Select(text => text ?? "").ToArray(), StringComparer.OrdinalIgnoreCase),
        Headers = request.Headers.Where(header => !Credentials.Contains(header.Key))
            .ToDictionary(header => header.Key, header => header.Value.Select(text => text ?? "").ToArray(), StringComparer.OrdinalIgnoreCase),
        ContentType = request.ContentType,
        Content = content,
        Files = _files,
        IsTooLarge = isTooLarge,
        SizeLimit = sizeLimit,
    };
}
