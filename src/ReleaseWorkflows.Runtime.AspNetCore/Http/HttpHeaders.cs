using System.Text.Json;
using System.Text.Json.Serialization;

namespace Elsa.Http;

/// <summary>Headers: each name with its values. Names are compared without regard to case. In JSON one value may stand without an array.</summary>
[JsonConverter(typeof(HttpHeadersConverter))]
public class HttpHeaders : Dictionary<string, string[]>
{
    /// <summary>Creates an empty collection.</summary>
    public HttpHeaders()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>Creates a collection from another.</summary>
    public HttpHeaders(IDictionary<string, string[]> source)
        : base(source, StringComparer.OrdinalIgnoreCase)
    {
    }

    /// <summary>The value of <c>Content-Type</c>, or null.</summary>
    public string? ContentType => TryGetValue("Content-Type", out var values) && values.Length > 0 ? values[0] : null;

    private sealed class HttpHeadersConverter : JsonConverter<HttpHeaders>
    {
        public override HttpHeaders Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = JsonElement.ParseValue(ref reader);
            if (element.ValueKind is not JsonValueKind.Object)
                throw new JsonException();
            var headers = new HttpHeaders();
            foreach (var header in element.EnumerateObject())
            {
                headers[header.Name] = header.Value.ValueKind switch
                {
                    JsonValueKind.Null => [],
                    JsonValueKind.Array => [.. header.Value.EnumerateArray().Select(Text)],
                    _ => [Text(header.Value)],
                };
            }

            return headers;
        }

        public override void Write(Utf8JsonWriter writer, HttpHeaders value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (name, values) in value)
            {
                writer.WriteStartArray(name);
                foreach (var text in values)
                    writer.WriteStringValue(text);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        private static string Text(JsonElement element) => element.ValueKind is JsonValueKind.String ? element.GetString()! : element.GetRawText();
    }
}
