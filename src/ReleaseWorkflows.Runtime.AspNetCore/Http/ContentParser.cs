using System.Dynamic;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>Reads bodies by their content type into what a workflow can use.</summary>
internal static class ContentParser
{
    /// <summary>An object for JSON and forms, text for text and XML, else the bytes.</summary>
    /// <exception cref="JsonException">The body is not valid JSON, though its content type says so.</exception>
    /// <exception cref="InvalidDataException">The body is no valid form.</exception>
    /// <exception cref="DecoderFallbackException">The body is no valid text.</exception>
    public static async Task<object?> ParseAsync(byte[] body, MediaTypeHeaderValue? type, int maxJsonDepth, CancellationToken cancellationToken)
    {
        if (type is null)
            return Text(body, null);
        if (type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            using var reader = new FormReader(new MemoryStream(body), type.Encoding ?? Encoding.UTF8);
            var fields = await reader.ReadFormAsync(cancellationToken);
            return Fields(fields.SelectMany(field => field.Value, (field, value) => (field.Key, value ?? "")));
        }

        if (IsJson(type))
            return ParseJson(body, type, maxJsonDepth);
        if (type.Type.Equals("text", StringComparison.OrdinalIgnoreCase) || type.MediaType.EndsWith("xml", StringComparison.OrdinalIgnoreCase))
            return Text(body, type);
        return body;
    }

    /// <summary>Fields of a form: a value each, or a list where a name occurs more than once.</summary>
    public static ExpandoObject Fields(IEnumerable<(string Name, string Value)> fields)
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

    private static object? ParseJson(byte[] body, MediaTypeHeaderValue type, int maxJsonDepth)
    {
        var options = new JsonDocumentOptions { MaxDepth = maxJsonDepth };
        var isUtf8 = type.Encoding is null || type.Encoding.CodePage == Encoding.UTF8.CodePage;
        var bytes = isUtf8 ? body.AsMemory() : Encoding.UTF8.GetBytes(type.Encoding!.GetString(body));
        if (bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        using var document = JsonDocument.Parse(bytes, options);
        return JsonValues.ToClr(document.RootElement);
    }

    private static string Text(byte[] body, MediaTypeHeaderValue? type) =>
        (type?.Encoding ?? new UTF8Encoding(false, throwOnInvalidBytes: true)).GetString(body);

    private static bool IsJson(MediaTypeHeaderValue type) =>
        type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
}
