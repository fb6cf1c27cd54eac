using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Configuration;

public sealed class ConfigurationDifferenceTests
{
    [Fact]
    public void Equal_configurations_differ_in_nothing() => Assert.Empty(ConfigurationDifference.Between(Coffee.Variables(("API", "1")), Coffee.Variables(("API", "1"))));

    [Fact]
    public void Every_kind_of_difference_is_named_with_both_values()
    {
        var before = Coffee.Variables(("GONE", "1"), ("KEPT", "1"), ("OTHER", "1")) with { ServerDomains = ["a.example", "b.example"], WebUrls = ["https://m.example"] };
        var after = Coffee.Variables(("KEPT", "1"), ("NEW", "1"), ("OTHER", "2")) with { ServerDomains = ["c.example", "b.example"], Features = Map("card", true) };

        var changes = ConfigurationDifference.Between(before, after);

        Assert.Equal(
            [
                ("serverDomains", ConfigurationChangeKind.Changed), ("webUrls", ConfigurationChangeKind.Removed), ("environmentVariables.GONE", ConfigurationChangeKind.Removed),
                ("environmentVariables.NEW", ConfigurationChangeKind.Added), ("environmentVariables.OTHER", ConfigurationChangeKind.Changed), ("features.card", ConfigurationChangeKind.Added),
            ],
            changes.Select(change => (change.Setting, change.Kind)));
        Assert.Equal(new[] { "a.example" }, changes[0].Before);
        Assert.Equal(new[] { "c.example" }, changes[0].After);
        Assert.Equal(("1", "2"), (changes[4].Before, changes[4].After));
        Assert.Equal((null, true), (changes[5].Before, changes[5].After));
    }

    [Fact]
    public void The_order_of_a_list_is_no_difference() => Assert.Empty(ConfigurationDifference.Between(
        new() { ServerDomains = ["a.example", "b.example"] }, new() { ServerDomains = ["b.example", "a.example"] }));

    [Fact]
    public void The_log_of_a_release_tells_its_configurations_with_their_differences()
    {
        var created = new ReleaseCreated(
            ReleaseId.New(ReleaseExample.Now), Coffee.KeyOf("1.0.0", ReleaseEnvironment.Production), People.Acme, People.SuperApp,
            new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off), "", ConfigurationValues.Empty, Coffee.Variables(("API", "1")), Coffee.BasicInformation)
        {
            At = ReleaseExample.Now,
            By = People.Developer.Id,
            ByName = "DEV",
        };
        var edited = new ConfigurationEdited(Coffee.Variables(("STAGE", "2")), Coffee.Variables(("API", "1"), ("STAGE", "2")), IsGlobalChange: false)
        {
            At = ReleaseExample.Now.AddHours(1),
            By = People.DeveloperAdmin.Id,
            ByName = "DORA",
        };

        var history = ConfigurationHistory.Of([created, new PackageBuildRetried { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" }, edited]);

        Assert.Equal([(1, "DEV", 0), (2, "DORA", 1)], history.Select(revision => (revision.Number, revision.By, revision.Changes.Count)));
        Assert.Equal("environmentVariables.STAGE", history[1].Changes[0].Setting);
        Assert.Equal(edited.Effective.Hash(), history[1].Hash);
    }

    [Theory]
    [InlineData("payment")]
    [InlineData("features")]
    [InlineData("environmentVariables")]
    public void Names_that_differ_in_case_only_are_a_conflict(string setting)
    {
        var values = setting switch
        {
            "payment" => new ConfigurationValues { Payment = Map("Wallet", "1").Add("wallet", "2") },
            "features" => new ConfigurationValues { Features = Map("Card", true).Add("card", false) },
            _ => Coffee.Variables(("Api", "1"), ("API", "2")),
        };

        Assert.Contains("upper and lower case only", Assert.Single(Assert.Single(ConfigurationRules.Problems(values)).Value), StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_text_without_control_characters() =>
        Assert.Equal(["environmentVariables.BAD"], ConfigurationRules.Problems(Coffee.Variables(("BAD", "a\0b"), ("GOOD", "two\nlines"))).Keys);

    private static ImmutableSortedDictionary<string, T> Map<T>(string name, T value) => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal).Add(name, value);
}
