using System.Collections.Immutable;
using ReleaseWorkflows.Domain.Configuration;

namespace ReleaseWorkflows.Domain.Tests.Configuration;

public sealed class ConfigurationRulesTests
{
    [Theory]
    [InlineData("api.example.com")]
    [InlineData("example.com")]
    [InlineData("API.Example.COM")]
    [InlineData("a-b.example.co.uk")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("0.example.com")]
    public void A_host_name_is_accepted(string domain) => Assert.Empty(ProblemsOf(domains: [domain]));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("localhost")]
    [InlineData("https://api.example.com")]
    [InlineData("api.example.com:8443")]
    [InlineData("api.example.com/path")]
    [InlineData("api.example.com ")]
    [InlineData("api.example.com\n")]
    [InlineData("api..example.com")]
    [InlineData(".example.com")]
    [InlineData("example.com.")]
    [InlineData("-api.example.com")]
    [InlineData("api-.example.com")]
    [InlineData("*.example.com")]
    [InlineData("api_1.example.com")]
    [InlineData("user@example.com")]
    [InlineData("10.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("bücher.example")]
    [InlineData("example.c")]
    [InlineData("a123456789012345678901234567890123456789012345678901234567890123.example.com")]
    public void What_is_no_host_name_is_named_with_its_place(string domain)
    {
        var problem = Assert.Single(ProblemsOf(domains: ["good.example.com", domain]));

        Assert.Equal("configuration.serverDomains[1]", problem.Key);
        Assert.Contains("is not a host name", Assert.Single(problem.Value), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_name_has_at_most_253_characters()
    {
        var labels = string.Concat(Enumerable.Repeat("abcdefghi.", 25));

        Assert.Empty(ProblemsOf(domains: [labels + "com"]));
        Assert.Single(ProblemsOf(domains: [labels + "info"]));
    }

    [Theory]
    [InlineData("https://m.example.com")]
    [InlineData("https://m.example.com/help?topic=pay#top")]
    [InlineData("http://m.example.com:8080/")]
    public void A_web_address_is_accepted(string url) => Assert.Empty(ProblemsOf(urls: [url]));

    [Theory]
    [InlineData("")]
    [InlineData("m.example.com/help")]
    [InlineData("/help")]
    [InlineData("//m.example.com")]
    [InlineData("https://")]
    [InlineData("ftp://m.example.com")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,hello")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@m.example.com")]
    [InlineData(" https://m.example.com")]
    [InlineData("https://m.example.com/a b")]
    [InlineData("https://m.example.com/\r\nX: y")]
    public void What_is_no_web_address_is_named_with_its_place(string url)
    {
        var problem = Assert.Single(ProblemsOf(urls: ["https://m.example.com", url]));

        Assert.Equal("configuration.webUrls[1]", problem.Key);
        Assert.Contains("is not a web address", Assert.Single(problem.Value), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://\u0430pple.example/", "Write the host in plain letters, as xn--pple-43d.example.")]
    [InlineData("https://bücher.example/", "Write the host in plain letters, as xn--bcher-kva.example.")]
    [InlineData("https://m.example.com/a\u202Eb", "The address has invisible characters that make it read as something else; remove them.")]
    public void A_web_address_is_what_it_looks_like(string url, string message)
    {
        var problem = Assert.Single(ProblemsOf(urls: [url]));

        Assert.Equal(("configuration.webUrls[0]", message), (problem.Key, Assert.Single(problem.Value)));
    }

    [Fact]
    public void A_value_has_no_characters_that_turn_its_direction_around()
    {
        var values = new ConfigurationValues { EnvironmentVariables = ImmutableSortedDictionary<string, string>.Empty.Add("MODE", "live\u202Etset") };

        var problem = Assert.Single(ConfigurationRules.Problems(values));

        Assert.Equal("environmentVariables.MODE", problem.Key);
        Assert.Contains("invisible characters", Assert.Single(problem.Value), StringComparison.Ordinal);
    }

    [Fact]
    public void A_web_address_has_at_most_2000_characters()
    {
        var prefix = "https://m.example.com/";

        Assert.Empty(ProblemsOf(urls: [prefix + new string('a', 2_000 - prefix.Length)]));
        Assert.Single(ProblemsOf(urls: [prefix + new string('a', 2_001 - prefix.Length)]));
    }

    [Theory]
    [InlineData("ana")]
    [InlineData("ana@example.com")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void An_internal_tester_is_accepted(string tester) => Assert.Empty(ProblemsOf(testers: [tester]));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("two words")]
    [InlineData("ana\0")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void What_names_no_tester_is_named_with_its_place(string tester) =>
        Assert.Equal("configuration.internalTesters[0]", Assert.Single(ProblemsOf(testers: [tester])).Key);

    [Theory]
    [InlineData("api.example.com", "API.example.com")]
    [InlineData("api.example.com", "api.example.com")]
    public void A_host_name_is_listed_once_whatever_its_case(string first, string second)
    {
        var problem = Assert.Single(ProblemsOf(domains: [first, second]));

        Assert.Equal(("configuration.serverDomains[1]", $"“{second}” is listed twice."), (problem.Key, Assert.Single(problem.Value)));
    }

    [Fact]
    public void Case_counts_in_paths_and_user_ids()
    {
        Assert.Empty(ProblemsOf(urls: ["https://m.example.com/Help", "https://m.example.com/help"], testers: ["ana", "ANA"]));
        Assert.Equal(2, ProblemsOf(urls: ["https://m.example.com/a", "https://m.example.com/a"], testers: ["ana", "ana"]).Count);
    }

    [Theory]
    [InlineData("API", true)]
    [InlineData("_private_1", true)]
    [InlineData("1ST", false)]
    [InlineData("WITH-HYPHEN", false)]
    [InlineData("WITH SPACE", false)]
    [InlineData("A=B", false)]
    [InlineData("", false)]
    public void A_variable_is_named_like_a_variable(string name, bool isValid)
    {
        var problems = ConfigurationRules.Problems(new() { EnvironmentVariables = Map(name, "value") });

        Assert.Equal(isValid ? [] : [$"environmentVariables.{name}"], problems.Keys);
    }

    [Theory]
    [InlineData("merchantId", true)]
    [InlineData("wallet.key-1_a", true)]
    [InlineData("1st", true)]
    [InlineData(".hidden", false)]
    [InlineData("with space", false)]
    [InlineData("", false)]
    public void Settings_and_features_have_plain_names(string name, bool isValid)
    {
        var problems = ConfigurationRules.Problems(new() { Payment = Map(name, "value"), Features = Map(name, true) });

        Assert.Equal(isValid ? [] : [$"payment.{name}", $"features.{name}"], problems.Keys);
    }

    [Fact]
    public void A_name_has_at_most_100_characters_and_a_value_4000()
    {
        Assert.Empty(ConfigurationRules.Problems(new() { EnvironmentVariables = Map(new string('A', 100), new string('x', 4_000)) }));
        Assert.Single(ConfigurationRules.Problems(new() { EnvironmentVariables = Map(new string('A', 101), "") }));
        Assert.Equal(
            ["The value has 4001 characters; at most 4000 are kept."],
            ConfigurationRules.Problems(new() { EnvironmentVariables = Map("A", new string('x', 4_001)) })["environmentVariables.A"]);
    }

    [Fact]
    public void Nulls_are_complaints_and_not_crashes()
    {
        var problems = ConfigurationRules.Problems(new() { ServerDomains = [null!], Payment = Map<string>("key", null!) });

        Assert.Equal(["serverDomains[0]", "payment.key"], problems.Keys);
    }

    [Fact]
    public void Each_setting_has_a_limit_of_entries()
    {
        var numbers = Enumerable.Range(0, 1_001).ToList();
        var full = new ConfigurationValues
        {
            ServerDomains = [.. numbers.Take(200).Select(number => $"h{number}.example.com")],
            WebUrls = [.. numbers.Take(200).Select(number => $"https://m.example.com/{number}")],
            InternalTesters = [.. numbers.Take(1_000).Select(number => $"user-{number}")],
            EnvironmentVariables = numbers.Take(200).ToImmutableSortedDictionary(number => $"V{number}", _ => ""),
            Payment = numbers.Take(50).ToImmutableSortedDictionary(number => $"p{number}", _ => ""),
            Features = numbers.Take(200).ToImmutableSortedDictionary(number => $"f{number}", _ => true),
        };
        var overfull = new ConfigurationValues
        {
            ServerDomains = [.. full.ServerDomains.Value, "one.example.com"],
            WebUrls = [.. full.WebUrls.Value, "https://one.example.com"],
            InternalTesters = [.. full.InternalTesters.Value, "one"],
            EnvironmentVariables = full.EnvironmentVariables.Add("ONE", ""),
            Payment = full.Payment.Add("one", ""),
            Features = full.Features.Add("one", true),
        };

        Assert.Empty(ConfigurationRules.Problems(full));
        Assert.Equal(
            ["serverDomains", "webUrls", "internalTesters", "environmentVariables", "payment", "features"],
            ConfigurationRules.Problems(overfull).Keys);
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var problems = ProblemsOf(domains: ["bad domain", "ok.example.com", "ok.example.com"], urls: ["nowhere"], testers: [""]);

        Assert.Equal(
            ["configuration.serverDomains[0]", "configuration.serverDomains[2]", "configuration.webUrls[0]", "configuration.internalTesters[0]"],
            problems.Keys);
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ProblemsOf(string[]? domains = null, string[]? urls = null, string[]? testers = null) =>
        ConfigurationRules.Problems(
            new() { ServerDomains = domains?.ToImmutableArray(), WebUrls = urls?.ToImmutableArray(), InternalTesters = testers?.ToImmutableArray() },
            "configuration.");

    private static ImmutableSortedDictionary<string, T> Map<T>(string name, T value) =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal).Add(name, value);
}
