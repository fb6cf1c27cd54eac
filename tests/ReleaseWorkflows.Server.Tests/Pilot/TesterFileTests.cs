using System.Text;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Server.Pilot;

namespace ReleaseWorkflows.Server.Tests.Pilot;

public sealed class TesterFileTests
{
    private const string ByteOrderMark = "\uFEFF";

    [Theory]
    [InlineData("ana\nben\n", "1:ana 2:ben")]
    [InlineData("ana\r\nben", "1:ana 2:ben")]
    [InlineData("ana\rben\r", "1:ana 2:ben")]
    [InlineData("userId\nana\nben\n", "2:ana 3:ben")]
    [InlineData("user_id,name\nana,Ana\n", "2:ana")]
    [InlineData("Name;User ID\nAna;ana\nBen;ben", "2:ana 3:ben")]
    [InlineData("name\tTESTER\nAna\tana\n", "2:ana")]
    [InlineData("name|tester id\nAna|ana\n", "2:ana")]
    [InlineData("id,userId\n1,ana\n2,ben", "2:ana 3:ben")]
    [InlineData("email,userId\na@example.com,ana", "2:ana")]
    [InlineData("number,email\n1,ana@example.com", "2:ana@example.com")]
    [InlineData("ana,Ana Costa\nben,Ben Okafor\n", "1:ana 2:ben")]
    [InlineData("\n\n  \nana\n\nben\n\n", "4:ana 6:ben")]
    [InlineData("userId,name\nana,\n,\nben,Ben\n", "2:ana 4:ben")]
    [InlineData("\"userId\",\"name\"\n\"ana\",\"Costa, Ana\"\n", "2:ana")]
    [InlineData("userId,note\nana,\"two\nlines\"\nben,x\n", "2:ana 4:ben")]
    [InlineData("  userId , name\n  ana , Ana\n", "2:ana")]
    [InlineData("sep=;\nuserId;name\nana;Ana\n", "3:ana")]
    [InlineData("", "")]
    [InlineData("userId\n", "")]
    public void The_ids_of_a_CSV_file_are_found_with_their_lines(string text, string expected) =>
        Assert.Equal(expected, Show(Read(Encoding.UTF8.GetBytes(text))));

    [Theory]
    [InlineData("ana\nben\n", "1:ana 2:ben")]
    [InlineData("\r\n ana \r\n\r\nben", "2:ana 4:ben")]
    [InlineData("User ID\nana", "2:ana")]
    [InlineData("ana,ben", "1:ana,ben")]
    public void The_ids_of_a_TXT_file_are_its_lines(string text, string expected) =>
        Assert.Equal(expected, Show(Read(Encoding.UTF8.GetBytes(text), TesterFileFormat.Txt)));

    [Fact]
    public void The_column_of_email_addresses_comes_first_for_apps_that_know_testers_by_them() =>
        Assert.Equal(
            "2:a@example.com", Show(Read("userId,email\nana,a@example.com"u8.ToArray(), kind: TesterIdKind.Email)));

    public static TheoryData<string, byte[]> Encoded => new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes("name;userId\nJosé;ana\n") },
        { "UTF-8 with a mark", Encoding.UTF8.GetBytes(ByteOrderMark + "name;userId\nJosé;ana\n") },
        { "UTF-16 with a mark", Encoding.Unicode.GetBytes(ByteOrderMark + "name;userId\nJosé;ana\n") },
        { "UTF-16, high byte first, with a mark", Encoding.BigEndianUnicode.GetBytes(ByteOrderMark + "name;userId\nJosé;ana\n") },
        { "UTF-16", Encoding.Unicode.GetBytes("name;userId\nJosé;ana\n") },
        { "UTF-16, high byte first", Encoding.BigEndianUnicode.GetBytes("name;userId\nJosé;ana\n") },
        { "Windows-1252", [.. "name;userId\nJos"u8, 0xE9, 0x80, .. ";ana\n"u8] },
    };

    [Theory]
    [MemberData(nameof(Encoded))]
    public void Every_usual_encoding_is_read(string encoding, byte[] content)
    {
        Assert.NotEmpty(encoding);
        Assert.Equal("2:ana", Show(Read(content)));
        Assert.Contains("2:José", Show(Read(content, TesterFileFormat.Txt)), StringComparison.Ordinal);
    }

    [Fact]
    public void Windows_1252_is_read_with_its_special_characters() =>
        Assert.Equal("1:“é €”", Show(Read([0x93, 0xE9, 0x20, 0x80, 0x94], TesterFileFormat.Txt)));

    [Theory]
    [InlineData(new byte[] { 0x61, 0x81, 0x0A, 0x62 })]
    [InlineData(new byte[] { 0x61, 0x00, 0x62, 0x63, 0x0A, 0x62 })]
    public void Bytes_that_are_no_text_are_named_with_their_line(byte[] content)
    {
        foreach (var format in Enum.GetValues<TesterFileFormat>())
        {
            var lines = Read(content, format);

            Assert.Equal((1, "The line holds bytes that are no text; save the file as UTF-8."), (lines[0].Number, lines[0].Problem));
            Assert.Equal(new TesterLine(2, "b"), lines[1]);
        }
    }

    [Fact]
    public void A_quote_out_of_place_is_named_with_its_line_and_the_rest_is_read()
    {
        var lines = Read("userId\na\"b\n\"c\"d\nben\n"u8.ToArray());

        Assert.Equal(
            [
                new TesterLine(2, "a\"b", "A quote is out of place; write a quote inside a quoted value twice."),
                new TesterLine(3, "\"c\"d", "A quote is out of place; write a quote inside a quoted value twice."),
                new TesterLine(4, "ben"),
            ],
            lines);
    }

    [Fact]
    public void A_quote_that_is_closed_too_late_says_how_many_rows_it_took()
    {
        var lines = Read("userId\n\"ana\nben\nchen\"x\ndara\n"u8.ToArray());

        Assert.EndsWith("The row reaches to line 4.", lines[0].Problem, StringComparison.Ordinal);
        Assert.Equal(new TesterLine(5, "dara"), lines[1]);
    }

    [Fact]
    public void A_quote_that_is_never_closed_ends_the_reading()
    {
        var lines = Read("userId\nana\n\"ben\nchen\n"u8.ToArray());

        Assert.Equal([2, 3], lines.Select(line => line.Number));
        Assert.True(lines[1].IsEndOfReading);
        Assert.StartsWith("A quote that opens in this row is never closed", lines[1].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_end_stops_the_reading_before_it_fills_the_memory()
    {
        var content = Encoding.UTF8.GetBytes("userId\nana\n\"" + new string('x', 500_000));

        var last = Read(content)[^1];

        Assert.Equal((3, true), (last.Number, last.IsEndOfReading));
    }

    [Fact]
    public void A_row_that_lacks_the_column_of_ids_is_named()
    {
        var lines = Read("name,userId\nAna,ana\nBen\n"u8.ToArray());

        Assert.Equal(new TesterLine(3, "", "The row has nothing in column 2, which holds the ids."), lines[1]);
    }

    [Theory]
    [InlineData(new byte[] { 0x50, 0x4B, 0x03, 0x04, 0x14 }, "a spreadsheet or a zip file")]
    [InlineData(new byte[] { 0xD0, 0xCF, 0x11, 0xE0, 0xA1 }, "a spreadsheet")]
    [InlineData(new byte[] { 0x25, 0x50, 0x44, 0x46, 0x2D }, "a PDF document")]
    public void A_file_of_another_kind_is_refused_by_its_content(byte[] content, string kind)
    {
        var line = Assert.Single(Read(content));

        Assert.True(line.IsEndOfReading);
        Assert.Equal($"The file is {kind}, not text; save the list as CSV or TXT.", line.Problem);
    }

    [Fact]
    public void A_file_with_too_many_bytes_is_refused()
    {
        var limits = new TesterFileLimits { MaxBytes = 2 * 1024 * 1024 };
        var content = new byte[limits.MaxBytes + 1];
        content.AsSpan().Fill((byte)'\n');

        foreach (var format in Enum.GetValues<TesterFileFormat>())
        {
            var last = Read(content, format, limits: limits)[^1];

            Assert.Equal((true, "The file may have at most 2 MB; import it in parts."), (last.IsEndOfReading, last.Problem));
            Assert.Empty(Read(content[..^1], format, limits: limits));
        }
    }

    [Fact]
    public void A_file_with_too_many_rows_is_refused()
    {
        var limits = new TesterFileLimits { MaxRows = 2 };

        Assert.Equal(2, Read("userId\nana\nben\n"u8.ToArray(), limits: limits).Count);
        var last = Read("userId\nana\nben\nchen\n"u8.ToArray(), limits: limits)[^1];
        Assert.Equal(new TesterLine(4, "", "The file may have at most 2 rows; import it in parts.", true), last);
    }

    [Fact]
    public void A_hundred_thousand_rows_go_through_the_import()
    {
        var text = new StringBuilder("userId,name\n");
        for (var number = 0; number < 100_000; number++)
        {
            text.Append("user-").Append(number % 99_990).Append(",Somebody\n");
        }

        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text.ToString()));
        var result = TesterImport.Read(
            TesterFile.Read(content, TesterFileFormat.Csv, TesterIdKind.UserId), TesterIdKind.UserId, new HashSet<string> { "user-5" });

        Assert.Equal((99_989, 11, 0), (result.Accepted.Count, result.Duplicates.Count, result.Rejected.Count));
    }

    [Fact]
    public void The_sample_file_imports_ten_testers()
    {
        using var content = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "samples", "testers.csv"));

        var result = TesterImport.Read(
            TesterFile.Read(content, TesterFileFormat.Csv, TesterIdKind.UserId), TesterIdKind.UserId, new HashSet<string>());

        Assert.Equal(10, result.Accepted.Count);
        Assert.Equal([new DuplicateTester(8, "ana.costa", 2)], result.Duplicates);
        Assert.Equal((10, "hugo martin"), (Assert.Single(result.Rejected).Line, result.Rejected[0].Value));
    }

    [Theory]
    [InlineData("list.csv", TesterFileFormat.Csv)]
    [InlineData("LIST.CSV", TesterFileFormat.Csv)]
    [InlineData("list.tsv", TesterFileFormat.Csv)]
    [InlineData("my.list.txt", TesterFileFormat.Txt)]
    [InlineData("list.xlsx", null)]
    [InlineData("list", null)]
    [InlineData("", null)]
    public void The_name_tells_the_format(string name, object? format) => Assert.Equal(format, TesterFile.FormatOf(name));

    private static List<TesterLine> Read(
        byte[] content,
        TesterFileFormat format = TesterFileFormat.Csv,
        TesterIdKind kind = TesterIdKind.UserId,
        TesterFileLimits? limits = null) => [.. TesterFile.Read(new MemoryStream(content), format, kind, limits)];

    private static string Show(IEnumerable<TesterLine> lines) =>
        string.Join(' ', lines.Select(line => $"{line.Number}:{line.Problem ?? line.Value}"));
}
