using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Configuration;

/// <summary>Where an effective value comes from.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConfigurationOrigin>))]
public enum ConfigurationOrigin
{
    /// <summary>The mini program's global configuration.</summary>
    Global,

    /// <summary>The release's own override.</summary>
    Release,
}

/// <summary>One effective value, for people: which setting, what value, from where.</summary>
/// <param name="Setting">Camel-case name of the setting, with the entry's name where it has one: <c>serverDomains</c>, <c>environmentVariables.API_URL</c>.</param>
/// <param name="Value">A list of strings, a string or a boolean.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record ConfigurationEntry(string Setting, object Value, ConfigurationOrigin Origin);

/// <summary>Joins the global configuration of a mini program with the override of a release (S1, S3, S4).</summary>
public static class EffectiveConfiguration
{
    /// <summary>What applies: the release's word where it has one, the global one's otherwise.</summary>
    public static ConfigurationValues Merge(ConfigurationValues global, ConfigurationValues release) => new()
    {
        ServerDomains = release.ServerDomains ?? global.ServerDomains,
        WebUrls = release.WebUrls ?? global.WebUrls,
        EnvironmentVariables = Merge(global.EnvironmentVariables, release.EnvironmentVariables),
        Payment = Merge(global.Payment, release.Payment),
        InternalTesters = release.InternalTesters ?? global.InternalTesters,
        Features = Merge(global.Features, release.Features),
    };

    /// <summary>Every effective value with its origin, in the order of the form.</summary>
    public static IReadOnlyList<ConfigurationEntry> Describe(ConfigurationValues global, ConfigurationValues release)
    {
        var entries = new List<ConfigurationEntry>();
        AddList("serverDomains", global.ServerDomains, release.ServerDomains);
        AddList("webUrls", global.WebUrls, release.WebUrls);
        AddEntries("environmentVariables", global.EnvironmentVariables, release.EnvironmentVariables);
        AddEntries("payment", global.Payment, release.Payment);
        AddList("internalTesters", global.InternalTesters, release.InternalTesters);
        AddEntries("features", global.Features, release.Features);
        return entries;

        void AddList(string setting, ImmutableArray<string>? globalValue, ImmutableArray<string>? releaseValue)
        {
            if ((releaseValue ?? globalValue) is { } value)
            {
                entries.Add(new ConfigurationEntry(setting, value, releaseValue is null ? ConfigurationOrigin.Global : ConfigurationOrigin.Release));
            }
        }

        void AddEntries<T>(string setting, ImmutableSortedDictionary<string, T>? globalValues, ImmutableSortedDictionary<string, T>? releaseValues)
            where T : notnull
        {
            foreach (var (name, value) in Merge(globalValues, releaseValues) ?? ImmutableSortedDictionary<string, T>.Empty)
            {
                var isOverridden = releaseValues?.ContainsKey(name) == true;
                entries.Add(new ConfigurationEntry($"{setting}.{name}", value, isOverridden ? ConfigurationOrigin.Release : ConfigurationOrigin.Global));
            }
        }
    }

    private static ImmutableSortedDictionary<string, T>? Merge<T>(
        ImmutableSortedDictionary<string, T>? global, ImmutableSortedDictionary<string, T>? release) =>
        global is null ? release : release is null ? global : global.SetItems(release);
}
