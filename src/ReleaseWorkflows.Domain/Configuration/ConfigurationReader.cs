using System.Collections.Immutable;
using System.Text.Json;

namespace ReleaseWorkflows.Domain.Configuration;

/// <summary>
/// Reads a configuration from JSON and names everything that is wrong with it at once: unknown settings, wrong types and entries that
/// break <see cref="ConfigurationRules"/>.
/// </summary>
public static class ConfigurationReader
{
    private static readonly string[] Settings = ["serverDomains", "webUrls", "environmentVariables", "payment", "internalTesters", "features"];

    /// <summary>Reads a configuration.</summary>
    /// <param name="json">The object; null or undefined reads as an empty configuration.</param>
    /// <param name="path">What the field names in messages begin with, for example <c>configuration</c>; empty at the top.</param>
    /// <param name="errors">Collects field and message of everything that is wrong.</param>
    /// <returns>What could be read; meaningful only if nothing was added to <paramref name="errors"/>.</returns>
    public static ConfigurationValues Read(JsonElement json, string path, IDictionary<string, IReadOnlyList<string>> errors)
    {
        var prefix = path.Length == 0 ? "" : path + ".";
        if (json.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return ConfigurationValues.Empty;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            errors[path.Length == 0 ? "$" : path] = [$"A configuration is an object with the settings {string.Join(", ", Settings)}."];
            return ConfigurationValues.Empty;
        }

        var values = ConfigurationValues.Empty;
        foreach (var member in json.EnumerateObject())
        {
            var field = prefix + member.Name;
            if (member.Value.ValueKind == JsonValueKind.Null && Settings.Contains(member.Name))
            {
                continue;
            }

            values = member.Name switch
            {
                "serverDomains" => values with { ServerDomains = ReadList(member.Value, field) },
                "webUrls" => values with { WebUrls = ReadList(member.Value, field) },
                "internalTesters" => values with { InternalTesters = ReadList(member.Value, field) },
                "environmentVariables" => values with { EnvironmentVariables = ReadEntries(member.Value, field, ReadText) },
                "payment" => values with { Payment = ReadEntries(member.Value, field, ReadText) },
                "features" => values with { Features = ReadEntries(member.Value, field, ReadSwitch) },
                _ => Unknown(field),
            };
        }

        foreach (var (field, messages) in ConfigurationRules.Problems(values, prefix))
        {
            errors.TryAdd(field, messages);
        }

        return values;

        ConfigurationValues Unknown(string field)
        {
            errors[field] = [$"There is no such setting; the settings are {string.Join(", ", Settings)}."];
            return values;
        }

        ImmutableArray<string>? ReadList(JsonElement list, string field)
        {
            if (list.ValueKind != JsonValueKind.Array)
            {
                errors[field] = ["This is a list of texts, in square brackets."];
                return null;
            }

            var entries = ImmutableArray.CreateBuilder<string>(list.GetArrayLength());
            foreach (var entry in list.EnumerateArray())
            {
                entries.Add(ReadText(entry, $"{field}[{entries.Count}]") ?? "");
            }

            return entries.ToImmutable();
        }

        ImmutableSortedDictionary<string, T>? ReadEntries<T>(JsonElement map, string field, Func<JsonElement, string, T?> read)
        {
            if (map.ValueKind != JsonValueKind.Object)
            {
                errors[field] = ["This is an object of names and values, in curly brackets."];
                return null;
            }

            var entries = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
            foreach (var entry in map.EnumerateObject())
            {
                if (entries.ContainsKey(entry.Name))
                {
                    errors[$"{field}.{entry.Name}"] = ["This name is given twice."];
                }
                else if (read(entry.Value, $"{field}.{entry.Name}") is { } value)
                {
                    entries.Add(entry.Name, value);
                }
            }

            return entries.ToImmutable();
        }

        string? ReadText(JsonElement value, string field)
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                return value.GetString();
            }

            errors[field] = ["This is a text, in quotes."];
            return null;
        }

        bool? ReadSwitchValue(JsonElement value, string field)
        {
            if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            {
                return value.GetBoolean();
            }

            errors[field] = ["A feature is true or false."];
            return null;
        }

        bool ReadSwitch(JsonElement value, string field) => ReadSwitchValue(value, field) ?? false;
    }
}
