using System.Globalization;
using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>When a release goes on by itself, as the API tells it and as the pages show it without script.</summary>
public sealed class CountdownTests
{
    [Fact]
    public async Task A_review_with_a_clock_says_when_the_reviewers_are_reminded_and_goes_on_to_the_next_step()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review");

        var timer = Assert.Single(await TimersAsync(scene, id));
        Assert.Equal(("A day passes", "Remind the reviewers"), (timer.Step, timer.Then));
        Assert.InRange(timer.At - server.Clock.GetUtcNow(), TimeSpan.FromHours(23.9), TimeSpan.FromHours(24));
        var line = $"Due {Plain(timer.At)} : Remind the reviewers (after “A day passes”)";
        using var reviewer = await BrowserOfAsync(server, Role.Reviewer);
        Assert.Contains(line, await ReadAsync(reviewer, $"/releases/{id}"), StringComparison.Ordinal);
        Assert.Contains(line, await ReadAsync(reviewer, $"/approvals/{id}"), StringComparison.Ordinal);
        Assert.Contains($"{Plain(timer.At)} Remind the reviewers", await ReadAsync(reviewer, "/approvals"), StringComparison.Ordinal);
        Assert.Contains($"due {Plain(timer.At)}", await ReadAsync(reviewer, "/"), StringComparison.Ordinal);

        server.Clock.Advance(TimeSpan.FromHours(24));
        await Eventually.BeTrueAsync(async () => (await TimersAsync(scene, id)) is [{ Then: "Escalate to every reviewer" }], "the next clock to begin");

        // A day is longer than a session.
        await reviewer.SignInAsync(server.DemoUser(Role.Reviewer));
        Assert.DoesNotContain("Remind the reviewers", await ReadAsync(reviewer, $"/releases/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_by_a_schedule_says_when_its_day_is_over()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "scheduled-rollout");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        await scene.DoAsync(id, "grayscale", new { percentage = 1 });

        var timer = Assert.Single(await TimersAsync(scene, id));

        Assert.Equal("A day passes", timer.Step);
        using var developer = await BrowserOfAsync(server, Role.DeveloperAdmin);
        Assert.Contains($"Due {Plain(timer.At)} : {timer.Then} (after “A day passes”)", await ReadAsync(developer, $"/releases/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_freeze_is_a_time_to_wait_for()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review");
        await scene.DoAsync(id, "approve");
        (await server.As(Role.WorkspaceAdmin).PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);
        var until = server.Clock.GetUtcNow().AddHours(30);
        await AppAsync(server, HttpMethod.Put, "two-stage-review", new { name = "Holidays", from = server.Clock.GetUtcNow().AddHours(-1), until });
        using var developer = await BrowserOfAsync(server, Role.DeveloperAdmin);

        Assert.Contains($"The freeze ends {Plain(until)}", await ReadAsync(developer, $"/releases/{id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_waits_for_people_alone_has_no_time_and_lists_and_commands_do_not_tell_any()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review");

        Assert.False((await scene.Developer.GetAsync("/api/releases")).Items[0].TryGetProperty("timers", out _));
        Assert.False((await scene.DoAsync(id, "withdraw")).Json.TryGetProperty("timers", out _));

        Assert.Empty(await TimersAsync(scene, id));
        using var developer = await BrowserOfAsync(server, Role.DeveloperAdmin);
        Assert.DoesNotContain("Due ", await ReadAsync(developer, $"/releases/{id}"), StringComparison.Ordinal);
    }

    private static string Plain(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static async Task<IReadOnlyList<(DateTimeOffset At, string? Step, string? Then)>> TimersAsync(ReleaseScene scene, string id) =>
        [.. (await scene.ReadAsync(id)).Json.GetProperty("timers").EnumerateArray().Select(timer =>
            (timer.GetProperty("at").GetDateTimeOffset(), timer.GetProperty("step").GetString(), timer.GetProperty("then").EnumerateArray().Select(next => next.GetString()).SingleOrDefault()))];

    private static async Task<(ReleaseScene Scene, string Id)> AppliedAsync(TestServer server, string definition)
    {
        await AppAsync(server, HttpMethod.Post, definition);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "own");
        await scene.DoAsync(id, "apply");
        return (scene, id);
    }

    private static async Task AppAsync(TestServer server, HttpMethod method, string definition, params object[] freezes)
    {
        var environments = new { Production = new { review = "Manual" } };
        var admin = server.As(Role.WorkspaceAdmin);
        var answer = method == HttpMethod.Post
            ? await admin.PostAsync("/api/apps", new { key = "own", name = "Own", workflowDefinitionId = definition, environments, freezes })
            : await admin.PutAsync("/api/apps/own", new { name = "Own", workflowDefinitionId = definition, environments, freezes });
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.ToString());
    }

    private static async Task<BrowserClient> BrowserOfAsync(TestServer server, Role role)
    {
        var browser = new BrowserClient(server);
        await browser.SignInAsync(server.DemoUser(role));
        return browser;
    }

    private static async Task<string> ReadAsync(BrowserClient browser, string address)
    {
        var answer = await browser.OpenAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.ReadTextAsync();
    }
}
