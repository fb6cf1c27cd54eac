using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>Lenient reading of JSON members: names without regard to case, numbers and booleans also as text, old list wrappers.</summary>
internal static class JsonMembers
{
    /// <summary>The member with this name; first as it is written, then without regard to case.</summary>
    public static bool TryGetMember(this JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object)
            return false;
        if (element.TryGetProperty(name, out value))
            return true;

        foreach (var member in element.EnumerateObject())
        {
            if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                value = member.Value;
                return true;
            }
        }

        return false;
    }

    /// <summary>The text of a member; null if it is absent, null or not a simple value.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetMember(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>A truth value, also as text.</summary>
    public static bool? Flag(this JsonElement element, string name) =>
        element.TryGetMember(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String => bool.TryParse(value.GetString(), out var flag) ? flag : null,
                _ => null,
            }
            : null;

    /// <summary>A whole number, also as text.</summary>
    public static int? Number(this JsonElement element, string name) =>
        int.TryParse(element.Text(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A point in time.</summary>
    public static DateTimeOffset? Time(this JsonElement element, string name) =>
        DateTimeOffset.TryParse(element.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>An object member.</summary>
    public static bool TryGetObject(this JsonElement element, string name, out JsonElement value) =>
        element.TryGetMember(name, out value) && value.ValueKind == JsonValueKind.Object;

    /// <summary>The items of a list, also where an old export wrapped it.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.TryGetMember(name, out var value) ? Items(value) : [];

    /// <summary>The items of a list, also where an old export wrapped it.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement list)
    {
        list = Unwrap(list);
        return list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
    }

    /// <summary>Takes a list out of the wrappers <c>{"$values": […]}</c>, <c>{"_type": …, "items": […]}</c> and <c>{…, "values": […]}</c>.</summary>
    public static JsonElement Unwrap(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return element;
        if (element.TryGetProperty("$values", out var values))
            return values;
        if (element.TryGetProperty("_type", out _) && (element.TryGetProperty("items", out values) || element.TryGetProperty("values", out values)))
            return values;

        return element;
    }

    /// <summary>All members by name, values as JSON.</summary>
    public static void CopyTo(this JsonElement element, IDictionary<string, object> table)
    {
        foreach (var member in element.EnumerateObject())
        {
            if (member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
                table[member.Name] = member.Value;
        }
    }

    /// <summary>A name as JSON writes it: <c>OrderId</c> → <c>orderId</c>.</summary>
    [return: NotNullIfNotNull(nameof(name))]
    public static string? Camel(string? name) => string.IsNullOrEmpty(name) ? name : JsonNamingPolicy.CamelCase.ConvertName(name);
}
