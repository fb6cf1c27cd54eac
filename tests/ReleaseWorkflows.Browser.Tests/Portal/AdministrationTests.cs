using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>The pages of apps in a real browser.</summary>
public sealed class AdministrationTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
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
