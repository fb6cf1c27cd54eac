using System.Text.Json;
using ReleaseWorkflows.Domain.Identifiers;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Tests.Identifiers;

public sealed class KeyTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("coffee")]
    [InlineData("superapp-a")]
    [InlineData("a1-2-3b")]
    [InlineData("a--b")]
    public void A_key_is_accepted(string text) => Assert.True(Key.IsValid(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Coffee")]
    [InlineData("1coffee")]
    [InlineData("-coffee")]
    [InlineData("coffee-")]
    [InlineData("coffee_shop")]
    [InlineData("coffee shop")]
    [InlineData("coffee\n")]
    [InlineData("../coffee")]
    [InlineData("kaffee.de")]
    [InlineData("käffee")]
    public void What_is_no_key_is_not(string? text) => Assert.False(Key.IsValid(text));

    [Fact]
    public void A_key_has_at_most_64_characters()
    {
        Assert.True(Key.IsValid(new string('a', 64)));
        Assert.False(Key.IsValid(new string('a', 65)));
    }

    [Fact]
    public void An_identifier_is_a_plain_string_in_JSON_as_a_value_and_as_a_name()
    {
        var values = new Dictionary<MiniProgramKey, MiniProgramKey> { [new("coffee")] = new("tea") };

        var json = JsonSerializer.Serialize(values);

        Assert.Equal("""{"coffee":"tea"}""", json);
        Assert.Equal(values, JsonSerializer.Deserialize<Dictionary<MiniProgramKey, MiniProgramKey>>(json));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<MiniProgramKey>("null"));
    }
}
