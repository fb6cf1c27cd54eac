using System.Text;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Database;

public sealed class PreparedStatementsTests : IDisposable
{
    private static readonly SqlStatement Insert = new("INSERT INTO things (number, text, bytes) VALUES ($number, $text, $bytes)");
    private static readonly SqlStatement SelectAll = new("SELECT number, text, bytes FROM things ORDER BY rowid");

    private readonly SqliteConnection _connection = new("Data Source=:memory:");
    private readonly PreparedStatements _statements;

    public PreparedStatementsTests()
    {
        _connection.Open();
        DatabaseFile.Execute(_connection, "CREATE TABLE things (number INTEGER NULL UNIQUE, text TEXT NULL, bytes BLOB NULL)");
        _statements = new PreparedStatements(_connection);
    }

    public void Dispose()
    {
        _statements.Dispose();
        _connection.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("ü € 🚀")]
    [InlineData("with\0zero")]
    public void Text_comes_back_as_it_was_given(string text)
    {
        _statements.Execute(Insert, [1, text, null]);
        _statements.Execute(Insert, [2, new Utf8Text(Encoding.UTF8.GetBytes(text)), null]);

        Assert.Equal([text, text], _statements.Query(SelectAll, row => row.GetString(1), []));
        Assert.Equal(["text", "text"], _statements.Query(new SqlStatement("SELECT typeof(text) FROM things"), row => row.GetString(0), []));
    }

    [Fact]
    public void Long_text_comes_back_as_it_was_given()
    {
        var text = new string('ä', 100_000);

        _statements.Execute(Insert, [1, text, null]);

        Assert.Equal(text, Assert.Single(_statements.Query(SelectAll, row => row.GetString(1), [])));
    }

    [Fact]
    public void Numbers_flags_bytes_and_nothing_come_back_as_they_were_given()
    {
        _statements.Execute(Insert, [long.MaxValue, null, new byte[] { 1, 2 }]);
        _statements.Execute(Insert, [true, null, new ReadOnlyMemory<byte>([3])]);
        _statements.Execute(Insert, [-5, null, Array.Empty<byte>()]);

        Assert.Equal([long.MaxValue, 1, -5], _statements.Query(SelectAll, row => row.GetInt64(0), []));
        Assert.Equal([null, null, null], _statements.Query(SelectAll, row => row.GetStringOrNull(1), []));
        Assert.Equal(["blob", "blob", "blob"], _statements.Query(new SqlStatement("SELECT typeof(bytes) FROM things"), row => row.GetString(0), []));
        Assert.Equal<byte[]>([[1, 2], [3], []], _statements.Query(SelectAll, row => row.GetBytes(2), []));
    }

    [Fact]
    public void A_change_tells_how_many_rows_it_changed()
    {
        _statements.Execute(Insert, [1, "a", null]);
        _statements.Execute(Insert, [2, "a", null]);

        Assert.Equal(2, _statements.Execute(new SqlStatement("UPDATE things SET text = $text"), ["b"]));
        Assert.Equal(0, _statements.Execute(new SqlStatement("UPDATE things SET text = $text WHERE number = $number"), ["b", 3]));
    }

    [Fact]
    public void A_name_that_occurs_twice_is_one_argument()
    {
        var both = new SqlStatement("SELECT $text || $other || $text");

        Assert.Equal("aba", Assert.Single(_statements.Query(both, row => row.GetString(0), ["a", "b"])));
    }

    [Fact]
    public void A_refused_statement_says_why_and_can_be_used_again()
    {
        _statements.Execute(Insert, [1, "a", null]);

        var refused = Assert.Throws<SqliteException>(() => _statements.Execute(Insert, [1, "b", null]));

        Assert.Equal(SQLitePCL.raw.SQLITE_CONSTRAINT, refused.SqliteErrorCode);
        Assert.Equal(SQLitePCL.raw.SQLITE_CONSTRAINT_UNIQUE, refused.SqliteExtendedErrorCode);
        Assert.Contains("things.number", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, _statements.Execute(Insert, [2, "b", null]));
    }

    [Fact]
    public void Too_few_arguments_and_values_of_other_types_are_faults_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => _statements.Execute(Insert, [1]));
        Assert.Throws<ArgumentException>(() => _statements.Execute(Insert, [1, TimeSpan.Zero, null]));
    }
}
