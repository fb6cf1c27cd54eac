namespace ReleaseWorkflows.Runtime.Expressions.JavaScript.Modern;

/// <summary>What regular expressions may not contain here.</summary>
internal static class RegExpSyntax
{
    /// <summary>The flags that are known.</summary>
    public const string Flags = "gims";

    /// <summary>Why an expression cannot be used, or null.</summary>
    public static string? Explain(string pattern, string flags)
    {
        foreach (var flag in flags)
        {
            if (!Flags.Contains(flag, StringComparison.Ordinal))
                return flag is 'u' or 'y' or 'd' or 'v' ? $"The regular expression flag '{flag}' is not supported." : $"Invalid regular expression flags '{flags}'.";
            if (flags.IndexOf(flag, StringComparison.Ordinal) != flags.LastIndexOf(flag))
                return $"Invalid regular expression flags '{flags}'.";
        }

        return pattern.Contains("(?<=", StringComparison.Ordinal) || pattern.Contains("(?<!", StringComparison.Ordinal)
            ? "Lookbehind in regular expressions is not supported."
            : null;
    }
}
