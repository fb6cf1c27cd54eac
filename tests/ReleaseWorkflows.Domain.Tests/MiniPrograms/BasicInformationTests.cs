using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Tests.MiniPrograms;

public sealed class BasicInformationTests
{
    private static readonly BasicInformation Complete = new("Coffee", "Order a coffee.", "Food", "New beans.");

    [Fact]
    public void Complete_information_has_no_problems_and_lacks_nothing()
    {
        Assert.Empty(Complete.Problems());
        Assert.Empty(Complete.MissingForApplication());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    public void Name_description_and_category_are_needed_to_apply_and_notes_are_not(string? blank) =>
        Assert.Equal(["name", "description", "category"], new BasicInformation(blank!, blank, blank, blank).MissingForApplication());

    [Fact]
    public void Only_the_name_is_needed_at_all()
    {
        Assert.Empty(new BasicInformation("Coffee").Problems());
        Assert.Equal(["name"], new BasicInformation(" ").Problems().Keys);
    }

    [Fact]
    public void Texts_have_limits()
    {
        var longest = new BasicInformation(Of(100), Of(2_000), Of(100), Of(4_000));
        var tooLong = new BasicInformation(Of(101), Of(2_001), Of(101), Of(4_001));

        Assert.Empty(longest.Problems());
        Assert.Equal(["name", "description", "category", "releaseNotes"], tooLong.Problems().Keys);
        Assert.Equal(["Shorten description: it has 2001 characters, at most 2000 are kept."], tooLong.Problems()["description"]);

        static string Of(int length) => new('x', length);
    }

    [Theory]
    [InlineData("two\nlines")]
    [InlineData("two\rlines")]
    [InlineData("a\ttab")]
    [InlineData("a\0b")]
    public void Name_and_category_are_one_line(string text) =>
        Assert.Equal(["name", "category"], (Complete with { Name = text, Category = text }).Problems().Keys);

    [Fact]
    public void Description_and_notes_may_have_lines_but_no_other_control_characters()
    {
        Assert.Empty((Complete with { Description = "two\r\nlines\tand a tab", ReleaseNotes = "- one\n- two" }).Problems());
        Assert.Equal(["description", "releaseNotes"], (Complete with { Description = "a\u001b[31m", ReleaseNotes = "a\0" }).Problems().Keys);
    }
}
