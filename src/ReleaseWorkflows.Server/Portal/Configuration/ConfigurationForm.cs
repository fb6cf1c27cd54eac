using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.Configuration;

/// <summary>
/// A configuration as people write it in a form (<see cref="ConfigurationFields"/>): a field per setting, a line per entry, <c>name=value</c> where entries
/// have names. An empty field says nothing; a box beside a list says that it is meant to be empty.
/// </summary>
internal static class ConfigurationForm
{
    /// <summary>What the box beside a list is called.</summary>
    public const string NoneSuffix = "-none";

    /// <summary>The settings in the order of the form.</summary>
    public static IReadOnlyList<ConfigurationSetting> Settings { get; } =
    [
        new("serverDomains", "Server domains", "Hosts the mini program may send requests to, one in each line, for example api.example.com.", IsList: true, values => LinesOf(values.ServerDomains)),
        new("webUrls", "H5 and WAP pages", "Pages the mini program may open, one full address in each line, for example https://m.example.com/help.", IsList: true, values => LinesOf(values.WebUrls)),
        new("environmentVariables", "Environment variables", "One in each line: NAME=value.", IsList: false, values => LinesOf(values.EnvironmentVariables, value => value)),
        new("payment", "Payment settings", "One in each line: name=value, for example merchantId=1234.", IsList: false, values => LinesOf(values.Payment, value => value)),
        new("internalTesters", "Internal testers", "User ids in the app that may test before a pilot begins, one in each line.", IsList: true, values => LinesOf(values.InternalTesters)),
        new("features", "Features", "One in each line: name=on or name=off.", IsList: false, values => LinesOf(values.Features, value => value ? "on" : "off")),
    ];

    /// <summary>Reads the fields of a form. What cannot be read is noted beside its field; the rest the domain judges.</summary>
    /// <param name="form">The form that came.</param>
    /// <param name="name">Which form it has to be.</param>
    /// <param name="errors">Takes what is wrong, by field.</param>
    public static ConfigurationValues Read(PostedForm form, string name, IDictionary<string, IReadOnlyList<string>> errors)
    {
        return new ConfigurationValues
        {
            ServerDomains = ReadList("serverDomains"),
            WebUrls = ReadList("webUrls"),
            EnvironmentVariables = ReadNamed("environmentVariables", value => value),
            Payment = ReadNamed("payment", value => value),
            InternalTesters = ReadList("internalTesters"),
            Features = ReadNamed<object>("features", value => value.ToUpperInvariant() switch
            {
                "ON" or "TRUE" or "YES" => true,
                "OFF" or "FALSE" or "NO" => false,
                _ => null,
            })?.ToImmutableSortedDictionary(entry => entry.Key, entry => (bool)entry.Value, StringComparer.Ordinal),
        };

        ImmutableArray<string>? ReadList(string field)
        {
            var entries = Lines(field).Select(line => line.Text).ToImmutableArray();
            return entries.Length > 0 || form.Text(name, field + NoneSuffix) == "true" ? entries : null;
        }

        ImmutableSortedDictionary<string, T>? ReadNamed<T>(string field, Func<string, T?> read)
            where T : class
        {
            var entries = ImmutableSortedDictionary.CreateBuilder<string, T>(StringComparer.Ordinal);
            var complaints = new List<string>();
            foreach (var (number, text) in Lines(field))
            {
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                var key = equals < 0 ? "" : text[..equals].Trim();
                if (key.Length == 0)
                {
                    complaints.Add($"Line {number}: write name=value.");
                }
                else if (read(Unescape(text[(equals + 1)..].Trim())) is not { } value)
                {
                    complaints.Add($"Line {number}: “{key}” is on or off.");
                }
                else if (!entries.TryAdd(key, value))
                {
                    complaints.Add($"Line {number}: “{key}” is there twice.");
                }
            }

            if (complaints.Count > 0)
            {
                errors[field] = complaints;
            }

            return entries.Count > 0 ? entries.ToImmutable() : null;
        }

        IEnumerable<(int Number, string Text)> Lines(string field) => (form.Text(name, field) ?? "").Split('\n')
            .Select((text, index) => (Number: index + 1, Text: text.Trim()))
            .Where(line => line.Text.Length > 0);
    }

    /// <summary>The same refusal with what the domain says of single entries beside the fields they stand in.</summary>
    public static Problem BesideFields(Problem problem)
    {
        if (problem.Members.GetValueOrDefault("errors") is not IReadOnlyDictionary<string, IReadOnlyList<string>> errors)
        {
            return problem;
        }

        var beside = new Dictionary<string, List<string>>();
        foreach (var (key, messages) in errors)
        {
            var path = key.StartsWith("configuration.", StringComparison.Ordinal) ? key["configuration.".Length..] : key;
            var end = path.IndexOfAny(['.', '[']);
            var field = end < 0 ? path : path[..end];
            if (!beside.TryGetValue(field, out var known))
            {
                beside[field] = known = [];
            }

            known.AddRange(end < 0 ? messages : messages.Select(message => $"{PlaceOf(path[end..])}: {message}"));
        }

        return new Problem(problem.StatusCode, problem.Code, problem.Detail)
            .With("errors", beside.ToDictionary(field => field.Key, field => (IReadOnlyList<string>)field.Value));
    }

    private static string PlaceOf(string rest) =>
        rest[0] == '[' && int.TryParse(rest.AsSpan(1, rest.Length - 2), out var index) ? $"Entry {index + 1}" : $"“{rest[1..]}”";

    private static string? LinesOf(ImmutableArray<string>? entries) => entries is { } list ? string.Join('\n', list) : null;

    private static string? LinesOf<T>(ImmutableSortedDictionary<string, T>? entries, Func<T, string> write) =>
        entries is null ? null : string.Join('\n', entries.Select(entry => $"{entry.Key}={Escape(write(entry.Value))}"));

    // A value may have several lines; in the form it has one.
    private static string Escape(string value) =>
        value.Replace(@"\", @"\\", StringComparison.Ordinal).ReplaceLineEndings(@"\n");

    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var value = new System.Text.StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\' && index + 1 < text.Length && text[index + 1] is 'n' or '\\')
            {
                value.Append(text[++index] == 'n' ? '\n' : '\\');
            }
            else
            {
                value.Append(text[index]);
            }
        }

        return value.ToString();
    }
}

/// <summary>One setting as a field of the form.</summary>
/// <param name="Name">The name in the API.</param>
/// <param name="Label">The name for people.</param>
/// <param name="Hint">How to write it.</param>
/// <param name="IsList">True for lists, which an override replaces as a whole; false for names and values, which it replaces one by one.</param>
/// <param name="TextOf">What stands in the field for a configuration; null if the configuration does not say anything.</param>
internal sealed record ConfigurationSetting(string Name, string Label, string Hint, bool IsList, Func<ConfigurationValues, string?> TextOf);
