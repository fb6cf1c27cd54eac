namespace ReleaseWorkflows.Runtime.Tests.Expressions.JavaScript;

/// <summary>The rows of <c>ModernJavaScript.rows</c>: scripts and the JSON of their results.</summary>
internal static class ModernJavaScriptRows
{
    private const string Arrow = " → ";

    /// <summary>All rows in their order.</summary>
    public static IReadOnlyList<(string Script, string Json)> All { get; } = Read();

    private static List<(string, string)> Read()
    {
        using var stream = typeof(ModernJavaScriptRows).Assembly.GetManifestResourceStream("ModernJavaScript.rows")!;
        using var reader = new StreamReader(stream);
        var rows = new List<(string, string)>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line.StartsWith("# ", StringComparison.Ordinal))
                continue;
            var arrow = line.LastIndexOf(Arrow, StringComparison.Ordinal);
            rows.Add((line[..arrow], line[(arrow + Arrow.Length)..]));
        }

        return rows;
    }
}
