using ReleaseWorkflows.Domain.Rollout;

namespace ReleaseWorkflows.Domain.Tests.Rollout;

public sealed class StableBucketTests
{
    private const int Users = 1_000_000;

    [Theory]
    [InlineData("release-1", "user-1", 4_119)]
    [InlineData("release-1", "user-2", 7_930)]
    [InlineData("release-2", "user-1", 6_646)]
    [InlineData("", "", 7_193)]
    public void A_users_place_never_changes_from_one_version_of_the_platform_to_the_next(string salt, string user, int place) =>
        Assert.Equal(place, StableBucket.Of(salt, user));

    [Fact]
    public void The_share_of_a_million_users_is_the_percentage()
    {
        var places = new int[StableBucket.Count];
        for (var user = 0; user < Users; user++)
        {
            places[StableBucket.Of("release-1", $"user-{user}")]++;
        }

        Assert.All((int[])[1, 5, 20, 50], percentage =>
        {
            var share = 100.0 * places.Take(percentage * (StableBucket.Count / 100)).Sum() / Users;
            Assert.InRange(share, percentage - 0.2, percentage + 0.2);
        });
    }

    [Fact]
    public void Raising_the_percentage_only_adds_users()
    {
        for (var user = 0; user < 200; user++)
        {
            var included = Enumerable.Range(0, 101).Select(percentage => StableBucket.Includes("release-1", $"user-{user}", percentage)).ToList();

            Assert.False(included[0]);
            Assert.True(included[100]);
            Assert.Equal(included.Order(), included);
        }
    }

    [Fact]
    public void Two_releases_choose_independently()
    {
        const int sample = 200_000;
        var both = Enumerable.Range(0, sample).Count(user =>
            StableBucket.Includes("release-1", $"user-{user}", 20) && StableBucket.Includes("release-2", $"user-{user}", 20));

        Assert.InRange(100.0 * both / sample, 4 - 0.2, 4 + 0.2);
    }
}
