using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Commits;
using SQLitePCL;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// The statements one connection has prepared so far, run on SQLite's own interface: a command object of Microsoft.Data.Sqlite costs as much per use
/// as most of the statements here. Used by one thread at a time, as the connection is.
/// </summary>
internal sealed class PreparedStatements(SqliteConnection connection, CommitProbe? probe = null) : IDisposable
{
    // A statement that is kept: SQLite then takes its memory from where it disturbs nobody.
    private const uint Persistent = 1;
    private const int PauseMilliseconds = 10;
    private const int StackBytes = 512;

    private readonly Dictionary<SqlStatement, sqlite3_stmt> _statements = new(ReferenceEqualityComparer.Instance);
    private readonly sqlite3 _database = SqlFunctions.AddTo(connection);
    private readonly TimeSpan _lockTimeout = TimeSpan.FromSeconds(connection.DefaultTimeout);

    /// <summary>Runs a statement that answers no rows, or whose rows do not matter.</summary>
    /// <returns>Number of rows it changed.</returns>
    /// <exception cref="SqliteException">SQLite refuses it.</exception>
    public int Execute(SqlStatement statement, ReadOnlySpan<object?> arguments)
    {
        var prepared = Bind(statement, arguments);
        try
        {
            while (Step(prepared))
            {
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            _ = raw.sqlite3_reset(prepared);
        }
    }

    /// <summary>Runs a query to its end.</summary>
    /// <exception cref="SqliteException">SQLite refuses it.</exception>
    public List<T> Query<T>(SqlStatement statement, Func<SqlRow, T> read, ReadOnlySpan<object?> arguments)
    {
        var prepared = Bind(statement, arguments);
        try
        {
            var rows = new List<T>();
            while (Step(prepared))
                rows.Add(read(new SqlRow(prepared)));
            return rows;
        }
        finally
        {
            // Ends the read transaction as well.
            _ = raw.sqlite3_reset(prepared);
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
    }

    private sqlite3_stmt Bind(SqlStatement statement, ReadOnlySpan<object?> arguments)
    {
        if (arguments.Length != statement.Parameters.Length)
        {
            throw new ArgumentException(
                $"The statement has {statement.Parameters.Length} parameters, {arguments.Length} arguments were given: {statement.Text}", nameof(arguments));
        }

        if (!_statements.TryGetValue(statement, out var prepared))
        {
            Check(raw.sqlite3_prepare_v3(_database, probe?.Prepare(statement.Text) ?? statement.Text, Persistent, out prepared));
            _statements.Add(statement, prepared);
        }

        // SQLite numbers parameters as SqlStatement does: in the order in which their names first appear.
        for (var i = 0; i < arguments.Length; i++)
            Check(Bind(prepared, i + 1, arguments[i]));
        return prepared;
    }

    private static int Bind(sqlite3_stmt statement, int index, object? argument) => argument switch
    {
        null => raw.sqlite3_bind_null(statement, index),
        string text => BindText(statement, index, text),
        long number => raw.sqlite3_bind_int64(statement, index, number),
        int number => raw.sqlite3_bind_int64(statement, index, number),
        bool flag => raw.sqlite3_bind_int64(statement, index, flag ? 1 : 0),
        double number => raw.sqlite3_bind_double(statement, index, number),
        byte[] bytes => BindBytes(statement, index, bytes),
        ReadOnlyMemory<byte> bytes => BindBytes(statement, index, bytes.Span),
        Utf8Text text => BindUtf8(statement, index, text.Bytes.Span),
        _ => throw new ArgumentException($"A {argument.GetType().Name} is no value of a column.", nameof(argument)),
    };

    private static int BindText(sqlite3_stmt statement, int index, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var rented = most > StackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> bytes = rented ?? stackalloc byte[StackBytes];
        // SQLite copies what it is given.
        var result = BindUtf8(statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    // A span of nothing has no address, which SQLite would take for NULL.
    private static int BindUtf8(sqlite3_stmt statement, int index, ReadOnlySpan<byte> text) =>
        text.IsEmpty ? raw.sqlite3_bind_text(statement, index, "") : raw.sqlite3_bind_text(statement, index, text);

    private static int BindBytes(sqlite3_stmt statement, int index, ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? raw.sqlite3_bind_zeroblob(statement, index, 0) : raw.sqlite3_bind_blob(statement, index, bytes);

    private bool Step(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result is raw.SQLITE_BUSY)
            result = StepWhenFree(statement);
        if (result is raw.SQLITE_ROW)
            return true;
        if (result is not raw.SQLITE_DONE)
            throw Failure(result);
        return false;
    }

    // Only a statement that begins something can find the database held by another program.
    private int StepWhenFree(sqlite3_stmt statement)
    {
        var began = Stopwatch.GetTimestamp();
        int result;
        do
        {
            _ = raw.sqlite3_reset(statement);
            _ = SqliteSleep.Pause(PauseMilliseconds);
            result = raw.sqlite3_step(statement);
        }
        while (result is raw.SQLITE_BUSY && Stopwatch.GetElapsedTime(began) < _lockTimeout);
        return result;
    }

    private void Check(int result)
    {
        if (result is not raw.SQLITE_OK)
            throw Failure(result);
    }

    private SqliteException Failure(int result) =>
        new($"SQLite Error {result}: '{raw.sqlite3_errmsg(_database).utf8_to_string()}'.", result & 0xff, raw.sqlite3_extended_errcode(_database));
}

/// <summary>Text that is UTF-8 already, such as JSON, as an argument of a statement.</summary>
internal readonly record struct Utf8Text(ReadOnlyMemory<byte> Bytes);
