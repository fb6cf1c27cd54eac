using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Configuration;

/// <summary>What became of one setting.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConfigurationChangeKind>))]
public enum ConfigurationChangeKind
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It is not there any more.</summary>
    Removed,

    /// <summary>It has another value.</summary>
    Changed,
}

/// <summary>One difference between two configurations.</summary>
/// <param name="Setting">Camel-case name of the setting with the name of the entry: <c>serverDomains</c>, <c>environmentVariables.API_URL</c>.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Before">The value before; null if it was not there. In lists: what went out.</param>
/// <param name="After">The value now; null if it is not there. In lists: what came in.</param>
public sealed record ConfigurationChange(string Setting, ConfigurationChangeKind Kind, object? Before, object? After);

/// <summary>Compares configurations: lists entry by entry without regard to order, named settings name by name.</summary>
public static class ConfigurationDifference
{
    /// <summary>Every difference, in the order of the form; empty if the two say the same.</summary>
    public static IReadOnlyList<ConfigurationChange> Between(ConfigurationValues before, ConfigurationValues after)
    {
        var changes = new List<ConfigurationChange>();
        CompareList("serverDomains", before.ServerDomains, after.ServerDomains);
        CompareList("webUrls", before.WebUrls, after.WebUrls);
        CompareNames("environmentVariables", before.EnvironmentVariables, after.EnvironmentVariables);
        CompareNames("payment", before.Payment, after.Payment);
        CompareList("internalTesters", before.InternalTesters, after.InternalTesters);
        CompareNames("features", before.Features, after.Features);
        return changes;

        void CompareList(string setting, ImmutableArray<string>? old, ImmutableArray<string>? now)
        {
            if (old is null && now is null)
            {
                return;
            }

            string[] gone = [.. (old ?? []).Except(now ?? [], StringComparer.Ordinal)];
            string[] came = [.. (now ?? []).Except(old ?? [], StringComparer.Ordinal)];
            if (old is null || now is null)
            {
                changes.Add(new ConfigurationChange(
                    setting, old is null ? ConfigurationChangeKind.Added : ConfigurationChangeKind.Removed, old is null ? null : gone, now is null ? null : came));
            }
            else if (gone.Length > 0 || came.Length > 0)
            {
                changes.Add(new ConfigurationChange(setting, ConfigurationChangeKind.Changed, gone, came));
            }
        }

        void CompareNames<T>(string setting, ImmutableSortedDictionary<string, T>? old, ImmutableSortedDictionary<string, T>? now)
            where T : notnull
        {
            old ??= ImmutableSortedDictionary<string, T>.Empty;
            now ??= ImmutableSortedDictionary<string, T>.Empty;
            foreach (var name in old.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                var (was, isNow) = (old.TryGetValue(name, out var before), now.TryGetValue(name, out var after));
                if (was && isNow && EqualityComparer<T>.Default.Equals(before, after))
                {
                    continue;
                }

                var kind = !was ? ConfigurationChangeKind.Added : !isNow ? ConfigurationChangeKind.Removed : ConfigurationChangeKind.Changed;
                changes.Add(new ConfigurationChange($"{setting}.{name}", kind, was ? before : null, isNow ? after : null));
            }
        }
    }
}
