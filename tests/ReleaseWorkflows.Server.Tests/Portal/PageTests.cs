using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>What is true for every page.</summary>
public sealed class PageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Theory]
    [InlineData("/")]
    [InlineData("/account")]
    [InlineData("/account/keys")]
    [InlineData("/apps")]
    [InlineData("/apps/superapp-a")]
    [InlineData("/apps/superapp-a/workflow")]
    [InlineData("/administration")]
    [InlineData("/administration/workspaces/acme")]
    [InlineData("/administration/users")]
    [InlineData("/administration/emails")]
    [InlineData("/studio/definitions")]
    [InlineData("/studio/definitions/release-pipeline")]
    [InlineData("/studio/instances")]
    public async Task A_page_may_run_no_script_but_the_server_s_and_is_kept_by_nobody(string address)
    {
        using var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(Role.Administrator));

        var page = await browser.OpenAsync(address);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-inline'", policy.Split(';').Single(rule => rule.Contains("script-src", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.DoesNotContain("'unsafe-eval'", policy, StringComparison.Ordinal);
        Assert.Equal("no-store", page.Headers.CacheControl?.ToString());
        Assert.DoesNotContain("https://", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_address_is_a_page_for_people_and_a_problem_for_programs()
    {
        using var browser = new BrowserClient(Server);

        var page = await browser.OpenAsync("/nothing");
        var problem = await Server.Anonymous.GetAsync("/nothing");

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("There is nothing here", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        problem.Is(HttpStatusCode.NotFound, "unknown-address");
    }

    [Fact]
    public async Task An_address_of_the_API_answers_a_problem_even_to_a_browser()
    {
        using var browser = new BrowserClient(Server);

        var answer = await browser.OpenAsync("/api/nothing");

        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task The_navigation_names_what_the_reader_may_open()
    {
        using var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(Role.Reviewer));

        var page = await (await browser.OpenAsync("/")).Content.ReadAsStringAsync();

        Assert.Contains("href=\"/studio/instances\"", page, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"page\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_the_roles_do_not_open_says_so_and_is_not_in_the_navigation()
    {
        using var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(Role.Developer));

        var refused = await browser.OpenAsync("/studio/definitions");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("Not for your roles", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/studio/definitions\"", await (await browser.OpenAsync("/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
