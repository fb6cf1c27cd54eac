using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Server.Tests.Readme;

/// <summary>The commands of the README, in their order.</summary>
internal static partial class ReadmeText
{
    /// <summary>The folder of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The commands of the blocks marked <c>walk: name</c>, each with what it is said to print.</summary>
    public static IReadOnlyList<ReadmeCommand> Commands(params string[] walks)
    {
        var text = File.ReadAllText(Path.Combine(Root, "README.md"));
        var blocks = WalkBlock().Matches(text).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["body"].Value);
        return [.. walks.SelectMany(walk => Split(blocks[walk]))];
    }

    /// <summary>The names of all blocks marked so, in the order of the text.</summary>
    public static IReadOnlyList<string> Walks() =>
        [.. WalkBlock().Matches(File.ReadAllText(Path.Combine(Root, "README.md"))).Select(match => match.Groups["name"].Value)];

    private static IEnumerable<ReadmeCommand> Split(string body)
    {
        var lines = body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < lines.Length; index++)
        {
            const string Arrow = "# → ";
            if (!lines[index].StartsWith(Arrow, StringComparison.Ordinal))
            {
                var next = index + 1 < lines.Length ? lines[index + 1] : "";
                yield return new ReadmeCommand(lines[index], next.StartsWith(Arrow, StringComparison.Ordinal) ? next[Arrow.Length..] : null);
            }
        }
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ReleaseWorkflows.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run below the checkout, which holds ReleaseWorkflows.sln.");
    }

    [GeneratedRegex(@"<!-- walk: (?<name>[a-z-]+) -->\n```bash\n(?<body>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex WalkBlock();
}

/// <summary>A command of the README.</summary>
/// <param name="Text">The line to type.</param>
/// <param name="Prints">What the README says it prints; null if it says nothing.</param>
internal sealed record ReadmeCommand(string Text, string? Prints);
