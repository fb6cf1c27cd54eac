using System.Text.Json;
using ReleaseWorkflows.Domain.Configuration;

namespace ReleaseWorkflows.Domain.Tests.Configuration;

public sealed class ConfigurationReaderTests
{
    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var values = Read("""
            {
              "serverDomains": ["api.example.com"], "webUrls": ["https://m.example.com"], "environmentVariables": { "API": "1" },
              "payment": { "merchantId": "1" }, "internalTesters": ["ana"], "features": { "dark": true, "loyalty": false }
            }
            """).Values;

        Assert.Equal(values, Read(values.ToCanonicalJson()).Values);
        Assert.Equal("api.example.com", values.ServerDomains!.Value.Single());
        Assert.False(values.Features!["loyalty"]);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "serverDomains": null, "features": null }""")]
    public void What_says_nothing_is_empty(string json)
    {
        var (values, errors) = Read(json);

        Assert.Empty(errors);
        Assert.True(values.IsEmpty);
    }

    [Theory]
    [InlineData("[]", "configuration")]
    [InlineData("7", "configuration")]
    [InlineData("""{ "serverDomain": [] }""", "configuration.serverDomain")]
    [InlineData("""{ "serverDomains": "api.example.com" }""", "configuration.serverDomains")]
    [InlineData("""{ "serverDomains": [7] }""", "configuration.serverDomains[0]")]
    [InlineData("""{ "serverDomains": ["ok.example.com", null] }""", "configuration.serverDomains[1]")]
    [InlineData("""{ "webUrls": ["nowhere"] }""", "configuration.webUrls[0]")]
    [InlineData("""{ "environmentVariables": [] }""", "configuration.environmentVariables")]
    [InlineData("""{ "environmentVariables": { "API": 1 } }""", "configuration.environmentVariables.API")]
    [InlineData("""{ "environmentVariables": { "API": "1", "API": "2" } }""", "configuration.environmentVariables.API")]
    [InlineData("""{ "payment": { "key": null } }""", "configuration.payment.key")]
    [InlineData("""{ "features": { "dark": "yes" } }""", "configuration.features.dark")]
    public void What_is_wrong_is_named_with_its_place(string json, string field) => Assert.Equal([field], Read(json).Errors.Keys);

    private static (ConfigurationValues Values, Dictionary<string, IReadOnlyList<string>> Errors) Read(string json)
    {
        var errors = new Dictionary<string, IReadOnlyList<string>>();
        using var document = JsonDocument.Parse(json);
        return (ConfigurationReader.Read(document.RootElement, "configuration", errors), errors);
    }
}
