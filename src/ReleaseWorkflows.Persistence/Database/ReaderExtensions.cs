using Microsoft.Data.Sqlite;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>Columns that may be null, and times.</summary>
internal static class ReaderExtensions
{
    public static string? GetStringOrNull(this SqliteDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetString(ordinal);

    public static int? GetInt32OrNull(this SqliteDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetInt32(ordinal);

    public static DateTimeOffset GetTime(this SqliteDataReader row, int ordinal) => Timestamps.ToTime(row.GetInt64(ordinal));

    public static DateTimeOffset? GetTimeOrNull(this SqliteDataReader row, int ordinal) => row.IsDBNull(ordinal) ? null : row.GetTime(ordinal);
}
