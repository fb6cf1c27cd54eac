using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using ReleaseWorkflows.Browser.Tests.Infrastructure;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Portal;
using ReleaseWorkflows.Server.Portal.Releases;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Browser.Tests.Portal;

/// <summary>Every page there is, small and large, light and dark, with an accessibility checker; also what people see instead of a page.</summary>
public sealed class EveryPageTests(SharedBrowser shared) : IClassFixture<SharedBrowser>
{
    [BrowserFact]
    public void No_page_of_the_server_is_forgotten()
    {
        var pages = shared.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(PortalPages.IsPage).Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/')).Distinct();

        Assert.Equal(pages.Order(StringComparer.Ordinal), PageLooks.All.Select(look => look.Pattern).Distinct().Order(StringComparer.Ordinal));
    }

    [BrowserFact]
    public async Task Every_page_can_be_read_and_used_by_everybody()
    {
        var known = await PrepareAsync();

        // Whoever they are, they look at the same time.
        await Task.WhenAll(PageLooks.All.GroupBy(look => look.Role).Select(async looks =>
        {
            await using var tab = looks.Key is { } role ? await shared.OpenAsync(role) : await shared.OpenAnonymousAsync();
            foreach (var look in looks.Where(look => !IsStudio(look)))
            {
                await tab.OpenAsync(Fill(look.Address, known), look.Text);
                await tab.LookAsync(look.Name);
            }

            tab.AssertNoComplaints();
        }));
    }

    [BrowserFact]
    public async Task The_frame_around_Studio_can_be_read_and_used_by_everybody()
    {
        var known = await PrepareAsync();
        await using var tab = await shared.OpenAsync(Role.WorkspaceAdmin);

        // Studio itself has tests of its own; without it the frame is there at once.
        await tab.Page.RouteAsync("**/studio/_framework/**", route => route.AbortAsync());
        foreach (var look in PageLooks.All.Where(IsStudio))
        {
            await tab.OpenAsync(Fill(look.Address, known), look.Text);
            await tab.LookAsync(look.Name, except: "#studio");
        }
    }

    [BrowserFact]
    public async Task What_people_see_instead_of_a_page_can_be_read_by_everybody()
    {
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddScoped<ReleaseSights>(_ => throw new InvalidOperationException("A page that fails.")));
        await using var tab = await shared.OpenAnonymousAsync(new BrowserNewContextOptions { BaseURL = server.Http.BaseAddress!.ToString() });
        await tab.Page.GotoAsync("/nothing");
        await tab.LookAsync("error-404-signed-out");
        await SignInAsync(tab, server.DemoUser(Role.DeveloperAdmin));

        foreach (var (status, address) in new[] { (404, "/mini-programs/nothing"), (403, "/administration/users"), (500, "/releases/any") })
        {
            Assert.Equal(status, (await tab.Page.GotoAsync(address))!.Status);
            await tab.LookAsync($"error-{status}");
        }
    }

    [BrowserFact]
    public async Task A_refused_sign_in_says_so_to_everybody()
    {
        await using var tab = await shared.OpenAnonymousAsync();
        await tab.OpenAsync("/sign-in", "E-mail address");
        await tab.Page.GetByLabel("E-mail address").FillAsync("nobody@example.com");
        await tab.Page.GetByLabel("Password").FillAsync("wrong");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByText("do not belong together").WaitForAsync();

        await tab.LookAsync("sign-in-refused");
    }

    [BrowserFact]
    public async Task Without_script_nothing_is_missing_from_a_page()
    {
        var known = await PrepareAsync();
        await using var tab = await shared.OpenAnonymousAsync(new BrowserNewContextOptions { JavaScriptEnabled = false });
        await SignInAsync(tab, shared.Server.DemoUser(Role.Reviewer));

        await tab.OpenAsync(Fill("/approvals/{release}", known), "What the checks found");
        await tab.Page.Locator("summary").Filter(new() { HasText = "Reject" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Reason")).ToBeVisibleAsync();
        await tab.Page.Locator(".frame-menu summary").ClickAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" })).ToBeVisibleAsync();
        await tab.OpenAsync(Fill("/releases/{release}", known), "What happens next");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Workflow", Exact = true }).ClickAsync();
        await tab.Page.GetByText("whatever is published later").WaitForAsync();
    }

    private static bool IsStudio(PageLook look) => look.Pattern.StartsWith("/studio/", StringComparison.Ordinal);

    private static string Fill(string address, Dictionary<string, string> known) =>
        known.Aggregate(address, (filled, entry) => filled.Replace(entry.Key, entry.Value, StringComparison.Ordinal));

    private static async Task SignInAsync(BrowserPage tab, DemoUser user)
    {
        await tab.Page.GotoAsync("/sign-in");
        await tab.Page.GetByLabel("E-mail address").FillAsync(user.Email);
        await tab.Page.GetByLabel("Password").FillAsync(user.Password);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "My work" }).WaitForAsync();
    }

    // A release under review, of a mini program of its own; a user; words and keys of one's own.
    private async Task<Dictionary<string, string>> PrepareAsync()
    {
        var (developer, administrator) = (shared.Server.As(Role.DeveloperAdmin), shared.Server.As(Role.Administrator));
        var key = SharedServer.NewKey("look");
        (await developer.PostAsync("/api/mini-programs", new { key, name = "Grand Hotel Reservations and Concierge Services", description = "A room, a table, a treatment.", category = "Travel", configuration = new { serverDomains = new[] { "api.hotel.example" } } })).Is(HttpStatusCode.Created);
        (await developer.UploadAsync(key, "1.0.0", ApiClient.Sample("coffee"))).Is(HttpStatusCode.Created);
        var release = (await developer.PostAsync("/api/releases", new { miniProgram = key, version = "1.0.0", app = "superapp-a", environment = "Production", releaseNotes = "The first version." })).Is(HttpStatusCode.Created).Text("id")!;
        await Eventually.ReadAsync(() => developer.GetAsync($"/api/releases/{release}"), answer => answer.Text("building") == "Ready", "the build");
        var applied = (await developer.PostAsync($"/api/releases/{release}/apply")).Is(HttpStatusCode.OK);
        var user = (await administrator.PostAsync("/api/users", new { email = $"{key}@example.com", name = "Lou Looked-At" })).Is(HttpStatusCode.Created).Text("id")!;
        (await developer.PostAsync("/api/api-keys", new { name = "Nightly build", scopes = new[] { "release.prepare", "release.apply" } })).Is(HttpStatusCode.Created);
        (await shared.Server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-b/notifications", new
        {
            kinds = new[] { "WentLive" },
            templates = new { Approved = new { subject = "{{miniProgram}} {{version}} is in", text = "Hello {{applicant}},\n\nwell done." } },
        })).Is(HttpStatusCode.OK);
        return new Dictionary<string, string> { ["{release}"] = release, ["{user}"] = user, ["{instance}"] = applied.Text("workflowInstanceId")! };
    }
}
