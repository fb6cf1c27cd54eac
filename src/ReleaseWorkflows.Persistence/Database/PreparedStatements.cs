using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Commits;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>The statements one connection has prepared so far. Used by one thread at a time, as the connection is.</summary>
internal sealed class PreparedStatements(SqliteConnection connection, CommitProbe? probe = null) : IDisposable
{
    private readonly Dictionary<SqlStatement, SqliteCommand> _commands = new(ReferenceEqualityComparer.Instance);

    /// <summary>The prepared command with its arguments bound.</summary>
    public SqliteCommand Bind(SqlStatement statement, ReadOnlySpan<object?> arguments)
    {
        if (arguments.Length != statement.Parameters.Length)
        {
            throw new ArgumentException(
                $"The statement has {statement.Parameters.Length} parameters, {arguments.Length} arguments were given: {statement.Text}", nameof(arguments));
        }
        if (!_commands.TryGetValue(statement, out var command))
            _commands.Add(statement, command = Prepare(statement));
        for (var i = 0; i < arguments.Length; i++)
            command.Parameters[i].Value = arguments[i] ?? DBNull.Value;
        return command;
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _commands.Clear();
    }

    private SqliteCommand Prepare(SqlStatement statement)
    {
        var command = connection.CreateCommand();
        // CA2100: every SqlStatement is a constant of this assembly; data reaches SQL as parameters only.
#pragma warning disable CA2100
        command.CommandText = probe?.Prepare(statement.Text) ?? statement.Text;
#pragma warning restore CA2100
        foreach (var name in statement.Parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }
}
