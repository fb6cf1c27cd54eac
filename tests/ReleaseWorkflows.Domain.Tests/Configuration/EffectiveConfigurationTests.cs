using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Configuration;

namespace ReleaseWorkflows.Domain.Tests.Configuration;

public sealed class EffectiveConfigurationTests
{
    private static readonly ConfigurationValues Global = new()
    {
        ServerDomains = ["api.example.com", "cdn.example.com"],
        WebUrls = ["https://m.example.com/help"],
        EnvironmentVariables = Map(("API", "https://api.example.com"), ("STAGE", "live")),
        Payment = Map(("merchantId", "1")),
        InternalTesters = ["ana"],
        Features = Map(("dark", false), ("loyalty", true)),
    };

    [Fact]
    public void Without_an_override_everything_is_global()
    {
        Assert.Equal(Global, EffectiveConfiguration.Merge(Global, ConfigurationValues.Empty));
        Assert.Equal(
            [
                "serverDomains Global", "webUrls Global", "environmentVariables.API Global", "environmentVariables.STAGE Global",
                "payment.merchantId Global", "internalTesters Global", "features.dark Global", "features.loyalty Global",
            ],
            Origins(Global, ConfigurationValues.Empty));
    }

    [Fact]
    public void Without_a_global_configuration_everything_is_the_releases_own()
    {
        Assert.Equal(Global, EffectiveConfiguration.Merge(ConfigurationValues.Empty, Global));
        Assert.All(EffectiveConfiguration.Describe(ConfigurationValues.Empty, Global), entry => Assert.Equal(ConfigurationOrigin.Release, entry.Origin));
    }

    [Fact]
    public void A_list_is_overridden_as_a_whole()
    {
        var release = new ConfigurationValues { ServerDomains = ["test.example.com"] };

        Assert.Equal("test.example.com", Assert.Single(EffectiveConfiguration.Merge(Global, release).ServerDomains!.Value));
        Assert.Equal("serverDomains Release", Origins(Global, release)[0]);
        Assert.Equal("webUrls Global", Origins(Global, release)[1]);
    }

    [Fact]
    public void An_empty_list_overrides_and_null_does_not()
    {
        Assert.Empty(EffectiveConfiguration.Merge(Global, new ConfigurationValues { ServerDomains = [] }).ServerDomains!.Value);
        Assert.Equal(2, EffectiveConfiguration.Merge(Global, new ConfigurationValues { ServerDomains = null }).ServerDomains!.Value.Length);
    }

    [Fact]
    public void Names_are_overridden_one_by_one()
    {
        var release = new ConfigurationValues
        {
            EnvironmentVariables = Map(("STAGE", "test"), ("TRACE", "1")),
            Features = Map(("dark", true)),
        };

        var effective = EffectiveConfiguration.Merge(Global, release);

        Assert.Equal(Map(("API", "https://api.example.com"), ("STAGE", "test"), ("TRACE", "1")), effective.EnvironmentVariables);
        Assert.Equal(Map(("dark", true), ("loyalty", true)), effective.Features);
        Assert.Equal(
            ["environmentVariables.API Global", "environmentVariables.STAGE Release", "environmentVariables.TRACE Release"],
            Origins(Global, release).Where(entry => entry.StartsWith("environmentVariables", StringComparison.Ordinal)));
        Assert.Equal(
            ["features.dark Release", "features.loyalty Global"],
            Origins(Global, release).Where(entry => entry.StartsWith("features", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_name_overridden_by_its_own_value_belongs_to_the_release()
    {
        var release = new ConfigurationValues { Payment = Map(("merchantId", "1")) };

        Assert.Contains("payment.merchantId Release", Origins(Global, release));
    }

    [Fact]
    public void Names_that_differ_in_case_are_two_names()
    {
        var release = new ConfigurationValues { EnvironmentVariables = Map(("api", "other")) };

        Assert.Equal(3, EffectiveConfiguration.Merge(Global, release).EnvironmentVariables!.Count);
    }

    [Fact]
    public void The_description_shows_what_the_merge_yields()
    {
        var release = new ConfigurationValues { ServerDomains = ["test.example.com"], Features = Map(("dark", true)) };

        var described = EffectiveConfiguration.Describe(Global, release).ToDictionary(entry => entry.Setting, entry => entry.Value);

        Assert.Equal("test.example.com", Assert.Single(Assert.IsType<ImmutableArray<string>>(described["serverDomains"])));
        Assert.Equal(true, described["features.dark"]);
        Assert.Equal("live", described["environmentVariables.STAGE"]);
    }

    [Fact]
    public void Equal_configurations_have_equal_hashes_and_different_ones_do_not()
    {
        var same = Global with { EnvironmentVariables = Map(("STAGE", "live"), ("API", "https://api.example.com")) };
        var reordered = Global with { ServerDomains = ["cdn.example.com", "api.example.com"] };

        Assert.Equal(Global, same);
        Assert.Equal(Global.Hash(), same.Hash());
        Assert.Equal(Global.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(Global.Hash(), reordered.Hash());
        Assert.Matches("^[0-9a-f]{64}$", Global.Hash());
        Assert.NotEqual(ConfigurationValues.Empty, new ConfigurationValues { ServerDomains = [] });
        Assert.True(ConfigurationValues.Empty.IsEmpty);
        Assert.False(new ConfigurationValues { ServerDomains = [] }.IsEmpty);
    }

    private static List<string> Origins(ConfigurationValues global, ConfigurationValues release) =>
        [.. EffectiveConfiguration.Describe(global, release).Select(entry => $"{entry.Setting} {entry.Origin}")];

    private static ImmutableSortedDictionary<string, T> Map<T>(params (string Name, T Value)[] entries) =>
        entries.ToImmutableSortedDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
}
