using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;
using ReleaseWorkflows.Server.Tests.StudioApi;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>What stands around Elsa Studio on its pages, and what works there without script.</summary>
public sealed class StudioPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_workflow_says_who_releases_by_it_and_is_copied_for_an_app_with_a_form()
    {
        var app = await CreateAppAsync();
        using var browser = await OpenAsync(Role.WorkspaceAdmin);

        var page = await TextAsync(browser, "/studio/definitions/release-pipeline");
        Assert.Contains($"Copy it for {app}", page, StringComparison.Ordinal);
        var copied = await browser.SubmitAsync("/studio/definitions/release-pipeline", $"value=\"{app}\"");

        Assert.Equal(HttpStatusCode.Redirect, copied.StatusCode);
        Assert.Equal($"/studio/definitions/{app}-pipeline", copied.Headers.Location?.AbsolutePath);
        var own = await TextAsync(browser, $"/studio/definitions/{app}-pipeline");
        Assert.Contains("its own", own, StringComparison.Ordinal);
        Assert.Contains("Published version 1", own, StringComparison.Ordinal);
        Assert.DoesNotContain($"Copy it for {app}", own, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_offered_a_copy_for_an_app_of_others()
    {
        using var reviewer = await OpenAsync(Role.Reviewer);

        Assert.DoesNotContain("Copy it for", await TextAsync(reviewer, "/studio/definitions/release-pipeline"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Between_an_instance_and_its_release_there_are_links_and_its_version_can_be_looked_at()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var release = await scene.ReleaseAsync("Production");
        var instance = (await scene.InstanceAsync(release)).Id;
        using var browser = await OpenAsync(Role.Reviewer);

        var page = await TextAsync(browser, "/studio/instances/" + instance);
        Assert.Contains($"href=\"/releases/{release}\"", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/studio/definitions/release-pipeline?version=", page, StringComparison.Ordinal);
        var logs = await browser.OpenAsync("/diagnostics/structured-logs?workflowInstanceId=" + instance);
        Assert.Equal($"/releases/{release}", logs.Headers.Location?.ToString());
        Assert.Contains("for reading only", await TextAsync(browser, "/studio/definitions/release-pipeline?version=1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_of_workflows_is_there_before_Studio_is_searched_and_by_pages_as_its_address_says()
    {
        using var browser = await OpenAsync(Role.Administrator);

        Assert.Equal(["release-trigger"], await RowsAsync(browser, "?search=Release+trigger"));
        var all = await RowsAsync(browser, "?pageSize=100");
        Assert.Contains("minimal-release", all);
        Assert.Equal(all[1..2], await RowsAsync(browser, "?page=2&pageSize=1"));
        Assert.Empty(await RowsAsync(browser, "?page=9999"));
        Assert.Equal(await RowsAsync(browser, ""), await RowsAsync(browser, "?page=-1&pageSize=many"));
    }

    [Fact]
    public async Task Nobody_reads_a_workflow_of_others_in_the_list_before_Studio()
    {
        var (workspace, _) = await StudioAccounts.OtherCompanyAsync(Server);
        var stranger = await StudioAccounts.CreateAsync(Server, Role.WorkspaceAdmin, workspace);

        var rows = Rows(Encoding.UTF8.GetString((await stranger.GetAsync("/studio/definitions?pageSize=100")).Is(HttpStatusCode.OK).Bytes));

        Assert.Contains("release-pipeline", rows);
        Assert.DoesNotContain("superapp-b-pipeline", rows);
    }

    [Fact]
    public async Task Logs_that_are_asked_for_without_a_release_are_the_journal_of_the_instance()
    {
        using var browser = await OpenAsync(Role.Administrator);

        Assert.Equal("/studio/instances/none", (await browser.OpenAsync("/diagnostics/structured-logs?workflowInstanceId=none")).Headers.Location?.ToString());
        Assert.Equal("/studio/instances", (await browser.OpenAsync("/diagnostics/structured-logs")).Headers.Location?.ToString());
    }

    private static async Task<string[]> RowsAsync(BrowserClient browser, string query) => Rows(await TextAsync(browser, "/studio/definitions" + query));

    private static string[] Rows(string page)
    {
        var table = page[page.IndexOf("class=\"studio-preview\"", StringComparison.Ordinal)..page.IndexOf("</table>", StringComparison.Ordinal)];
        return [.. Regex.Matches(table, "href=\"/studio/definitions/([^\"]+)\"").Select(match => match.Groups[1].Value)];
    }

    private async Task<string> CreateAppAsync()
    {
        var key = SharedServer.NewKey("paged");
        (await Server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new { key, name = key, workflowDefinitionId = "release-pipeline", environments = new { Production = new { } } })).Is(HttpStatusCode.Created);
        return key;
    }

    private async Task<BrowserClient> OpenAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }

    private static async Task<string> TextAsync(BrowserClient browser, string address)
    {
        var page = await browser.OpenAsync(address);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync();
    }
}
