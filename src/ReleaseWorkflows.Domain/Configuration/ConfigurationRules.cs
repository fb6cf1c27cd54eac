using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Domain.Configuration;

/// <summary>What a configuration may contain. All complaints at once, each beside the entry it is about.</summary>
public static partial class ConfigurationRules
{
    private const int MaximumEntries = 200;
    private const int MaximumValueLength = 4_000;

    /// <summary>Every bad entry with its messages, keyed like <c>configuration.serverDomains[2]</c>; empty if all are well.</summary>
    /// <param name="values">The configuration to look at.</param>
    /// <param name="prefix">What the keys begin with, for example <c>configuration.</c>; may be empty.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Problems(ConfigurationValues values, string prefix = "")
    {
        var problems = new Dictionary<string, List<string>>();

        CheckList("serverDomains", values.ServerDomains, MaximumEntries, StringComparer.OrdinalIgnoreCase, domain =>
            HostName().IsMatch(domain)
                ? null
                : $"“{domain}” is not a host name; write it without scheme, port and path, for example api.example.com.");
        CheckList("webUrls", values.WebUrls, MaximumEntries, StringComparer.Ordinal, url =>
            url.Length <= 2_000 && !url.Any(IsBlankOrControl) && Uri.TryCreate(url, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.UserInfo.Length == 0
                ? DescribeOtherSpelling(url, address)
                : $"“{url}” is not a web address; write it in full, for example https://m.example.com/help.");
        CheckList("internalTesters", values.InternalTesters, 1_000, StringComparer.Ordinal, tester =>
            tester.Length is >= 1 and <= 64 && !tester.Any(IsBlankOrControl) && !PlainText.HasDeceptiveCharacter(tester, isOneLine: true)
                ? null
                : "A tester is named by a user id of 1 to 64 characters without blanks.");
        CheckNames("environmentVariables", values.EnvironmentVariables, MaximumEntries, VariableName(), "letters, digits and underscores, not beginning with a digit");
        CheckNames("payment", values.Payment, 50, SettingName(), "letters, digits, dots, hyphens and underscores");
        CheckNames("features", values.Features, MaximumEntries, SettingName(), "letters, digits, dots, hyphens and underscores");

        return problems.ToDictionary(problem => problem.Key, problem => (IReadOnlyList<string>)problem.Value);

        void Add(string field, string message)
        {
            if (!problems.TryGetValue(prefix + field, out var messages))
            {
                problems[prefix + field] = messages = [];
            }

            messages.Add(message);
        }

        void CheckList(string field, ImmutableArray<string>? entries, int maximum, StringComparer comparer, Func<string, string?> complaint)
        {
            if (entries is not { } list)
            {
                return;
            }

            if (list.Length > maximum)
            {
                Add(field, $"{field} has {list.Length} entries; at most {maximum} are kept.");
            }

            var seen = new HashSet<string>(comparer);
            for (var index = 0; index < list.Length; index++)
            {
                var entry = list[index];
                if (entry is null)
                {
                    Add($"{field}[{index}]", "An entry is a text, not null.");
                }
                else if (complaint(entry) is { } message)
                {
                    Add($"{field}[{index}]", message);
                }
                else if (!seen.Add(entry))
                {
                    Add($"{field}[{index}]", $"“{entry}” is listed twice.");
                }
            }
        }

        void CheckNames<T>(string field, ImmutableSortedDictionary<string, T>? entries, int maximum, Regex form, string description)
        {
            if (entries is null)
            {
                return;
            }

            if (entries.Count > maximum)
            {
                Add(field, $"{field} has {entries.Count} entries; at most {maximum} are kept.");
            }

            var spellings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in entries)
            {
                if (!spellings.TryAdd(name, name))
                {
                    Add($"{field}.{name}", $"“{name}” and “{spellings[name]}” differ in upper and lower case only; keep one of them.");
                }

                if (!form.IsMatch(name))
                {
                    Add($"{field}.{name}", $"A name has 1 to 100 {description}.");
                }

                if (value is null)
                {
                    Add($"{field}.{name}", "A value is a text, not null.");
                }
                else if (value is string { Length: > MaximumValueLength } text)
                {
                    Add($"{field}.{name}", $"The value has {text.Length} characters; at most {MaximumValueLength} are kept.");
                }
                else if (value is string words && words.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t')))
                {
                    Add($"{field}.{name}", "The value has control characters; remove them.");
                }
                else if (value is string told && PlainText.HasDeceptiveCharacter(told, isOneLine: false))
                {
                    Add($"{field}.{name}", "The value has invisible characters that make it read as something else; remove them.");
                }
            }
        }
    }

    // A host of other letters may look like one that it is not: what a reviewer approves is written in the letters that everybody sees.
    private static string? DescribeOtherSpelling(string url, Uri address) =>
        PlainText.HasDeceptiveCharacter(url, isOneLine: true) ? "The address has invisible characters that make it read as something else; remove them."
        : !string.Equals(address.Host, address.IdnHost, StringComparison.OrdinalIgnoreCase) ? $"Write the host in plain letters, as {address.IdnHost}."
        : null;

    private static bool IsBlankOrControl(char character) => char.IsWhiteSpace(character) || char.IsControl(character);

    // Each name in full: what a reviewer approves is what may be called, so that there are no wildcards.
    [GeneratedRegex(@"\A(?=.{1,253}\z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex HostName();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SettingName();
}
