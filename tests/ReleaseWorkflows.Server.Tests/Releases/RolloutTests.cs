using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Holding a rollout, freezes and taking offline over HTTP (T25 to T27).</summary>
public sealed class RolloutTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_rollout_is_held_with_a_reason_and_resumed_with_a_reason()
    {
        var (scene, id) = await AtThirtyAsync("superapp-b");
        (await scene.SendAsync(id, "hold")).Is(HttpStatusCode.BadRequest, "invalid");

        var held = await scene.DoAsync(id, "hold", new { reason = "Crashes doubled." });

        Assert.Equal("Dora Developer-Admin holds the rollout: Crashes doubled. A developer resumes or cancels.", held.Text("waitingFor"));
        Assert.Equal("Crashes doubled.", held.Json.GetProperty("hold").GetProperty("reason").GetString());
        Assert.Equal(["cancel", "resume"], held.Words("allowedCommands"));
        (await scene.SendAsync(id, "grayscale", new { percentage = 50 })).Is(HttpStatusCode.Conflict, "held");
        Assert.Equal(30, (await scene.ReadAsync(id)).Number("percentage"));
        await scene.DoAsync(id, "resume", new { reason = "It was the network." });
        Assert.Equal(50, (await scene.DoAsync(id, "grayscale", new { percentage = 50 })).Number("percentage"));
        Assert.Equal(["PercentageRaised", "RolloutHeld", "RolloutResumed", "PercentageRaised"], (await scene.LogAsync(id)).TakeLast(4));
    }

    [Fact]
    public async Task While_the_app_is_frozen_nobody_more_gets_a_version_unless_its_admin_lets_it_pass()
    {
        var app = SharedServer.NewKey("frosty");
        var now = Server.Clock.GetUtcNow();
        await AppAsync(app, HttpMethod.Post, []);
        var (scene, id) = await AtThirtyAsync(app);
        await AppAsync(app, HttpMethod.Put, [new { name = "Release week", from = now.AddDays(-1), until = now.AddDays(1) }]);

        var frozen = (await scene.SendAsync(id, "grayscale", new { percentage = 50 })).Is(HttpStatusCode.Conflict, "frozen");

        Assert.Contains("is frozen (Release week) until", frozen.Text("detail"), StringComparison.Ordinal);
        Assert.InRange(frozen.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        (await scene.Developer.PostAsync($"/api/releases/{id}/override-freeze", new { reason = "A security fix." })).Is(HttpStatusCode.Forbidden, "forbidden");
        (await Server.As(Role.WorkspaceAdmin).PostAsync($"/api/releases/{id}/override-freeze", new { reason = "A security fix." })).Is(HttpStatusCode.OK);
        await scene.DoAsync(id, "grayscale", new { percentage = 50 });
        Assert.Equal(["FreezeOverridden", "PercentageRaised"], (await scene.LogAsync(id)).TakeLast(2));
    }

    [Fact]
    public async Task What_is_no_freeze_is_named_with_its_place()
    {
        var refused = (await Server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new
        {
            key = SharedServer.NewKey("frosty"),
            name = "Frosty",
            workflowDefinitionId = "release-pipeline",
            environments = new { Production = new { } },
            freezes = new object[]
            {
                new { name = "Weekend", days = new[] { "Saturday", "Caturday" } }, new { name = "Half", from = "2026-01-01T00:00:00Z" }, "Monday",
                new { name = "Nowhere", days = new[] { "Monday" }, timeZone = "Mars/Olympus" },
            },
        })).Is(HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(["freezes[0].days[1]", "freezes[1]", "freezes[2]"], refused.BadFields);
    }

    [Fact]
    public async Task A_live_version_is_taken_offline_with_a_reason()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var id = await scene.ReleaseAsync("Test");
        (await scene.SendAsync(id, "take-offline", new { reason = "Too early." })).Is(HttpStatusCode.Conflict, "wrong-state");
        await scene.DoAsync(id, "apply");

        var offline = await scene.DoAsync(id, "take-offline", new { reason = "The shop has closed." });

        Assert.Equal(("Archived", "None"), (offline.Text("status"), offline.Text("exposure")));
        Assert.Equal("TakenOffline", (await scene.LogAsync(id))[^1]);
        var next = await scene.ReleaseAsync("Test", "2.0.0");
        Assert.Equal("FullRelease", (await scene.DoAsync(next, "apply")).Text("status"));
    }

    private async Task<(ReleaseScene Scene, string Id)> AtThirtyAsync(string app)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: app);
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        await scene.DoAsync(id, "grayscale", new { percentage = 30 });
        return (scene, id);
    }

    private async Task AppAsync(string app, HttpMethod method, object[] freezes) =>
        Assert.True((int)(await Server.As(Role.WorkspaceAdmin).SendAsync(method, method == HttpMethod.Post ? "/api/apps" : $"/api/apps/{app}", method == HttpMethod.Post
            ? new { key = app, name = "Frosty", workflowDefinitionId = "release-pipeline", environments = new { Production = new { review = "Manual" } }, freezes }
            : new { name = "Frosty", workflowDefinitionId = "release-pipeline", environments = new { Production = new { review = "Manual" } }, freezes })).Status < 300);
}
