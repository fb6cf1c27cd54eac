using System.Dynamic;
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
        if (type is null)
            return Text(body, null);
        if (type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            using var reader = new FormReader(new MemoryStream(body), type.Encoding ?? Encoding.UTF8);
            var fields = await reader.ReadFormAsync(cancellationToken);
            return Fields(fields.SelectMany(field => field.Value, (field, value) => (field.Key, value ?? "")));
        }

        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return await ReadMultipartAsync(body, type, cancellationToken);
        if (IsJson(type))
            return ParseJson(body, type);
        if (type.Type.Equals("text", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("xml", StringComparison.OrdinalIgnoreCase))
            return Text(body, type);
        return body;
    }

    private object? ParseJson(byte[] body, MediaTypeHeaderValue type)
    {
        var options = new JsonDocumentOptions { MaxDepth = maxJsonDepth };
        var isUtf8 = type.Encoding is null || type.Encoding.CodePage == Encoding.UTF8.CodePage;
        var bytes = isUtf8 ? body.AsMemory() : Encoding.UTF8.GetBytes(type.Encoding!.GetString(body));
        if (bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        using var document = JsonDocument.Parse(bytes, options);
        return JsonValues.ToClr(document.RootElement);
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

        return Fields(fields);
    }

    private static ExpandoObject Fields(IEnumerable<(string Name, string Value)> fields)
    {
        var result = new ExpandoObject();
        IDictionary<string, object?> members = result;
        foreach (var field in fields.GroupBy(field => field.Name, field => field.Value, StringComparer.Ordinal))
        {
            var values = field.ToArray();
            members[field.Key] = values.Length == 1 ? values[0] : values;
        }

        return result;
    }

    private static string FileName(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "";
        return name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
    }

    private static string Text(byte[] body, MediaTypeHeaderValue? type) =>
        (type?.Encoding ?? new UTF8Encoding(false, throwOnInvalidBytes: true)).GetString(body);

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);

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
