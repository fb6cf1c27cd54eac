using System.Net;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Access;

public sealed class CredentialsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(null, "Say who you are")]
    [InlineData("ApiKey rwk_unknown", "no such API key")]
    [InlineData("ApiKey ", "Say who you are")]
    [InlineData("Bearer nonsense", "token")]
    [InlineData("Basic dXNlcjpwYXNz", "Say who you are")]
    public async Task Without_valid_credentials_the_answer_is_401_with_both_ways_to_sign_in(string? authorization, string detail)
    {
        var client = authorization is null ? shared.Server.Anonymous : shared.Server.With(authorization);

        var answer = await client.GetAsync("/api/me");

        answer.Is(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Contains(detail, answer.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(["ApiKey", "Bearer"], answer.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
    }

    [Fact]
    public void Every_address_of_the_API_but_signing_in_asks_for_credentials()
    {
        var endpoints = shared.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal)).ToList();

        var open = endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

        Assert.True(endpoints.Count > 15, $"Only {endpoints.Count} endpoints were found.");
        Assert.Equal(["/api/sign-in"], open.Select(endpoint => endpoint.RoutePattern.RawText));
    }

    [Fact]
    public async Task A_key_is_shown_once_opens_the_API_and_ends_when_it_is_revoked()
    {
        var owner = shared.Server.As(Role.WorkspaceDeveloper);
        var created = (await owner.PostAsync("/api/api-keys", new { name = "CI" })).Is(HttpStatusCode.Created);
        var client = shared.Server.With($"ApiKey {created.Text("key")}");

        (await client.GetAsync("/api/me")).Is(HttpStatusCode.OK);
        var listed = (await owner.GetAsync("/api/api-keys")).Items.Single(key => key.GetProperty("id").GetString() == created.Text("id"));
        Assert.Equal(["createdAt", "expiresAt", "id", "name", "scopes"], listed.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));

        (await owner.DeleteAsync($"/api/api-keys/{created.Text("id")}")).Is(HttpStatusCode.NoContent);
        (await client.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
        (await owner.DeleteAsync($"/api/api-keys/{created.Text("id")}")).Is(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_repeat_of_the_creation_of_a_key_does_not_show_its_secret_again()
    {
        var owner = shared.Server.As(Role.WorkspaceDeveloper);
        var key = Guid.NewGuid().ToString();
        var first = await owner.PostAsync("/api/api-keys", new { name = "Once" }, key);

        var repeat = await owner.PostAsync("/api/api-keys", new { name = "Once" }, key);

        Assert.StartsWith("rwk_", first.Text("key"), StringComparison.Ordinal);
        Assert.True(repeat.Is(HttpStatusCode.Created).IsReplay);
        Assert.Equal(first.Text("id"), repeat.Text("id"));
        Assert.Null(repeat.Text("key"));
        await AssertNoFileHoldsAsync(first.Text("key")!);
    }

    [Fact]
    public async Task Nobody_sees_or_revokes_the_keys_of_another()
    {
        var id = (await shared.Server.As(Role.Reviewer).PostAsync("/api/api-keys", new { name = "Mine" })).Text("id");

        (await shared.Server.As(Role.Administrator).DeleteAsync($"/api/api-keys/{id}")).Is(HttpStatusCode.NotFound);

        Assert.DoesNotContain((await shared.Server.As(Role.Administrator).GetAsync("/api/api-keys")).Items, key => key.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task A_key_needs_a_name_and_a_time_to_come()
    {
        var answer = await shared.Server.As(Role.Reviewer).PostAsync("/api/api-keys", new { name = "", expiresAt = "2001-01-01T00:00:00Z", scope = "all" });

        Assert.Equal(["expiresAt", "name", "scope"], answer.Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    [Fact]
    public async Task A_key_ends_when_it_says()
    {
        await using var server = await TestServer.StartAsync();
        var created = await server.As(Role.Reviewer).PostAsync("/api/api-keys", new { name = "Short", expiresAt = server.Clock.GetUtcNow().AddHours(1) });
        var client = server.With($"ApiKey {created.Text("key")}");
        (await client.GetAsync("/api/me")).Is(HttpStatusCode.OK);

        server.Clock.Advance(TimeSpan.FromHours(1));

        var late = (await client.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
        Assert.Contains("“Short” has expired", late.Text("detail"), StringComparison.Ordinal);
    }

    private async Task AssertNoFileHoldsAsync(string secret)
    {
        var needle = System.Text.Encoding.UTF8.GetBytes(secret);
        foreach (var name in new[] { "release-workflows.db", "release-workflows.db-wal" })
        {
            var path = Path.Combine(shared.Server.DataFolder, name);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[file.Length];
            await file.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false);
            Assert.True(bytes.AsSpan().IndexOf(needle) < 0, $"{path} holds the secret in clear.");
        }
    }
}
