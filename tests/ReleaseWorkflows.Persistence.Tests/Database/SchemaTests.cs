using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Database;

public sealed partial class SchemaTests
{
    /// <summary>Takes the place of the snapshot that design-time tools would keep.</summary>
    [Fact]
    public async Task The_migrated_schema_is_the_one_of_the_model()
    {
        await using var migrated = await TestDatabase.OpenAsync();
        await using var created = new SqliteConnection("Data Source=:memory:");
        await created.OpenAsync();
        await using var db = new ReleaseWorkflowsDb(DatabaseInitializer.CreateOptions(created));
        await db.Database.EnsureCreatedAsync();
        await using var connection = new SqliteConnection($"Data Source={migrated.Path};Pooling=False");
        await connection.OpenAsync();

        var expected = Describe(created);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, Describe(connection));
    }

    [Fact]
    public async Task Every_foreign_key_has_an_index_to_follow_it_backwards()
    {
        await using var database = await TestDatabase.OpenAsync();
        await using var connection = new SqliteConnection($"Data Source={database.Path};Pooling=False");
        await connection.OpenAsync();

        var keys = Rows(connection, """
            SELECT m.name, f."from" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
            WHERE m.type = 'table'
              AND NOT EXISTS (SELECT 1 FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i WHERE i.seqno = 0 AND i.name = f."from" AND l.partial = 0)
              AND NOT EXISTS (SELECT 1 FROM pragma_table_info(m.name) t WHERE t.name = f."from" AND t.pk = 1)
            """);

        Assert.Empty(keys);
    }

    // Columns with type, nullability and key; indexes with columns, uniqueness and condition; foreign keys. One line each, sorted.
    private static List<string> Describe(SqliteConnection connection) =>
    [
        .. Rows(connection, """
            SELECT m.name, c.cid, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\' AND m.name NOT LIKE 'sqlite%' ORDER BY m.name, c.cid
            """),
        .. Rows(connection, """
            SELECT m.name, l.name, l."unique", l.partial, (SELECT group_concat(i.name || CASE i."desc" WHEN 1 THEN ' desc' ELSE '' END) FROM pragma_index_xinfo(l.name) i WHERE i.key = 1) AS columns,
              (SELECT s.sql FROM sqlite_master s WHERE s.name = l.name) AS text
            FROM sqlite_master m, pragma_index_list(m.name) l
            WHERE m.type = 'table' AND l.origin = 'c' AND m.name NOT LIKE '\_\_EF%' ESCAPE '\' ORDER BY m.name, l.name
            """),
        .. Rows(connection, """
            SELECT m.name, f."from", f."table", f."to", f.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) f
            WHERE m.type = 'table' ORDER BY m.name, f."from"
            """),
    ];

    private static List<string> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // CA2100: constants of this class.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            var fields = Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.GetName(i) == "text" ? ConditionOf(Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)) : reader.GetValue(i));
            rows.Add(string.Join(" | ", fields));
        }
        return rows;
    }

    private static string ConditionOf(string? sql) =>
        sql is not null && Where().Match(sql) is { Success: true } match ? Spaces().Replace(match.Groups[1].Value, " ").Trim() : "";

    [GeneratedRegex(@"\bWHERE\b(.*)$", RegexOptions.Singleline)]
    private static partial Regex Where();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
