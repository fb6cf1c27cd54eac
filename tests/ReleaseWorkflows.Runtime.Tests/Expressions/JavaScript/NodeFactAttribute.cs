namespace ReleaseWorkflows.Runtime.Tests.Expressions.JavaScript;

/// <summary>
/// A fact that needs Node.js. Without it the fact is skipped; with <c>RELEASEWORKFLOWS_CI=1</c> it runs, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (!IsInstalled && Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_CI") != "1")
            Skip = "Node.js is not installed.";
    }

    private static bool IsInstalled => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "node")) || File.Exists(Path.Combine(folder, "node.exe")));
}
