using System.Text;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// The file beside the database that keeps a second server out for as long as it is open, and that remembers that there was a database: without
/// it, a file lost by accident would quietly become an empty platform.
/// </summary>
internal static class FolderLock
{
    /// <summary>Takes the lock of a database's folder, which is made if it is missing.</summary>
    /// <exception cref="DatabaseUnavailableException">Another server has it, or the folder cannot be written.</exception>
    public static FileStream Take(string databasePath, bool keepsOthersOut = true)
    {
        var path = databasePath + ".lock";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, keepsOthersOut ? FileShare.None : FileShare.ReadWrite);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DatabaseUnavailableException(DatabaseFailure.ReadOnly, $"The data directory cannot be written: {exception.Message} Check its owner and permissions.", exception);
        }
        catch (IOException exception) when (IsInUse(exception))
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Locked,
                $"Another server uses this data directory: {exception.Message} Stop the other server or configure another DataDirectory.", exception);
        }
        catch (IOException exception)
        {
            throw new DatabaseUnavailableException(DatabaseFailure.ReadOnly, $"The data directory cannot be written: {exception.Message} Check the disk, its owner and permissions.", exception);
        }
    }

    /// <summary>True if a server, or a restoration, has the lock of a database's folder.</summary>
    public static bool IsTaken(string databasePath)
    {
        try
        {
            using var file = new FileStream(databasePath + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (IOException exception)
        {
            return IsInUse(exception);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Refuses to go on if there was a database and it is gone, or empty: SQLite would take an empty file for a new database.</summary>
    /// <exception cref="DatabaseUnavailableException">It is.</exception>
    public static void RefuseLostDatabase(FileStream folderLock, string databasePath)
    {
        if (folderLock.Length > 0 && new FileInfo(databasePath) is not { Exists: true, Length: > 0 })
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Missing,
                $"The database {databasePath} existed before and is {(File.Exists(databasePath) ? "empty" : "gone")}. Restore it from a backup; or, to begin with an empty one, delete {folderLock.Name} as well.");
        }
    }

    /// <summary>Remembers that there is a database.</summary>
    public static void Remember(FileStream folderLock)
    {
        if (folderLock.Length > 0)
            return;
        folderLock.Write(Encoding.UTF8.GetBytes("A database was created here.\n"));
        folderLock.Flush(flushToDisk: true);
    }

    // EWOULDBLOCK of Linux and of macOS, and the sharing violation of Windows.
    private static bool IsInUse(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
