using System.Net;
using System.Text;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>The life of a release as people walk it in their browsers (S1 to S4): each sees by itself what the other does.</summary>
public sealed class ReleaseStoryTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public async Task A_version_is_rejected_approved_piloted_and_goes_from_one_percent_to_everyone()
    {
        await using var developer = await shared.OpenAsync(Role.DeveloperAdmin);
        await using var reviewer = await shared.OpenAsync(Role.Reviewer);
        developer.Expect(complaint => complaint.StartsWith("400 POST", StringComparison.Ordinal));
        var miniProgram = SharedServer.NewKey("chai");
        await CreateMiniProgramAsync(miniProgram);

        // Upload, Select App.
        await developer.Page.GotoAsync($"/mini-programs/{miniProgram}");
        await developer.Page.GetByRole(AriaRole.Link, new() { Name = "Upload a version" }).First.ClickAsync();
        await developer.Page.GetByLabel("Package", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "chai.zip", MimeType = "application/zip", Buffer = ApiClient.Sample("coffee") });
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Upload", Exact = true }).ClickAsync();
        await developer.Page.GetByText("Tea house 1.0.0 was uploaded").WaitForAsync();
        await developer.Page.GetByRole(AriaRole.Link, new() { Name = "Select App for 1.0.0" }).ClickAsync();
        var dialog = developer.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Group, new() { Name = "Super App A" }).GetByLabel("Production").CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Select", Exact = true }).ClickAsync();
        await developer.Page.WaitForURLAsync("**/releases/*");
        var id = new Uri(developer.Page.Url).Segments[^1];
        await OpenLiveAsync(developer, id);

        // Configure, with a mistake first.
        await developer.Page.GetByRole(AriaRole.Link, new() { Name = "Configuration" }).First.ClickAsync();
        await developer.LookAsync("release-configuration");
        await developer.Page.GetByText("Edit the configuration of this release").ClickAsync();
        await developer.Page.GetByRole(AriaRole.Textbox, new() { Name = "Server domains" }).FillAsync("https://api.chai.example/");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await developer.Page.GetByText("is not a host name").WaitForAsync();
        await developer.LookAsync("release-configuration-refused");
        await developer.Page.GetByRole(AriaRole.Textbox, new() { Name = "Server domains" }).FillAsync("api.chai.example");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await developer.Page.GetByText("The configuration is saved").WaitForAsync();

        // The build ends by itself, and the page shows it by itself.
        await OpenLiveAsync(developer, id);
        var apply = developer.Page.GetByRole(AriaRole.Button, new() { Name = "Apply to Release" });
        await apply.WaitForAsync();
        await developer.LookAsync("release-new");
        await developer.Page.GetByLabel("Release notes").FillAsync("Chai with oat milk.");
        await apply.ClickAsync();
        await developer.Page.GetByText("You have applied to release this version.").WaitForAsync();

        // Reject: the developer's open page learns of it.
        await OpenLiveAsync(developer, id);
        await OpenLiveAsync(reviewer, id);
        await reviewer.LookAsync("release-review");
        await reviewer.Page.Locator("summary").Filter(new() { HasText = "Reject" }).ClickAsync();
        await reviewer.Page.GetByLabel("Details", new() { Exact = true }).CheckAsync();
        await reviewer.Page.GetByLabel("Reason").FillAsync("The description says nothing about allergens.");
        await reviewer.Page.GetByRole(AriaRole.Button, new() { Name = "Reject" }).ClickAsync();
        await developer.Page.GetByText("The description says nothing about allergens.").First.WaitForAsync();
        await Assertions.Expect(developer.Page.Locator("[data-live-voice]")).ToContainTextAsync("rejected the request");
        await developer.LookAsync("release-rejected");

        // Apply again, approve: the developer's page goes on to the pilot.
        await apply.ClickAsync();
        await developer.Page.GetByText("You have applied to release this version.").WaitForAsync();
        await OpenLiveAsync(developer, id);
        await OpenLiveAsync(reviewer, id);
        await reviewer.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await reviewer.Page.GetByText("You have approved the request.").WaitForAsync();
        await developer.Page.GetByRole(AriaRole.Link, new() { Name = "Add Testers" }).ClickAsync();

        // Testers from a file: shown first, saved on confirmation.
        await developer.Page.GetByLabel("Or a file").SetInputFilesAsync(new FilePayload { Name = "testers.csv", MimeType = "text/csv", Buffer = Encoding.UTF8.GetBytes("userId\nana\nben\nana\nnot an id\n") });
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Read the list" }).ClickAsync();
        await developer.Page.GetByText("2 accepted").WaitForAsync();
        await developer.LookAsync("release-testers-read");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Add 2 testers" }).ClickAsync();
        await developer.Page.GetByText("2 testers are added.").WaitForAsync();
        await developer.LookAsync("release-testers");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Complete Testing" }).ClickAsync();

        // 1 %, who is in, 100 %.
        await developer.Page.GetByText("Nobody has this version yet.").WaitForAsync();
        await developer.Page.GetByLabel("Percentage of the users to begin with").FillAsync("1");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Next Step" }).ClickAsync();
        await developer.Page.GetByText("1 % of the users have this version.").First.WaitForAsync();
        await developer.Page.GetByLabel("Is a user in?").FillAsync("ana");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Look up" }).ClickAsync();
        await developer.Page.GetByText("ana comes in when the rollout reaches").Or(developer.Page.GetByText("ana has been in since")).WaitForAsync();
        await developer.LookAsync("release-grayscale");
        await developer.Page.GetByLabel("New percentage of the users").FillAsync("100");
        await Assertions.Expect(developer.Page.Locator("[data-percentage-meaning]")).ToHaveTextAsync("Everyone gets this version: the Full Release, which ends the process.");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Next Step" }).ClickAsync();
        await developer.Page.GetByText("The release is complete.").First.WaitForAsync();
        await developer.LookAsync("release-full");
        foreach (var tab in new[] { "information", "reports", "effects", "workflow" })
        {
            await developer.Page.GotoAsync($"/releases/{id}?tab={tab}");
            await developer.LookAsync("release-" + tab);
        }

        Assert.Equal("FullRelease", (await shared.Server.As(Role.DeveloperAdmin).GetAsync($"/api/releases/{id}")).Text("status"));
        developer.AssertNoComplaints();
        reviewer.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_second_version_is_canceled_in_grayscale_and_its_price_is_told_before()
    {
        var miniProgram = SharedServer.NewKey("mate");
        var id = await GrayscaleAsync(await CreateAsync(miniProgram, "1.0.0"), 100);
        id = await GrayscaleAsync(await CreateAsync(miniProgram, "1.1.0", isNew: false), 10);
        await using var developer = await shared.OpenAsync(Role.DeveloperAdmin);
        await OpenLiveAsync(developer, id);

        await developer.Page.Locator("summary").Filter(new() { HasText = "Cancel release" }).ClickAsync();
        await Assertions.Expect(developer.Page.Locator(".confirm[open] .confirm-price")).ToContainTextAsync("can never go to");
        await Assertions.Expect(developer.Page.Locator(".confirm[open] .confirm-price")).ToContainTextAsync("go back to 1.0.0");
        await developer.LookAsync("release-cancel");
        await developer.Page.GetByLabel("Reason").Last.FillAsync("It crashes.");
        await developer.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel this release" }).ClickAsync();

        await developer.Page.GetByText("The release is canceled.").WaitForAsync();
        await developer.LookAsync("release-canceled");
        Assert.Equal("Canceled", (await shared.Server.As(Role.DeveloperAdmin).GetAsync($"/api/releases/{id}")).Text("status"));
        developer.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task What_somebody_types_stays_when_the_release_changes_meanwhile()
    {
        var id = await CreateAsync(SharedServer.NewKey("sencha"), "1.0.0");
        await WaitForBuildAsync(id);
        (await shared.Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/apply", new { })).Is(HttpStatusCode.OK);
        await using var reviewer = await shared.OpenAsync(Role.Reviewer);
        reviewer.Expect(complaint => complaint.StartsWith("409 POST", StringComparison.Ordinal));
        await OpenLiveAsync(reviewer, id);
        await reviewer.Page.GetByLabel("Comment").FillAsync("Long thoughts about this version.");

        (await shared.Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/withdraw", new { })).Is(HttpStatusCode.OK);

        await reviewer.Page.GetByText("Something has changed since you began.").WaitForAsync();
        await Assertions.Expect(reviewer.Page.GetByLabel("Comment")).ToHaveValueAsync("Long thoughts about this version.");
        await reviewer.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await reviewer.Page.GetByText("has changed since you opened this page").WaitForAsync();
        await reviewer.Page.GetByText("Long thoughts about this version.").WaitForAsync();
        await reviewer.LookAsync("release-stale");
        reviewer.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_release_is_completed_with_the_keyboard_alone()
    {
        var id = await CreateAsync(SharedServer.NewKey("rooibos"), "1.0.0", environment: "Development");
        await WaitForBuildAsync(id);
        await using var developer = await shared.OpenAsync(Role.DeveloperAdmin);
        await OpenLiveAsync(developer, id);

        await PressTabUntilAsync(developer, "Skip to the content");
        await developer.Page.Keyboard.PressAsync("Enter");
        await PressTabUntilAsync(developer, "Release notes");
        await developer.Page.Keyboard.TypeAsync("By keyboard.");
        await PressTabUntilAsync(developer, "Apply to Release");
        await developer.Page.Keyboard.PressAsync("Enter");

        await developer.Page.GetByText("The release is complete.").First.WaitForAsync();
        developer.AssertNoComplaints();
    }

    private static async Task PressTabUntilAsync(BrowserPage tab, string name)
    {
        const string Focused = "(document.activeElement.labels?.[0] ?? document.activeElement).innerText ?? ''";
        for (var presses = 0; presses < 60; presses++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            if ((await tab.Page.EvaluateAsync<string>(Focused)).Trim().StartsWith(name, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The keyboard does not reach “{name}”.");
    }

    // Opens the page and waits until it listens.
    private static async Task OpenLiveAsync(BrowserPage tab, string id)
    {
        await tab.Page.GotoAsync($"/releases/{id}");
        await Assertions.Expect(tab.Page.Locator("html")).ToHaveAttributeAsync("data-live", "on");
    }

    private async Task<string> CreateAsync(string miniProgram, string version, bool isNew = true, string environment = "Production")
    {
        var developer = shared.Server.As(Role.DeveloperAdmin);
        if (isNew)
        {
            await CreateMiniProgramAsync(miniProgram);
        }

        (await developer.UploadAsync(miniProgram, version, ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);
        return (await developer.PostAsync("/workflows/releases", new { miniProgram, version, app = "superapp-a", environment })).Is(HttpStatusCode.Created).Text("id")!;
    }

    private async Task CreateMiniProgramAsync(string key) => (await shared.Server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new
    {
        key,
        name = "Tea house",
        description = "Tea to go.",
        category = "Food",
        configuration = new { serverDomains = new[] { "api.tea.example" }, environmentVariables = new { API_URL = "https://api.tea.example" } },
    })).Is(HttpStatusCode.Created);

    private Task WaitForBuildAsync(string id) => Eventually.BeTrueAsync(
        async () => (await shared.Server.As(Role.DeveloperAdmin).GetAsync($"/api/releases/{id}")).Text("building") == "Ready", "the package");

    private async Task<string> GrayscaleAsync(string id, int percentage)
    {
        var developer = shared.Server.As(Role.DeveloperAdmin);
        await WaitForBuildAsync(id);
        (await developer.PostAsync($"/api/releases/{id}/apply", new { })).Is(HttpStatusCode.OK);
        (await shared.Server.As(Role.Reviewer).PostAsync($"/api/releases/{id}/approve", new { })).Is(HttpStatusCode.OK);
        (await developer.PostAsync($"/api/releases/{id}/complete-pilot", new { })).Is(HttpStatusCode.OK);
        (await developer.PostAsync($"/api/releases/{id}/grayscale", new { percentage })).Is(HttpStatusCode.OK);
        return id;
    }
}
