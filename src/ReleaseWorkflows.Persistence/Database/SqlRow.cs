using System.Text;
using SQLitePCL;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>The row a query stands at. Good until the query goes on; values are read by the number of their column.</summary>
internal readonly struct SqlRow(sqlite3_stmt statement)
{
    public bool IsDBNull(int ordinal) => raw.sqlite3_column_type(statement, ordinal) == raw.SQLITE_NULL;

    public string GetString(int ordinal) => Encoding.UTF8.GetString(GetUtf8(ordinal));

    /// <summary>A text as SQLite holds it. Good until the query goes on.</summary>
    // SQLite stores texts as UTF-8, so the bytes of a text column are its text.
    public ReadOnlySpan<byte> GetUtf8(int ordinal) => raw.sqlite3_column_blob(statement, ordinal);

    /// <summary>A text that <see cref="CompressedJson"/> wrote, in UTF-8. Good until the query goes on.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public ReadOnlySpan<byte> GetJson(int ordinal) => CompressedJson.Read(GetUtf8(ordinal));

    /// <summary>The same as a string; null where there is none.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public string? GetJsonOrNull(int ordinal) => IsDBNull(ordinal) ? null : Encoding.UTF8.GetString(GetJson(ordinal));

    /// <summary>A digest as <see cref="Digest.ToArgument"/> gave it.</summary>
    public string GetDigest(int ordinal) => raw.sqlite3_column_type(statement, ordinal) == raw.SQLITE_BLOB ? Convert.ToHexString(GetUtf8(ordinal)) : GetString(ordinal);

    public byte[] GetBytes(int ordinal) => raw.sqlite3_column_blob(statement, ordinal).ToArray();

    public long GetInt64(int ordinal) => raw.sqlite3_column_int64(statement, ordinal);

    public int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public DateTimeOffset GetTime(int ordinal) => Timestamps.ToTime(GetInt64(ordinal));

    public string? GetStringOrNull(int ordinal) => IsDBNull(ordinal) ? null : GetString(ordinal);

    public int? GetInt32OrNull(int ordinal) => IsDBNull(ordinal) ? null : GetInt32(ordinal);

    public DateTimeOffset? GetTimeOrNull(int ordinal) => IsDBNull(ordinal) ? null : GetTime(ordinal);
}
