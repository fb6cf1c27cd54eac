using System.Collections.Frozen;
using System.Text;

namespace ReleaseWorkflows.Runtime.Expressions.Liquid;

/// <summary>What can be done to a value in a template. An unknown filter is found when the template is read.</summary>
internal static class LiquidFilters
{
    private static readonly FrozenDictionary<string, Func<object?, object?[], object?>> Table = new Dictionary<string, Func<object?, object?[], object?>>
    {
        ["upcase"] = static (value, _) => Text(value).ToUpperInvariant(),
        ["downcase"] = static (value, _) => Text(value).ToLowerInvariant(),
        ["capitalize"] = static (value, _) => Text(value) is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : "",
        ["strip"] = static (value, _) => Text(value).Trim(),
        ["append"] = static (value, arguments) => Text(value) + Text(At(arguments, 0)),
        ["prepend"] = static (value, arguments) => Text(At(arguments, 0)) + Text(value),
        ["replace"] = static (value, arguments) => Replace(Text(value), Text(At(arguments, 0)), Text(At(arguments, 1))),
        ["remove"] = static (value, arguments) => Replace(Text(value), Text(At(arguments, 0)), ""),
        ["split"] = static (value, arguments) => Text(value).Split(Text(At(arguments, 0))),
        ["join"] = static (value, arguments) => Join(LiquidValues.Items(value), arguments.Length > 0 ? Text(arguments[0]) : " "),
        ["truncate"] = static (value, arguments) => Truncate(Text(value), LiquidValues.ToNumber(At(arguments, 0)) ?? 50),
        ["escape"] = static (value, _) => System.Net.WebUtility.HtmlEncode(Text(value)),
        ["url_encode"] = static (value, _) => Uri.EscapeDataString(Text(value)),
        ["json"] = static (value, _) => JsonValues.ToJson(value),
        ["default"] = static (value, arguments) => LiquidValues.IsTrue(value) && Text(value).Length > 0 ? value : At(arguments, 0),
        ["size"] = static (value, _) => value is null ? 0 : LiquidValues.Member(value, "size"),
        ["first"] = static (value, _) => value is null ? null : LiquidValues.Member(value, "first"),
        ["last"] = static (value, _) => value is null ? null : LiquidValues.Member(value, "last"),
        ["reverse"] = static (value, _) => LiquidValues.Items(value).Reverse().ToList(),
        ["plus"] = static (value, arguments) => Calculate(value, arguments, static (left, right) => left + right),
        ["minus"] = static (value, arguments) => Calculate(value, arguments, static (left, right) => left - right),
        ["times"] = static (value, arguments) => Calculate(value, arguments, static (left, right) => left * right),
        ["divided_by"] = static (value, arguments) => Calculate(value, arguments, static (left, right) =>
            decimal.Truncate(left) == left && decimal.Truncate(right) == right ? Math.Floor(left / right) : left / right),
        ["modulo"] = static (value, arguments) => Calculate(value, arguments, static (left, right) => left % right),
        ["abs"] = static (value, _) => Math.Abs(LiquidValues.ToNumber(value) ?? 0),
        ["floor"] = static (value, _) => Math.Floor(LiquidValues.ToNumber(value) ?? 0),
        ["ceil"] = static (value, _) => Math.Ceiling(LiquidValues.ToNumber(value) ?? 0),
        ["round"] = static (value, arguments) => Math.Round(LiquidValues.ToNumber(value) ?? 0, (int)Math.Clamp(LiquidValues.ToNumber(At(arguments, 0)) ?? 0, 0, 20), MidpointRounding.AwayFromZero),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of the filters.</summary>
    public static IReadOnlyCollection<string> Known => Table.Keys;

    /// <summary>Applies a filter.</summary>
    public static object? Apply(string name, object? value, object?[] arguments)
    {
        try
        {
            var result = Table[name](value, arguments);
            return result is string { Length: > LiquidRun.MaxText } ? throw TooLong() : result;
        }
        catch (Exception exception) when (exception is DivideByZeroException or OverflowException)
        {
            throw new LiquidException($"The filter '{name}' cannot calculate with these numbers: {exception.Message}", exception);
        }
    }

    private static object? At(object?[] arguments, int index) => index < arguments.Length ? arguments[index] : null;

    private static string Text(object? value) => LiquidValues.ToText(value);

    private static LiquidException TooLong() => new($"A filter makes more than {LiquidRun.MaxText:N0} characters.");

    // Both are measured before they are made: a short template can ask for a very long text.
    private static string Replace(string text, string old, string @new)
    {
        if (old.Length == 0)
            return text;
        var growth = (long)text.AsSpan().Count(old) * (@new.Length - old.Length);
        return text.Length + growth > LiquidRun.MaxText ? throw TooLong() : text.Replace(old, @new, StringComparison.Ordinal);
    }

    private static string Join(IReadOnlyList<object?> items, string separator)
    {
        var text = new StringBuilder();
        for (var index = 0; index < items.Count; index++)
        {
            text.Append(index == 0 ? "" : separator).Append(LiquidValues.ToText(items[index]));
            if (text.Length > LiquidRun.MaxText)
                throw TooLong();
        }

        return text.ToString();
    }

    private static string Truncate(string text, decimal length)
    {
        const string Ellipsis = "...";
        return text.Length <= length ? text : text[..(int)Math.Clamp(length - Ellipsis.Length, 0, text.Length)] + Ellipsis;
    }

    private static decimal Calculate(object? value, object?[] arguments, Func<decimal, decimal, decimal> calculate) =>
        calculate(LiquidValues.ToNumber(value) ?? 0, LiquidValues.ToNumber(At(arguments, 0)) ?? 0);
}
