using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>The one connection that writes: transactions, a savepoint per unit of work, checkpoints. Used by one thread.</summary>
internal sealed class WriterConnection : IDisposable
{
    private static readonly SqlStatement BeginTransaction = new("BEGIN IMMEDIATE");
    private static readonly SqlStatement CommitTransaction = new("COMMIT");
    private static readonly SqlStatement RollbackTransaction = new("ROLLBACK");
    private static readonly SqlStatement Savepoint = new("SAVEPOINT unit");
    private static readonly SqlStatement RollbackToSavepoint = new("ROLLBACK TO unit");
    private static readonly SqlStatement ReleaseSavepoint = new("RELEASE unit");
    private static readonly SqlStatement PassiveCheckpoint = new("PRAGMA wal_checkpoint(PASSIVE)");

    private readonly SqliteConnection _connection;
    private readonly PreparedStatements _statements;
    private readonly SQLitePCL.sqlite3 _handle;
    private readonly CommitProbe? _probe;

    public WriterConnection(SqliteConnection connection, CommitProbe? probe = null)
    {
        _connection = connection;
        _probe = probe;
        _statements = new PreparedStatements(connection, probe);
        _handle = SqliteNativeLibrary.HandleOf(connection);
        _probe?.Reached(CommitPoint.Opened, connection, null);
    }

    /// <summary>Pages in the write-ahead log that are not yet in the database file.</summary>
    public int WalPages { get; private set; }

    /// <summary>SQLite's own handle, for questions about the file.</summary>
    public SQLitePCL.sqlite3 Handle => _handle;

    public void Begin()
    {
        _probe?.Reached(CommitPoint.BeforeBegin, _connection, null);
        Execute(BeginTransaction);
    }

    /// <summary>Makes everything applied durable. Answers the number of pages it took.</summary>
    public int Commit()
    {
        _probe?.Reached(CommitPoint.BeforeCommit, _connection, null);
        Execute(CommitTransaction);
        _probe?.Reached(CommitPoint.AfterCommit, _connection, null);
        // A transaction's pages reach the log at its end; counting them spares a look at the log.
        SQLitePCL.raw.sqlite3_db_status(_handle, SQLitePCL.raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, resetFlg: 1);
        WalPages += written;
        return written;
    }

    /// <summary>Ends the transaction without a trace. Does nothing when SQLite has already done so by itself.</summary>
    public void Rollback()
    {
        if (IsInTransaction)
            Execute(RollbackTransaction);
    }

    /// <summary>
    /// Applies the writes of one unit. Answers null, or why the unit is refused; then nothing of it is left and the transaction goes on with
    /// its neighbours.
    /// </summary>
    /// <exception cref="SqliteException">The database cannot go on: the transaction is lost as a whole.</exception>
    public Exception? Apply(WriteBatch batch)
    {
        Execute(Savepoint);
        var refusal = ApplyWrites(batch);
        if (refusal is not null)
            Execute(RollbackToSavepoint);
        Execute(ReleaseSavepoint);
        return refusal;
    }

    /// <summary>
    /// As <see cref="Apply"/>, without a savepoint, for which SQLite would copy every page the unit changes: if it is refused, the transaction ends without a
    /// trace, with all that was applied before.
    /// </summary>
    /// <exception cref="SqliteException">The database cannot go on.</exception>
    public Exception? ApplyAlone(WriteBatch batch)
    {
        var refusal = ApplyWrites(batch);
        if (refusal is not null)
            Rollback();
        return refusal;
    }

    /// <summary>Moves pages of the log into the database as far as readers allow. Never waits.</summary>
    public void Checkpoint()
    {
        _probe?.Reached(CommitPoint.BeforeCheckpoint, _connection, null);
        var (inLog, moved) = _statements.Query(PassiveCheckpoint, static row => (row.GetInt32(1), row.GetInt32(2)), [])[0];
        WalPages = inLog - moved;
        _probe?.Reached(CommitPoint.AfterCheckpoint, _connection, null);
    }

    public void Dispose()
    {
        _statements.Dispose();
        _connection.Dispose();
    }

    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_handle) == 0;

    private Exception? ApplyWrites(WriteBatch batch)
    {
        try
        {
            foreach (ref readonly var write in batch.Writes)
            {
                var rows = _statements.Execute(write.Statement, write.Arguments);
                _probe?.Reached(CommitPoint.AfterStatement, _connection, write.Statement.Text);
                if (write.Conflict is not null && rows != write.ExpectedRows && _probe is not { MindsGuards: false })
                    return new ConcurrencyConflictException(write.Conflict);
            }
            return null;
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            return IsLostRace(exception)
                ? new ConcurrencyConflictException($"Another unit of work was faster. {exception.Message}", exception)
                : new InvalidOperationException($"A row breaks a rule of the schema; the code that wrote it is wrong. {exception.Message}", exception);
        }
        catch (SqliteException exception) when (!IsInTransaction || !IsFaultOfStatement(exception))
        {
            throw;
        }
        // CA1031: whatever is wrong with one unit (a bad argument, a missing column) is told to its own caller and must not stop its neighbours.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    // A name was taken, or the row this one belongs to was deleted meanwhile.
    private static bool IsLostRace(SqliteException exception) => exception.SqliteExtendedErrorCode is
        SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE or SQLitePCL.raw.SQLITE_CONSTRAINT_PRIMARYKEY or SQLitePCL.raw.SQLITE_CONSTRAINT_FOREIGNKEY;

    private static bool IsFaultOfStatement(SqliteException exception) => exception.SqliteErrorCode is
        SQLitePCL.raw.SQLITE_ERROR or SQLitePCL.raw.SQLITE_MISMATCH or SQLitePCL.raw.SQLITE_TOOBIG or SQLitePCL.raw.SQLITE_RANGE;

    private void Execute(SqlStatement statement) => _statements.Execute(statement, []);
}
