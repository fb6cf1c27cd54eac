namespace ReleaseWorkflows.Runtime.Expressions.JavaScript;

/// <summary>
/// Explains why a script could not be parsed when the cause is newer JavaScript than the interpreter knows (ECMAScript 5.1).
/// </summary>
/// <remarks>Only consulted after the parser has refused a script, so it can be generous: a wrong guess costs a hint, never a script.</remarks>
internal static class UnsupportedSyntax
{
    private static readonly (string Mark, string Hint)[] Marks =
    [
        ("`", "Template literals are not supported; join texts with +."),
        ("=>", "Arrow functions are not supported; write function (x) { return …; }."),
        ("...", "Spread and rest (...) are not supported; use concat, slice or arguments."),
        ("?.", "Optional chaining (?.) is not supported; write a && a.b."),
        ("??", "The ?? operator is not supported; write a != null ? a : b."),
        ("**", "The ** operator is not supported; use Math.pow."),
    ];

    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["class"] = "Classes are not supported; use functions.",
        ["async"] = "async is not supported; expressions run to their end at once.",
        ["await"] = "await is not supported; expressions run to their end at once.",
        ["import"] = "import is not supported.",
        ["export"] = "export is not supported.",
        ["yield"] = "Generators are not supported.",
        ["super"] = "Classes are not supported; use functions.",
        ["of"] = "for … of is not supported; use forEach or an index.",
        ["let"] = "let is not supported here; use var.",
        ["const"] = "const is not supported here; use var.",
    };

    /// <summary>
    /// The first piece of newer syntax in the text, or null. Marks are looked for up to the end of the line where the parser gave up: it stops at
    /// or shortly after the piece it does not know.
    /// </summary>
    public static ScriptException? Explain(string text, int errorLine)
    {
        int line = 1, lineStart = 0, index = 0;
        while (index < text.Length && line <= errorLine)
        {
            var rest = text.AsSpan(index);
            if (rest[0] is '\n')
            {
                line++;
                lineStart = index + 1;
                index++;
            }
            else if (SkipCommentOrText(rest) is var skipped and > 0)
            {
                for (var end = index + skipped; index < end; index++)
                {
                    if (text[index] is '\n')
                    {
                        line++;
                        lineStart = index + 1;
                    }
                }
            }
            else if (HintAt(rest, out var length) is { } hint)
            {
                return new ScriptException(hint, line, index - lineStart + 1);
            }
            else
            {
                index += length;
            }
        }

        return null;
    }

    private static string? HintAt(ReadOnlySpan<char> rest, out int length)
    {
        foreach (var (mark, hint) in Marks)
        {
            // "a?.5:1" is a conditional with a decimal number.
            if (rest.StartsWith(mark, StringComparison.Ordinal) && !(mark == "?." && rest.Length > 2 && char.IsAsciiDigit(rest[2])))
            {
                length = mark.Length;
                return hint;
            }
        }

        length = 1;
        if (!IsNameCharacter(rest[0]))
            return null;
        while (length < rest.Length && IsNameCharacter(rest[length]))
            length++;
        return Words.GetValueOrDefault(rest[..length].ToString());
    }

    private static int SkipCommentOrText(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("//", StringComparison.Ordinal))
            return rest.IndexOf('\n') is var end and >= 0 ? end : rest.Length;
        if (rest.StartsWith("/*", StringComparison.Ordinal))
            return rest[2..].IndexOf("*/", StringComparison.Ordinal) is var end and >= 0 ? end + 4 : rest.Length;
        if (rest[0] is not ('"' or '\''))
            return 0;
        for (var index = 1; index < rest.Length && rest[index] is not '\n'; index++)
        {
            if (rest[index] == rest[0])
                return index + 1;
            if (rest[index] is '\\')
                index++;
        }

        return 1;
    }

    private static bool IsNameCharacter(char character) => char.IsLetterOrDigit(character) || character is '_' or '$';
}
