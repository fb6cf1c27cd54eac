using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// One SQL text with named parameters (<c>$name</c>). Arguments are given in the order in which the names first appear. Held in a static
/// field by the table that uses it; each connection prepares it once.
/// </summary>
internal sealed partial class SqlStatement
{
    public SqlStatement(string text)
    {
        Text = text;
        Parameters = [.. ParameterName().Matches(text).Select(match => match.Value).Distinct()];
    }

    public string Text { get; }

    public ImmutableArray<string> Parameters { get; }

    public override string ToString() => Text;

    [GeneratedRegex(@"\$[a-z_0-9]+")]
    private static partial Regex ParameterName();
}
