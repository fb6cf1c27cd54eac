using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>A data directory as a server leaves it that was started once and stopped. Copying it spares each test that start.</summary>
internal static class PreparedData
{
    private static readonly Lazy<Task<string>> Original = new(PrepareAsync);

    /// <summary>A copy that goes with the test.</summary>
    public static async Task<DataDirectory> CopyAsync()
    {
        var copy = new DataDirectory();
        await CopyToAsync(copy);
        return copy;
    }

    /// <summary>Copies it into an empty directory.</summary>
    public static async Task CopyToAsync(DataDirectory copy)
    {
        var original = await Original.Value;
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var target = copy.Combine(Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<string> PrepareAsync()
    {
        var folder = Path.Combine(Path.GetTempPath(), "release-workflows-faults", "prepared-" + Guid.NewGuid().ToString("n"));
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        await using (await TestServer.StartAsync(folder: folder))
        {
        }

        // A server that was slow to stop leaves a log, out of which SQLite would mend what a test damages.
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "release-workflows.db")};Pooling=False");
        await connection.OpenAsync();
        DatabaseFile.Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        return folder;
    }
}
