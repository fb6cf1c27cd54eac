using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

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
    public async Task Logs_that_are_asked_for_without_a_release_are_the_journal_of_the_instance()
    {
        using var browser = await OpenAsync(Role.Administrator);

        Assert.Equal("/studio/instances/none", (await browser.OpenAsync("/diagnostics/structured-logs?workflowInstanceId=none")).Headers.Location?.ToString());
        Assert.Equal("/studio/instances", (await browser.OpenAsync("/diagnostics/structured-logs")).Headers.Location?.ToString());
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
