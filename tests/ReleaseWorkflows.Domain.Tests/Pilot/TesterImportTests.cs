using ReleaseWorkflows.Domain.Pilot;

namespace ReleaseWorkflows.Domain.Tests.Pilot;

public sealed class TesterImportTests
{
    private static readonly HashSet<string> Nobody = [];

    [Fact]
    public void Every_line_ends_in_exactly_one_list()
    {
        var result = Import(["ana", "ben", "ana", "not valid", "old"], existing: ["old"]);

        Assert.Equal(["ana", "ben"], result.Accepted);
        Assert.Equal([new DuplicateTester(3, "ana", 1), new DuplicateTester(5, "old", null)], result.Duplicates);
        Assert.Equal([new RejectedTester(4, "not valid", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has a space.")], result.Rejected);
        Assert.Null(result.Problem);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("2088-1234_5678.9")]
    [InlineData("wallet:ana@example")]
    [InlineData("  padded  ")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void A_user_id_is_accepted(string raw) => Assert.Equal([raw.Trim()], Import([raw]).Accepted);

    [Theory]
    [InlineData("", "The user ID is missing.")]
    [InlineData("   ", "The user ID is missing.")]
    [InlineData("two words", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has a space.")]
    [InlineData("<script>", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has <.")]
    [InlineData("=1+1", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has =.")]
    [InlineData("ana\0", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has the character U+0000.")]
    [InlineData("а", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has the character U+0430.")] // the Cyrillic letter that looks like a
    [InlineData("ana\u200B", "A user ID has only letters (A to Z), digits and _ - . @ : but this one has the character U+200B.")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345", "A user ID has at most 64 characters; this one has 65.")]
    public void A_user_id_is_rejected_with_a_reason(string raw, string reason) =>
        Assert.Equal(reason, Assert.Single(Import([raw]).Rejected).Reason);

    [Theory]
    [InlineData("ana@example.com", "ana@example.com")]
    [InlineData("Ana.Maria+test@Mail.Example.COM", "ana.maria+test@mail.example.com")]
    public void An_email_address_is_accepted_in_lower_case(string raw, string id) =>
        Assert.Equal([id], Import([raw], TesterIdKind.Email).Accepted);

    [Theory]
    [InlineData("ana")]
    [InlineData("ana@localhost")]
    [InlineData("@example.com")]
    [InlineData("ana@@example.com")]
    [InlineData("ana@example..com")]
    [InlineData(".ana@example.com")]
    [InlineData("ana@-example.com")]
    [InlineData("Ana <ana@example.com>")]
    [InlineData("ana@example.com\r\nBcc: all@example.com")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234x@example.com")]
    public void What_is_no_email_address_is_rejected(string raw) =>
        Assert.Equal("This is not an e-mail address, such as ana@example.com.", Assert.Single(Import([raw], TesterIdKind.Email).Rejected).Reason);

    [Fact]
    public void Case_counts_for_user_ids_and_not_for_email_addresses()
    {
        Assert.Equal(2, Import(["ana", "ANA"]).Accepted.Count);
        Assert.Single(Import(["ana@example.com", "ANA@example.com"], TesterIdKind.Email).Accepted);
    }

    [Fact]
    public void A_line_that_could_not_be_taken_apart_is_rejected_with_its_own_reason()
    {
        var result = TesterImport.Read([new TesterLine(7, "a\"b", "A quote is out of place.")], TesterIdKind.UserId, Nobody);

        Assert.Equal([new RejectedTester(7, "a\"b", "A quote is out of place.")], result.Rejected);
    }

    [Fact]
    public void A_file_that_cannot_be_read_to_its_end_adds_nobody()
    {
        TesterLine[] lines = [new(1, "ana"), new(2, "", "The file is too large.", IsEndOfReading: true), new(3, "ben")];

        var result = TesterImport.Read(lines, TesterIdKind.UserId, Nobody);

        Assert.Empty(result.Accepted);
        Assert.Equal(new TesterFileProblem(2, "The file is too large."), result.Problem);
    }

    [Fact]
    public void A_long_rejected_value_is_cut()
    {
        var rejected = Assert.Single(Import([new string('x', 5000)]).Rejected);

        Assert.Equal(new string('x', 200) + "…", rejected.Value);
    }

    [Fact]
    public void Rows_are_given_out_as_the_lines_come_in()
    {
        static IEnumerable<TesterLine> Endless()
        {
            for (var number = 1; ; number++)
            {
                yield return new TesterLine(number, $"user-{number}");
            }
        }

        Assert.Equal("user-100000", TesterImport.ReadRows(Endless(), TesterIdKind.UserId, Nobody).ElementAt(99_999).Value);
    }

    private static TesterImportResult Import(string[] values, TesterIdKind kind = TesterIdKind.UserId, string[]? existing = null) =>
        TesterImport.Read(TesterLine.FromValues(values), kind, existing?.ToHashSet() ?? Nobody);
}
