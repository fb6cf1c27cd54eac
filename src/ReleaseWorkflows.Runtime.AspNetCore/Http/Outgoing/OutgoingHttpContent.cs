using System.Net.Http.Headers;
using System.Text;
using Elsa.Http;
using ReleaseWorkflows.Runtime.Expressions;
using HttpHeaders = Elsa.Http.HttpHeaders;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;

/// <summary>Makes requests out of the inputs of activities, and complains about what cannot be sent before anything leaves.</summary>
internal static class OutgoingHttpContent
{
    private const string FormType = "application/x-www-form-urlencoded";

    // They follow from the connection and the body; what a definition says about them could only be wrong.
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Trailer", "TE", "Expect", "Proxy-Connection", "Host",
    };

    /// <exception cref="InvalidOperationException">An input cannot be sent; the message names it.</exception>
    public static async ValueTask<OutgoingHttpRequest> CreateAsync(
        Uri url,
        string method,
        object? content,
        string? contentType,
        string? authorization,
        bool isAuthorizationValidated,
        HttpHeaders? headers,
        bool isDownload,
        CancellationToken cancellationToken)
    {
        Check(url);
        var all = new HttpHeaders();
        foreach (var (name, values) in headers ?? [])
        {
            if (!OfTheConnection.Contains(name))
                all[name] = values;
        }

        if (!string.IsNullOrWhiteSpace(authorization))
        {
            if (isAuthorizationValidated && !AuthenticationHeaderValue.TryParse(authorization, out _))
                throw new InvalidOperationException("The input 'Authorization' is no valid Authorization header, such as 'Bearer token'.");
            all["Authorization"] = [authorization];
        }

        var body = await ReadAsync(content, Blank(contentType) ?? all.ContentType, cancellationToken);
        if (body is { Type: { } type })
            all["Content-Type"] = [type];
        else
            all.Remove("Content-Type");

        var request = new OutgoingHttpRequest
        {
            Url = url,
            Method = ReadMethod(method),
            Headers = all,
            Body = body?.Bytes,
            IsDownload = isDownload,
        };
        CheckHeaders(request);
        return request;
    }

    private static void Check(Uri url)
    {
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw new InvalidOperationException($"The input 'Url' is '{url}'; it has to be an absolute address that begins with http:// or https://.");
        if (url.UserInfo.Length > 0)
            throw new InvalidOperationException("The input 'Url' has a user name in it; credentials belong into the input 'Authorization'.");
    }

    private static string ReadMethod(string method)
    {
        try
        {
            return new HttpMethod(method.Trim().ToUpperInvariant()).Method;
        }
        catch (FormatException)
        {
            throw new InvalidOperationException($"The input 'Method' is '{method}', which is no HTTP method.");
        }
    }

    // Whatever .NET would leave out without a word, such as a value with a line break, is an error here.
    private static void CheckHeaders(OutgoingHttpRequest request)
    {
        using var message = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        foreach (var (name, values) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values) && !message.Content.Headers.TryAddWithoutValidation(name, values))
                throw new InvalidOperationException($"The header '{name}' cannot be sent: it is no valid name of a header.");
            if (values.Any(static value => value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0))
                throw new InvalidOperationException($"The header '{name}' cannot be sent: its value has a line break in it.");
        }
    }

    private static async ValueTask<(byte[] Bytes, string? Type)?> ReadAsync(object? content, string? type, CancellationToken cancellationToken)
    {
        switch (content)
        {
            case null:
                return null;
            case byte[] bytes:
                return (bytes, type ?? "application/octet-stream");
            case HttpFile file:
                return (file.Content, type ?? file.ContentType);
            case Stream stream:
                using (var copy = new MemoryStream())
                {
                    await stream.CopyToAsync(copy, cancellationToken);
                    return (copy.ToArray(), type ?? "application/octet-stream");
                }

            case string text:
                return (Encoding.UTF8.GetBytes(text), type ?? "application/json");
        }

        return type is not null && type.StartsWith(FormType, StringComparison.OrdinalIgnoreCase)
            ? (await EncodeFormAsync(content, cancellationToken), type)
            : (Encoding.UTF8.GetBytes(JsonValues.ToJson(content)), type ?? "application/json");
    }

    private static async ValueTask<byte[]> EncodeFormAsync(object content, CancellationToken cancellationToken)
    {
        var fields = ValueConverter.ConvertOrThrow<IDictionary<string, object>>(content) ?? new Dictionary<string, object>();
        using var form = new FormUrlEncodedContent(fields.SelectMany(static field => Texts(field.Value).Select(text => KeyValuePair.Create(field.Key, text))));
        return await form.ReadAsByteArrayAsync(cancellationToken);
    }

    // A list becomes a field for each of its items; what is inside a field is text, or else JSON.
    private static IEnumerable<string> Texts(object? value) => value switch
    {
        null => [""],
        string text => [text],
        object?[] items => items.SelectMany(Texts),
        _ => [JsonValues.ToJson(value)],
    };

    private static string? Blank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
