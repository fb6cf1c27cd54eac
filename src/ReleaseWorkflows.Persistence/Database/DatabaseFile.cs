using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Maintenance;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// The SQLite file and the two ways to open it. One connection writes and checkpoints, all others are read-only: competing writers starve
/// each other, and two connections that write or checkpoint at once are the precondition of SQLite's WAL-reset fault (fixed in 3.51.3).
/// </summary>
internal sealed class DatabaseFile(IOptions<PersistenceOptions> options, string? path = null)
{
    private readonly PersistenceOptions _options = options.Value;

    private DatabaseUnavailableException? _damage;

    private readonly string _logPath = (path ?? options.Value.DatabasePath) + "-wal";

    public string Path { get; } = path ?? options.Value.DatabasePath;

    /// <summary>
    /// The first damage that a query or a commit has met; null if there was none. Where one page is broken others may be, and what is written on top of them makes
    /// it worse: from then on nothing is written until the server starts again.
    /// </summary>
    public DatabaseUnavailableException? Damage => Volatile.Read(ref _damage);

    public string ReaderConnectionString => new SqliteConnectionStringBuilder
    {
        DataSource = Path,
        Mode = SqliteOpenMode.ReadOnly,
        DefaultTimeout = (int)_options.LockTimeout.TotalSeconds,
        Pooling = false,
    }.ToString();

    /// <summary>Opens the writing connection and proves that it is as durable as configured.</summary>
    /// <exception cref="DatabaseUnavailableException">The file cannot be opened, or not with the configured settings.</exception>
    public SqliteConnection OpenWriter(bool create = false)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path,
            Mode = create ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            DefaultTimeout = (int)_options.LockTimeout.TotalSeconds,
            Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, $"""
                PRAGMA journal_mode=WAL;
                PRAGMA synchronous={_options.Synchronous};
                PRAGMA foreign_keys=ON;
                -- The writer chooses the moment of a checkpoint, so that no commit pays for one by surprise.
                PRAGMA wal_autocheckpoint=0;
                -- What a savepoint keeps for its rollback stays in memory; beyond 64 KB it would go through a file, at twice the cost of the commit.
                PRAGMA temp_store=MEMORY;
                PRAGMA cache_size=-65536;
                -- A log that grew because a reader held on to an old state gives its space back when it begins again.
                PRAGMA journal_size_limit={4L * _options.ForcedCheckpointPages * 4096};
                """);
            Verify(connection);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw DatabaseUnavailableException.From(exception, Path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(ReaderConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Explain(exception);
        }
    }

    /// <summary>Says what a complaint of SQLite means, and remembers it if the file is damaged.</summary>
    public DatabaseUnavailableException Explain(SqliteException exception)
    {
        var unavailable = DatabaseUnavailableException.From(exception, Path);
        if (unavailable.Failure is DatabaseFailure.Corrupt)
            Interlocked.CompareExchange(ref _damage, unavailable, null);
        return unavailable;
    }

    /// <summary>Looks for damage in the middle of the log, before SQLite opens it.</summary>
    /// <returns>The sentence for the operator; null if all is well.</returns>
    /// <exception cref="DatabaseUnavailableException">It is damaged, and the start is to be refused.</exception>
    // Without a wait for the disk at each commit a power failure may leave holes, as whoever chose that knows.
    public string? ExamineLog() => _options.Synchronous is SynchronousLevel.Full ? DamagedLog.Examine(Path, _options.RefuseDamagedLog) : null;

    /// <summary>
    /// Proves that what was committed through <paramref name="connection"/> is in the files that a restart would open. A file that was removed or
    /// replaced under a running server takes writes as before, and nobody would ever see them again.
    /// </summary>
    /// <exception cref="DatabaseUnavailableException">Database or log were removed or replaced.</exception>
    public void RequireInPlace(WriterConnection connection)
    {
        if (IsReplaced(connection) || !File.Exists(_logPath))
        {
            throw new DatabaseUnavailableException(DatabaseFailure.Missing,
                $"The database {Path} was removed or replaced while the server runs, so nothing is confirmed. Stop the server, put the files back or restore a backup, and start again.");
        }
    }

    /// <summary>True if the database at the path is not the one that <paramref name="connection"/> has open.</summary>
    public static bool IsReplaced(WriterConnection connection) => SqliteFileControl.HasMoved(connection.Handle);

    private void Verify(SqliteConnection connection)
    {
        Require("journal_mode", "wal", "Is the data directory on a network share? SQLite needs a local file system.");
        Require("synchronous", _options.Synchronous == SynchronousLevel.Full ? "2" : "1", "");
        Require("foreign_keys", "1", "");

        void Require(string pragma, string expected, string advice)
        {
            var actual = Convert.ToString(Scalar(connection, $"PRAGMA {pragma}"), System.Globalization.CultureInfo.InvariantCulture);
            if (!string.Equals(actual, expected, StringComparison.OrdinalIgnoreCase))
            {
                throw new DatabaseUnavailableException(DatabaseFailure.WrongSettings,
                    $"The database runs with {pragma}={actual} instead of {expected}, so a confirmed step might not be durable. {advice} Database: {Path}.");
            }
        }
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // CA2100: only constants of this assembly come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    internal static object? Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // CA2100: only constants of this assembly come here.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
