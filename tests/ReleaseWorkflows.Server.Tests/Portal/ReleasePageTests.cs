using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>The page of a release, without script: what it offers to whom, and what its forms do.</summary>
public sealed partial class ReleasePageTests(ReleasePageServer own) : IClassFixture<ReleasePageServer>
{
    private const string Attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    private static readonly string[] EveryCommand =
    [
        "edit-configuration", "edit-basic-information", "retry-build", "apply", "withdraw", "approve", "reject", "assign-reviewers", "complete-pilot", "go-live", "grayscale", "hold",
        "resume", "override-freeze", "take-offline", "cancel",
    ];

    private TestServer Server => own.Server;

    [Fact]
    public async Task A_release_that_is_not_there_or_not_to_be_seen_is_a_page_with_404()
    {
        using var developer = await BrowserOfAsync(Role.Developer);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var others = await scene.ReleaseAsync("Development");

        Assert.Equal(HttpStatusCode.NotFound, (await developer.OpenAsync("/releases/nothing")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await developer.OpenAsync($"/releases/{others}")).StatusCode);
    }

    [Theory]
    [InlineData("Development", "Prepare", "Apply to Release", "Full Release")]
    [InlineData("Sandbox", "Prepare", "Review", "Pilot Testing", "Full Release")]
    [InlineData("Production", "Prepare", "Review", "Pilot Testing", "Grayscale Release", "Full Release")]
    public async Task The_steps_are_those_of_the_environment(string environment, params string[] steps)
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync(environment);

        var page = await ReadAsync(browser, $"/releases/{id}");

        Assert.Equal(steps, StepTitle().Matches(page).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task A_form_does_what_the_API_does_and_says_so_on_the_page_it_leads_to()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");

        var answer = await browser.SubmitAsync($"/releases/{id}", Form("apply"), ("releaseNotes", "Iced tea."));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"/releases/{id}", answer.Target());
        Assert.Contains("You have applied to release this version.", await ReadAsync(browser, $"/releases/{id}"), StringComparison.Ordinal);
        Assert.DoesNotContain("You have applied to release this version.", await ReadAsync(browser, $"/releases/{id}"), StringComparison.Ordinal);
        var release = await scene.ReadAsync(id);
        Assert.Equal("UnderReview", release.Text("status"));
        Assert.Equal("Iced tea.", release.Text("releaseNotes"));
    }

    [Fact]
    public async Task A_second_click_has_no_second_effect_and_gets_the_first_answer()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var page = await ReadAsync(browser, $"/releases/{id}");

        var answers = await Task.WhenAll(browser.SubmitMarkupAsync($"/releases/{id}", page, Form("apply")), browser.SubmitMarkupAsync($"/releases/{id}", page, Form("apply")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode));
        Assert.Equal(1, (await scene.Developer.GetAsync($"/api/releases/{id}/log")).Items.Count(line => line.GetProperty("event").GetString() == "ApplicationSubmitted"));
    }

    [Fact]
    public async Task A_page_that_grew_stale_is_told_what_has_changed_and_offers_what_is_possible_now()
    {
        using var reviewer = await BrowserOfAsync(Role.Reviewer);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        (await scene.Developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        var page = await ReadAsync(reviewer, $"/releases/{id}");
        (await scene.Developer.PostAsync($"/api/releases/{id}/withdraw")).Is(HttpStatusCode.OK);

        var answer = await reviewer.SubmitMarkupAsync($"/releases/{id}", page, Form("approve"), ("comment", "Well done, all of you."));

        var html = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("has changed since you opened this page", html, StringComparison.Ordinal);
        Assert.Contains("Request withdrawn", html, StringComparison.Ordinal);
        Assert.Contains("Well done, all of you.", html, StringComparison.Ordinal);
        Assert.DoesNotContain(Form("approve"), html, StringComparison.Ordinal);
        Assert.Equal("NewVersionCreated", (await scene.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");

        var answer = await browser.SubmitAsync(
            $"/releases/{id}?tab=configuration", Form("edit-configuration"), ("serverDomains", "api.tea.example\nnot a host"), ("features", "iced=perhaps"), ("payment", "merchantId=77"));

        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Line 1: “iced” is on or off.", html, StringComparison.Ordinal);
        Assert.Contains("not a host", html, StringComparison.Ordinal);
        Assert.Contains("merchantId=77", html, StringComparison.Ordinal);

        var again = await browser.SubmitAsync($"/releases/{id}?tab=configuration", Form("edit-configuration"), ("serverDomains", "api.tea.example\nnot a host"));

        Assert.Contains("Entry 2: “not a host” is not a host name", WebUtility.HtmlDecode(await again.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_is_written_in_lines_and_shown_with_where_it_comes_from()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");

        await browser.SubmitAsync(
            $"/releases/{id}?tab=configuration", Form("edit-configuration"),
            ("serverDomains-none", "true"), ("environmentVariables", "GREETING=one\\ntwo\r\nPATH_=C:\\\\tea"), ("features", "iced=on"));

        var values = (await scene.Developer.GetAsync($"/api/releases/{id}/configuration")).Json.GetProperty("override");
        Assert.Empty(values.GetProperty("serverDomains").EnumerateArray());
        Assert.Equal("one\ntwo", values.GetProperty("environmentVariables").GetProperty("GREETING").GetString());
        Assert.Equal("C:\\tea", values.GetProperty("environmentVariables").GetProperty("PATH_").GetString());
        Assert.True(values.GetProperty("features").GetProperty("iced").GetBoolean());
        var page = await ReadAsync(browser, $"/releases/{id}?tab=configuration");
        Assert.Contains("GREETING=one\\ntwo", page, StringComparison.Ordinal);
        Assert.Contains("This release", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_is_offered_only_what_would_not_be_refused_and_a_form_that_was_made_up_is()
    {
        using var developer = await BrowserOfAsync(Role.DeveloperAdmin);
        using var reviewer = await BrowserOfAsync(Role.Reviewer);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        (await scene.Developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);

        var (forDeveloper, forReviewer) = (await ReadAsync(developer, $"/releases/{id}"), await ReadAsync(reviewer, $"/releases/{id}"));

        Assert.Contains(Form("withdraw"), forDeveloper, StringComparison.Ordinal);
        Assert.DoesNotContain(Form("approve"), forDeveloper, StringComparison.Ordinal);
        Assert.Contains(Form("approve"), forReviewer, StringComparison.Ordinal);
        Assert.Contains(Form("reject"), forReviewer, StringComparison.Ordinal);
        Assert.DoesNotContain(Form("withdraw"), forReviewer, StringComparison.Ordinal);
        var forged = await developer.SubmitMarkupAsync($"/releases/{id}", forDeveloper.Replace(Form("withdraw"), Form("approve"), StringComparison.Ordinal), Form("approve"));
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Equal("UnderReview", (await scene.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task A_script_in_a_text_is_shown_as_text()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        using var reviewer = await BrowserOfAsync(Role.Reviewer);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await browser.SubmitAsync($"/releases/{id}?tab=information", Form("edit-basic-information"), ("name", Attack), ("description", Attack), ("category", Attack), ("releaseNotes", Attack));
        await browser.SubmitAsync($"/releases/{id}?tab=configuration", Form("edit-configuration"), ("environmentVariables", "X=" + Attack));
        await scene.BuiltAsync(id);
        await browser.SubmitAsync($"/releases/{id}", Form("apply"), ("releaseNotes", Attack));
        await reviewer.SubmitAsync($"/releases/{id}", Form("reject"), ("reason", Attack), ("category", "Details"));

        foreach (var tab in new[] { "log", "configuration", "information", "reports", "testers", "effects", "workflow" })
        {
            var page = await ReadAsync(browser, $"/releases/{id}?tab={tab}&user={Uri.EscapeDataString(Attack)}");
            Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        }

        Assert.Contains("alert(1)", await ReadAsync(browser, $"/releases/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_came_after_the_session_had_ended_stands_on_the_page_again_when_its_sender_has_signed_in()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        using var elsewhere = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var address = $"/releases/{id}?tab=information";
        var page = await ReadAsync(browser, address);
        (await browser.SubmitAsync("/account", "sign-out")).Dispose();

        var refused = await browser.SubmitMarkupAsync(address, page, Form("edit-basic-information"), ("name", "Tea, typed with love"), ("description", "Long to write."));

        Assert.Equal($"/sign-in?returnUrl={Uri.EscapeDataString(address)}", refused.Target());
        var back = await browser.SignInAsync(Server.DemoUser(Role.DeveloperAdmin), refused.Target());
        Assert.Equal(address, back.Target());
        var again = await ReadAsync(browser, address);
        Assert.Contains("Your session had ended, so nothing was done", again, StringComparison.Ordinal);
        Assert.Contains("value=\"Tea, typed with love\"", again, StringComparison.Ordinal);
        Assert.DoesNotContain("Tea, typed with love", await ReadAsync(elsewhere, address), StringComparison.Ordinal);
        Assert.DoesNotContain("Tea, typed with love", await ReadAsync(browser, address), StringComparison.Ordinal);
        Assert.Equal("Tea", (await scene.Developer.GetAsync($"/api/releases/{id}/basic-information")).Text("name"));
    }

    [Fact]
    public async Task A_form_of_another_site_is_not_kept()
    {
        using var browser = new BrowserClient(Server);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/account") { Content = new FormUrlEncodedContent([KeyValuePair.Create("_form", "x")]) };
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_list_of_testers_is_shown_first_and_saved_only_when_it_is_confirmed()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        using var other = await BrowserOfAsync(Role.Administrator);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        (await scene.Developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        (await scene.Reviewer.PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);

        var read = await browser.SubmitAsync($"/releases/{id}?tab=testers", Form("check-testers"), ("list", "user-1\nuser-2\nuser-1\n=not an id"), ("change", "Add"));

        var draft = read.Target();
        var page = WebUtility.HtmlDecode(await ReadAsync(browser, draft));
        Assert.Contains("2 accepted", page, StringComparison.Ordinal);
        Assert.Contains("1 duplicate", page, StringComparison.Ordinal);
        Assert.Contains("1 rejected", page, StringComparison.Ordinal);
        Assert.Contains("Already in line 1.", page, StringComparison.Ordinal);
        Assert.Equal(0, (await scene.ReadAsync(id)).Json.GetProperty("testers").GetInt32());
        var rejected = RejectedAddress().Match(page).Value;
        Assert.Contains("\"'=not an id\",4,", await ReadAsync(browser, rejected), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await other.OpenAsync(rejected)).StatusCode);

        var confirmed = await browser.SubmitAsync(draft, Form("confirm-testers"));

        Assert.Equal(HttpStatusCode.Redirect, confirmed.StatusCode);
        Assert.Equal(2, (await scene.ReadAsync(id)).Json.GetProperty("testers").GetInt32());
    }

    [Theory]
    [InlineData("", "Give at least one user id here, or choose a file.")]
    [InlineData("5 000", "")]
    public async Task A_list_that_holds_nothing_is_refused_beside_its_field(string list, string message)
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        (await scene.Developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        (await scene.Reviewer.PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);

        var answer = await browser.SubmitAsync($"/releases/{id}?tab=testers", Form("check-testers"), ("list", list), ("change", "Add"));

        if (message.Length > 0)
        {
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(message, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        }
        else
        {
            var page = await ReadAsync(browser, answer.Target());
            Assert.Contains("1 rejected", page, StringComparison.Ordinal);
            Assert.DoesNotContain(Form("confirm-testers"), page, StringComparison.Ordinal);
        }
    }

    // A client that asks first sends nothing; a browser sends everything before it looks at the answer.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_testers_above_the_limit_is_told_so_and_nothing_of_it_is_kept(bool asksFirst)
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await PilotAsync(scene);
        using var content = new MultipartFormDataContent { { new ByteArrayContent(new byte[51 * 1024 * 1024]), "file", "testers.csv" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/releases/{id}?tab=testers") { Content = content };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.ExpectContinue = asksFirst;

        var answer = await browser.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("A list of testers has at most 50 MB", await answer.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, (await scene.ReadAsync(id)).Json.GetProperty("testers").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Offers))]
    public async Task Each_role_is_offered_on_the_page_what_it_may_do_and_a_form_of_anything_else_is_refused(string place, Role role, string[] offered)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await ViewerAsync(role, scene);
        var id = await BringToAsync(scene, place);

        var pages = await Task.WhenAll(new[] { "", "?tab=configuration", "?tab=information" }.Select(tab => ReadAsync(browser, $"/releases/{id}{tab}")));
        Assert.Equal(offered.Order(), EveryCommand.Where(command => pages.Any(page => page.Contains(Form(command), StringComparison.Ordinal))).Order());

        // A freeze may be overridden before there is one; the page does not offer it then.
        var mayOverride = role is (Role.Administrator or Role.WorkspaceAdmin) && place is ("ReleasePreparation" or "Unset" or "GrayscaleRelease" or "Held");
        var refused = EveryCommand.Except(offered).Where(command => command != "override-freeze" || !mayOverride);
        await AssertRefusedAsync(browser, scene, id, refused, HttpStatusCode.Forbidden, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task An_approved_release_whose_workflow_has_failed_is_taken_back_or_restarted_by_those_who_may()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("rash", root =>
        {
            // The step after the approval is one that the rules forbid in Production.
            root["activities"]!.AsArray().Single(activity => (string?)activity!["id"] == "production-type")!["type"] = "ReleaseWorkflows.GoLiveAutomatically";
            root["connections"]!.AsArray().RemoveAll(connection => (string?)connection!["source"]!["activity"] == "production-type");
        });
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        (await server.As(Role.WorkspaceAdmin).PostAsync(
            "/api/apps", new { key = "rash", name = "Rash", workflowDefinitionId = "rash", environments = new { Production = new { review = "Manual" } } })).Is(HttpStatusCode.Created);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "rash");
        await scene.DoAsync(id, "apply");
        Assert.Equal(("UnderReview", "Approved"), ((await scene.DoAsync(id, "approve")).Text("status"), (await scene.ReadAsync(id)).Text("lastRequest")));

        foreach (var (role, offered) in new (Role, string[])[]
        {
            (Role.Administrator, ["withdraw", "restart-workflow"]),
            (Role.DeveloperAdmin, ["withdraw", "restart-workflow"]),
            (Role.WorkspaceAdmin, ["restart-workflow"]),
            (Role.Reviewer, []),
        })
        {
            using var browser = new BrowserClient(server);
            await browser.SignInAsync(server.DemoUser(role));
            var page = await ReadAsync(browser, $"/releases/{id}");
            Assert.Contains("Workflow failed", page, StringComparison.Ordinal);
            Assert.Equal(offered, EveryCommand.Append("restart-workflow").Where(command => page.Contains(Form(command), StringComparison.Ordinal)));
            await AssertRefusedAsync(browser, scene, id, EveryCommand.Except(offered), HttpStatusCode.Forbidden, HttpStatusCode.Conflict);
        }
    }

    [Theory]
    [InlineData("NewVersionCreated", Role.Developer)]
    [InlineData("NewVersionCreated", Role.WorkspaceDeveloper)]
    [InlineData("UnderReview", Role.WorkspaceDeveloper)]
    [InlineData("GrayscaleRelease", Role.Developer)]
    [InlineData("FullRelease", Role.WorkspaceDeveloper)]
    public async Task Who_works_on_other_mini_programs_finds_neither_the_page_nor_any_form(string place, Role role)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        using var browser = await BrowserOfAsync(role);
        var id = await BringToAsync(scene, place);

        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync($"/releases/{id}")).StatusCode);
        await AssertRefusedAsync(browser, scene, id, EveryCommand, HttpStatusCode.BadRequest, HttpStatusCode.NotFound);
    }

    /// <summary>Where a release stands, and what each role is offered there. “Held” and “Rejected” are places of their own, as to what can be done.</summary>
    public static TheoryData<string, Role, string[]> Offers
    {
        get
        {
            string[] edits = ["apply", "edit-basic-information", "edit-configuration"];
            string[] decisions = ["approve", "reject", "assign-reviewers"];
            var rows = new TheoryData<string, Role, string[]>();
            Add("NewVersionCreated", edits);
            Add("Rejected", edits);
            Add("UnderReview", ["withdraw"], except: Role.Developer, reviewers: decisions);
            Add("PilotTesting", ["complete-pilot", "cancel"]);
            Add("ReleasePreparation", ["go-live", "cancel"]);
            Add("Unset", ["grayscale", "go-live", "cancel"]);
            Add("GrayscaleRelease", ["grayscale", "hold", "cancel"]);
            Add("Held", ["resume", "cancel"]);
            Add("FullRelease", ["take-offline"]);
            Add("Canceled", []);
            Add("Archived", []);
            return rows;

            // Those who work on the mini program, and the side of the super app. A developer withdraws only what was applied for by himself.
            void Add(string place, string[] developers, Role? except = null, string[]? reviewers = null)
            {
                foreach (var role in new[] { Role.Administrator, Role.DeveloperAdmin, Role.Developer })
                {
                    rows.Add(place, role, role == except ? [] : developers);
                }

                rows.Add(place, Role.WorkspaceAdmin, reviewers ?? []);
                rows.Add(place, Role.Reviewer, reviewers ?? []);
            }
        }
    }

    [Fact]
    public async Task A_user_s_place_in_a_rollout_is_told_and_stays()
    {
        using var browser = await BrowserOfAsync(Role.DeveloperAdmin);
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        (await scene.Developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
        (await scene.Reviewer.PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);
        (await scene.Developer.PostAsync($"/api/releases/{id}/complete-pilot")).Is(HttpStatusCode.OK);
        // Who comes last of all is let in by the full release only, so another is asked about then: one in a hundred.
        var (user, place) = await FirstWithAPlaceBelowAsync(100);

        await browser.SubmitAsync($"/releases/{id}", Form("grayscale"), ("percentage", place.ToString(CultureInfo.InvariantCulture)));

        Assert.Contains($"since the rollout reached {place} %", await ReadAsync(browser, $"/releases/{id}?user={user}"), StringComparison.Ordinal);

        async Task<(string User, int Place)> FirstWithAPlaceBelowAsync(int bound)
        {
            for (var i = 0; ; i++)
            {
                var match = Place().Match(await ReadAsync(browser, $"/releases/{id}?user=user-{i}"));
                if (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) is var found && found < bound)
                    return ($"user-{i}", found);
            }
        }
    }

    private static Task<string> PilotAsync(ReleaseScene scene) => BringToAsync(scene, "PilotTesting");

    private static async Task<string> BringToAsync(ReleaseScene scene, string place)
    {
        // The one app has a pilot, the other has none.
        var id = await scene.ReleaseAsync("Production", app: place == "ReleasePreparation" ? "superapp-b" : "superapp-a");
        (string Command, object? Body)[] pilot = [("apply", null), ("approve", null)];
        (string Command, object? Body)[] rollout = [.. pilot, ("complete-pilot", null)];
        (string Command, object? Body)[] way = place switch
        {
            "NewVersionCreated" => [],
            "UnderReview" => [("apply", null)],
            "Rejected" => [("apply", null), ("reject", new { reason = "Mend it.", category = "Details" })],
            "PilotTesting" or "ReleasePreparation" => pilot,
            "Unset" => rollout,
            "GrayscaleRelease" => [.. rollout, ("grayscale", new { percentage = 5 })],
            "Held" => [.. rollout, ("grayscale", new { percentage = 5 }), ("hold", new { reason = "Too many errors." })],
            "FullRelease" => [.. rollout, ("go-live", new { type = "Full" })],
            "Archived" => [.. rollout, ("go-live", new { type = "Full" }), ("take-offline", new { reason = "The shop is closed." })],
            "Canceled" => [.. pilot, ("cancel", null)],
            _ => throw new ArgumentOutOfRangeException(nameof(place), place, "There is no way there."),
        };
        foreach (var (command, body) in way)
        {
            await scene.DoAsync(id, command, body);
        }

        return id;
    }

    // A form of a page of one's own, sent as another: it carries the session's token.
    private static async Task AssertRefusedAsync(BrowserClient browser, ReleaseScene scene, string id, IEnumerable<string> commands, params HttpStatusCode[] answers)
    {
        var form = await browser.FillAsync("/account", "data-form=");
        var before = await scene.PictureAsync(id);
        foreach (var command in commands)
        {
            var answer = await form.With($"/releases/{id}", ("_form", command), ("_key", Guid.NewGuid().ToString("N")), ("reviewers", "rita@superapp.example"), ("reason", "Because."), ("category", "Details"), ("percentage", "5"), ("type", "Full")).SendAsync();
            Assert.True(answers.Contains(answer.StatusCode), $"“{command}” is answered with {answer.StatusCode}.");
        }

        Assert.Equal(before, await scene.PictureAsync(id));
    }

    // The demo's developer works on another mini program, so one is hired for this.
    private async Task<BrowserClient> ViewerAsync(Role role, ReleaseScene scene)
    {
        if (role != Role.Developer)
        {
            return await BrowserOfAsync(role);
        }

        var email = $"{SharedServer.NewKey("developer")}@acme.example";
        var hired = (await scene.Developer.PostAsync("/api/workspaces/acme/members", new { email, name = "Dee Developer", role = "Developer", miniPrograms = new[] { scene.MiniProgram } })).Is(HttpStatusCode.Created);
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(new DemoUser(email, hired.Text("password")!, "", "Developer", "acme"));
        return browser;
    }

    private static string Form(string name) => $"name=\"_form\" value=\"{name}\"";

    private static async Task<string> ReadAsync(BrowserClient browser, string address)
    {
        var answer = await browser.OpenAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<BrowserClient> BrowserOfAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }

    [GeneratedRegex("<span class=\"step-title\">([^<]+)<")]
    private static partial Regex StepTitle();

    [GeneratedRegex("/releases/[^\"]+/rejected\\.csv")]
    private static partial Regex RejectedAddress();

    [GeneratedRegex("comes in when the rollout reaches ([0-9]+) %")]
    private static partial Regex Place();
}

/// <summary>A server of these tests' own: they hire developers, whom others would find among the members of the workspace.</summary>
public sealed class ReleasePageServer : IAsyncLifetime
{
    private TestServer? _server;

    /// <summary>The server.</summary>
    public TestServer Server => _server ?? throw new InvalidOperationException("The fixture was not initialized.");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _server = await TestServer.StartAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync() => await Server.DisposeAsync();
}
