using System.Net;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Hosting;

public sealed class OperationsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task Health_is_told_to_everybody(string path)
    {
        var answer = (await shared.Server.Anonymous.GetAsync(path)).Is(HttpStatusCode.OK);

        Assert.Equal("Healthy", answer.Text("status"));
    }

    [Fact]
    public async Task A_server_whose_database_takes_no_change_is_alive_and_not_ready_until_it_does_again()
    {
        await using var server = await TestServer.StartAsync(settings: "--ReleaseWorkflows:Database:LockTimeout=00:00:01");
        await using var intruder = new SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "release-workflows.db")};Pooling=False");
        await intruder.OpenAsync();
        await using (await intruder.BeginTransactionAsync())
        {
            var ready = await server.Anonymous.GetAsync("/health/ready");

            (await server.Anonymous.GetAsync("/health/live")).Is(HttpStatusCode.OK);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
            Assert.Equal("Unhealthy", ready.Json.GetProperty("checks").GetProperty("database").GetString());
            Assert.DoesNotContain(server.DataFolder, ready.ToString(), StringComparison.Ordinal);
            var refused = await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" });
            refused.Is(HttpStatusCode.ServiceUnavailable, "database-unavailable");
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);
        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_description_of_the_API_names_every_address_with_a_summary_and_identifiers_as_texts()
    {
        var document = (await shared.Server.Anonymous.GetAsync("/openapi/v1.json")).Is(HttpStatusCode.OK).Json;

        var operations =
            from path in document.GetProperty("paths").EnumerateObject()
            where path.Name.StartsWith("/api", StringComparison.Ordinal)
            from operation in path.Value.EnumerateObject()
            select (Name: $"{operation.Name} {path.Name}", HasSummary: operation.Value.TryGetProperty("summary", out _));
        Assert.True(operations.Count() > 15);
        Assert.DoesNotContain(operations, operation => !operation.HasSummary);
        Assert.Contains(operations, operation => operation.Name == "post /api/mini-programs/{key}/versions");
        var schemas = document.GetProperty("components").GetProperty("schemas");
        Assert.Equal("string", schemas.GetProperty("MiniProgramKey").GetProperty("type").GetString());
        Assert.Equal(["ApiKey", "Bearer"], document.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name));
    }

    [Fact]
    public async Task The_description_of_the_API_tells_that_a_release_can_be_asked_for_as_a_dry_run()
    {
        var document = (await shared.Server.Anonymous.GetAsync("/openapi/v1.json")).Is(HttpStatusCode.OK).Json;

        var parameter = Assert.Single(document.GetProperty("paths").GetProperty("/api/releases").GetProperty("post").GetProperty("parameters").EnumerateArray());
        Assert.Equal(
            ("dryRun", "query", "boolean"),
            (parameter.GetProperty("name").GetString(), parameter.GetProperty("in").GetString(), parameter.GetProperty("schema").GetProperty("type").GetString()));
        Assert.False(parameter.TryGetProperty("required", out var required) && required.GetBoolean());
    }
}
