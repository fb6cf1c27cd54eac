using ReleaseWorkflows.Domain.Identifiers;

namespace ReleaseWorkflows.Domain.Tests.Identifiers;

public sealed class PlainTextTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t\r\n")]
    [InlineData("\u200B\u200C\u200D\u2060\uFEFF")]
    [InlineData("\u00AD\u00A0\u3000")]
    [InlineData("\u0000\u0007")]
    [InlineData("\u202E\u2069")]
    public void What_shows_nothing_is_blank(string? text) => Assert.True(PlainText.IsBlank(text));

    [Theory]
    [InlineData("a")]
    [InlineData(" \u200Bx")]
    [InlineData("茶")]
    [InlineData("🍵")]
    [InlineData(".")]
    public void What_shows_something_is_not(string text) => Assert.False(PlainText.IsBlank(text));

    [Fact]
    public void What_turns_or_is_half_a_character_deceives_everywhere() =>
        Assert.All((string[])["abc\u202Ecba", "\u2066a", "half \uD83C", "\uDF75 half"], text =>
        {
            Assert.True(PlainText.HasDeceptiveCharacter(text, isOneLine: false));
            Assert.True(PlainText.HasDeceptiveCharacter(text, isOneLine: true));
        });

    [Theory]
    [InlineData("pay\u200Bpal")]
    [InlineData("pay\u00ADpal")]
    [InlineData("a\u2028b")]
    public void What_hides_or_splits_deceives_in_a_name(string text)
    {
        Assert.False(PlainText.HasDeceptiveCharacter(text, isOneLine: false));
        Assert.True(PlainText.HasDeceptiveCharacter(text, isOneLine: true));
    }

    [Theory]
    [InlineData("می\u200Cخواهم")]
    [InlineData("👩\u200D🍳")]
    [InlineData("עברית and العربية")]
    [InlineData("two\nlines")]
    public void Words_and_emoji_of_all_scripts_do_not(string text) => Assert.False(PlainText.HasDeceptiveCharacter(text, isOneLine: true));
}
