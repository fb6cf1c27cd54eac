using System.Text.Json;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// Values in the state. A value of a declared type is plain JSON. One of any type says what it is where JSON cannot:
/// <c>{"$type": "DateTimeOffset", "$value": "…"}</c>, with a name from the <see cref="TypeAliases"/>, never a CLR name.
/// </summary>
internal static class StateValues
{
    private const string TypeMember = "$type";
    private const string ValueMember = "$value";

    public static void Write(Utf8JsonWriter writer, object? value, TypeAliases types)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                return;
            case string text:
                writer.WriteStringValue(text);
                return;
            case bool flag:
                writer.WriteBooleanValue(flag);
                return;
            case int number:
                writer.WriteNumberValue(number);
                return;
            case long number:
                writer.WriteNumberValue(number);
                return;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                return;
            case JsonElement { ValueKind: not JsonValueKind.Object } element:
                element.WriteTo(writer);
                return;
            case object?[] items when items.GetType() == typeof(object[]):
                writer.WriteStartArray();
                foreach (var item in items)
                    Write(writer, item, types);
                writer.WriteEndArray();
                return;
        }

        var type = value.GetType();
        if ((NeedsName(type) || LooksNamed(value)) && types.TryResolve(types.GetAlias(type), out _))
        {
            writer.WriteStartObject();
            writer.WriteString(TypeMember, types.GetAlias(type));
            writer.WritePropertyName(ValueMember);
            JsonSerializer.Serialize(writer, value, type, JsonValues.Options);
            writer.WriteEndObject();
            return;
        }

        JsonSerializer.Serialize(writer, value, type, JsonValues.Options);
    }

    public static object? Read(JsonElement element, TypeAliases types)
    {
        if (element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty(TypeMember, out var name)
            && element.TryGetProperty(ValueMember, out var value)
            && name.ValueKind == JsonValueKind.String
            && types.TryResolve(name.GetString(), out var type))
        {
            try
            {
                return value.Deserialize(type, JsonValues.Options);
            }
            catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
            {
                // Data that only looks like a named value; an instance must not become unreadable by it.
                return JsonValues.ToClr(element);
            }
        }

        return element.ValueKind == JsonValueKind.Array
            ? element.EnumerateArray().Select(item => Read(item, types)).ToArray()
            : JsonValues.ToClr(element);
    }

    // Text, numbers, lists and plain objects come back as what they were, or as something that converts to it.
    private static bool NeedsName(Type type) =>
        type != typeof(System.Dynamic.ExpandoObject)
        && type != typeof(JsonElement)
        && !type.IsArray
        && !(type.IsGenericType && type.IsAssignableTo(typeof(System.Collections.IEnumerable)));

    // Data from outside may have a member with our name; it is named itself then, so that it comes back as the data it was.
    private static bool LooksNamed(object value) => value switch
    {
        JsonElement element => element.TryGetProperty(TypeMember, out _),
        IDictionary<string, object?> table => table.ContainsKey(TypeMember),
        _ => false,
    };
}
