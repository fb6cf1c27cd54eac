using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Delivery;

/// <summary>Super apps hear of every change of exposure: signed, at least once, each with an id of its own.</summary>
public sealed class WebhookTests
{
    private const string QuickRetry = "--ReleaseWorkflows:Outbox:FirstDelay=00:00:00.010";

    [Fact]
    public async Task Every_change_of_exposure_is_told_with_a_signature()
    {
        await using var peer = await HttpPeer.StartAsync();
        await using var server = await TestServer.StartAsync(null, null, peer.Setting);
        var secret = await SubscribeAsync(server, peer.Url.ToString());
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "testers", new { userIds = new[] { "ana" } });
        await scene.DoAsync(id, "complete-pilot");
        await scene.DoAsync(id, "grayscale", new { percentage = 30 });
        await scene.DoAsync(id, "hold", new { reason = "Wait." });
        await scene.DoAsync(id, "resume", new { reason = "Go." });
        await scene.DoAsync(id, "grayscale", new { percentage = 100 });

        await Eventually.BeTrueAsync(() => peer.Requests.Count >= 5, "five notices");

        var notices = peer.Requests.Select(request => JsonElement.Parse(request.Body)).OrderBy(notice => notice.GetProperty("revision").GetInt32()).ToList();
        Assert.Equal(["Pilot", "Pilot", "None", "Grayscale", "Full"], notices.Select(notice => notice.GetProperty("exposure").GetString()));
        Assert.Equal(30, notices[3].GetProperty("percentage").GetInt32());
        Assert.Equal(1, notices[1].GetProperty("testers").GetInt32());
        Assert.All(notices, notice => Assert.Equal((id, "superapp-a", scene.MiniProgram), (notice.GetProperty("releaseId").GetString(), notice.GetProperty("app").GetString(), notice.GetProperty("miniProgram").GetString())));
        Assert.Equal(5, peer.Requests.Select(request => request.Headers["webhook-id"]).Distinct().Count());
        Assert.All(peer.Requests, request => Assert.Equal(Sign(secret, request), request.Headers["webhook-signature"]));
        Assert.DoesNotContain(secret, string.Concat(server.Log.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_super_app_that_is_away_hears_it_later_under_the_same_id()
    {
        await using var peer = await HttpPeer.StartAsync();
        var refusals = 3;
        peer.Answer = context =>
        {
            context.Response.StatusCode = Interlocked.Decrement(ref refusals) >= 0 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };
        await using var server = await TestServer.StartAsync(null, null, peer.Setting, QuickRetry);
        await SubscribeAsync(server, peer.Url.ToString());
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");

        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");

        await Eventually.BeTrueAsync(() => peer.Requests.Count == 4, "the fourth attempt");
        Assert.Single(peer.Requests.Select(request => request.Headers["webhook-id"]).Distinct());
        Assert.Single(peer.Requests.Select(request => request.Body).Distinct());
    }

    [Fact]
    public async Task The_network_of_the_server_is_not_called()
    {
        await using var peer = await HttpPeer.StartAsync();
        await using var server = await TestServer.StartAsync(null, null, QuickRetry, "--ReleaseWorkflows:Outbox:MaximumAttempts=2");
        await SubscribeAsync(server, peer.Url.ToString());
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");

        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");

        await Eventually.BeTrueAsync(() => server.Log.Errors.Any(line => line.Contains("exposure:", StringComparison.Ordinal) && line.Contains("given up", StringComparison.Ordinal)), "the message to be given up");
        Assert.Empty(peer.Requests);
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_the_webhook_can_be_removed()
    {
        await using var server = await TestServer.StartAsync();
        var admin = server.As(Role.WorkspaceAdmin);
        const string path = "/api/apps/superapp-a/webhook";
        var first = (await admin.PutAsync(path, new { url = "https://hooks.example.com/releases" }, key: "once")).Is(HttpStatusCode.OK);
        var repeat = (await admin.PutAsync(path, new { url = "https://hooks.example.com/releases" }, key: "once")).Is(HttpStatusCode.OK);

        Assert.StartsWith("whsec_", first.Text("secret"), StringComparison.Ordinal);
        Assert.Null(repeat.Text("secret"));
        var app = (await admin.GetAsync("/api/apps/superapp-a")).Is(HttpStatusCode.OK);
        Assert.Equal("https://hooks.example.com/releases", app.Json.GetProperty("webhook").GetProperty("url").GetString());
        Assert.DoesNotContain("ecret\":\"", app.ToString(), StringComparison.Ordinal);
        (await server.As(Role.Reviewer).PutAsync(path, new { url = "https://hooks.example.com" })).Is(HttpStatusCode.Forbidden, "forbidden");
        (await admin.DeleteAsync(path)).Is(HttpStatusCode.NoContent);
        Assert.Equal(JsonValueKind.Null, (await admin.GetAsync("/api/apps/superapp-a")).Json.GetProperty("webhook").ValueKind);
    }

    [Theory]
    [InlineData("hooks.example.com")]
    [InlineData("ftp://hooks.example.com")]
    [InlineData("https://user:secret@hooks.example.com")]
    [InlineData("https://hooks.example.com/a b")]
    public async Task What_is_no_address_is_no_webhook(string url)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(["url"], (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-a/webhook", new { url })).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    private static async Task<string> SubscribeAsync(TestServer server, string url) =>
        (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-a/webhook", new { url })).Is(HttpStatusCode.OK).Text("secret")!;

    // As a receiver does it, from the specification.
    private static string Sign(string secret, ReceivedRequest request)
    {
        using var hash = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        return "v1," + Convert.ToBase64String(hash.ComputeHash(Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}.{request.Body}")));
    }
}
