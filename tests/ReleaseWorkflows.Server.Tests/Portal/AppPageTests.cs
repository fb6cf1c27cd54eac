using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>App Manage: what each role sees and changes of the rules of a super app.</summary>
public sealed class AppPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string[] Parts = ["", "/workflow", "/reviewers", "/freezes", "/webhook", "/notifications", "/settings"];

    private TestServer Server => shared.Server;

    [Theory]
    [InlineData(Role.WorkspaceAdmin, true)]
    [InlineData(Role.Administrator, true)]
    [InlineData(Role.Reviewer, false)]
    public async Task Every_part_opens_to_who_defines_the_app_with_its_forms_and_to_who_reviews_without(Role role, bool mayDefine)
    {
        using var browser = await SignedInAsync(role);

        foreach (var part in Parts)
        {
            var html = await ReadAsync(browser, "/apps/superapp-a" + part);

            Assert.Contains("Super App A", html, StringComparison.Ordinal);
            Assert.Equal(!mayDefine, html.Contains("You see the rules of this app since you review for it", StringComparison.Ordinal));
            Assert.Equal(mayDefine, html.Contains("data-form=", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(Role.Developer)]
    [InlineData(Role.DeveloperAdmin)]
    [InlineData(Role.WorkspaceDeveloper)]
    public async Task Others_have_no_apps_to_manage(Role role)
    {
        using var browser = await SignedInAsync(role);

        Assert.Equal(HttpStatusCode.Forbidden, (await browser.OpenAsync("/apps")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.OpenAsync("/apps/superapp-a")).StatusCode);
        Assert.DoesNotContain("href=\"/apps\"", await ReadAsync(browser, "/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reviewer_who_sends_a_form_all_the_same_is_refused_and_nothing_changes()
    {
        var key = await NewAppAsync();
        using var admin = await SignedInAsync(Role.WorkspaceAdmin);
        using var reviewer = await SignedInAsync(Role.Reviewer);

        // The form of an admin's page, sent with the reviewer's cookie.
        var refused = await reviewer.SubmitAsync($"/apps/{key}/settings", "name=\"_handler\"", ("_form", "settings"), ("name", "Mine now"), ("testerIdKind", "UserId"));

        Assert.NotEqual(HttpStatusCode.Redirect, refused.StatusCode);
        Assert.Equal("App", (await Server.As(Role.WorkspaceAdmin).GetAsync($"/api/apps/{key}")).Text("name"));
    }

    [Fact]
    public async Task The_rules_of_an_environment_are_changed_and_the_change_says_when_it_holds()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var saved = await browser.SubmitAsync($"/apps/{key}", "data-form=\"environments\"",
            ("Sandbox.offered", "true"), ("Sandbox.review", "Manual"), ("Sandbox.pilot", "Off"), ("Sandbox.minimumTesters", "0"), ("Sandbox.minimumPilotHours", "0"),
            ("Production.pilot", "Required"), ("Production.minimumTesters", "5"), ("Production.minimumPilotHours", "24"));

        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Contains("They hold for releases that apply from now on.", await ReadAsync(browser, saved.Headers.Location!.AbsolutePath), StringComparison.Ordinal);
        var environments = (await Server.As(Role.WorkspaceAdmin).GetAsync($"/api/apps/{key}")).Json.GetProperty("environments");
        Assert.Equal("Manual", environments.GetProperty("Sandbox").GetProperty("review").GetString());
        Assert.Equal(("Manual", "Required", 5), (environments.GetProperty("Production").GetProperty("review").GetString(),
            environments.GetProperty("Production").GetProperty("pilot").GetString(), environments.GetProperty("Production").GetProperty("minimumTesters").GetInt32()));
        Assert.False(environments.TryGetProperty("Test", out _));
    }

    [Fact]
    public async Task A_rollout_to_an_app_that_says_how_many_users_it_has_is_told_in_people()
    {
        var key = await NewAppAsync();
        using var admin = await SignedInAsync(Role.WorkspaceAdmin);
        using var developer = await SignedInAsync(Role.DeveloperAdmin);
        var refused = await admin.SubmitAsync($"/apps/{key}/settings", "data-form=\"settings\"", ("name", "App"), ("testerIdKind", "UserId"), ("audience", "many"));
        Assert.Contains("value=\"many\"", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var saved = await admin.SubmitAsync($"/apps/{key}/settings", "data-form=\"settings\"", ("name", "App"), ("testerIdKind", "UserId"), ("audience", "120000"));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        Assert.Contains("value=\"120000\"", await ReadAsync(admin, $"/apps/{key}/settings"), StringComparison.Ordinal);

        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: key);
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        Assert.Contains("1 %: about 1,200 of 120,000 users get this version, chosen at random.", await (await developer.OpenAsync($"/releases/{id}")).ReadTextAsync(), StringComparison.Ordinal);

        await scene.DoAsync(id, "grayscale", new { percentage = 20 });

        var text = await (await developer.OpenAsync($"/releases/{id}")).ReadTextAsync();
        Assert.Contains("of the users have this version, about 24,000 of 120,000.", text, StringComparison.Ordinal);
        Assert.Contains("25 %: about 30,000 of 120,000 users get this version, chosen at random; everyone in the current 20 % stays in.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_field_with_what_was_typed()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var refused = await browser.SubmitAsync($"/apps/{key}", "data-form=\"environments\"", ("Production.pilot", "Required"), ("Production.minimumTesters", "many"));

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var html = await refused.Content.ReadAsStringAsync();
        Assert.Contains("This is a whole number from 0 to 100000", html, StringComparison.Ordinal);
        Assert.Contains("value=\"many\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_somebody_else_has_outrun_changes_nothing_and_says_so()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var refused = await browser.SubmitAsync($"/apps/{key}/settings", "data-form=\"settings\"", ("_revision", "7"), ("name", "Late"), ("testerIdKind", "UserId"));

        Assert.Equal(HttpStatusCode.PreconditionFailed, refused.StatusCode);
        Assert.Contains("Somebody changed this app while you were at it", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_secret_of_a_webhook_is_shown_once()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var set = await browser.SubmitAsync($"/apps/{key}/webhook", "data-form=\"set\"", ("url", "https://hooks.example.com/a?b=<script>"));

        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        var html = await set.Content.ReadAsStringAsync();
        Assert.Contains("whsec_", html, StringComparison.Ordinal);
        Assert.DoesNotContain("b=<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_", await ReadAsync(browser, $"/apps/{key}/webhook"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_notice_reaches_the_webhook_signed_and_its_delivery_is_listed()
    {
        await using var peer = await HttpPeer.StartAsync();
        await using var server = await TestServer.StartAsync(null, null, peer.Setting);
        (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-a/webhook", new { url = peer.Url.ToString() })).Is(HttpStatusCode.OK);
        using var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(Role.WorkspaceAdmin));

        await browser.SubmitAsync("/apps/superapp-a/webhook", "data-form=\"ping\"");

        await Eventually.BeTrueAsync(() => peer.Requests.Count == 1, "the test notice");
        Assert.Contains("\"type\":\"ping\"", peer.Requests[0].Body, StringComparison.Ordinal);
        Assert.StartsWith("v1,", peer.Requests[0].Headers["webhook-signature"], StringComparison.Ordinal);
        await Eventually.BeTrueAsync(async () => (await ReadAsync(browser, "/apps/superapp-a/webhook")).Contains("a test", StringComparison.Ordinal), "the delivery in the list");
    }

    [Fact]
    public async Task Freezes_come_and_go_and_one_that_cannot_be_says_why()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var empty = await browser.SubmitAsync($"/apps/{key}/freezes", "data-form=\"add\"", ("name", "Holidays"), ("kind", "period"), ("from", "2030-12-24T18:00"));
        Assert.Contains("Give both from and until.", await empty.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await browser.SubmitAsync($"/apps/{key}/freezes", "data-form=\"add\"", ("name", "Weekend"), ("kind", "weekly"), ("days", "Saturday"), ("days", "Sunday"), ("timeZone", "Europe/Berlin"));
        Assert.Contains("every Saturday, Sunday (Europe/Berlin)", await ReadAsync(browser, $"/apps/{key}/freezes"), StringComparison.Ordinal);

        await browser.SubmitAsync($"/apps/{key}/freezes", "data-form=\"remove\"", ("index", "0"));

        Assert.Contains("No freezes", await ReadAsync(browser, $"/apps/{key}/freezes"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_of_an_e_mail_are_previewed_before_they_are_saved()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);
        var page = $"/apps/{key}/notifications";

        var preview = await browser.SubmitAsync(page, "data-form=\"template-Approved\"", ("subject", "{{miniProgram}} is in"), ("text", "Hello {{applicant}}"), ("act", "preview"));
        Assert.Contains("Hello Dora Developer", await preview.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("in the app's own words", WebUtility.HtmlDecode(await ReadAsync(browser, page)), StringComparison.Ordinal);

        var wrong = await browser.SubmitAsync(page, "data-form=\"template-Approved\"", ("subject", "{{weather}}"), ("text", "x"), ("act", "save"));
        Assert.Contains("There is nothing called “weather”", WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync()), StringComparison.Ordinal);

        await browser.SubmitAsync(page, "data-form=\"template-Approved\"", ("subject", "{{miniProgram}} is in"), ("text", "Hello {{applicant}}"), ("act", "save"));
        Assert.Contains("in the app's own words", WebUtility.HtmlDecode(await ReadAsync(browser, page)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_gets_a_workflow_of_its_own_with_one_press()
    {
        var key = await NewAppAsync();
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var copied = await browser.SubmitAsync($"/apps/{key}/workflow", "data-form=\"copy\"");

        Assert.Equal(HttpStatusCode.Redirect, copied.StatusCode);
        Assert.Contains($"/studio/definitions/{key}-pipeline", await ReadAsync(browser, $"/apps/{key}/workflow"), StringComparison.Ordinal);
        var refused = await browser.SubmitAsync($"/apps/{key}/workflow", "data-form=\"choose\"", ("workflowDefinitionId", "no-such"));
        Assert.Contains("There is no published workflow definition “no-such”", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_is_added_and_its_page_is_the_next()
    {
        var key = SharedServer.NewKey("page-app");
        using var browser = await SignedInAsync(Role.WorkspaceAdmin);

        var taken = await browser.SubmitAsync("/new-app", "data-form=\"new-app\"", ("key", "superapp-a"), ("name", "Twice"), ("workspace", "superapp"), ("Production.pilot", "Off"));
        Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
        var added = await browser.SubmitAsync("/new-app", "data-form=\"new-app\"", ("key", key), ("name", "<b>Bold</b>"), ("workspace", "superapp"), ("Production.pilot", "Off"));

        Assert.Equal($"/apps/{key}", added.Headers.Location!.AbsolutePath);
        var html = await ReadAsync(browser, $"/apps/{key}");
        Assert.Contains("&lt;b&gt;Bold&lt;/b&gt;", html, StringComparison.Ordinal);
    }

    private async Task<string> NewAppAsync()
    {
        var key = SharedServer.NewKey("page-app");
        (await Server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new
        {
            key,
            name = "App",
            workflowDefinitionId = "release-pipeline",
            environments = new { Test = new { }, Production = new { } },
        })).Is(HttpStatusCode.Created);
        return key;
    }

    private async Task<BrowserClient> SignedInAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }

    private static async Task<string> ReadAsync(BrowserClient browser, string address)
    {
        var response = await browser.OpenAsync(address);
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{address} answered {(int)response.StatusCode}.");
        return await response.Content.ReadAsStringAsync();
    }
}
