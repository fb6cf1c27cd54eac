using System.Text.Json;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Tables of named values that are restored as JSON and become typed when they are first read.</summary>
internal static class PropertyBag
{
    public static T? Get<T>(Dictionary<string, object>? table, string key)
    {
        if (table is null || !table.TryGetValue(key, out var value))
            return default;
        if (value is T typed)
            return typed;

        var converted = Values.To<T>(value);

        // A change made to the object has to be seen by the next reader, and stored.
        if (converted is not null && value is JsonElement)
            table[key] = converted;

        return converted;
    }

    public static T GetOrAdd<T>(IDictionary<string, object> table, string key, Func<T> create)
    {
        if (Get<T>((Dictionary<string, object>)table, key) is { } found)
            return found;

        var value = create();
        table[key] = value!;
        return value;
    }

    public static void Set(IDictionary<string, object> table, string key, object? value)
    {
        if (value is null)
            table.Remove(key);
        else
            table[key] = value;
    }

    /// <summary>Looks a name up, first as it is written, then without regard to case.</summary>
    public static bool TryGetIgnoreCase(IDictionary<string, object> table, string key, out object? value)
    {
        if (table.TryGetValue(key, out value))
            return true;

        foreach (var (name, candidate) in table)
        {
            if (string.Equals(name, key, StringComparison.OrdinalIgnoreCase))
            {
                value = candidate;
                return true;
            }
        }

        return false;
    }
}
