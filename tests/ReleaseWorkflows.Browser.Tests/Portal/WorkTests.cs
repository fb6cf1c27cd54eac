using System.Net;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>Mini programs, my work, releases, approvals and the search in a real browser: as they look to everybody, and what script adds.</summary>
public sealed class WorkTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public async Task A_developer_uploads_with_progress_and_selects_an_app_in_a_dialog()
    {
        var key = SharedServer.NewKey("shop");
        var developer = shared.Server.As(Role.DeveloperAdmin);
        await developer.PostAsync("/api/mini-programs", new { key, name = "Shop", description = "Buys things.", category = "Shopping", configuration = new { serverDomains = new[] { "api.shop.example" } } });
        await using var tab = await shared.OpenAsync(Role.DeveloperAdmin);
        await tab.OpenAsync($"/mini-programs/{key}", "No version yet");
        await tab.LookAsync("versions-empty");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Upload a version" }).First.ClickAsync();
        await tab.LookAsync("upload");

        tab.Expect(complaint => complaint.StartsWith("400 POST", StringComparison.Ordinal));
        await tab.Page.GetByLabel("Package", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "shop.zip", MimeType = "application/zip", Buffer = [1, 2, 3] });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await tab.Page.GetByText("Nothing was kept").WaitForAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Version", new() { Exact = true })).ToHaveValueAsync("1.0.0");
        await tab.LookAsync("upload-refused");

        await tab.Page.GetByLabel("Package", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "shop.zip", MimeType = "application/zip", Buffer = ApiClient.Sample("coffee") });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await tab.Page.GetByText("Shop 1.0.0 was uploaded").WaitForAsync();

        var select = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Select App for 1.0.0" });
        await select.FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByText("Super App B has no Sandbox")).ToBeVisibleAsync();
        await tab.AssertAccessibleAsync("the dialog of Select App");
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(select).ToBeFocusedAsync();

        await tab.Page.GotoAsync($"/mini-programs/{key}/versions/1.0.0/select-app");
        await tab.LookAsync("select-app");
        await tab.Page.GetByRole(AriaRole.Group, new() { Name = "Super App A" }).GetByLabel("Sandbox").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/releases/*");

        await tab.OpenAsync($"/mini-programs/{key}?open=1.0.0", "Super App A");
        await tab.LookAsync("versions");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Lists_follow_what_happens_by_themselves()
    {
        var pages = new List<BrowserPage>();
        var key = SharedServer.NewKey("push");
        var id = await CreateAsync(key, "Pu-erh");
        foreach (var (who, address) in new[] { (Role.Reviewer, "/"), (Role.Reviewer, "/approvals"), (Role.DeveloperAdmin, $"/releases?miniProgram={key}"), (Role.DeveloperAdmin, $"/mini-programs/{key}") })
        {
            var tab = await shared.OpenAsync(who);
            pages.Add(tab);
            await tab.Page.GotoAsync(address);
            await Assertions.Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-live", "on");
        }

        (await shared.Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);

        await pages[0].Page.Locator($"a[href='/approvals/{id}']").WaitForAsync();
        await pages[1].Page.GetByRole(AriaRole.Link, new() { Name = "Review Pu-erh 1.0.0" }).WaitForAsync();
        await pages[2].Page.GetByRole(AriaRole.Table).GetByText("Under Review").WaitForAsync();
        await pages[3].Page.GetByRole(AriaRole.Table).GetByText("Under Review").WaitForAsync();
        foreach (var tab in pages)
        {
            tab.AssertNoComplaints();
            await tab.DisposeAsync();
        }
    }

    [BrowserFact]
    public async Task A_new_version_comes_to_the_open_page_by_itself_and_what_the_reader_has_opened_stays_open()
    {
        var key = SharedServer.NewKey("fresh");
        await CreateAsync(key, "Fresh");
        await using var tab = await shared.OpenAsync(Role.DeveloperAdmin);
        await tab.Page.GotoAsync($"/mini-programs/{key}");
        await Assertions.Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-live", "on");

        (await shared.Server.As(Role.DeveloperAdmin).UploadAsync(key, "1.1.0", ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);

        await tab.Page.Locator("[id='version-1.1.0']").WaitForAsync();
        await Assertions.Expect(tab.Page.Locator("[id='version-1.0.0'] > details")).ToHaveAttributeAsync("open", "");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Requests_apps_and_the_trail_follow_what_is_done_and_the_trail_asks_first()
    {
        var key = SharedServer.NewKey("own");
        var id = await CreateAsync(key, "Oolong");
        var admin = shared.Server.As(Role.WorkspaceAdmin);
        var environments = new { Production = new { review = "Manual" } };
        (await admin.PostAsync("/api/apps", new { key, name = "Oolong App", workflowDefinitionId = "release-pipeline", environments })).Is(HttpStatusCode.Created);
        await using var requests = await FollowAsync(Role.DeveloperAdmin, "/approvals/my-requests");
        await using var apps = await FollowAsync(Role.WorkspaceAdmin, "/apps");
        await using var freezes = await FollowAsync(Role.WorkspaceAdmin, $"/apps/{key}/freezes");
        await using var trail = await FollowAsync(Role.Administrator, "/administration/audit");

        (await shared.Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        await requests.Page.GetByRole(AriaRole.Link, new() { Name = "Oolong 1.0.0" }).WaitForAsync();

        var freeze = new { name = "Tea festival", from = shared.Server.Clock.GetUtcNow().AddDays(1), until = shared.Server.Clock.GetUtcNow().AddDays(2) };
        (await admin.PutAsync($"/api/apps/{key}", new { name = "Oolong App, renamed", workflowDefinitionId = "release-pipeline", environments, freezes = new[] { freeze } })).Is(HttpStatusCode.OK);
        await apps.Page.GetByRole(AriaRole.Link, new() { Name = "Oolong App, renamed" }).WaitForAsync();
        await freezes.Page.GetByText("Tea festival").First.WaitForAsync();
        await trail.Page.GetByText("There are new entries.").WaitForAsync();
        await Assertions.Expect(trail.Page.GetByText($"App {key} changed.")).ToHaveCountAsync(0);
        await trail.Page.GetByRole(AriaRole.Button, new() { Name = "Show", Exact = true }).Last.ClickAsync();
        await trail.Page.GetByText($"App {key} changed.").First.WaitForAsync();

        foreach (var tab in new[] { requests, apps, freezes, trail })
        {
            tab.AssertNoComplaints();
        }
    }

    [BrowserFact]
    public async Task A_clock_of_the_workflow_counts_down()
    {
        var key = SharedServer.NewKey("clock");
        (await shared.Server.As(Role.WorkspaceAdmin).PostAsync(
            "/api/apps", new { key, name = "Clock App", workflowDefinitionId = "two-stage-review", environments = new { Production = new { review = "Manual" } } })).Is(HttpStatusCode.Created);
        await CreateAsync(key, "Lapsang");
        var developer = shared.Server.As(Role.DeveloperAdmin);
        var id = (await developer.PostAsync("/workflows/releases", new { miniProgram = key, version = "1.0.0", app = key, environment = "Production" })).Is(HttpStatusCode.Created).Text("id")!;
        await Eventually.ReadAsync(() => developer.GetAsync($"/api/releases/{id}"), answer => answer.Text("building") == "Ready", "the build");
        (await developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        await using var tab = await shared.OpenAsync(Role.Reviewer);

        await tab.OpenAsync($"/releases/{id}", "Remind the reviewers");

        var countdown = tab.Page.Locator("time[data-countdown]").First;
        await Assertions.Expect(countdown).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^in 23 h 5[0-9] min$"));
        await Assertions.Expect(countdown).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex("20[0-9]{2}"));
        await tab.LookAsync("release-countdown");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Without_script_a_package_that_is_too_large_is_told_so_on_the_page()
    {
        var key = SharedServer.NewKey("heavy");
        await CreateAsync(key, "Heavy");
        await using var tab = await shared.OpenAnonymousAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        var user = shared.Server.DemoUser(Role.DeveloperAdmin);
        await tab.Page.GotoAsync($"/sign-in?returnUrl={Uri.EscapeDataString($"/mini-programs/{key}/upload")}");
        await tab.Page.GetByLabel("E-mail address").FillAsync(user.Email);
        await tab.Page.GetByLabel("Password").FillAsync(user.Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.Page.GetByLabel("Version", new() { Exact = true }).FillAsync("2.0.0");
        await tab.Page.GetByLabel("Package", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "heavy.zip", MimeType = "application/zip", Buffer = new byte[25 * 1024 * 1024] });

        tab.Expect(complaint => complaint.StartsWith("413 POST", StringComparison.Ordinal));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();

        await tab.Page.GetByText("The file is larger than 20 MB").First.WaitForAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task What_a_release_says_otherwise_is_marked_while_it_is_typed()
    {
        var key = SharedServer.NewKey("mark");
        await CreateAsync(key, "Marks");
        await using var tab = await shared.OpenAsync(Role.DeveloperAdmin);
        await tab.OpenAsync($"/mini-programs/{key}/versions/1.0.0/select-app", "Configuration of this release");
        await tab.Page.GetByText("Configuration of this release").ClickAsync();
        var mark = tab.Page.Locator(".setting").Filter(new() { HasText = "Server domains" }).Locator(".setting-override");
        await Assertions.Expect(mark).ToBeHiddenAsync();

        await tab.Page.GetByLabel("Server domains", new() { Exact = true }).FillAsync("api.other.example");

        await Assertions.Expect(mark).ToBeVisibleAsync();
        await Assertions.Expect(mark).ToContainTextAsync("api.tea.example");
        await tab.LookAsync("select-app-override");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_slash_leads_to_the_search_from_every_page()
    {
        await using var tab = await shared.OpenAsync(Role.DeveloperAdmin);
        await tab.OpenAsync("/mini-programs", "Coffee");

        await tab.Page.Keyboard.PressAsync("/");
        await tab.Page.Keyboard.TypeAsync("coffee 1.0.0");
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Versions" }).WaitForAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_reviewer_rejects_with_the_keyboard_alone()
    {
        var id = await ApplyAsync("keys");
        await using var tab = await shared.OpenAsync(Role.Reviewer);
        await tab.OpenAsync($"/approvals/{id}", "Decision");

        await tab.Page.Locator(".confirm > summary").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("Space");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync("The description is too short.");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.GetByText("was rejected").WaitForAsync();
        tab.AssertNoComplaints();
    }

    // An open page that hears of changes.
    private async Task<BrowserPage> FollowAsync(Role role, string address)
    {
        var tab = await shared.OpenAsync(role);
        await tab.Page.GotoAsync(address);
        await Assertions.Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-live", "on");
        return tab;
    }

    private async Task<string> ApplyAsync(string stem)
    {
        var id = await CreateAsync(SharedServer.NewKey(stem), "Tea");
        (await shared.Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        return id;
    }

    private async Task<string> CreateAsync(string key, string name)
    {
        var developer = shared.Server.As(Role.DeveloperAdmin);
        var configuration = new { serverDomains = new[] { "api.tea.example" } };
        (await developer.PostAsync("/api/mini-programs", new { key, name, description = "Tea to go.", category = "Food", configuration })).Is(HttpStatusCode.Created);
        (await developer.UploadAsync(key, "1.0.0", ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);
        var id = (await developer.PostAsync("/api/releases", new { miniProgram = key, version = "1.0.0", app = "superapp-a", environment = "Production", releaseNotes = "The first version." }))
            .Is(HttpStatusCode.Created).Text("id")!;
        await Eventually.ReadAsync(() => developer.GetAsync($"/api/releases/{id}"), answer => answer.Text("building") == "Ready", "the build");
        return id;
    }
}
