using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>The frame around every page, in a real browser.</summary>
public sealed class FrameTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public async Task A_page_sends_to_sign_in_and_back_with_the_keyboard_alone()
    {
        await using var tab = await shared.OpenAnonymousAsync();
        var user = shared.Server.DemoUser(Role.Reviewer);
        tab.Expect(complaint => complaint.StartsWith("401 POST /sign-in", StringComparison.Ordinal));

        await tab.OpenAsync("/account", "Sign in");
        await tab.Page.Keyboard.TypeAsync(user.Email);
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync("wrong");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByText("do not belong together").WaitForAsync();
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync(user.Password);
        await tab.Page.Keyboard.PressAsync("Enter");

        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Where you are signed in" }).WaitForAsync();
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task The_account_menu_opens_and_closes_with_the_keyboard_and_signs_out()
    {
        await using var tab = await shared.OpenAnonymousAsync();
        var user = shared.Server.DemoUser(Role.DeveloperAdmin);
        await tab.Page.GotoAsync("/sign-in");
        await tab.Page.GetByLabel("E-mail address").FillAsync(user.Email);
        await tab.Page.GetByLabel("Password").FillAsync(user.Password);
        await tab.Page.Keyboard.PressAsync("Enter");
        var menu = tab.Page.Locator(".frame-menu summary");
        var signOut = tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" });

        await menu.FocusAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(signOut).ToBeVisibleAsync();
        await tab.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(signOut).ToBeHiddenAsync();
        await tab.Page.Keyboard.PressAsync("Enter");
        await signOut.ClickAsync();

        await tab.Page.WaitForURLAsync("**/sign-in");
        await tab.Page.GotoAsync("/account");
        await tab.Page.WaitForURLAsync("**/sign-in?returnUrl=%2Faccount");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task The_theme_is_kept_over_pages()
    {
        await using var tab = await shared.OpenAnonymousAsync(new BrowserNewContextOptions { ColorScheme = ColorScheme.Dark });
        await tab.Page.GotoAsync("/nothing");
        tab.Expect(complaint => complaint.StartsWith("404", StringComparison.Ordinal));
        var document = tab.Page.Locator("html");
        await Assertions.Expect(document).ToHaveAttributeAsync("data-bs-theme", "dark");

        await tab.Page.Locator("[data-theme-switch]").ClickAsync();
        await Assertions.Expect(document).ToHaveAttributeAsync("data-bs-theme", "light");
        await tab.Page.GotoAsync("/sign-in");

        await Assertions.Expect(document).ToHaveAttributeAsync("data-bs-theme", "light");
        tab.AssertNoComplaints();
    }

    [BrowserFact]
    public async Task On_a_small_screen_the_navigation_is_behind_a_button_and_nothing_is_wider_than_the_screen()
    {
        await using var tab = await shared.OpenAsync(Role.Administrator);
        await tab.Page.SetViewportSizeAsync(400, 800);
        foreach (var address in new[] { "/", "/account" })
        {
            await tab.Page.GotoAsync(address);
            Assert.Equal(400, await tab.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }

        await tab.Page.Locator(".frame-burger summary").ClickAsync();

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Running workflows" })).ToBeVisibleAsync();
        tab.AssertNoComplaints();
    }
}
