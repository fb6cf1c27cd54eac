using System.Net;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Several versions and one target: one at a time (A22), the newer takes the older's place (T22), and cancelling burns the key (I4).</summary>
public sealed class TargetTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task One_version_at_a_time_goes_to_a_target()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var first = await scene.ReleaseAsync("Sandbox");
        var second = await scene.ReleaseAsync("Sandbox", "2.0.0");
        await scene.DoAsync(first, "apply");
        var before = await scene.PictureAsync(second);

        var refused = (await scene.SendAsync(second, "apply")).Is(HttpStatusCode.Conflict, "target-occupied");

        Assert.Equal(first, refused.Text("occupantId"));
        Assert.Equal("UnderReview", refused.Text("occupantStatus"));
        Assert.Equal(before, await scene.PictureAsync(second));
        await scene.DoAsync(first, "withdraw");
        await scene.DoAsync(second, "apply");
        Assert.Equal(second, (await scene.SendAsync(first, "apply")).Is(HttpStatusCode.Conflict, "target-occupied").Text("occupantId"));
    }

    [Fact]
    public async Task A_refusal_for_an_occupied_target_tells_where_both_releases_stand()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var first = await scene.ReleaseAsync("Sandbox");
        var second = await scene.ReleaseAsync("Sandbox", "2.0.0");
        await scene.DoAsync(first, "apply");

        var refused = (await scene.SendAsync(second, "apply")).Is(HttpStatusCode.Conflict, "target-occupied");

        Assert.Contains("Under Review", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("NewVersionCreated", refused.Text("releaseStatus"));
    }

    [Fact]
    public async Task A_newer_full_release_archives_the_older_one()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var first = await scene.ReleaseAsync("Test");
        await scene.DoAsync(first, "apply");
        var second = await scene.ReleaseAsync("Test", "2.0.0");

        (await scene.DoAsync(second, "apply")).Stands("FullRelease", "Approved", null);

        (await scene.ReadAsync(first)).Stands("Archived", "Approved", null);
        Assert.Equal(
            ["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", "RequestApproved", "WentLive", "ReleaseArchived"], await scene.LogAsync(first));
        Assert.Equal([second], (await scene.Developer.GetAsync($"/api/releases?miniProgram={scene.MiniProgram}&status=FullRelease")).Items.Select(item => item.GetProperty("id").GetString()));
        Assert.EndsWith("superapp-a Test · Archived", (await scene.InstanceAsync(first)).Name, StringComparison.Ordinal);
        Assert.EndsWith("superapp-a Test · Full Release", (await scene.InstanceAsync(second)).Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_that_a_person_puts_live_archives_the_older_one_with_the_name_of_its_instance()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var first = await LiveAsync("1.0.0");
        var second = await LiveAsync("2.0.0");

        (await scene.ReadAsync(first)).Stands("Archived", "Approved", null);
        Assert.EndsWith("superapp-b Production · Archived", (await scene.InstanceAsync(first)).Name, StringComparison.Ordinal);
        Assert.EndsWith("superapp-b Production · Full Release", (await scene.InstanceAsync(second)).Name, StringComparison.Ordinal);

        async Task<string> LiveAsync(string version)
        {
            var id = await scene.ReleaseAsync("Production", version, "superapp-b");
            await scene.DoAsync(id, "apply");
            await scene.DoAsync(id, "approve");
            await scene.DoAsync(id, "go-live", new { type = "Full" });
            return id;
        }
    }

    [Fact]
    public async Task A_cancel_burns_the_target_for_the_version_and_leaves_the_older_release_live()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var older = await scene.ReleaseAsync("Production", app: "superapp-b");
        await scene.DoAsync(older, "apply");
        await scene.DoAsync(older, "approve");
        await scene.DoAsync(older, "go-live", new { type = "Full" });
        var newer = await scene.ReleaseAsync("Production", "2.0.0", "superapp-b");
        await scene.DoAsync(newer, "apply");
        await scene.DoAsync(newer, "approve");
        (await scene.DoAsync(newer, "go-live", new { type = "Grayscale" })).Stands("GrayscaleRelease", "Approved", "A developer chooses Grayscale or Full Release.");
        await scene.DoAsync(newer, "grayscale", new { percentage = 10 });
        (await scene.ReadAsync(older)).Stands("FullRelease", "Approved", null);
        var price = (await scene.ReadAsync(newer)).Json.GetProperty("consequences").GetProperty("cancel").GetString();
        Assert.Equal("2.0.0 can never go to superapp-b Production again; a new version can. The 10\u00a0% of the users who have it lose it and go back to what is live there, if anything is.", price);

        var canceled = (await scene.DoAsync(newer, "cancel", new { reason = "Crashes." })).Stands("Canceled", "Approved", null);

        Assert.Null(canceled.Number("percentage"));
        Assert.Equal("Finished", (await scene.InstanceAsync(newer)).SubStatus);
        (await scene.ReadAsync(older)).Stands("FullRelease", "Approved", null);
        var burnt = (await scene.TriggerAsync("Production", "2.0.0", "superapp-b")).Is(HttpStatusCode.Conflict, "target-used");
        Assert.Equal(newer, burnt.Text("releaseId"));
        Assert.Equal("Canceled", burnt.Text("releaseStatus"));
        Assert.Contains("Upload a new version", burnt.Text("detail"), StringComparison.Ordinal);

        // The other targets stay open to the version, and this target to another version.
        (await scene.TriggerAsync("Test", "2.0.0", "superapp-b")).Is(HttpStatusCode.Created);
        await scene.UploadAsync("3.0.0");
        await scene.DoAsync(await scene.ReleaseAsync("Production", "3.0.0", "superapp-b"), "apply");
    }

    [Theory]
    [InlineData("pilot")]
    [InlineData("choice")]
    public async Task A_release_can_be_canceled_from_the_pilot_on(string when)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        if (when == "choice")
        {
            await scene.DoAsync(id, "complete-pilot");
        }

        await scene.DoAsync(id, "cancel");

        (await scene.ReadAsync(id)).Stands("Canceled", "Approved", null);
        Assert.Equal("Finished", (await scene.InstanceAsync(id)).SubStatus);
        Assert.Equal("ReleaseCanceled", (await scene.LogAsync(id))[^1]);
    }

    [Fact]
    public async Task Lists_narrow_by_every_field_and_page_without_gaps()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "2.0.0");
        var ids = new List<string>();
        foreach (var version in (string[])["1.0.0", "2.0.0"])
        {
            foreach (var environment in (string[])["Development", "Test", "Sandbox"])
            {
                ids.Add((await scene.TriggerAsync(environment, version)).Is(HttpStatusCode.Created).Text("id")!);
            }
        }

        Assert.Equal(ids.AsEnumerable().Reverse(), await ListAsync(""));
        Assert.Equal([ids[4], ids[1]], await ListAsync("&environment=Test"));
        Assert.Equal([ids[5], ids[4], ids[3]], await ListAsync("&version=2.0.0"));
        Assert.Empty(await ListAsync("&app=superapp-b"));
        Assert.Empty(await ListAsync("&status=UnderReview"));

        var pages = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await scene.Developer.GetAsync($"/api/releases?miniProgram={scene.MiniProgram}&limit=4{(cursor.Length > 0 ? "&cursor=" + cursor : "")}")).Is(HttpStatusCode.OK);
            pages.AddRange(page.Items.Select(item => item.GetProperty("id").GetString()!));
            cursor = page.Text("cursor");
        }

        Assert.Equal(ids.AsEnumerable().Reverse(), pages);

        async Task<IEnumerable<string?>> ListAsync(string query) =>
            (await scene.Developer.GetAsync($"/api/releases?miniProgram={scene.MiniProgram}{query}")).Is(HttpStatusCode.OK).Items.Select(item => item.GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_inbox_of_a_reviewer_and_the_list_of_ones_requests_page_without_gaps()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var ids = new List<string>();
        foreach (var (app, environment) in ((string, string)[])[("superapp-a", "Sandbox"), ("superapp-a", "Production"), ("superapp-b", "Production")])
        {
            ids.Insert(0, await scene.ReleaseAsync(environment, app: app));
            await scene.DoAsync(ids[0], "apply");
        }

        Assert.Equal(ids, await PagesAsync(scene.Reviewer, "/api/approvals"));
        Assert.Equal(ids, await PagesAsync(scene.Developer, "/api/requests"));
        Assert.Empty(await PagesAsync(scene.Developer, "/api/approvals"));
        await scene.DoAsync(ids[1], "reject", new { reason = "No.", category = "Policy" });
        Assert.Equal([ids[0], ids[2]], await PagesAsync(scene.Reviewer, "/api/approvals"));
        Assert.Equal(ids, await PagesAsync(scene.Developer, "/api/requests"));
        Assert.Equal(["limit"], (await scene.Reviewer.GetAsync("/api/approvals?limit=0")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["limit"], (await scene.Developer.GetAsync("/api/requests?limit=201")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);

        static async Task<List<string>> PagesAsync(ApiClient client, string path)
        {
            var found = new List<string>();
            for (string? cursor = ""; cursor is not null;)
            {
                var page = (await client.GetAsync($"{path}?limit=1{(cursor.Length > 0 ? "&cursor=" + cursor : "")}")).Is(HttpStatusCode.OK);
                found.AddRange(page.Items.Select(item => item.GetProperty("id").GetString()!));
                cursor = page.Text("cursor");
            }

            return found;
        }
    }
}
