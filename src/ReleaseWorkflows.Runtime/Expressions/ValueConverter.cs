using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>
/// Converts values between the loosely typed world of definitions, scripts and requests and the CLR types of activities.
/// </summary>
/// <remarks>
/// <para>The rules, in the order in which they are tried:</para>
/// <list type="number">
/// <item>null, and blank text for anything but text, become the default of the target type;</item>
/// <item>a value that already fits is returned as it is, and so is every value when the target is <see cref="object"/>;</item>
/// <item>a JSON element or node is unwrapped first;</item>
/// <item>text that looks like a JSON object or array is parsed, unless the target is text;</item>
/// <item>text, numbers, booleans, enums, dates, durations, GUIDs and bytes (base64) are converted by value;</item>
/// <item>a collection is converted item by item, and a single value becomes a collection of one;</item>
/// <item>objects and dictionaries are converted through their JSON form, names compared without regard to case;</item>
/// <item>what a <see cref="TypeConverter"/> of the target can read from text.</item>
/// </list>
/// <para>
/// A conversion that would change the value (3.5 to a whole number, 300 to a byte) fails. It never throws: the caller gets a
/// <see cref="Conversion"/> and decides.
/// </para>
/// </remarks>
public static class ValueConverter
{
    /// <summary>Converts <paramref name="value"/> to <paramref name="target"/>.</summary>
    /// <param name="value">Any value a definition, a script or a request can supply.</param>
    /// <param name="target">The type asked for; a nullable value type is served like its underlying type.</param>
    public static Conversion Convert(object? value, Type target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var underlying = Nullable.GetUnderlyingType(target);
        var type = underlying ?? target;

        if (value is null || (value is string blank && type != typeof(string) && type != typeof(object) && string.IsNullOrWhiteSpace(blank)))
            return Conversion.Of(DefaultOf(target));
        if (target == typeof(object) || type.IsInstanceOfType(value))
            return Conversion.Of(value);

        return value switch
        {
            JsonElement element => FromJson(element, type),
            JsonNode node => FromJson(JsonSerializer.SerializeToElement(node), type),
            string text => FromText(text, type),
            _ => FromValue(value, type),
        };
    }

    /// <summary>Converts <paramref name="value"/> to <typeparamref name="T"/>.</summary>
    /// <exception cref="ValueConversionException">The value cannot be converted.</exception>
    public static T? ConvertOrThrow<T>(object? value) => (T?)Convert(value, typeof(T)).GetValueOrThrow();

    private static Conversion FromJson(JsonElement element, Type type)
    {
        if (type == typeof(JsonElement))
            return Conversion.Of(element);
        if (element.ValueKind is JsonValueKind.Undefined)
            return Conversion.Of(DefaultOf(type));
        if (element.ValueKind is JsonValueKind.Object or JsonValueKind.Array && type == typeof(string))
            return Conversion.Of(element.GetRawText());
        if (element.ValueKind is JsonValueKind.Object)
            return JsonValues.Deserialize(element, type);

        // Arrays and simple values take the same road as values of the same kind that never were JSON.
        return typeof(JsonNode).IsAssignableFrom(type)
            ? JsonValues.Deserialize(element, type)
            : Convert(JsonValues.ToClr(element), type);
    }

    private static Conversion FromText(string text, Type type)
    {
        var trimmed = text.AsSpan().TrimStart();
        if (type != typeof(string) && trimmed is ['{', ..] or ['[', ..])
        {
            var parsed = JsonValues.Parse(text);
            return parsed.IsSuccess ? FromJson((JsonElement)parsed.Value!, type) : parsed;
        }

        if (Scalars.TryConvertText(text, type, out var scalar))
            return scalar;
        if (Collections.IsCollection(type))
            return Collections.Wrap(text, type);
        if (type == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type))
            return JsonValues.Deserialize(JsonSerializer.SerializeToElement(text), type);
        return FromTypeConverter(text, type);
    }

    private static Conversion FromValue(object value, Type type)
    {
        if (Scalars.TryConvertValue(value, type, out var scalar))
            return scalar;
        if (Collections.IsCollection(type))
            return Collections.IsSequence(value) ? Collections.ConvertItems((IEnumerable)value, type) : Collections.Wrap(value, type);
        if (Scalars.IsScalar(type) || Scalars.IsScalar(value.GetType()) && type != typeof(JsonElement) && !typeof(JsonNode).IsAssignableFrom(type))
            return Mismatch(value, type);
        return JsonValues.Reshape(value, type);
    }

    private static Conversion FromTypeConverter(string text, Type type)
    {
        var converter = TypeDescriptor.GetConverter(type);
        if (!converter.CanConvertFrom(typeof(string)))
            return Mismatch(text, type);
        try
        {
            return Conversion.Of(converter.ConvertFromString(null, CultureInfo.InvariantCulture, text));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException)
        {
            return Mismatch(text, type);
        }
    }

    internal static Conversion Mismatch(object value, Type type, string? reason = null) =>
        Conversion.Failed($"{Describe(value)} cannot be converted to {NameOf(type)}{(reason is null ? "" : $": {reason}")}.");

    internal static object? DefaultOf(Type type) =>
        type.IsValueType && Nullable.GetUnderlyingType(type) is null ? System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type) : null;

    internal static string NameOf(Type type) =>
        !type.IsGenericType
            ? type.Name
            : $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(NameOf))}>";

    private static string Describe(object value) => value switch
    {
        string { Length: > 60 } text => $"The text \"{text[..60]}…\"",
        string text => $"The text \"{text}\"",
        bool flag => flag ? "The value true" : "The value false",
        IFormattable number and not Enum when Scalars.IsNumber(value.GetType()) =>
            $"The number {number.ToString(null, CultureInfo.InvariantCulture)}",
        _ => $"A value of type {NameOf(value.GetType())}",
    };
}
