using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>The definitions that apps may choose beside the default one, each along all its paths, with a clock that is turned.</summary>
public sealed class OwnDefinitionTests
{
    [Fact]
    public async Task Two_stages_need_two_people_and_then_the_version_may_go_live()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review");
        var release = await scene.ReadAsync(id);
        Assert.Equal("A reviewer of own decides in “Compliance”, 0 of 1 approvals given.", release.Text("waitingFor"));

        await scene.DoAsync(id, "approve", new { comment = "Complies." });

        Assert.Equal("A reviewer of own decides in “Security”, 0 of 1 approvals given.", (await scene.ReadAsync(id)).Text("waitingFor"));
        (await scene.SendAsync(id, "approve")).Is(HttpStatusCode.Conflict, "already-approved");
        (await server.As(Role.WorkspaceAdmin).PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);
        (await scene.ReadAsync(id)).Stands("ReleasePreparation", "Approved", "A developer chooses Grayscale or Full Release.");
        Assert.Equal(
            ["ReviewStageOpened", "ApprovalGiven", "ReviewStageOpened", "RequestApproved", "ReleasePrepared"], (await scene.LogAsync(id)).TakeLast(5));
        Assert.Single(await Mailbox.WaitAsync(server, id, 1));
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        await scene.DoAsync(id, "grayscale", new { percentage = 10 });
        Assert.Equal("FullRelease", (await scene.DoAsync(id, "grayscale", new { percentage = 100 })).Text("status"));
        await FinishedAsync(scene, id);
    }

    [Theory]
    [InlineData("reject", "Rejected", 0)]
    [InlineData("reject", "Rejected", 1)]
    [InlineData("withdraw", "Withdrawn", 0)]
    [InlineData("withdraw", "Withdrawn", 1)]
    public async Task From_each_stage_a_request_goes_back_and_begins_anew_without_the_old_clock(string command, string lastRequest, int passed)
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review");
        if (passed > 0)
        {
            await scene.DoAsync(id, "approve");
        }

        server.Clock.Advance(TimeSpan.FromHours(20));
        (await server.As(command == "reject" ? Role.WorkspaceAdmin : Role.DeveloperAdmin)
            .PostAsync($"/api/releases/{id}/{command}", command == "reject" ? new { reason = "Mend it.", category = "Details" } : null)).Is(HttpStatusCode.OK);

        (await scene.ReadAsync(id)).Stands("NewVersionCreated", lastRequest, "A developer applies to release.");
        await scene.DoAsync(id, "apply");
        server.Clock.Advance(TimeSpan.FromHours(5));
        await server.As(Role.WorkspaceAdmin).PostAsync($"/api/releases/{id}/approve");
        Assert.Equal("A reviewer of own decides in “Security”, 0 of 1 approvals given.", (await scene.ReadAsync(id)).Text("waitingFor"));
        Assert.DoesNotContain((await Mailbox.WaitAsync(server, id, command == "reject" ? 1 : 0)), mail => mail.Subject.Contains("Waiting for your decision", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_that_nobody_decides_is_reminded_of_escalated_and_given_back()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review");

        server.Clock.Advance(TimeSpan.FromHours(24));
        var mails = await Mailbox.WaitAsync(server, id, 2);
        Assert.All(mails, mail => Assert.Contains("Waiting for your decision", mail.Subject, StringComparison.Ordinal));
        await AdvanceUntilAsync(scene, id, TimeSpan.FromHours(24), "ReviewersChanged");
        await AdvanceUntilAsync(scene, id, TimeSpan.FromHours(24), "RequestExpired");

        (await scene.ReadAsync(id)).Stands("NewVersionCreated", "Withdrawn", "A developer applies to release.");
        var text = (await scene.Developer.GetAsync($"/api/releases/{id}/log")).Items[^1].GetProperty("text").GetString();
        Assert.Equal("Request given back undecided: Nobody decided on compliance in 72 hours. Apply again when the reviewers are back.", text);
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        Assert.Equal("A reviewer of own decides in “Security”, 0 of 1 approvals given.", (await scene.ReadAsync(id)).Text("waitingFor"));
    }

    [Fact]
    public async Task An_escalation_reaches_those_who_were_not_named()
    {
        await using var folder = new DefinitionFolder();
        folder.Change("two-stage-review/two-stage-review.json", root => Activity(root, "compliance")["reviewers"] = Literal("String", "reviewer@superapp.example"));
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await AppliedAsync(server, "two-stage-review");
        var admin = server.As(Role.WorkspaceAdmin);
        (await admin.PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.Forbidden, "not-assigned");

        server.Clock.Advance(TimeSpan.FromHours(24));
        await Mailbox.WaitAsync(server, id, 1);
        await AdvanceUntilAsync(scene, id, TimeSpan.FromHours(24), "ReviewersChanged");

        (await admin.PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_stage_of_two_approvals_waits_for_the_second_person()
    {
        await using var folder = new DefinitionFolder();
        folder.Change("two-stage-review/two-stage-review.json", root => Activity(root, "compliance")["approvals"] = Literal("Int32", 2));
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await AppliedAsync(server, "two-stage-review");

        await scene.DoAsync(id, "approve");

        Assert.Equal("A reviewer of own decides in “Compliance”, 1 of 2 approvals given.", (await scene.ReadAsync(id)).Text("waitingFor"));
        (await server.As(Role.WorkspaceAdmin).PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);
        Assert.Equal("A reviewer of own decides in “Security”, 0 of 1 approvals given.", (await scene.ReadAsync(id)).Text("waitingFor"));
    }

    [Fact]
    public async Task Where_no_person_reviews_the_version_goes_live_at_once()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "two-stage-review", "Test");

        (await scene.ReadAsync(id)).Stands("FullRelease", "Approved", null);
        await FinishedAsync(scene, id);
    }

    [Theory]
    [InlineData("Full")]
    [InlineData("Grayscale")]
    public async Task The_minimal_definition_brings_a_version_live(string type)
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "minimal-release");
        await scene.DoAsync(id, "reject", new { reason = "Mend it.", category = "Details" });
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "withdraw");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");

        await scene.DoAsync(id, "go-live", new { type });
        if (type == "Grayscale")
        {
            await scene.DoAsync(id, "grayscale", new { percentage = 100 });
        }

        Assert.Equal("FullRelease", (await scene.ReadAsync(id)).Text("status"));
        await FinishedAsync(scene, id);
    }

    [Fact]
    public async Task A_schedule_raises_what_a_person_began_until_everyone_has_it()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await StartedAsync(server, percentage: 1);

        foreach (var percentage in (int[])[5, 20, 50])
        {
            await AdvanceToAsync(scene, id, percentage);
        }

        server.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.ReadAsync(() => scene.ReadAsync(id), answer => answer.Text("status") == "FullRelease", "the full release");
        Assert.Equal(["PercentageRaised", "PercentageRaised", "PercentageRaised", "PercentageRaised", "WentLive"], (await scene.LogAsync(id)).TakeLast(5));
        Assert.Equal("AfterGrayscale", (await scene.ReadAsync(id)).Text("mode"));
        await FinishedAsync(scene, id);
        Assert.EndsWith("Production · Full Release", (await scene.InstanceAsync(id)).Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_may_be_ahead_of_the_schedule_and_ends_it()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await StartedAsync(server, percentage: 10);
        await AdvanceToAsync(scene, id, 20);

        await scene.DoAsync(id, "grayscale", new { percentage = 100 });

        Assert.Equal("FullRelease", (await scene.ReadAsync(id)).Text("status"));
        await FinishedAsync(scene, id);
    }

    [Fact]
    public async Task A_schedule_that_is_canceled_ends()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await StartedAsync(server, percentage: 10);

        await scene.DoAsync(id, "cancel", new { reason = "It crashes." });

        await FinishedAsync(scene, id);
    }

    [Theory]
    [InlineData("go-live", "Full", "FullRelease")]
    [InlineData("cancel", null, "Canceled")]
    public async Task Before_the_first_percentage_the_choice_is_open(string command, string? type, string status)
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await AppliedAsync(server, "scheduled-rollout");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });

        await scene.DoAsync(id, command, type is null ? null : new { type });

        Assert.Equal(status, (await scene.ReadAsync(id)).Text("status"));
        await FinishedAsync(scene, id);
    }

    [Fact]
    public async Task A_schedule_waits_while_somebody_holds_it_and_goes_on_when_resumed()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await StartedAsync(server, percentage: 1);
        await scene.DoAsync(id, "hold", new { reason = "Crashes doubled." });

        server.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.BeTrueAsync(() => WaitsAtAsync(scene, id, "later"), "the schedule to wait");
        Assert.Equal(1, (await scene.ReadAsync(id)).Number("percentage"));
        await scene.DoAsync(id, "resume", new { reason = "It was the network." });

        await AdvanceToAsync(scene, id, 5, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_schedule_waits_for_the_end_of_a_freeze()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await StartedAsync(server, percentage: 1);
        var now = server.Clock.GetUtcNow();
        await AppAsync(server, HttpMethod.Put, "scheduled-rollout", new { name = "Holidays", from = now, until = now.AddHours(30) });

        server.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually.BeTrueAsync(() => WaitsAtAsync(scene, id, "later"), "the schedule to wait");
        Assert.Equal(1, (await scene.ReadAsync(id)).Number("percentage"));

        await AdvanceToAsync(scene, id, 5, TimeSpan.FromHours(7));
    }

    [Fact]
    public async Task A_high_error_rate_holds_the_rollout_with_the_number_and_a_person_lets_it_go_on()
    {
        await using var peer = await HttpPeer.StartAsync();
        var errorRate = 0.01;
        peer.Answer = context => context.Response.WriteAsJsonAsync(new { errorRate = Volatile.Read(ref errorRate) });
        await using var folder = new DefinitionFolder();
        folder.Change("scheduled-rollout/scheduled-rollout.json", root => root["variables"]![0]!["value"] = peer.Url.ToString(), ofWhole: true);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting, peer.Setting);
        var (scene, id) = await StartedAsync(server, percentage: 1);
        await AdvanceToAsync(scene, id, 5);

        Volatile.Write(ref errorRate, 0.25);
        await AdvanceUntilAsync(scene, id, TimeSpan.FromDays(1), "RolloutHeld");

        Assert.Equal("ReleaseWorkflows holds the rollout: The error rate is 0.25; the limit is 0.02. A developer resumes or cancels.", (await scene.ReadAsync(id)).Text("waitingFor"));
        Volatile.Write(ref errorRate, 0.01);
        await scene.DoAsync(id, "resume", new { reason = "Mended on the server." });
        await AdvanceToAsync(scene, id, 20, TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task A_measurement_that_cannot_be_fetched_holds_the_rollout()
    {
        await using var peer = await HttpPeer.StartAsync();
        peer.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await using var folder = new DefinitionFolder();
        folder.Change("scheduled-rollout/scheduled-rollout.json", root => root["variables"]![0]!["value"] = peer.Url.ToString(), ofWhole: true);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting, peer.Setting);
        var (scene, id) = await StartedAsync(server, percentage: 1);

        await AdvanceUntilAsync(scene, id, TimeSpan.FromDays(1), "RolloutHeld");

        Assert.Contains("could not be fetched", (await scene.ReadAsync(id)).Text("waitingFor"), StringComparison.Ordinal);
    }

    private static JsonNode Activity(JsonObject root, string id) => root["activities"]!.AsArray().Single(node => (string?)node!["id"] == id)!;

    private static JsonObject Literal(string type, JsonNode value) => new() { ["typeName"] = type, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };

    private static async Task<(ReleaseScene Scene, string Id)> AppliedAsync(TestServer server, string definition, string environment = "Production")
    {
        await AppAsync(server, HttpMethod.Post, definition);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync(environment, app: "own");
        await scene.DoAsync(id, "apply");
        return (scene, id);
    }

    private static async Task<(ReleaseScene Scene, string Id)> StartedAsync(TestServer server, int percentage)
    {
        var (scene, id) = await AppliedAsync(server, "scheduled-rollout");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        await scene.DoAsync(id, "grayscale", new { percentage });
        return (scene, id);
    }

    private static async Task AppAsync(TestServer server, HttpMethod method, string definition, params object[] freezes)
    {
        var environments = new { Production = new { review = "Manual" }, Test = new { } };
        var answer = method == HttpMethod.Post
            ? await server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new { key = "own", name = "Own", workflowDefinitionId = definition, environments, freezes })
            : await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/own", new { name = "Own", workflowDefinitionId = definition, environments, freezes });
        Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.Created, answer.ToString());
    }

    private static Task<Answer> AdvanceToAsync(ReleaseScene scene, string id, int percentage, TimeSpan? by = null)
    {
        scene.Server.Clock.Advance(by ?? TimeSpan.FromDays(1));
        return Eventually.ReadAsync(() => scene.ReadAsync(id), answer => answer.Number("percentage") == percentage, $"{percentage} %");
    }

    private static async Task AdvanceUntilAsync(ReleaseScene scene, string id, TimeSpan by, string happened)
    {
        scene.Server.Clock.Advance(by);
        await Eventually.BeTrueAsync(async () => (await scene.LogAsync(id)).Contains(happened), happened);
    }

    private static async Task<bool> WaitsAtAsync(ReleaseScene scene, string id, string activity)
    {
        var instance = (await scene.ReadAsync(id)).Text("workflowInstanceId")!;
        var bookmarks = await scene.AskAsync<IWorkflowStore, IReadOnlyList<BookmarkRecord>>(store => store.FindInstanceBookmarksAsync(instance, CancellationToken.None));
        return bookmarks.Any(bookmark => bookmark.ActivityId == activity);
    }

    private static Task FinishedAsync(ReleaseScene scene, string id) =>
        Eventually.BeTrueAsync(async () => (await scene.InstanceAsync(id)).SubStatus == "Finished", "the workflow to end");
}
