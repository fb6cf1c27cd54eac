using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Domain.Identifiers;

/// <summary>The form of keys that people choose and addresses contain: mini programs, apps, workspaces.</summary>
public static partial class Key
{
    /// <summary>What a key looks like, for messages.</summary>
    public const string Form = "1 to 64 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen";

    /// <summary>True if the text has the form of a key.</summary>
    public static bool IsValid(string? value) => value is not null && Pattern().IsMatch(value);

    [GeneratedRegex(@"\A[a-z](?:[a-z0-9-]{0,62}[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
