using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>E-mails beside those on decisions, and in an app's own words, as files in the pickup folder.</summary>
public sealed class NotificationTests
{
    [Fact]
    public async Task An_app_tells_what_it_wants_told_in_its_own_words()
    {
        await using var server = await TestServer.StartAsync();
        (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/superapp-b/notifications", new
        {
            kinds = new[] { "Submitted", "WentLive" },
            templates = new
            {
                Approved = new { subject = "Yes: {{miniProgram}} {{version}}", text = "{{actor}} says: {{reason}} ({{releaseId}})" },
                WentLive = new { subject = "Live: {{miniProgram}}", text = "{{event}} {{releaseId}}" },
            },
        })).Is(HttpStatusCode.OK);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "superapp-b");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve", new { comment = "Well done." });
        await scene.DoAsync(id, "go-live", new { type = "Full" });

        var mails = await Mailbox.WaitAsync(server, id, 3);

        Assert.Equal(["Live: Tea", "Tea 1.0.0 for superapp-b Production", "Yes: Tea 1.0.0"], mails.Select(mail => mail.Subject).Order(StringComparer.Ordinal));
        Assert.Contains(mails, mail => mail.Text.StartsWith($"Rita Reviewer says: Well done. ({id})", StringComparison.Ordinal));
        Assert.Contains(mails, mail => mail.Text.StartsWith("Released to everyone: Full Release.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Settings_that_cannot_be_used_are_named_all_at_once_and_belong_to_the_apps_admins()
    {
        await using var server = await TestServer.StartAsync();
        const string path = "/api/apps/superapp-b/notifications";

        var refused = (await server.As(Role.WorkspaceAdmin).PutAsync(path, new
        {
            kinds = new[] { "WentLive", "Whatever", "WentLive" },
            templates = new { Approved = new { subject = "{{nobody}}", text = "x" }, Nothing = new { subject = "x", text = "x" }, Rejected = new { subject = "x" } },
        })).Is(HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(["kinds[1]", "kinds[2]", "templates.Approved.subject", "templates.Nothing", "templates.Rejected.text"], refused.BadFields);
        (await server.As(Role.Reviewer).PutAsync(path, new { kinds = Array.Empty<string>() })).Is(HttpStatusCode.Forbidden, "forbidden");
        (await server.As(Role.WorkspaceAdmin).PutAsync("/api/apps/none/notifications", new { })).Is(HttpStatusCode.NotFound, "not-found");
        Assert.Empty((await server.As(Role.Developer).GetAsync(path)).Is(HttpStatusCode.OK).Words("kinds"));
    }

    [Fact]
    public async Task After_going_live_there_is_a_code_for_everybody()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");
        (await scene.Developer.GetAsync($"/api/releases/{id}/qr.svg")).Is(HttpStatusCode.NotFound, "not-found");
        await scene.DoAsync(id, "apply");

        var png = (await scene.Developer.GetAsync($"/api/releases/{id}/qr.png")).Is(HttpStatusCode.OK);

        Assert.Equal("image/png", png.ContentType);
        Assert.Equal($"miniprogram://superapp-a/Test/{scene.MiniProgram}", Qr.QrReader.ReadPixels(Qr.PngPicture.Read(png.Bytes)));
        Assert.Equal("image/svg+xml", (await scene.Developer.GetAsync($"/api/releases/{id}/qr.svg")).Is(HttpStatusCode.OK).ContentType);
        Assert.Equal($"/api/releases/{id}/qr.svg", (await scene.ReadAsync(id)).Json.GetProperty("links").GetProperty("qr").GetString());
    }
}
