using System.Net;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>Administration and the own account: who opens what, and what a page does.</summary>
public sealed partial class AdministrationPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Theory]
    [InlineData(Role.Administrator, "/administration /administration/workspaces/acme /administration/workspaces/superapp /administration/users /administration/audit /administration/emails")]
    [InlineData(Role.WorkspaceAdmin, "/administration /administration/workspaces/superapp /administration/audit")]
    [InlineData(Role.DeveloperAdmin, "/administration /administration/workspaces/acme /administration/audit")]
    [InlineData(Role.Reviewer, "")]
    [InlineData(Role.Developer, "")]
    [InlineData(Role.WorkspaceDeveloper, "")]
    public async Task Each_role_opens_its_own_pages_and_no_other(Role role, string open)
    {
        using var browser = await SignedInAsync(role);
        string[] all = ["/administration", "/administration/workspaces/acme", "/administration/workspaces/superapp", "/administration/users", "/administration/audit", "/administration/emails"];

        var opened = new List<string>();
        foreach (var address in all)
        {
            var status = (await browser.OpenAsync(address)).StatusCode;
            Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.NotFound });
            if (status == HttpStatusCode.OK)
            {
                opened.Add(address);
            }
        }

        Assert.Equal(open, string.Join(' ', opened));
        Assert.Equal(open.Length > 0, (await ReadAsync(browser, "/account")).Contains("href=\"/administration\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_member_s_password_is_shown_once_and_opens_the_portal()
    {
        await using var server = await TestServer.StartAsync();
        using var admin = new BrowserClient(server);
        await admin.SignInAsync(server.DemoUser(Role.DeveloperAdmin));
        var email = SharedServer.NewKey("member") + "@example.com";

        var added = await admin.SubmitAsync("/administration/workspaces/acme", "data-form=\"add\"", ("email", email), ("name", "Mia"), ("role", "Developer"), ("miniPrograms", "coffee"));
        var password = Copied().Match(await added.Content.ReadAsStringAsync()).Groups[1].Value;

        using var member = new BrowserClient(server);
        await member.SignInAsync(new DemoUser(email, password, "", "", null));
        Assert.Contains("for coffee", await ReadAsync(member, "/account"), StringComparison.Ordinal);
        Assert.DoesNotContain(password, await ReadAsync(admin, "/administration/workspaces/acme"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_is_changed_and_taken_away_and_the_only_admin_stays()
    {
        var workspace = SharedServer.NewKey("company");
        using var platform = await SignedInAsync(Role.Administrator);
        var created = await platform.SubmitAsync("/administration", "data-form=\"new-workspace\"", ("key", workspace), ("name", "Company"), ("kind", "Developer"));
        var page = created.Headers.Location!.AbsolutePath;
        await platform.SubmitAsync(page, "data-form=\"add\"", ("email", $"{workspace}@example.com"), ("name", "Ann"), ("role", "DeveloperAdmin"));
        var id = (await Server.As(Role.Administrator).GetAsync($"/api/workspaces/{workspace}/members")).Items.Single().GetProperty("id").GetString();

        var refused = await platform.SubmitAsync(page, $"data-form=\"remove-{id}\"");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("Ann is the only admin", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await platform.SubmitAsync(page, "data-form=\"add\"", ("email", $"{workspace}-2@example.com"), ("name", "Bea"), ("role", "DeveloperAdmin"));
        var changed = await platform.SubmitAsync(page, $"data-form=\"change-{id}\"", ("role", "Developer"));

        Assert.Equal(HttpStatusCode.Redirect, changed.StatusCode);
        Assert.Contains((await Server.As(Role.Administrator).GetAsync($"/api/workspaces/{workspace}/members")).Items, member =>
            member.GetProperty("id").GetString() == id && member.GetProperty("role").GetString() == "Developer");
    }

    [Fact]
    public async Task A_user_is_made_disabled_enabled_and_gets_a_new_password()
    {
        using var platform = await SignedInAsync(Role.Administrator);
        var email = SharedServer.NewKey("user") + "@example.com";
        var created = await platform.SubmitAsync("/administration/users", "data-form=\"new-user\"", ("email", email), ("name", "<i>Uma</i>"));
        Assert.Contains("&lt;i&gt;Uma&lt;/i&gt; has an account now", await created.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var found = await ReadAsync(platform, "/administration/users?search=" + email);
        var page = UserLink().Match(found).Groups[1].Value;

        await platform.SubmitAsync(page, "data-form=\"disable\"");
        Assert.Contains("Disabled", await ReadAsync(platform, page), StringComparison.Ordinal);
        await platform.SubmitAsync(page, "data-form=\"enable\"");
        var reset = await platform.SubmitAsync(page, "data-form=\"reset\"");
        var password = Copied().Match(await reset.Content.ReadAsStringAsync()).Groups[1].Value;

        (await Server.Anonymous.PostAsync("/api/sign-in", new { email, password })).Is(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.NotFound, (await platform.OpenAsync("/administration/users/nobody")).StatusCode);
    }

    [Fact]
    public async Task The_audit_page_tells_who_what_and_each_field_and_filters()
    {
        var key = SharedServer.NewKey("audited");
        (await Server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key, name = "<script>alert(1)</script>" })).Is(HttpStatusCode.Created);
        using var browser = await SignedInAsync(Role.DeveloperAdmin);

        var html = await ReadAsync(browser, $"/administration/audit?subject={key}&action=mini-program&workspace=acme");

        Assert.Contains("Dora Developer-Admin", html, StringComparison.Ordinal);
        Assert.Contains("basicInformation.name", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("Nothing was recorded", await ReadAsync(browser, $"/administration/audit?subject={key}&action=app"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.OpenAsync("/administration/audit?workspace=superapp")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.OpenAsync("/administration/audit?from=yesterday")).StatusCode);
    }

    [Fact]
    public async Task An_API_key_is_shown_once_with_what_it_may_and_is_revoked()
    {
        using var browser = await SignedInAsync(Role.WorkspaceDeveloper);
        var name = SharedServer.NewKey("key");

        var made = await browser.SubmitAsync("/account/keys", "data-form=\"new-key\"", ("name", name), ("limits", "scopes"), ("scopes", "release.prepare"));
        var secret = Secret().Match(await made.Content.ReadAsStringAsync()).Value;

        (await Server.With("ApiKey " + secret).GetAsync("/api/me")).Is(HttpStatusCode.OK);
        (await Server.With("ApiKey " + secret).PostAsync("/api/api-keys", new { name = "wider" })).Is(HttpStatusCode.Forbidden, "limited-key");
        var listed = await ReadAsync(browser, "/account/keys");
        Assert.DoesNotContain(secret, listed, StringComparison.Ordinal);
        var id = (await Server.As(Role.WorkspaceDeveloper).GetAsync("/api/api-keys")).Items.Single(key => key.GetProperty("name").GetString() == name).GetProperty("id").GetString()!;
        await browser.SubmitAsync("/account/keys", $"Revoke {name}", ("key", id));
        (await Server.With("ApiKey " + secret).GetAsync("/api/me")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_that_is_not_made_says_why_beside_the_field()
    {
        using var browser = await SignedInAsync(Role.WorkspaceDeveloper);

        var refused = await browser.SubmitAsync("/account/keys", "data-form=\"new-key\"", ("name", "Old"), ("limits", "all"), ("expiresAt", "2001-01-01"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("Choose a day to come, or none.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_own_password_is_changed_and_this_browser_stays_signed_in_alone()
    {
        await using var server = await TestServer.StartAsync();
        var user = server.DemoUser(Role.Reviewer);
        using var here = new BrowserClient(server);
        using var there = new BrowserClient(server);
        await here.SignInAsync(user);
        await there.SignInAsync(user);

        var different = await here.SubmitAsync("/account", "data-form=\"password\"", ("current", user.Password), ("next", "correct horse battery"), ("again", "correct horse"));
        Assert.Contains("This is not the same as the new password.", await different.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var wrong = await here.SubmitAsync("/account", "data-form=\"password\"", ("current", "guess"), ("next", "correct horse battery"), ("again", "correct horse battery"));
        Assert.Contains("This is not your present password.", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await here.SubmitAsync("/account", "data-form=\"password\"", ("current", user.Password), ("next", "correct horse battery"), ("again", "correct horse battery"));

        Assert.Equal(HttpStatusCode.OK, (await here.OpenAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_form_without_the_token_of_its_page_changes_nothing()
    {
        using var browser = await SignedInAsync(Role.Administrator);

        var refused = await browser.SendAsync(HttpMethod.Post, "/administration/users", ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private async Task<BrowserClient> SignedInAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }

    private static async Task<string> ReadAsync(BrowserClient browser, string address)
    {
        var response = await browser.OpenAsync(address);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address} answered {(int)response.StatusCode}.");
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("data-copy=\"([^\"]+)\"")]
    private static partial Regex Copied();

    [GeneratedRegex("rwk_[A-Za-z0-9_-]{43}")]
    private static partial Regex Secret();

    [GeneratedRegex("href=\"(/administration/users/[0-9a-f]+)\"")]
    private static partial Regex UserLink();
}
