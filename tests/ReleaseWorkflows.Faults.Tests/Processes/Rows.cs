using System.Globalization;
using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>Looks into the database of a server, past the server.</summary>
internal static class Rows
{
    /// <summary>The number that a query answers.</summary>
    public static long Count(DataDirectory data, string query)
    {
        using var connection = new SqliteConnection($"Data Source={data.DatabasePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        // CA2100: the queries are constants of the tests.
#pragma warning disable CA2100
        command.CommandText = query;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    /// <summary>Changes rows of a database that no server uses.</summary>
    public static void Change(DataDirectory data, string statement)
    {
        using var connection = new SqliteConnection($"Data Source={data.DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        // CA2100: the statements are constants of the tests.
#pragma warning disable CA2100
        command.CommandText = statement;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
