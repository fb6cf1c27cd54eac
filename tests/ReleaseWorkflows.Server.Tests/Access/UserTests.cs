using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Access;

/// <summary>Accounts from their making to their end, and keys that may less than their owner.</summary>
public sealed class UserTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    private ApiClient Administrator => Server.As(Role.Administrator);

    [Fact]
    public async Task A_disabled_account_opens_nothing_with_password_token_session_or_key_until_it_is_enabled()
    {
        var user = await NewUserAsync();
        var token = await TokenAsync(user);
        var key = Server.With("ApiKey " + (await token.PostAsync("/api/api-keys", new { name = "K" })).Is(HttpStatusCode.Created).Text("key"));
        using var browser = new BrowserClient(Server);
        await browser.SignInAsync(new DemoUser(user.Text("email")!, user.Text("password")!, "", "", null));

        (await Administrator.PutAsync($"/api/users/{user.Text("id")}", new { isDisabled = true })).Is(HttpStatusCode.OK);

        (await token.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
        Assert.Contains("disabled", (await key.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized).Text("detail"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/account")).StatusCode);
        (await SignInAsync(user)).Is(HttpStatusCode.Unauthorized, "sign-in-failed");

        (await Administrator.PutAsync($"/api/users/{user.Text("id")}", new { isDisabled = false })).Is(HttpStatusCode.OK);

        (await key.GetAsync("/api/me")).Is(HttpStatusCode.OK);
        (await SignInAsync(user)).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_disables_the_own_account()
    {
        var id = (await Administrator.GetAsync("/api/me")).Text("id");

        (await Administrator.PutAsync($"/api/users/{id}", new { isDisabled = true })).Is(HttpStatusCode.Conflict, "own-account");
    }

    [Fact]
    public async Task A_password_that_is_reset_is_shown_once_and_ends_what_the_old_one_began()
    {
        var user = await NewUserAsync();
        var token = await TokenAsync(user);

        var reset = (await Administrator.PostAsync($"/api/users/{user.Text("id")}/reset-password")).Is(HttpStatusCode.OK);

        (await token.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
        (await SignInAsync(user)).Is(HttpStatusCode.Unauthorized);
        (await Server.Anonymous.PostAsync("/api/sign-in", new { email = user.Text("email"), password = reset.Text("password") })).Is(HttpStatusCode.OK);
        Assert.Null((await Administrator.GetAsync($"/api/users/{user.Text("id")}")).Text("password"));
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_tokens_and_sessions_and_leaves_password_and_keys()
    {
        var user = await NewUserAsync();
        var token = await TokenAsync(user);
        var key = Server.With("ApiKey " + (await token.PostAsync("/api/api-keys", new { name = "K" })).Text("key"));

        (await Administrator.PostAsync($"/api/users/{user.Text("id")}/sign-out")).Is(HttpStatusCode.OK);

        (await token.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
        (await key.GetAsync("/api/me")).Is(HttpStatusCode.OK);
        (await SignInAsync(user)).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("short", "12 to 256")]
    [InlineData("aaaaaaaaaaaaaaaa", "five different")]
    public async Task A_password_that_is_too_easy_is_refused_beside_its_field(string next, string complaint)
    {
        var user = await NewUserAsync();

        var answer = await (await TokenAsync(user)).PostAsync("/api/me/password", new { current = user.Text("password"), next });

        Assert.Contains(complaint, answer.Is(HttpStatusCode.BadRequest, "invalid").ErrorOf("next"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_own_password_is_replaced_by_who_knows_the_present_one()
    {
        var user = await NewUserAsync();
        var token = await TokenAsync(user);

        (await token.PostAsync("/api/me/password", new { current = "wrong", next = "correct horse battery" })).Is(HttpStatusCode.BadRequest, "invalid");
        (await token.PostAsync("/api/me/password", new { current = user.Text("password"), next = "correct horse battery" })).Is(HttpStatusCode.NoContent);

        (await token.GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
        (await Server.Anonymous.PostAsync("/api/sign-in", new { email = user.Text("email"), password = "correct horse battery" })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_key_with_scopes_may_that_much_of_what_its_owner_may()
    {
        var owner = Server.As(Role.DeveloperAdmin);
        var created = (await owner.PostAsync("/api/api-keys", new { name = "Upload", scopes = new[] { "release.prepare" } })).Is(HttpStatusCode.Created);
        var key = Server.With("ApiKey " + created.Text("key"));

        Assert.Equal("release.prepare", Assert.Single(created.Json.GetProperty("scopes").EnumerateArray()).GetString());
        (await key.UploadAsync("coffee", SharedServer.NewKey("7.0").Replace('-', '.'), ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);
        (await key.PutAsync("/api/mini-programs/coffee", new { name = "Coffee" })).Is(HttpStatusCode.Forbidden, "forbidden");
        (await key.GetAsync("/api/audit")).Is(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_key_with_scopes_cannot_make_itself_a_wider_one()
    {
        var created = await Administrator.PostAsync("/api/api-keys", new { name = "Narrow", scopes = new[] { "platform.manage" } });
        var key = Server.With("ApiKey " + created.Text("key"));

        (await key.PostAsync("/api/api-keys", new { name = "Wide" })).Is(HttpStatusCode.Forbidden, "limited-key");
        (await key.DeleteAsync($"/api/api-keys/{created.Text("id")}")).Is(HttpStatusCode.Forbidden, "limited-key");
        (await key.PostAsync("/api/me/password", new { current = "x", next = "correct horse battery" })).Is(HttpStatusCode.Forbidden, "limited-key");
        var own = (await Administrator.GetAsync("/api/me")).Text("id");
        (await key.PostAsync($"/api/users/{own}/reset-password")).Is(HttpStatusCode.Forbidden, "limited-key");
    }

    [Fact]
    public async Task Scopes_that_are_no_permissions_are_named() =>
        Assert.Equal(["scopes[1]"], (await Administrator.PostAsync("/api/api-keys", new { name = "K", scopes = new[] { "release.apply", "all" } })).Is(HttpStatusCode.BadRequest).BadFields);

    [Fact]
    public async Task Administrators_revoke_keys_of_anybody()
    {
        var created = await Server.As(Role.Reviewer).PostAsync("/api/api-keys", new { name = "Lost" });
        var owner = (await Server.As(Role.Reviewer).GetAsync("/api/me")).Text("id");

        Assert.Contains((await Administrator.GetAsync($"/api/users/{owner}/api-keys")).Items, key => key.GetProperty("id").GetString() == created.Text("id"));
        (await Administrator.DeleteAsync($"/api/users/{owner}/api-keys/{created.Text("id")}")).Is(HttpStatusCode.NoContent);

        (await Server.With("ApiKey " + created.Text("key")).GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
    }

    private async Task<Answer> NewUserAsync()
    {
        var name = SharedServer.NewKey("person");
        return (await Administrator.PostAsync("/api/users", new { email = $"{name}@example.com", name })).Is(HttpStatusCode.Created);
    }

    private Task<Answer> SignInAsync(Answer user) => Server.Anonymous.PostAsync("/api/sign-in", new { email = user.Text("email"), password = user.Text("password") });

    private async Task<ApiClient> TokenAsync(Answer user) => Server.With("Bearer " + (await SignInAsync(user)).Is(HttpStatusCode.OK).Text("token"));
}
