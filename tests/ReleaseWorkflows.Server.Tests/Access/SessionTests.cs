using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Access;

/// <summary>A person signs in with a browser.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task A_page_sends_to_sign_in_and_back_to_itself()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);

        var refused = await browser.OpenAsync("/studio/definitions/release-pipeline?tab=1");
        var signedIn = await browser.SignInAsync(server.DemoUser(Role.Administrator), refused.Headers.Location!.ToString());

        Assert.Equal("/sign-in?returnUrl=%2Fstudio%2Fdefinitions%2Frelease-pipeline%3Ftab%3D1", new Uri(server.Http.BaseAddress!, refused.Headers.Location).PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Equal("/studio/definitions/release-pipeline?tab=1", PathOf(server, signedIn));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/studio/definitions/release-pipeline")).StatusCode);
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example/")]
    [InlineData("/\\elsewhere.example/")]
    [InlineData("/\t/elsewhere.example/")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_elsewhere_after_signing_in(string address)
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);

        var signedIn = await browser.SignInAsync(server.DemoUser(Role.Developer), "/sign-in?returnUrl=" + Uri.EscapeDataString(address));

        Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);
        Assert.Equal("/", PathOf(server, signedIn));
    }

    [Fact]
    public async Task The_cookie_is_out_of_reach_of_scripts_and_other_sites_and_holds_no_more_than_a_secret()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);

        var signedIn = await browser.SignInAsync(server.DemoUser(Role.Developer));

        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith("release-workflows-session=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Equal(43, cookie.Split(';')[0].Split('=')[1].Length);
    }

    [Fact]
    public async Task A_wrong_password_is_told_on_the_page_and_keeps_the_address()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        var user = server.DemoUser(Role.Developer);

        var refused = await browser.SignInAsync(user, password: "wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("do not belong together", page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{user.Email}\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_wrong_passwords_stop_even_the_right_one_for_a_while()
    {
        await using var server = await TestServer.StartAsync(settings: "--ReleaseWorkflows:Access:MaximumAttempts=2");
        using var browser = new BrowserClient(server);
        var user = server.DemoUser(Role.Developer);
        await browser.SignInAsync(user, password: "wrong");
        await browser.SignInAsync(user, password: "wrong");

        var refused = await browser.SignInAsync(user);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("Wait 15 minutes", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_session_opens_the_API_too_from_pages_of_this_server_only()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.DeveloperAdmin));

        Assert.Equal(HttpStatusCode.OK, (await browser.SendAsync(HttpMethod.Get, "/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.SendAsync(HttpMethod.Delete, "/api/api-keys/none", ("Sec-Fetch-Site", "same-origin"))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.SendAsync(HttpMethod.Delete, "/api/api-keys/none", ("Origin", server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority)))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Delete, "/api/api-keys/none", ("Sec-Fetch-Site", "cross-site"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Delete, "/api/api-keys/none", ("Sec-Fetch-Site", "same-site"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Delete, "/api/api-keys/none", ("Origin", "https://elsewhere.example"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.SendAsync(HttpMethod.Delete, "/api/api-keys/none")).StatusCode);
    }

    [Fact]
    public async Task A_connection_that_lasts_is_refused_to_other_sites()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.DeveloperAdmin));

        var refused = await browser.SendAsync(HttpMethod.Get, "/api/me", ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Origin", "https://elsewhere.example"));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_not_only_the_cookie()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.Developer));
        var cookie = browser.Cookies.GetCookieHeader(server.Http.BaseAddress!);

        await browser.SubmitAsync("/", "/sign-out");

        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/account")).StatusCode);
        using var thief = new BrowserClient(server);
        Assert.Equal(HttpStatusCode.Unauthorized, (await thief.SendAsync(HttpMethod.Get, "/api/me", ("Cookie", cookie))).StatusCode);
    }

    [Fact]
    public async Task The_account_lists_its_sessions_and_ends_the_others_with_their_next_request()
    {
        await using var server = await TestServer.StartAsync();
        using var here = new BrowserClient(server);
        using var there = new BrowserClient(server);
        await here.SignInAsync(server.DemoUser(Role.Developer));
        await there.SignInAsync(server.DemoUser(Role.Developer));

        var page = await (await here.OpenAsync("/account")).Content.ReadAsStringAsync();
        await here.SubmitAsync("/account", "end-others");

        Assert.Equal(2, page.Split("Signed in <time").Length - 1);
        Assert.Contains("Firefox on Linux", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await here.OpenAsync("/account")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await there.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_session_is_prolonged_by_use_and_ends_when_it_is_not_used()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.Developer));

        server.Clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/account")).StatusCode);
        server.Clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync("/account")).StatusCode);
        server.Clock.Advance(TimeSpan.FromHours(12));

        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_after_its_lifetime_however_much_it_is_used()
    {
        await using var server = await TestServer.StartAsync(settings: "--ReleaseWorkflows:Access:SessionLifetime=1.00:00:00");
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.Developer));

        server.Clock.Advance(TimeSpan.FromHours(11));
        await browser.OpenAsync("/account");
        server.Clock.Advance(TimeSpan.FromHours(11));
        await browser.OpenAsync("/account");
        server.Clock.Advance(TimeSpan.FromHours(3));

        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_with_the_password_it_began_with()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        var user = server.DemoUser(Role.Developer);
        await browser.SignInAsync(user);

        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                var account = (await accounts.FindByEmailAsync(user.Email, stop))!;
                accounts.Save(account with { PasswordHash = "another", Revision = account.Revision + 1 });
                return UnitOfWorkResult.Commit(true);
            },
            CancellationToken.None);

        Assert.Equal(HttpStatusCode.Redirect, (await browser.OpenAsync("/account")).StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        using var browser = new BrowserClient(server);
        using var form = new FormUrlEncodedContent([new("_handler", "sign-in"), new("Input.Email", "a@b.example"), new("Input.Password", "x")]);

        var refused = await server.Http.PostAsync(new Uri("/sign-in", UriKind.Relative), form);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    private static string PathOf(TestServer server, HttpResponseMessage redirect) => new Uri(server.Http.BaseAddress!, redirect.Headers.Location!).PathAndQuery;
}
