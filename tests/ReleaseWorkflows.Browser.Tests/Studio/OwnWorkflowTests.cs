using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Browser.Tests.Studio;

/// <summary>The workflow of one app, in the hands of those who define the app.</summary>
public sealed class OwnWorkflowTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public async Task The_default_is_copied_for_an_app_changed_and_published_for_later_releases_alone()
    {
        var app = await StudioTab.CreateAppAsync(shared.Server);
        var own = app + "-pipeline";
        await using var tab = await shared.OpenAsync(Role.WorkspaceAdmin);
        await tab.OpenAsync("/studio/definitions/release-pipeline", "Developer applies to release");

        await tab.Page.GetByText("Use and history").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = $"Copy it for {app}", Exact = true }).ClickAsync();
        await tab.Page.WaitForURLAsync("**/studio/definitions/" + own);
        await tab.Page.GetByText("The app has a workflow of its own.").WaitForAsync();
        await Assertions.Expect(tab.Node("prepare")).ToBeInViewportAsync();
        var first = await ReleaseAsync(app, "Development");

        // A step of its own before building.
        var canvas = (await tab.Page.Locator(".x6-graph").First.BoundingBoxAsync())!;
        await tab.AddStepAsync("Write", "Console", "Write Line", (int)canvas.Width / 2, 60);
        var added = tab.Page.Locator(".x6-node", new() { HasText = "Write Line" });
        await tab.SavedAsync(() => tab.ConnectAsync(added, tab.Node("build")));
        var published = await tab.PublishAsync();
        Assert.Equal(200, published.Status);

        var second = await ReleaseAsync(app, "Production");
        Assert.Equal((own, 1), await WorkflowOfAsync(first));
        Assert.Equal((own, 2), await WorkflowOfAsync(second));
        tab.AssertNoComplaints();

        // Who did it is told, and the version that the first release stays on can be looked at, not changed.
        await tab.Page.GotoAsync($"/studio/definitions/{own}?version=1");
        await tab.Page.GetByText("Version 1, as releases that began on it run it").WaitForAsync();
        await tab.Page.GetByText("read-only mode").First.WaitForAsync();
        await Assertions.Expect(tab.Page.Locator(".x6-node", new() { HasText = "Write Line" })).ToHaveCountAsync(0);
        await tab.Page.GetByText("Use and history").ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".studio-menu li", new() { HasText = "Published version 2" })).ToContainTextAsync("Wim Workspace-Admin");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Of_two_who_change_the_same_draft_the_second_is_told_and_nothing_is_lost()
    {
        var app = await StudioTab.CreateAppAsync(shared.Server);
        var address = $"/elsa/api/workflow-definitions/{app}-pipeline";
        var first = shared.Server.As(Role.WorkspaceAdmin);
        await first.PostAsync($"/api/apps/{app}/workflow");
        await using var tab = await shared.OpenAsync(Role.Administrator);
        tab.Expect(complaint => complaint.StartsWith("400 POST /elsa/api/workflow-definitions", StringComparison.Ordinal));
        await tab.OpenAsync($"/studio/definitions/{app}-pipeline", "Developer applies to release");
        var model = JsonObject.Create((await first.GetAsync(address)).Json)!;
        model["description"] = "The first one's words.";
        Assert.Equal(200, (int)(await first.PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model }.ToJsonString())).Status);

        var refused = await tab.SavedAsync(async () =>
        {
            await tab.Page.Locator("textarea").First.FillAsync("The second one's words.");
            await tab.Page.Keyboard.PressAsync("Tab");
        });

        Assert.Equal(400, refused.Status);
        await tab.Page.GetByText(new Regex("Not saved: Wim Workspace-Admin changed this workflow")).First.WaitForAsync();
        Assert.Equal("The first one's words.", (await first.GetAsync(address)).Text("description"));
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task Who_reviews_looks_on_and_who_may_not_make_a_workflow_is_offered_none()
    {
        await using var reviewer = await shared.OpenAsync(Role.Reviewer);
        await reviewer.OpenAsync("/studio/definitions/release-pipeline", "read-only mode");
        await Assertions.Expect(reviewer.Node("prepare")).ToBeAttachedAsync();
        await Assertions.Expect(reviewer.Page.GetByText("Auto-save")).ToHaveCountAsync(0);
        await reviewer.AssertAccessibleAsync("the frame around the editor", except: "#studio");
        reviewer.AssertNoComplaints();

        await using var admin = await shared.OpenAsync(Role.WorkspaceAdmin);
        await admin.OpenAsync("/studio/definitions", "Release pipeline");
        await Assertions.Expect(admin.Page.GetByRole(AriaRole.Button, new() { Name = "Create workflow" }).First).ToBeDisabledAsync();
        admin.AssertNoComplaints();

        await using var developer = await shared.OpenAsync(Role.Developer);
        developer.Expect(complaint => complaint.StartsWith("403 GET /studio/definitions", StringComparison.Ordinal));
        Assert.Equal(403, (await developer.Page.GotoAsync("/studio/definitions"))!.Status);
        await developer.Page.GetByRole(AriaRole.Heading).First.WaitForAsync();
        developer.AssertNoComplaints();
    }

    private async Task<string> ReleaseAsync(string app, string environment)
    {
        var created = await shared.Server.As(Role.Developer).PostAsync("/workflows/releases", new { miniProgram = "coffee", version = "1.0.0", app, environment });
        Assert.True((int)created.Status == 201, created.ToString());
        return created.Text("id")!;
    }

    private async Task<(string? Definition, int Version)> WorkflowOfAsync(string release)
    {
        var shown = await shared.Server.As(Role.Developer).GetAsync("/api/releases/" + release);
        return (shown.Text("definitionId"), shown.Json.GetProperty("definitionVersion").GetInt32());
    }
}
