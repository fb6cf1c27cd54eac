using ReleaseWorkflows.Domain.Rollout;

namespace ReleaseWorkflows.Domain.Tests.Rollout;

/// <summary>A percentage told in people.</summary>
public sealed class AudienceShareTests
{
    [Theory]
    [InlineData(120_000, 20, 24_000)]
    [InlineData(1_234_567, 5, 61_700)]
    [InlineData(1_234_567, 50, 617_000)]
    [InlineData(999_999, 1, 10_000)]
    [InlineData(250, 1, 3)]
    [InlineData(10, 1, 1)]
    [InlineData(2_000_000_000, 99, 1_980_000_000)]
    public void People_are_told_in_three_digits_and_there_is_always_one(int audience, int percentage, long people) =>
        Assert.Equal(people, AudienceShare.Of(audience, percentage));
}
