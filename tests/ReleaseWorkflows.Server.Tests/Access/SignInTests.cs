using System.Net;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Access;

public sealed class SignInTests
{
    [Fact]
    public async Task A_token_for_address_and_password_opens_the_API()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Reviewer);

        var signedIn = await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email.ToUpperInvariant(), password = user.Password });

        signedIn.Is(HttpStatusCode.OK);
        Assert.Equal("Bearer", signedIn.Text("tokenType"));
        Assert.Equal(user.Email, signedIn.Json.GetProperty("account").GetProperty("email").GetString());
        Assert.Equal(user.Email, (await server.With($"Bearer {signedIn.Text("token")}").GetAsync("/api/me")).Is(HttpStatusCode.OK).Text("email"));
    }

    [Fact]
    public async Task A_token_ends_when_it_says()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Reviewer);
        var signedIn = await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password });
        var client = server.With($"Bearer {signedIn.Text("token")}");

        server.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromMinutes(1));
        (await client.GetAsync("/api/me")).Is(HttpStatusCode.OK);
        server.Clock.Advance(TimeSpan.FromMinutes(2));
        var late = await client.GetAsync("/api/me");

        late.Is(HttpStatusCode.Unauthorized, "unauthorized");
        Assert.Contains("expired", late.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_ends_with_the_password_it_was_given_for()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Reviewer);
        var client = server.With($"Bearer {(await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Text("token")}");

        await ChangeAsync(server, user.Email, account => account with { PasswordHash = "another" });

        (await client.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_role_that_is_withdrawn_ends_with_the_next_request()
    {
        await using var server = await TestServer.StartAsync();
        var client = server.As(Role.DeveloperAdmin);
        (await client.PutAsync("/api/mini-programs/coffee", new { name = "Coffee!" })).Is(HttpStatusCode.OK);

        await ChangeAsync(server, server.DemoUser(Role.DeveloperAdmin).Email, account => account with { Grants = [new Grant(Role.Reviewer, new WorkspaceKey("acme"), [])] });

        (await client.PutAsync("/api/mini-programs/coffee", new { name = "Coffee?" })).Is(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        await using var server = await TestServer.StartAsync();

        var wrong = await server.Anonymous.PostAsync("/api/sign-in", new { email = server.DemoUser(Role.Developer).Email, password = "wrong" });
        var unknown = await server.Anonymous.PostAsync("/api/sign-in", new { email = "nobody@example.com", password = "wrong" });

        wrong.Is(HttpStatusCode.Unauthorized, "sign-in-failed");
        Assert.Equal(wrong.Bytes, unknown.Is(HttpStatusCode.Unauthorized).Bytes);
        Assert.Equal(["ApiKey", "Bearer"], wrong.Headers.WwwAuthenticate.Select(challenge => challenge.Scheme));
    }

    [Fact]
    public async Task After_ten_failures_the_account_is_closed_for_a_quarter_of_an_hour_even_to_the_right_password()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Developer);
        var failures = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "wrong" })));

        Assert.Equal(10, failures.Count(answer => answer.Status == HttpStatusCode.Unauthorized));
        var closed = (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.TooManyRequests, "too-many-attempts");
        Assert.InRange(closed.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(14), TimeSpan.FromMinutes(15));
        var other = server.DemoUser(Role.Reviewer);
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = other.Email, password = other.Password })).Is(HttpStatusCode.OK);

        server.Clock.Advance(TimeSpan.FromMinutes(15));

        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_restart_of_the_server_does_not_open_an_account_that_is_closed_and_the_time_does()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Developer);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        }

        await server.RestartAsync();
        for (var attempt = 0; attempt < 4; attempt++)
        {
            (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email.ToUpperInvariant(), password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        }

        await server.RestartAsync();
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.TooManyRequests, "too-many-attempts");

        server.Clock.Advance(TimeSpan.FromMinutes(15));
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_network_that_has_failed_too_often_is_known_after_a_restart()
    {
        await using var server = await TestServer.StartAsync(null, null, "--ReleaseWorkflows:Access:MaximumAttemptsPerClient=3");
        for (var attempt = 0; attempt < 3; attempt++)
        {
            (await server.Anonymous.PostAsync("/api/sign-in", new { email = $"nobody-{attempt}@example.com", password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        }

        await server.RestartAsync();

        var user = server.DemoUser(Role.Reviewer);
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.TooManyRequests, "too-many-attempts");
    }

    [Fact]
    public async Task What_was_forgiven_stays_forgiven_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Developer);
        for (var attempt = 0; attempt < 9; attempt++)
        {
            (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        }

        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);
        await server.RestartAsync();

        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_no_address_is_not_kept()
    {
        await using var server = await TestServer.StartAsync();

        (await server.Anonymous.PostAsync("/api/sign-in", new { email = "correct horse battery", password = "wrong" })).Is(HttpStatusCode.Unauthorized);

        var kept = await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) => UnitOfWorkResult.Discard(await services.GetRequiredService<ISignInFailureStore>().ListAsync(DateTimeOffset.MinValue.AddYears(1970), 100, stop)),
            CancellationToken.None);
        Assert.StartsWith("client ", Assert.Single(kept).Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_with_a_weak_hash_gets_a_stronger_one_when_its_owner_signs_in_and_nobody_is_signed_out()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Reviewer);
        var weak = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 500 })).HashPassword(user, user.Password);
        await ChangeAsync(server, user.Email, account => account.WithPassword(weak));
        var earlier = server.With("Bearer " + server.Services.GetRequiredService<BearerTokens>().Issue(await FindAsync(server, user.Email)).Token);

        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);
        Assert.Equal(weak, (await FindAsync(server, user.Email)).PasswordHash);
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);

        var strong = await FindAsync(server, user.Email);
        Assert.NotEqual(weak, strong.PasswordHash);
        (await earlier.GetAsync("/api/me")).Is(HttpStatusCode.OK);
        (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);
        Assert.Equal(strong.Revision, (await FindAsync(server, user.Email)).Revision);
        Assert.Equal("account.password-strengthened", (await server.As(Role.Administrator).GetAsync($"/api/audit?action=account&subject={strong.Id}")).Items[0].GetProperty("action").GetString());

        (await server.As(Role.Administrator).PostAsync($"/api/users/{strong.Id}/sign-out")).Is(HttpStatusCode.OK);
        (await earlier.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_in_forgives_earlier_failures()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Developer);

        for (var round = 0; round < 3; round++)
        {
            for (var attempt = 0; attempt < 9; attempt++)
            {
                (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = "wrong" })).Is(HttpStatusCode.Unauthorized);
            }

            (await server.Anonymous.PostAsync("/api/sign-in", new { email = user.Email, password = user.Password })).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Signing_in_needs_both_fields()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(["email", "password"], (await server.Anonymous.PostAsync("/api/sign-in")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["email", "pass", "password"], (await server.Anonymous.PostAsync("/api/sign-in", new { email = 3, pass = "x" })).BadFields);
    }

    private static Task<Account> FindAsync(TestServer server, string email) => server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
        async (services, stop) => UnitOfWorkResult.Discard((await services.GetRequiredService<IAccountStore>().FindByEmailAsync(email, stop))!), CancellationToken.None);

    private static Task<bool> ChangeAsync(TestServer server, string email, Func<Account, Account> change) =>
        server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                var account = (await accounts.FindByEmailAsync(email, stop))!;
                accounts.Save(change(account) with { Revision = account.Revision + 1 });
                return UnitOfWorkResult.Commit(true);
            },
            CancellationToken.None);
}
