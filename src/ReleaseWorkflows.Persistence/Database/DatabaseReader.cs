using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// Runs queries on read-only connections. A connection is taken for one query and put back, so its snapshot is the newest committed state and
/// no reader keeps the write-ahead log from being reused. What two queries saw apart, the version guards of the commit bring together.
/// </summary>
internal sealed class DatabaseReader(DatabaseFile file) : IDisposable
{
    // Queries are synchronous and short, so no more connections are in use than threads; a few idle ones are worth keeping.
    private const int MaximumIdle = 16;

    private readonly ConcurrentStack<ReadConnection> _idle = new();
    private volatile bool _isDisposed;

    public List<T> List<T>(SqlStatement statement, Func<SqlRow, T> read, params ReadOnlySpan<object?> arguments)
    {
        var connection = Take();
        try
        {
            var rows = connection.Statements.Query(statement, read, arguments);
            Return(connection);
            return rows;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw file.Explain(exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public T? Find<T>(SqlStatement statement, Func<SqlRow, T> read, params ReadOnlySpan<object?> arguments)
    {
        var rows = List(statement, read, arguments);
        return rows.Count == 0 ? default : rows[0];
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var connection))
            connection.Dispose();
    }

    private ReadConnection Take()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return _idle.TryPop(out var connection) ? connection : new ReadConnection(file.OpenReader());
    }

    private void Return(ReadConnection connection)
    {
        if (_isDisposed || _idle.Count >= MaximumIdle)
            connection.Dispose();
        else
            _idle.Push(connection);
    }

    private sealed class ReadConnection(SqliteConnection connection) : IDisposable
    {
        public PreparedStatements Statements { get; } = new(connection);

        public void Dispose()
        {
            Statements.Dispose();
            connection.Dispose();
        }
    }
}
