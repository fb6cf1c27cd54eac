using System.Net;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Pilot testing over HTTP: what a required pilot requires (A5), and lists as long as they come (T12).</summary>
public sealed class PilotTests
{
    private const int Many = 100_000;

    [Fact]
    public async Task A_required_pilot_is_completed_with_enough_testers_after_enough_time()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await InPilotAsync(server, new { review = "Manual", pilot = "Required", minimumTesters = 2, minimumPilotHours = 24 });
        await scene.DoAsync(id, "testers", new { userIds = new[] { "u-1" } });

        var few = (await scene.SendAsync(id, "complete-pilot")).Is(HttpStatusCode.Conflict, "pilot-incomplete");
        await scene.DoAsync(id, "testers", new { userIds = new[] { "u-1", "u-2" } });
        server.Clock.Advance(TimeSpan.FromHours(23));
        var early = (await scene.SendAsync(id, "complete-pilot")).Is(HttpStatusCode.Conflict, "pilot-incomplete");
        server.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("The pilot needs at least 2 testers and has 1. Add testers first.", few.Text("detail"));
        Assert.InRange(early.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(60));
        (await scene.DoAsync(id, "complete-pilot")).Stands("GrayscaleRelease", "Approved", "A developer chooses Grayscale or Full Release.");
    }

    [Fact]
    public async Task A_definition_without_a_pilot_does_not_get_past_a_required_one()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await InPilotAsync(server, new { review = "Manual", pilot = "Required" }, "minimal-release");

        var release = await scene.ReadAsync(id);

        Assert.Equal("UnderReview", release.Text("status"));
        Assert.StartsWith("The workflow of this release has failed.", release.Text("waitingFor"), StringComparison.Ordinal);
        Assert.Contains(
            "requires pilot testing before going live", Encoding.UTF8.GetString((await scene.InstanceAsync(id)).State.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_thousand_testers_come_and_go_by_one_file()
    {
        await using var server = await TestServer.StartAsync();
        var (scene, id) = await InPilotAsync(server, new { review = "Manual", pilot = "Offered" });
        var file = new StringBuilder("\uFEFFname;user id\r\n");
        for (var number = 0; number < Many; number++)
        {
            file.Append("\"Tester, ").Append(number).Append("\";u-").Append(number).Append("\r\n");
        }

        var added = (await UploadAsync(scene, id, HttpMethod.Post, file.ToString())).Is(HttpStatusCode.OK);
        var delivered = (await server.As(Role.WorkspaceAdmin).GetAsync($"/api/delivery/strict/Production/{scene.MiniProgram}?userId=u-{Many - 1}")).Is(HttpStatusCode.OK);
        var replaced = (await UploadAsync(scene, id, HttpMethod.Put, "u-7\nu-new\n", "testers.txt")).Is(HttpStatusCode.OK);

        Assert.Equal(Many, added.Number("total"));
        Assert.Empty(added.Json.GetProperty("rejected").EnumerateArray());
        Assert.Equal("Pilot", delivered.Text("reason"));
        Assert.Equal(2, replaced.Number("total"));
        var log = (await scene.Developer.GetAsync($"/api/releases/{id}/log")).Items.TakeLast(2).Select(line => line.GetProperty("text").GetString()!).ToList();
        Assert.Contains("100000", log[0].Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("99999", log[1].Replace(",", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(log, line => Assert.True(line.Length < 1_000, line));
        (await server.As(Role.WorkspaceAdmin).GetAsync($"/api/delivery/strict/Production/{scene.MiniProgram}?userId=u-8")).Is(HttpStatusCode.NotFound);
    }

    private static async Task<(ReleaseScene Scene, string Id)> InPilotAsync(TestServer server, object production, string definition = "release-pipeline")
    {
        (await server.As(Role.WorkspaceAdmin).PostAsync(
            "/api/apps", new { key = "strict", name = "Strict", workflowDefinitionId = definition, environments = new { Production = production } })).Is(HttpStatusCode.Created);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "strict");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        return (scene, id);
    }

    private static Task<Answer> UploadAsync(ReleaseScene scene, string id, HttpMethod method, string text, string name = "testers.csv") => scene.Developer.SendAsync(
        method, $"/api/releases/{id}/testers", new MultipartFormDataContent { { new ByteArrayContent(Encoding.UTF8.GetBytes(text)), "file", name } });
}
