using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Demo;
using ReleaseWorkflows.Server.Hosting;

namespace ReleaseWorkflows.Server.Maintenance;

/// <summary>
/// A folder with everything a server must not lose: database, packages, keys. Made while the server works: the database is copied as one
/// committed state first; every package it speaks of was stored before and never changes, so what is copied afterwards holds them all.
/// </summary>
internal sealed class BackupFolder
{
    private const string Database = "release-workflows.db";

    // Kept under the hash of their content, or written once: a file that is there already is the same.
    private static readonly string[] Folders = ["packages", "keys"];

    /// <summary>A folder for a backup, or with one.</summary>
    /// <param name="path">A relative path counts from the current directory.</param>
    public BackupFolder(string path) => Path = System.IO.Path.GetFullPath(path);

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    private string DatabasePath => System.IO.Path.Combine(Path, Database);

    /// <summary>Makes the backup. The database gets its name last, so that a folder with a database is a complete backup.</summary>
    /// <exception cref="StartException">The folder is not empty.</exception>
    public void Make(DataFolder data, DatabaseMaintenance database)
    {
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
        {
            throw new StartException($"{Path} is not empty. Name a new folder for each backup.");
        }

        new DataFolder(Path).Create();
        var copy = DatabasePath + ".copy";
        database.BackUp(copy);
        foreach (var folder in Folders)
        {
            CopyMissing(data.Combine(folder), System.IO.Path.Combine(Path, folder));
        }

        CopyIfThere(data.Combine(DemoData.AccessFile), System.IO.Path.Combine(Path, DemoData.AccessFile));
        File.Move(copy, DatabasePath);
        DurableDirectory.Flush(Path);
    }

    /// <summary>Puts the backup in the place of a stopped server's data. Packages and keys are only added, never replaced.</summary>
    /// <returns>Where the former database is kept; null if there was none.</returns>
    /// <exception cref="StartException">The folder holds no complete backup.</exception>
    public string? Restore(DataFolder data, DatabaseMaintenance database, DateTimeOffset now)
    {
        if (!File.Exists(DatabasePath))
        {
            throw new StartException($"{Path} holds no complete backup: {Database} is missing. Name the folder that backup --to made.");
        }

        foreach (var folder in Folders)
        {
            CopyMissing(System.IO.Path.Combine(Path, folder), data.Combine(folder));
        }

        CopyIfThere(System.IO.Path.Combine(Path, DemoData.AccessFile), data.Combine(DemoData.AccessFile));
        return database.Restore(DatabasePath, now);
    }

    private static void CopyMissing(string source, string target)
    {
        if (!Directory.Exists(source))
        {
            return;
        }

        new DataFolder(target).Create();
        foreach (var file in Directory.EnumerateFiles(source))
        {
            CopyIfThere(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        }

        // Files of unfinished uploads come and go; nothing refers to them.
        foreach (var folder in Directory.EnumerateDirectories(source).Where(folder => System.IO.Path.GetFileName(folder) != "incoming"))
        {
            CopyMissing(folder, System.IO.Path.Combine(target, System.IO.Path.GetFileName(folder)));
        }

        DurableDirectory.Flush(target);
    }

    private static void CopyIfThere(string source, string target)
    {
        if (!File.Exists(source) || File.Exists(target))
        {
            return;
        }

        var unfinished = target + ".unfinished";
        File.Copy(source, unfinished, overwrite: true);
        using (var stream = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite))
        {
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, target);
    }
}
