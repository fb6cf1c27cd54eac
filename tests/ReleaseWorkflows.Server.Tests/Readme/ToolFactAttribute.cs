namespace ReleaseWorkflows.Server.Tests.Readme;

/// <summary>
/// A test that needs programs of the machine. Where one is missing the test is skipped with the command that installs it; with
/// <c>RELEASEWORKFLOWS_CI=1</c> it runs, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools)
    {
        Tools = tools;
        var missing = tools.Where(tool => !IsInstalled(tool)).ToArray();
        if (missing.Length > 0 && Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_CI") != "1")
        {
            Skip = $"Needs {string.Join(", ", missing)}: apt-get install {string.Join(' ', missing.Select(tool => tool == "node" ? "nodejs" : tool))}";
        }
    }

    /// <summary>Names of the programs.</summary>
    public IReadOnlyList<string> Tools { get; }

    private static bool IsInstalled(string tool) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, tool)) || File.Exists(Path.Combine(folder, tool + ".exe")));
}
