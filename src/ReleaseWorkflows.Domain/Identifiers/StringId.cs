using System.Text.Json;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Identifiers;

/// <summary>An identifier with a type of its own, stored and sent as a plain string.</summary>
/// <typeparam name="TSelf">The identifier.</typeparam>
public interface IStringId<TSelf>
    where TSelf : struct, IStringId<TSelf>
{
    /// <summary>The text of the identifier.</summary>
    string Value { get; }

    /// <summary>Wraps a text that is known to be an identifier of this kind: no checks.</summary>
    static abstract TSelf From(string value);
}

/// <summary>Writes an identifier as a JSON string (or property name) and reads it back.</summary>
/// <typeparam name="TId">The identifier.</typeparam>
public sealed class StringIdJsonConverter<TId> : JsonConverter<TId>
    where TId : struct, IStringId<TId>
{
    /// <inheritdoc/>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TId.From(reader.GetString() ?? throw new JsonException($"A {typeof(TId).Name} is a string."));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    /// <inheritdoc/>
    public override TId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TId.From(reader.GetString()!);

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.Value);
}
