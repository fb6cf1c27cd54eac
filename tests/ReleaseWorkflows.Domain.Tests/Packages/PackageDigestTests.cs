using ReleaseWorkflows.Domain.Packages;

namespace ReleaseWorkflows.Domain.Tests.Packages;

public sealed class PackageDigestTests
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public void Upper_and_lower_case_are_the_same_digest() =>
        Assert.Equal(PackageDigest.Parse(EmptyHash), PackageDigest.Parse(EmptyHash.ToUpperInvariant()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("../../../../../../../../../../../../../../../../../../etc/passwd00")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ")]
    public void Anything_but_64_hexadecimal_digits_is_none(string? text) => Assert.False(PackageDigest.TryParse(text, out _));

    [Fact]
    public void The_header_carries_the_hash_in_Base64() =>
        Assert.Equal("sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", PackageDigest.Parse(EmptyHash).ToDigestHeader());
}
