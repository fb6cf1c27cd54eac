using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace ReleaseWorkflows.Domain.Tests.Documents;

/// <summary>The table of docs/RULES.md that leads from each rule to the tests that prove it.</summary>
public sealed partial class RulesTraceTests
{
    private static readonly string[][] Rows = [.. RulesDocument.Read().Split("## What proves each rule")[1].Split('\n')
        .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| source", StringComparison.Ordinal))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1])];

    [Fact]
    public void Each_rule_has_tests_and_they_exist()
    {
        var missing = new List<string>();
        foreach (var row in Rows)
        {
            var tests = TestName().Matches(row[2]);
            Assert.True(tests.Count > 0, $"“{row[1]}” has no test.");
            missing.AddRange(tests.Where(test => !Exists(test.Groups[1].Value, test.Groups[2].Value)).Select(test => test.Value));
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void The_table_speaks_of_every_source_and_every_rule()
    {
        var sources = Rows.SelectMany(row => row[0].Split(' ')).ToHashSet();
        var rules = string.Join('\n', Rows.Select(row => row[1]));

        Assert.Subset(sources, new HashSet<string> { "S0", "S1", "S2", "S3", "S4" });
        Assert.All(Enumerable.Range(1, 12).Select(number => $"I{number}"), label => Assert.Matches($@"\b{label}\b", rules));
        Assert.All(Enumerable.Range(1, 27).Select(number => $"T{number}"), label => Assert.Matches($@"\b{label}\b", rules));
        Assert.All(Enumerable.Range(1, 35).Select(number => $"A{number}"), label => Assert.Matches($@"\b{label}\b", rules));
    }

    private static bool Exists(string type, string method) =>
        Directory.EnumerateFiles(TestsFolder(), type + ".cs", SearchOption.AllDirectories)
            .Select(File.ReadAllText)
            .Any(text => text.Contains($"class {type}", StringComparison.Ordinal) && text.Contains($" {method}(", StringComparison.Ordinal));

    private static string TestsFolder([CallerFilePath] string source = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));

    [GeneratedRegex(@"`([A-Za-z]+)\.([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
