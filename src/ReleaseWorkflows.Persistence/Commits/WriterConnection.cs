using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>The one connection that writes: transactions, a savepoint per unit of work, checkpoints. Used by one thread.</summary>
internal sealed class WriterConnection(SqliteConnection connection) : IDisposable
{
    private static readonly SqlStatement BeginTransaction = new("BEGIN IMMEDIATE");
    private static readonly SqlStatement CommitTransaction = new("COMMIT");
    private static readonly SqlStatement RollbackTransaction = new("ROLLBACK");
    private static readonly SqlStatement Savepoint = new("SAVEPOINT unit");
    private static readonly SqlStatement RollbackToSavepoint = new("ROLLBACK TO unit");
    private static readonly SqlStatement ReleaseSavepoint = new("RELEASE unit");
    private static readonly SqlStatement PassiveCheckpoint = new("PRAGMA wal_checkpoint(PASSIVE)");

    private readonly PreparedStatements _statements = new(connection);
    private readonly SQLitePCL.sqlite3 _handle = SqliteNativeLibrary.HandleOf(connection);

    /// <summary>Pages in the write-ahead log that are not yet in the database file.</summary>
    public int WalPages { get; private set; }

    public void Begin() => Execute(BeginTransaction);

    /// <summary>Makes everything applied durable. Answers the number of pages it took.</summary>
    public int Commit()
    {
        Execute(CommitTransaction);
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

    /// <summary>Moves pages of the log into the database as far as readers allow. Never waits.</summary>
    public void Checkpoint()
    {
        using var row = _statements.Bind(PassiveCheckpoint, []).ExecuteReader();
        row.Read();
        var inLog = row.GetInt32(1);
        var moved = row.GetInt32(2);
        WalPages = inLog - moved;
    }

    public void Dispose()
    {
        _statements.Dispose();
        connection.Dispose();
    }

    private bool IsInTransaction => SQLitePCL.raw.sqlite3_get_autocommit(_handle) == 0;

    private Exception? ApplyWrites(WriteBatch batch)
    {
        try
        {
            foreach (ref readonly var write in batch.Writes)
            {
                var rows = _statements.Bind(write.Statement, write.Arguments).ExecuteNonQuery();
                if (write.Conflict is not null && rows != 1)
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

    private void Execute(SqlStatement statement) => _statements.Bind(statement, []).ExecuteNonQuery();
}
