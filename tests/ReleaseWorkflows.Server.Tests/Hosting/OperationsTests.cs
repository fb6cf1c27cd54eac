using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
    public async Task A_server_whose_database_does_not_answer_is_alive_and_not_ready()
    {
        await using var server = await TestServer.StartAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Scoped<IAccountStore>(_ => throw new InvalidOperationException("The disk is gone."))),
            settings: "--environment=Production");

        (await server.Anonymous.GetAsync("/health/live")).Is(HttpStatusCode.OK);
        var ready = await server.Anonymous.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Equal("Unhealthy", ready.Json.GetProperty("checks").GetProperty("database").GetString());
        Assert.DoesNotContain("disk", ready.ToString(), StringComparison.Ordinal);
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
}
