using System.Text.RegularExpressions;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Studio;

/// <summary>Elsa Studio's instances on the real server: what a release manager watches.</summary>
public sealed class InstanceTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public async Task A_release_moves_on_the_screen_as_it_moves_over_HTTP()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var developer = shared.Server.As(Role.Developer);
        var created = await developer.PostAsync("/workflows/releases", new { miniProgram = "coffee", version = "1.0.0", app = "superapp-a", environment = "Sandbox" });
        var release = "/api/releases/" + created.Text("id");
        await Eventually.BeTrueAsync(async () => (await developer.GetAsync(release)).Text("building") == "Ready", "the package");

        await tab.OpenAsync("/studio/instances", "coffee 1.0.0");
        await tab.Row("coffee 1.0.0").GetByText("Release pipeline").First.ClickAsync();
        await tab.Page.WaitForURLAsync("**/studio/instances/" + created.Text("workflowInstanceId"));
        await Assertions.Expect(tab.Node("sandbox-application")).ToBeInViewportAsync();
        await Assertions.Expect(Badge(tab, "sandbox-application")).ToHaveTextAsync("1");
        await Assertions.Expect(Badge(tab, "sandbox-review")).ToHaveCountAsync(0);

        await developer.PostAsync(release + "/apply", new { });
        await Assertions.Expect(Badge(tab, "sandbox-review")).ToHaveTextAsync("1");
        await shared.Server.As(Role.Reviewer).PostAsync(release + "/approve", new { comment = "Works." });
        await Assertions.Expect(Badge(tab, "sandbox-pilot")).ToHaveTextAsync("1");

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "The release" })).ToHaveAttributeAsync("href", "/releases/" + created.Text("id"));
        await tab.Page.GetByText("Open filtered logs").HoverAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Open filtered logs" })).ToHaveAttributeAsync("href", "/releases/" + created.Text("id"));
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_failure_is_read_where_it_happened()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var id = StudioTab.NewName("failing").Replace(' ', '-');
        await StudioTab.PublishAsync(shared.Server, id, ("Elsa.WriteLine", null), ("Elsa.Fault", new { message = new { typeName = "String", expression = new { type = "Literal", value = "The shelf is empty." } } }));
        var instance = await StudioTab.RunAsync(shared.Server, id);

        await tab.OpenAsync("/studio/instances/" + instance, "Faulted");
        await tab.OpenPanelAsync("Incidents");

        await tab.Page.GetByText("The shelf is empty.").First.WaitForAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task An_instance_that_waits_is_cancelled_from_the_list()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        var id = StudioTab.NewName("waiting").Replace(' ', '-');
        await StudioTab.PublishAsync(shared.Server, id, ("Elsa.Event", new { eventName = new { typeName = "String", expression = new { type = "Literal", value = id } } }));
        var instance = await StudioTab.RunAsync(shared.Server, id);
        await tab.OpenAsync("/studio/instances", id);

        await tab.ChooseAsync(tab.Row(id), "Cancel");
        await tab.Page.Locator(".mud-dialog button", new() { HasTextRegex = new Regex("^\\s*(yes|ok|cancel workflow|cancel)\\s*$", RegexOptions.IgnoreCase) }).Last.ClickAsync();

        await Assertions.Expect(tab.Row(id)).ToContainTextAsync("Cancelled");
        Assert.Equal("Cancelled", (await shared.Server.As(Role.Administrator).GetAsync("/elsa/api/workflow-instances/" + instance)).Text("subStatus"));
        tab.AssertNoComplaints();
    }

    private static ILocator Badge(BrowserPage tab, string activity) => tab.Node(activity).Locator(".mud-badge");
}
