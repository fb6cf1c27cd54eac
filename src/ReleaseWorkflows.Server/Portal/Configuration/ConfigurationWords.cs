using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Portal.Configuration;

/// <summary>Settings and their values as people read them.</summary>
internal static class ConfigurationWords
{
    /// <summary>What people call a setting, with its entry where it has one: <c>environmentVariables.API_URL</c>.</summary>
    public static string TitleOf(string setting)
    {
        var dot = setting.IndexOf('.', StringComparison.Ordinal);
        var (name, entry) = dot < 0 ? (setting, null) : (setting[..dot], setting[(dot + 1)..]);
        var title = ConfigurationForm.Settings.FirstOrDefault(known => known.Name == name)?.Label ?? name;
        return entry is null ? title : $"{title}: {entry}";
    }

    /// <summary>A value line by line: a list has a line for each entry.</summary>
    public static IReadOnlyList<string> LinesOf(object? value) => value switch
    {
        null => [],
        bool isOn => [isOn ? "on" : "off"],
        IEnumerable<string> entries => [.. entries],
        _ => (value.ToString() ?? "").Split('\n'),
    };

    /// <summary>Everything that is wrong with a configuration that was typed, each beside its field; null if nothing is.</summary>
    /// <param name="values">What was read.</param>
    /// <param name="errors">What could not be read, by field.</param>
    public static Problem? ProblemOf(ConfigurationValues values, IReadOnlyDictionary<string, IReadOnlyList<string>> errors)
    {
        var all = errors.ToDictionary();
        foreach (var (field, messages) in ConfigurationRules.Problems(values))
        {
            all.TryAdd(field, messages);
        }

        return all.Count == 0
            ? null
            : ConfigurationForm.BesideFields(Problem.From(Refusal.Invalid("Some entries of the configuration cannot be used as they are; each is named beside its field.", all)));
    }
}
