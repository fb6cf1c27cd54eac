using System.Collections;
using System.Globalization;
using System.Xml;

namespace ReleaseWorkflows.Runtime.Expressions;

/// <summary>Conversions between single values: text, numbers, booleans, enums, dates, durations, GUIDs and bytes.</summary>
internal static class Scalars
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static bool IsNumber(Type type) =>
        !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;

    public static bool IsScalar(Type type) =>
        type.IsEnum || type.IsPrimitive || type == typeof(string) || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTime)
        || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan)
        || type == typeof(Uri) || type == typeof(byte[]);

    /// <summary>Converts text to a single value; false if the target is not one of the kinds known here.</summary>
    public static bool TryConvertText(string text, Type type, out Conversion conversion)
    {
        var trimmed = text.Trim();
        Conversion? result =
            type == typeof(string) ? Conversion.Of(text)
            : type.IsEnum ? EnumFromText(trimmed, type)
            : IsNumber(type) ? NumberFromText(trimmed, type)
            : type == typeof(bool) ? Checked(bool.TryParse(trimmed, out var flag), flag, text, type)
            : type == typeof(char) ? Checked(text.Length == 1, text.Length == 1 ? text[0] : '\0', text, type)
            : type == typeof(Guid) ? Checked(Guid.TryParse(trimmed, out var guid), guid, text, type)
            : type == typeof(DateTime) ? Checked(TryParseTime(trimmed, out var time), time.UtcDateTime, text, type)
            : type == typeof(DateTimeOffset) ? Checked(TryParseTime(trimmed, out var offset), offset, text, type)
            : type == typeof(DateOnly) ? Checked(DateOnly.TryParse(trimmed, Invariant, out var date), date, text, type)
            : type == typeof(TimeOnly) ? Checked(TimeOnly.TryParse(trimmed, Invariant, out var clock), clock, text, type)
            : type == typeof(TimeSpan) ? Duration(trimmed, type)
            : type == typeof(Uri) ? Checked(Uri.TryCreate(trimmed, UriKind.RelativeOrAbsolute, out var uri), uri, text, type)
            : type == typeof(byte[]) ? Bytes(trimmed, type)
            : null;
        conversion = result ?? default;
        return result is not null;
    }

    /// <summary>Converts any other value to a single value; false if the pair is not one of those known here.</summary>
    public static bool TryConvertValue(object value, Type type, out Conversion conversion)
    {
        Conversion? result = (value, type) switch
        {
            _ when type == typeof(string) => ToText(value),
            (Enum member, _) when IsNumber(type) => NumberFromNumber(System.Convert.ToDecimal(member, Invariant), type),
            (bool flag, _) when IsNumber(type) => NumberFromNumber(flag ? 1 : 0, type),
            (_, { IsEnum: true }) when IsNumber(value.GetType()) => EnumFromNumber(value, type),
            _ when IsNumber(type) && IsNumber(value.GetType()) => NumberFromNumber(value, type),
            _ when type == typeof(bool) && IsNumber(value.GetType()) => BooleanFromNumber(value, type),
            (DateTime time, _) when type == typeof(DateTimeOffset) => Conversion.Of(ToOffset(time)),
            (DateTimeOffset time, _) when type == typeof(DateTime) => Conversion.Of(time.UtcDateTime),
            (DateTime time, _) when type == typeof(DateOnly) => Conversion.Of(DateOnly.FromDateTime(time)),
            (DateTimeOffset time, _) when type == typeof(DateOnly) => Conversion.Of(DateOnly.FromDateTime(time.UtcDateTime)),
            (ReadOnlyMemory<byte> bytes, _) when type == typeof(byte[]) => Conversion.Of(bytes.ToArray()),
            (Stream, _) when type == typeof(byte[]) => ValueConverter.Mismatch(value, type, "read the stream first"),
            _ => null,
        };
        conversion = result ?? default;
        return result is not null;
    }

    /// <summary>The text of a value: invariant, dates in ISO 8601, bytes in base64, objects and collections as JSON.</summary>
    private static Conversion ToText(object value)
    {
        switch (value)
        {
            case DateTime or DateTimeOffset:
                return Conversion.Of(((IFormattable)value).ToString("O", Invariant));
            case byte[] bytes:
                return Conversion.Of(System.Convert.ToBase64String(bytes));
            case IFormattable formattable:
                return Conversion.Of(formattable.ToString(null, Invariant));
            case bool or char or Uri or Version:
                return Conversion.Of(value.ToString());
        }

        // A type that says how it is written (its own ToString) keeps that; records, too, would print their members, but as C#.
        try
        {
            return Conversion.Of(JsonValues.ToJson(value));
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or NotSupportedException)
        {
            return value is IEnumerable
                ? ValueConverter.Mismatch(value, typeof(string), "it refers to itself or is nested too deeply")
                : Conversion.Of(value.ToString());
        }
    }

    private static Conversion EnumFromText(string text, Type type) =>
        Enum.TryParse(type, text, ignoreCase: true, out var member)
            ? Conversion.Of(member)
            : ValueConverter.Mismatch(text, type, $"expected one of {string.Join(", ", Enum.GetNames(type).Take(20))}");

    private static Conversion EnumFromNumber(object value, Type type)
    {
        var number = NumberFromNumber(value, Enum.GetUnderlyingType(type));
        return number.IsSuccess ? Conversion.Of(Enum.ToObject(type, number.Value!)) : ValueConverter.Mismatch(value, type);
    }

    private static Conversion BooleanFromNumber(object value, Type type)
    {
        var number = System.Convert.ToDouble(value, Invariant);
        return number is 0 or 1 ? Conversion.Of(number == 1) : ValueConverter.Mismatch(value, type, "only 0 and 1 stand for a boolean");
    }

    private static Conversion NumberFromText(string text, Type type)
    {
        if (type == typeof(double) || type == typeof(float))
        {
            return double.TryParse(text, NumberStyles.Float, Invariant, out var real)
                ? NumberFromNumber(real, type)
                : ValueConverter.Mismatch(text, type);
        }

        return decimal.TryParse(text, NumberStyles.Float, Invariant, out var number)
            ? NumberFromNumber(number, type)
            : ValueConverter.Mismatch(text, type);
    }

    private static Conversion NumberFromNumber(object value, Type type)
    {
        try
        {
            if (type == typeof(double) || type == typeof(float))
                return Conversion.Of(System.Convert.ChangeType(value, type, Invariant));
            if (value is double or float && !double.IsFinite(System.Convert.ToDouble(value, Invariant)))
                return ValueConverter.Mismatch(value, type);

            var exact = System.Convert.ToDecimal(value, Invariant);
            if (type != typeof(decimal) && exact != decimal.Truncate(exact))
                return ValueConverter.Mismatch(value, type, "it is not a whole number");
            return Conversion.Of(System.Convert.ChangeType(exact, type, Invariant));
        }
        catch (OverflowException)
        {
            return ValueConverter.Mismatch(value, type, "it is out of range");
        }
    }

    // A time without an offset is read as UTC: definitions and requests must mean the same instant on every machine.
    private static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, Invariant, DateTimeStyles.AssumeUniversal, out time);

    private static DateTimeOffset ToOffset(DateTime time) =>
        time.Kind is DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : new DateTimeOffset(time);

    private static Conversion Duration(string text, Type type)
    {
        if (TimeSpan.TryParse(text, Invariant, out var duration))
            return Conversion.Of(duration);
        try
        {
            return text.AsSpan().TrimStart('-') is ['P', ..]
                ? Conversion.Of(XmlConvert.ToTimeSpan(text))
                : ValueConverter.Mismatch(text, type, "expected hh:mm:ss or an ISO 8601 duration such as PT5M");
        }
        catch (Exception exception) when (exception is FormatException or OverflowException)
        {
            return ValueConverter.Mismatch(text, type, "expected hh:mm:ss or an ISO 8601 duration such as PT5M");
        }
    }

    private static Conversion Bytes(string text, Type type)
    {
        var buffer = new byte[text.Length / 4 * 3 + 3];
        return System.Convert.TryFromBase64String(text, buffer, out var length)
            ? Conversion.Of(buffer[..length])
            : ValueConverter.Mismatch(text, type, "expected base64");
    }

    private static Conversion Checked(bool parsed, object? value, string text, Type type) =>
        parsed ? Conversion.Of(value) : ValueConverter.Mismatch(text, type);
}
