using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// What an operator does with the database beside the server: check it, copy it while the server works, and put a copy in its place.
/// </summary>
public sealed class DatabaseMaintenance
{
    private readonly DatabaseFile _file;
    private readonly CommitProbe? _probe;

    internal DatabaseMaintenance(DatabaseFile file, CommitProbe? probe = null)
    {
        _file = file;
        _probe = probe;
    }

    /// <summary>The database of the server.</summary>
    public string DatabasePath => _file.Path;

    /// <summary>Checks the database of the server, or another file. The server may be at work meanwhile: one state of the database is looked at.</summary>
    /// <param name="path">A database file, for example of a backup; null: the server's own.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="DatabaseUnavailableException">The file is missing, is no database, or cannot be read to its end.</exception>
    public CheckReport Check(string? path = null, CancellationToken cancellationToken = default) => DatabaseCheck.Run(path ?? _file.Path, cancellationToken: cancellationToken);

    /// <summary>
    /// Copies the database while the server works. The copy is one committed state: everything confirmed before the call, nothing half done.
    /// </summary>
    /// <param name="target">The file to make; its folder exists, the file does not.</param>
    /// <exception cref="DatabaseUnavailableException">The database cannot be read, or not beside the server that runs.</exception>
    /// <exception cref="IOException">There is a file at <paramref name="target"/>, or it cannot be written.</exception>
    public void BackUp(string target)
    {
        if (File.Exists(target))
            throw new IOException($"{target} exists already. Name a new folder for each backup.");
        if (!File.Exists(_file.Path))
            throw new DatabaseUnavailableException(DatabaseFailure.Missing, $"There is no database at {_file.Path}.");
        if (SharedMemoryFile.IsMissing(_file.Path) && FolderLock.IsTaken(_file.Path))
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Missing,
                $"{_file.Path}-shm was removed while the server runs, so the server does not see who reads beside it, and the copy might not be whole. Start the server again, then repeat the backup.");
        }

        var unfinished = target + ".unfinished";
        File.Delete(unfinished);
        Copy(unfinished);
        Flush(unfinished);
        _probe?.Reached(CommitPoint.BeforeBackupIsKept, null, null);
        File.Move(unfinished, target);
        DurableDirectory.Flush(Path.GetDirectoryName(Path.GetFullPath(target))!);
    }

    /// <summary>
    /// Puts a copy in the place of the database. The server must be stopped. What was there before is kept in a folder beside it. A crash on the
    /// way leaves either the old database, or none, which a server refuses to start with until the restoration is repeated.
    /// </summary>
    /// <param name="backup">A file that <see cref="BackUp"/> made; it is only read.</param>
    /// <param name="now">The time, for the name of the folder.</param>
    /// <returns>The folder with what was there before; null if there was nothing.</returns>
    /// <exception cref="DatabaseUnavailableException">A server is running on the folder, or the copy is damaged.</exception>
    public string? Restore(string backup, DateTimeOffset now)
    {
        using var folderLock = FolderLock.Take(_file.Path);
        if (Check(backup) is { IsSound: false } report)
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Corrupt,
                $"The backup {backup} is damaged, so nothing was replaced. Take an older one. First finding: {report.Findings[0].Sentence}");
        }
        var incoming = _file.Path + ".incoming";
        File.Copy(backup, incoming, overwrite: true);
        Flush(incoming);
        FolderLock.Remember(folderLock);
        var replaced = MoveAway(now);
        File.Move(incoming, _file.Path);
        DurableDirectory.Flush(Path.GetDirectoryName(_file.Path)!);
        return replaced;
    }

    private void Copy(string target)
    {
        try
        {
            using var source = _file.OpenReader();
            using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString());
            copy.Open();
            source.BackupDatabase(copy);
            // One file without a log beside it: a copy that can be carried anywhere.
            DatabaseFile.Execute(copy, "PRAGMA journal_mode=DELETE");
        }
        catch (SqliteException exception)
        {
            throw DatabaseUnavailableException.From(exception, target);
        }
    }

    private static void Flush(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    private string? MoveAway(DateTimeOffset now)
    {
        var folder = Path.GetDirectoryName(_file.Path)!;
        var name = Path.GetFileName(_file.Path);
        // The database last: as long as it is there, the log that belongs to it is needed.
        string[] files = [.. new[] { name, name + "-wal", name + "-shm" }.Where(file => File.Exists(Path.Combine(folder, file)))];
        if (files.Length == 0)
            return null;
        var replaced = Path.Combine(folder, "replaced-" + now.UtcDateTime.ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(replaced);
        foreach (var file in files)
            File.Move(Path.Combine(folder, file), Path.Combine(replaced, file));
        return replaced;
    }
}
