using System.Net;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>The pages of apps, administration and the own account, small and large, light and dark, with an accessibility checker.</summary>
public sealed class AdministrationLookTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public async Task The_pages_of_an_app_can_be_read_and_used_by_everybody()
    {
        (await shared.Server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-b/notifications", new
        {
            kinds = new[] { "WentLive" },
            templates = new { Approved = new { subject = "{{miniProgram}} {{version}} is in", text = "Hello {{applicant}},\n\nwell done." } },
        })).Is(HttpStatusCode.OK);
        await using var tab = await shared.OpenAsync(Role.WorkspaceAdmin);

        foreach (var (address, name) in new[]
        {
            ("/apps", "apps"), ("/new-app", "app-new"), ("/apps/superapp-b", "app-environments"), ("/apps/superapp-b/workflow", "app-workflow"),
            ("/apps/superapp-b/reviewers", "app-reviewers"), ("/apps/superapp-b/freezes", "app-freezes"), ("/apps/superapp-b/webhook", "app-webhook"),
            ("/apps/superapp-b/notifications", "app-notifications"), ("/apps/superapp-b/settings", "app-settings"),
        })
        {
            await tab.Page.GotoAsync(address);
            await tab.LookAsync(name);
        }

        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task The_pages_of_the_administration_can_be_read_and_used_by_everybody()
    {
        var administrator = shared.Server.As(Role.Administrator);
        var user = (await administrator.PostAsync("/api/users", new { email = "looked-at@example.com", name = "Lou Looked-At" })).Is(HttpStatusCode.Created).Text("id");
        (await administrator.PostAsync("/api/api-keys", new { name = "Nightly export", scopes = new[] { "workspace.audit" } })).Is(HttpStatusCode.Created);
        await using var tab = await shared.OpenAsync(Role.Administrator);

        foreach (var (address, name) in new[]
        {
            ("/administration", "administration-workspaces"), ("/administration/workspaces/acme", "administration-workspace"), ("/administration/users", "administration-users"),
            ($"/administration/users/{user}", "administration-user"), ("/administration/audit", "administration-audit"), ("/administration/emails", "administration-emails"),
            ("/account", "account"), ("/account/keys", "account-keys"),
        })
        {
            await tab.Page.GotoAsync(address);
            await tab.LookAsync(name);
        }

        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task A_freeze_is_added_and_removed_with_the_keyboard_alone()
    {
        await using var tab = await shared.OpenAsync(Role.WorkspaceAdmin);
        await tab.OpenAsync("/apps/superapp-a/freezes", "Add a freeze");

        await tab.Page.GetByLabel("Name").FocusAsync();
        await tab.Page.Keyboard.TypeAsync("Weekend");
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await tab.Page.GetByLabel("Sunday").FocusAsync();
        await tab.Page.Keyboard.PressAsync("Space");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByText("every Sunday (UTC)").WaitForAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.GetByText("No freezes").WaitForAsync();
        tab.AssertNoComplaints();
    }
}
