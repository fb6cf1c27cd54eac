using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Benchmarks.Reports;

/// <summary>Where and on what was measured.</summary>
internal sealed record Machine(string Date, string Commit, string Processor, int Cores, string System, string Runtime, string Sqlite, string Mode)
{
    public static Machine Describe(bool isShort, TimeProvider clock)
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        return new Machine(
            clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", global::System.Globalization.CultureInfo.InvariantCulture),
            FindCommit(),
            FindProcessor(),
            Environment.ProcessorCount,
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            connection.ServerVersion,
            isShort ? "short run" : "full run");
    }

    private static string FindProcessor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
        : "unknown processor";

    private static string FindCommit()
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", "describe --always --dirty") { RedirectStandardOutput = true, WorkingDirectory = AppContext.BaseDirectory })!;
            return git.StandardOutput.ReadToEnd().Trim();
        }
        catch (global::System.ComponentModel.Win32Exception)
        {
            return "unknown commit";
        }
    }
}
