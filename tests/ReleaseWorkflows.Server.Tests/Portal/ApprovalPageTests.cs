using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>The inbox of reviewers, one request with what it changes, and what became of one's own requests.</summary>
public sealed class ApprovalPageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_request_stands_in_the_inbox_of_those_who_can_decide_and_nowhere_else()
    {
        var (scene, id) = await ApplyAsync();
        using var reviewer = await SignInAsync(Role.Reviewer);
        using var applicant = await SignInAsync(Role.DeveloperAdmin);
        using var administrator = await SignInAsync(Role.Administrator);

        var address = $"href=\"/approvals/{id}\"";
        Assert.Contains(address, await (await reviewer.OpenAsync("/approvals")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("class=\"frame-count\"", await (await reviewer.OpenAsync("/")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(address, await (await applicant.OpenAsync("/approvals")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(address, await (await administrator.OpenAsync("/approvals")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(scene.MiniProgram, await (await applicant.OpenAsync($"/approvals/{id}")).ReadTextAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("data-form=\"approve\"", await (await applicant.OpenAsync($"/approvals/{id}")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reviewer_approves_and_goes_on_to_the_next_request()
    {
        var (_, id) = await ApplyAsync();
        var (scene, second) = await ApplyAsync();
        using var reviewer = await SignInAsync(Role.Reviewer);

        var answer = await reviewer.SubmitAsync($"/approvals/{second}", "data-form=\"approve\"", ("comment", "Fine."));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/approvals/", answer.Target(), StringComparison.Ordinal);
        Assert.NotEqual($"/approvals/{second}", answer.Target());
        Assert.Equal("PilotTesting", (await scene.ReadAsync(second)).Text("status"));
        Assert.Equal("UnderReview", (await scene.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task A_rejection_needs_a_reason_and_a_category_and_tells_the_applicant_both()
    {
        var (scene, id) = await ApplyAsync();
        using var reviewer = await SignInAsync(Role.Reviewer);
        using var applicant = await SignInAsync(Role.DeveloperAdmin);

        var empty = await reviewer.SubmitAsync($"/approvals/{id}", "data-form=\"reject\"", ("reason", " "));
        var rejected = await reviewer.SubmitAsync($"/approvals/{id}", "data-form=\"reject\"", ("reason", "The icon is <b>missing</b>."), ("category", "Details"));

        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains("This is missing", await empty.ReadTextAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, rejected.StatusCode);
        Assert.Equal("NewVersionCreated", (await scene.ReadAsync(id)).Text("status"));
        var mine = await applicant.OpenAsync("/approvals/my-requests");
        Assert.DoesNotContain("<b>missing", await mine.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Details: The icon is <b>missing</b>.", await mine.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_was_taken_back_meanwhile_is_not_decided_and_the_page_says_so()
    {
        var (scene, id) = await ApplyAsync();
        using var reviewer = await SignInAsync(Role.Reviewer);
        var form = await reviewer.FillAsync($"/approvals/{id}", "data-form=\"approve\"", ("comment", "What I wrote"));
        await scene.DoAsync(id, "withdraw");
        await scene.DoAsync(id, "apply");

        var answer = await form.SendAsync();

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
        Assert.Equal("UnderReview", (await scene.ReadAsync(id)).Text("status"));
        Assert.Contains("What I wrote", await answer.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_clicked_twice_is_taken_once()
    {
        var (scene, id) = await ApplyAsync();
        using var reviewer = await SignInAsync(Role.Reviewer);
        var form = await reviewer.FillAsync($"/approvals/{id}", "data-form=\"approve\"", ("comment", ""));

        var answers = await Task.WhenAll(form.SendAsync(), form.SendAsync());

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode));
        Assert.Single(await scene.LogAsync(id), happened => happened == "RequestApproved");
    }

    [Fact]
    public async Task Who_may_not_decide_is_refused_by_a_form_sent_all_the_same()
    {
        var (scene, id) = await ApplyAsync();
        var (_, own) = await ApplyAsync();
        using var reviewer = await SignInAsync(Role.Reviewer);
        using var applicant = await SignInAsync(Role.DeveloperAdmin);
        await (await applicant.OpenAsync("/")).ReadTextAsync();
        var form = await applicant.FillAsync($"/mini-programs/{scene.MiniProgram}/information", "data-form=\"information\"");

        var answer = await form.With($"/approvals/{own}", ("_form", "approve"), ("_revision", "")).SendAsync();

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("UnderReview", (await scene.ReadAsync(id)).Text("status"));
        Assert.Equal("UnderReview", (await scene.ReadAsync(own)).Text("status"));
    }

    [Fact]
    public async Task A_request_shows_what_it_changes_against_what_is_live()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "1.1.0");
        var first = await scene.ReleaseAsync("Sandbox");
        foreach (var command in new[] { "apply", "approve", "complete-pilot" })
        {
            await scene.DoAsync(first, command);
        }

        var second = await scene.ReleaseAsync("Sandbox", "1.1.0");
        await scene.DoAsync(second, "configuration", new { serverDomains = new[] { "new.tea.example" } });
        await scene.BuiltAsync(second);
        await scene.DoAsync(second, "basic-information", new { name = "Better Tea", description = "Tea to go.", category = "Food", releaseNotes = "Now with milk." });
        await scene.DoAsync(second, "apply");
        using var reviewer = await SignInAsync(Role.Reviewer);

        var text = await (await reviewer.OpenAsync($"/approvals/{second}")).ReadTextAsync();

        Assert.Contains("Against what is live and was approved last: 1.0.0", text, StringComparison.Ordinal);
        Assert.Contains("Every file is the same", text, StringComparison.Ordinal);
        Assert.Contains("Was: api.tea.example Now: new.tea.example", text, StringComparison.Ordinal);
        Assert.Contains("Name Was: Tea Now: Better Tea", text, StringComparison.Ordinal);
        Assert.Contains("Now with milk.", text, StringComparison.Ordinal);
    }

    private async Task<(ReleaseScene Scene, string Id)> ApplyAsync()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        return (scene, id);
    }

    private async Task<BrowserClient> SignInAsync(Role role)
    {
        var browser = new BrowserClient(Server);
        await browser.SignInAsync(Server.DemoUser(role));
        return browser;
    }
}
