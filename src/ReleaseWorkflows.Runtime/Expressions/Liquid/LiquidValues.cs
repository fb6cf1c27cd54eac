using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>
/// Values as templates see them: texts, numbers, truth values, times, lists and objects. An object of a class is seen as its JSON, so a
/// template never calls code.
/// </summary>
internal static class LiquidValues
{
    /// <summary>Everything but nothing and false holds.</summary>
    public static bool IsTrue(object? value) => Plain(value) is not (null or false);

    /// <summary>A value as text.</summary>
    public static string ToText(object? value) => Plain(value) switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable simple => simple.ToString(null, CultureInfo.InvariantCulture),
        { } other => JsonValues.ToJson(other) ?? "",
    };

    /// <summary>A value as number; null if it is none.</summary>
    public static decimal? ToNumber(object? value) => Plain(value) switch
    {
        decimal number => number,
        double number when double.IsFinite(number) && Math.Abs(number) < 1e28 => (decimal)number,
        string text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? number : null,
        byte or short or int or long or float => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>The items of a list; none if the value is something else.</summary>
    public static IReadOnlyList<object?> Items(object? value) => Plain(value) switch
    {
        null or string or IDictionary or IDictionary<string, object?> => [],
        IEnumerable items => [.. items.Cast<object?>()],
        _ => [],
    };

    /// <summary>A member of an object, an item of a list, or <c>size</c>, <c>first</c> and <c>last</c> of either; null if there is none.</summary>
    public static object? Member(object value, object? key)
    {
        var plain = Plain(value);
        var name = ToText(key);
        if (plain is IDictionary<string, object?> members)
        {
            return members.TryGetValue(name, out var exact) ? exact
                : members.FirstOrDefault(member => member.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? (name == "size" ? members.Count : null);
        }

        if (plain is string text)
            return name == "size" ? text.Length : null;

        var items = Items(plain);
        if (ToNumber(key) is { } number && decimal.Truncate(number) == number && Math.Abs(number) <= items.Count)
        {
            var index = (int)number < 0 ? items.Count + (int)number : (int)number;
            return index < items.Count ? items[index] : null;
        }

        return name switch
        {
            "size" => items.Count,
            "first" => items.Count > 0 ? items[0] : null,
            "last" => items.Count > 0 ? items[^1] : null,
            _ => null,
        };
    }

    /// <summary>Compares two values; what cannot be compared is different.</summary>
    public static bool Compare(object? left, string sign, object? right)
    {
        switch (sign)
        {
            case "==":
                return AreEqual(left, right);
            case "!=" or "<>":
                return !AreEqual(left, right);
            case "contains":
                return Plain(left) is string text
                    ? text.Contains(ToText(right), StringComparison.Ordinal)
                    : Items(left).Any(item => AreEqual(item, right));
        }

        var order = ToNumber(left) is { } first && ToNumber(right) is { } second ? first.CompareTo(second)
            : Plain(left) is string firstText && Plain(right) is string secondText ? string.CompareOrdinal(firstText, secondText)
            : (int?)null;
        return order is { } result && sign switch { ">" => result > 0, "<" => result < 0, ">=" => result >= 0, _ => result <= 0 };
    }

    private static bool AreEqual(object? left, object? right)
    {
        var (first, second) = (Plain(left), Plain(right));
        if (first is null || second is null)
            return first is null && second is null;
        if (first is string && second is string)
            return ToText(first) == ToText(second);
        return ToNumber(first) is { } number && ToNumber(second) is { } other ? number == other : ToText(first) == ToText(second);
    }

    // Anything but a simple value, a list and a table is turned into its JSON.
    private static object? Plain(object? value) => value switch
    {
        null or string or bool or decimal or double or float or int or long or short or byte or DateTimeOffset or DateTime or TimeSpan or Guid => value,
        Enum word => word.ToString(),
        JsonElement element => JsonValues.ToClr(element),
        IDictionary<string, object?> => value,
        IDictionary => JsonValues.ToClr(JsonSerializer.SerializeToElement(value, JsonValues.Options)),
        IEnumerable => value,
        _ => JsonValues.ToClr(JsonSerializer.SerializeToElement(value, JsonValues.Options)),
    };
}
