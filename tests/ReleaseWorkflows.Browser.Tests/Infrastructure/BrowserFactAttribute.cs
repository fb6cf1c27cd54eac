using Xunit.Sdk;

namespace ReleaseWorkflows.Browser.Tests.Infrastructure;

/// <summary>
/// A test in a real browser, Chromium. Where there is none the test is skipped with the command that installs it; with
/// <c>RELEASEWORKFLOWS_CI=1</c> it runs, and fails.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("ReleaseWorkflows.Browser.Tests.Infrastructure." + nameof(BrowserFactDiscoverer), "ReleaseWorkflows.Browser.Tests")]
internal sealed class BrowserFactAttribute : FactAttribute
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    public BrowserFactAttribute()
    {
        if (Executable is null && Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_CI") != "1")
        {
            Skip = "Needs Chromium: apt-get install chromium. One elsewhere is named by the environment variable CHROMIUM.";
        }
    }

    /// <summary>The program; null if there is none.</summary>
    public static string? Executable { get; } = Find();

    private static string? Find() => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named
        ? named
        : (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
}
