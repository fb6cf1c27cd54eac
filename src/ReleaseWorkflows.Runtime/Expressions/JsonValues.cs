using System.Dynamic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>
/// The bridge between JSON and plain CLR values. Objects become <see cref="ExpandoObject"/>, arrays <c>object?[]</c>, whole numbers
/// <see cref="long"/>, other numbers <see cref="double"/>.
/// </summary>
public static class JsonValues
{
    /// <summary>
    /// How values are read and written: names without regard to case, enums as text, numbers also from text, members of type
    /// <see cref="object"/> as plain CLR values, at most 64 levels deep.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>The plain CLR value of a JSON element.</summary>
    public static object? ToClr(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Object => ToExpando(element),
        JsonValueKind.Array => element.EnumerateArray().Select(ToClr).ToArray(),
        _ => null,
    };

    /// <summary>The value as compact JSON text, member names in camelCase, for scripts (<c>toJson</c>) and for text inputs.</summary>
    /// <exception cref="JsonException">The value refers to itself or is nested more than 64 levels deep.</exception>
    public static string ToJson(object? value) => JsonSerializer.Serialize(value, Options);

    /// <summary>Parses text to a <see cref="JsonElement"/>; the error names line and column, counted from 1.</summary>
    internal static Conversion Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return Conversion.Of(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            return Conversion.Failed($"The text is not valid JSON: {Explain(exception)}");
        }
    }

    internal static Conversion Deserialize(JsonElement element, Type type)
    {
        try
        {
            return Conversion.Of(type == typeof(ExpandoObject) ? ToClr(element) : element.Deserialize(type, Options));
        }
        catch (JsonException exception)
        {
            var place = string.IsNullOrEmpty(exception.Path) || exception.Path == "$" ? "" : $" at {exception.Path}";
            return Conversion.Failed($"The JSON value cannot be read as {ValueConverter.NameOf(type)}{place}.");
        }
        catch (NotSupportedException)
        {
            return Conversion.Failed($"The JSON value cannot be read as {ValueConverter.NameOf(type)}: the type cannot be created from JSON.");
        }
    }

    /// <summary>Converts an object or a dictionary to another shape by way of its JSON form.</summary>
    internal static Conversion Reshape(object value, Type type)
    {
        JsonElement element;
        try
        {
            element = JsonSerializer.SerializeToElement(value, Options);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return ValueConverter.Mismatch(value, type, "it refers to itself, is nested too deeply or has no JSON form");
        }

        return element.ValueKind is JsonValueKind.Object or JsonValueKind.Array || type == typeof(JsonElement)
            ? Deserialize(element, type)
            : ValueConverter.Mismatch(value, type);
    }

    /// <summary>The parser's complaint as a sentence, with line and column counted from 1.</summary>
    public static string Explain(JsonException exception)
    {
        var message = exception.Message;
        var cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = (cut < 0 ? message : message[..cut]).TrimEnd('.', ' ');
        return $"{reason} (line {(exception.LineNumber ?? 0) + 1}, column {(exception.BytePositionInLine ?? 0) + 1}).";
    }

    private static ExpandoObject ToExpando(JsonElement element)
    {
        var expando = new ExpandoObject();
        IDictionary<string, object?> members = expando;
        foreach (var member in element.EnumerateObject())
            members[member.Name] = ToClr(member.Value);
        return expando;
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            // Scripts and responses show the text; every consumer that puts it into HTML encodes it there.
            NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new PlainObjectConverter());
        options.Converters.Add(new PlainExpandoConverter());
        options.Converters.Add(new StreamConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    /// <summary>Reads members declared as <see cref="object"/> as plain values instead of JSON elements.</summary>
    private sealed class PlainObjectConverter : JsonConverter<object>
    {
        public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            ToClr(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
        {
            if (value.GetType() == typeof(object))
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
                return;
            }

            JsonSerializer.Serialize(writer, value, value.GetType(), options);
        }
    }

    private sealed class PlainExpandoConverter : JsonConverter<ExpandoObject>
    {
        public override ExpandoObject? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var element = JsonElement.ParseValue(ref reader);
            return element.ValueKind is JsonValueKind.Object ? ToExpando(element) : throw new JsonException();
        }

        public override void Write(Utf8JsonWriter writer, ExpandoObject value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            foreach (var (name, member) in value)
            {
                writer.WritePropertyName(name);
                JsonSerializer.Serialize(writer, member, options);
            }

            writer.WriteEndObject();
        }
    }
    /// <summary>Keeps what a stream in a variable holds, as base64: an instance that has waited reads it from the beginning.</summary>
    private sealed class StreamConverter : JsonConverter<Stream>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(Stream)) && typeToConvert.IsAssignableFrom(typeof(MemoryStream));

        public override Stream? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType is JsonTokenType.String ? new MemoryStream(reader.GetBytesFromBase64(), writable: false) : throw new JsonException();

        public override void Write(Utf8JsonWriter writer, Stream value, JsonSerializerOptions options)
        {
            using var copy = new MemoryStream();
            var position = value.CanSeek ? value.Position : 0;
            if (value.CanSeek)
                value.Position = 0;
            value.CopyTo(copy);
            if (value.CanSeek)
                value.Position = position;
            writer.WriteBase64StringValue(copy.GetBuffer().AsSpan(0, (int)copy.Length));
        }
    }
}
