using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>What statements can ask for beyond SQLite's own functions. Every connection of this project has them.</summary>
internal static class SqlFunctions
{
    /// <summary>The text of a column that <see cref="CompressedJson"/> wrote; NULL if it is damaged.</summary>
    public const string TextOf = "text_of";

    /// <summary>A hash as <see cref="Digest"/> has it stored. For migrations.</summary>
    public const string DigestOf = "digest_of";

    private const int Deterministic = raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC;

    /// <summary>Makes them known to a connection that is open.</summary>
    /// <returns>SQLite's own handle of the connection.</returns>
    public static sqlite3 AddTo(SqliteConnection connection)
    {
        var database = SqliteNativeLibrary.HandleOf(connection);
        Add(TextOf, static (context, _, arguments) => AnswerText(context, arguments[0]));
        Add(DigestOf, static (context, _, arguments) => AnswerDigest(context, arguments[0]));
        return database;

        void Add(string name, delegate_function_scalar function)
        {
            if (raw.sqlite3_create_function(database, name, 1, Deterministic, null, function) is not raw.SQLITE_OK and var result)
                throw new InvalidOperationException($"SQLite does not take the function {name}: error {result}.");
        }
    }

    private static void AnswerText(sqlite3_context context, sqlite3_value stored)
    {
        if (raw.sqlite3_value_type(stored) == raw.SQLITE_NULL)
        {
            raw.sqlite3_result_null(context);
            return;
        }

        try
        {
            var text = CompressedJson.Read(raw.sqlite3_value_blob(stored));
            // A span of nothing has no address, which SQLite would take for NULL.
            if (text.IsEmpty)
                raw.sqlite3_result_text(context, "");
            else
                raw.sqlite3_result_text(context, text);
        }
        catch (InvalidDataException)
        {
            raw.sqlite3_result_null(context);
        }
    }

    private static void AnswerDigest(sqlite3_context context, sqlite3_value value)
    {
        var text = Encoding.UTF8.GetString(raw.sqlite3_value_blob(value));
        if (Digest.ToArgument(text) is byte[] digest)
            raw.sqlite3_result_blob(context, digest);
        else
            raw.sqlite3_result_text(context, text);
    }
}
