using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>Why the database cannot serve.</summary>
public enum DatabaseFailure
{
    /// <summary>None of the reasons below; the inner exception tells.</summary>
    Other,

    /// <summary>The disk or quota is full. Nothing was written; the same work succeeds once there is space.</summary>
    DiskFull,

    /// <summary>Another program holds the database's lock for longer than <see cref="PersistenceOptions.LockTimeout"/>.</summary>
    Locked,

    /// <summary>File or folder cannot be written.</summary>
    ReadOnly,

    /// <summary>The file is damaged, or is no database.</summary>
    Corrupt,

    /// <summary>The file that was there before is gone.</summary>
    Missing,

    /// <summary>The disk reported an error.</summary>
    InputOutput,

    /// <summary>A newer version of this program has changed the schema.</summary>
    NewerSchema,

    /// <summary>The database does not accept the configured durability.</summary>
    WrongSettings,
}

/// <summary>
/// The database cannot serve; the message says what to do about it. Nothing of the unit of work is visible to others. When the failure
/// came at the very end of a commit, whether it survives a restart is unknown: repeat the request with the same idempotency key.
/// </summary>
public sealed class DatabaseUnavailableException : StoreUnavailableException
{
    /// <summary>Creates the exception without details.</summary>
    public DatabaseUnavailableException()
    {
    }

    /// <summary>Creates the exception with a message.</summary>
    public DatabaseUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message and the database's own complaint.</summary>
    public DatabaseUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with its reason.</summary>
    public DatabaseUnavailableException(DatabaseFailure failure, string message, Exception? innerException = null)
        : base(message, innerException) => Failure = failure;

    /// <summary>The reason.</summary>
    public DatabaseFailure Failure { get; }

    /// <summary>True when the same work may succeed later without anybody's help but time: a locked database.</summary>
    public bool IsTransient => Failure is DatabaseFailure.Locked;

    internal static DatabaseUnavailableException From(SqliteException exception, string path)
    {
        // Some of its functions answer with the extended code, whose lower eight bits are the code.
        var failure = (exception.SqliteErrorCode & 0xFF) switch
        {
            SQLitePCL.raw.SQLITE_FULL => DatabaseFailure.DiskFull,
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => DatabaseFailure.Locked,
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM or SQLitePCL.raw.SQLITE_AUTH or SQLitePCL.raw.SQLITE_CANTOPEN => DatabaseFailure.ReadOnly,
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => DatabaseFailure.Corrupt,
            SQLitePCL.raw.SQLITE_IOERR => DatabaseFailure.InputOutput,
            _ => DatabaseFailure.Other,
        };
        return new DatabaseUnavailableException(failure, $"{Explain(failure)} Database: {path}. SQLite says: {exception.Message}", exception);
    }

    private static string Explain(DatabaseFailure failure) => failure switch
    {
        DatabaseFailure.DiskFull => "The disk is full, so nothing was written. Free some space; the server goes on by itself.",
        DatabaseFailure.Locked => "Another program holds the database, so nothing was written. Close it (a backup tool, a database browser) and repeat.",
        DatabaseFailure.ReadOnly => "The database cannot be opened for writing. Check owner and permissions of the file and of its folder.",
        DatabaseFailure.Corrupt => "The database file is damaged or is no database. Stop the server and restore the newest backup.",
        DatabaseFailure.InputOutput => "The disk reported an error, so nothing was confirmed. Check the disk and the system log, then repeat.",
        _ => "The database refused the work.",
    };
}
