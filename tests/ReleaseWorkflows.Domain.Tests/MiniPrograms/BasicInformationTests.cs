using ReleaseWorkflows.Domain.Apps;
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

    [Theory]
    [InlineData("Cof\u202Efee")]
    [InlineData("Cof\u2066fee")]
    [InlineData("Cof\u200Bfee")]
    [InlineData("Cof\uFEFFfee")]
    [InlineData("Cof\u00ADfee")]
    [InlineData("Cof\u2028fee")]
    public void Characters_that_nobody_sees_are_no_part_of_a_name(string name) =>
        Assert.Contains("invisible", Assert.Single((Complete with { Name = name }).Problems()["name"]), StringComparison.Ordinal);

    [Fact]
    public void Half_a_character_is_none() => Assert.Equal(["name"], (Complete with { Name = "Cof\uD83Dfee" }).Problems().Keys);

    [Theory]
    [InlineData("کافه‌نادری")]
    [InlineData("Café ☕ 👨‍👩‍👧")]
    [InlineData("咖啡")]
    [InlineData("اقهوة")]
    public void Names_of_all_scripts_are_names(string name) => Assert.Empty((Complete with { Name = name, Category = name }).Problems());

    [Fact]
    public void A_description_may_not_turn_its_direction_around() =>
        Assert.Equal(["description", "releaseNotes"], (Complete with { Description = "a\u202Eb", ReleaseNotes = "a\u2069b" }).Problems().Keys);

    [Theory]
    [InlineData("https://images.example.com/icon.png", true)]
    [InlineData("http://images.example.com/icon.png", false)]
    [InlineData("images.example.com/icon.png", false)]
    [InlineData("https://user:secret@images.example.com/icon.png", false)]
    [InlineData("https://images.example.com/my icon.png", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("", false)]
    public void An_icon_is_a_secure_address(string icon, bool isValid) => Assert.Equal(isValid ? [] : ["icon"], (Complete with { Icon = icon }).Problems().Keys);

    [Theory]
    [InlineData("help@example.com", null, null, null)]
    [InlineData(null, "+49 (30) 123-456", null, null)]
    [InlineData(null, null, "https://example.com/help", null)]
    [InlineData(null, null, null, "serviceContacts")]
    [InlineData("help", null, null, "serviceContacts.email")]
    [InlineData("help@example", null, null, "serviceContacts.email")]
    [InlineData("he lp@example.com", null, null, "serviceContacts.email")]
    [InlineData("help@example.com\nBcc: all@example.com", null, null, "serviceContacts.email")]
    [InlineData(null, "1234", null, "serviceContacts.phone")]
    [InlineData(null, "call me", null, "serviceContacts.phone")]
    [InlineData(null, "123456789012345678901", null, "serviceContacts.phone")]
    [InlineData(null, null, "http://example.com", "serviceContacts.address")]
    public void Contacts_are_ways_to_reach_somebody(string? email, string? phone, string? address, string? field) =>
        Assert.Equal(field is null ? [] : [field], (Complete with { ServiceContacts = new(email, phone, address) }).Problems().Keys);

    [Fact]
    public void Icon_contacts_and_for_Production_notes_are_recommended()
    {
        var bare = Complete with { ReleaseNotes = null };

        Assert.Equal(["icon", "serviceContacts", "releaseNotes"], bare.RecommendedForApplication(ReleaseEnvironment.Production));
        Assert.Equal(["icon", "serviceContacts"], bare.RecommendedForApplication(ReleaseEnvironment.Sandbox));
        Assert.Empty((Complete with { Icon = "https://e.example/i.png", ServiceContacts = new("a@b.example") }).RecommendedForApplication(ReleaseEnvironment.Production));
    }
}
