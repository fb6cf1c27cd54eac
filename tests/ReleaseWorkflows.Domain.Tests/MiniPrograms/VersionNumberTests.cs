using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Tests.MiniPrograms;

public sealed class VersionNumberTests
{
    [Theory]
    [InlineData("0.0.0")]
    [InlineData("1.2.0")]
    [InlineData("10.20.30")]
    [InlineData("999999999.0.1")]
    [InlineData("1.2.0-rc.1")]
    [InlineData("1.2.0-beta-2")]
    public void A_version_number_is_accepted(string text) => Assert.True(VersionNumber.IsValid(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.2")]
    [InlineData("1.2.3.4")]
    [InlineData("v1.2.3")]
    [InlineData("01.2.3")]
    [InlineData("1.2.-3")]
    [InlineData("1.2.3-")]
    [InlineData("1.2.3-rc..1")]
    [InlineData("1.2.3+build")]
    [InlineData(" 1.2.3")]
    [InlineData("1.2.3\n")]
    [InlineData("1.2.3/../4")]
    [InlineData("1000000000.0.0")]
    [InlineData("١.٢.٣")]
    public void What_is_no_version_number_is_not(string? text) => Assert.False(VersionNumber.IsValid(text));

    [Fact]
    public void A_version_number_has_at_most_64_characters()
    {
        Assert.True(VersionNumber.IsValid("1.2.3-" + new string('a', 58)));
        Assert.False(VersionNumber.IsValid("1.2.3-" + new string('a', 59)));
    }
}
