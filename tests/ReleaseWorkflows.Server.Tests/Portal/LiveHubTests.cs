using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Portal;

/// <summary>The hub that open pages listen to, in its own protocol.</summary>
public sealed class LiveHubTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Hub = "/hubs/portal";

    [Theory]
    [InlineData(Role.DeveloperAdmin, true)]
    [InlineData(Role.Reviewer, true)]
    [InlineData(Role.Administrator, true)]
    // Assigned to another mini program.
    [InlineData(Role.Developer, false)]
    public async Task Who_may_see_a_release_hears_that_it_has_changed_and_nobody_else(Role role, bool hears)
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await using var page = await Listener.ConnectAsync(shared.Server, role);

        Assert.Equal(hears, await page.WatchAsync($"release:{id}"));
        if (hears)
        {
            (await scene.Developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);
            Assert.Equal($"release:{id}", await page.HearAsync());
        }
    }

    [Fact]
    public async Task A_list_hears_of_the_releases_of_the_reader_s_workspaces()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        await using var page = await Listener.ConnectAsync(shared.Server, Role.Reviewer);
        Assert.True(await page.WatchAsync("releases"));

        (await scene.TriggerAsync("Production")).Is(HttpStatusCode.Created);

        Assert.Equal("workspace:superapp", await page.HearAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_looks_at_a_mini_program_hears_of_its_uploads_and_its_releases(bool isUpload)
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        await using var page = await Listener.ConnectAsync(shared.Server, Role.DeveloperAdmin);
        await using var stranger = await Listener.ConnectAsync(shared.Server, Role.Developer);
        Assert.True(await page.WatchAsync($"mini-program:{scene.MiniProgram}"));
        Assert.False(await stranger.WatchAsync($"mini-program:{scene.MiniProgram}"));

        if (isUpload)
        {
            await scene.UploadAsync("1.1.0");
        }
        else
        {
            (await scene.TriggerAsync("Test")).Is(HttpStatusCode.Created);
        }

        Assert.Equal($"mini-program:{scene.MiniProgram}", await page.HearAsync());
    }

    [Fact]
    public async Task Whoever_may_see_the_rules_of_an_app_hears_that_they_have_changed()
    {
        var key = SharedServer.NewKey("app");
        var admin = shared.Server.As(Role.WorkspaceAdmin);
        var environments = new { Production = new { review = "Manual" } };
        (await admin.PostAsync("/api/apps", new { key, name = "New", workflowDefinitionId = "release-pipeline", environments })).Is(HttpStatusCode.Created);
        await using var reviewer = await Listener.ConnectAsync(shared.Server, Role.Reviewer);
        await using var developer = await Listener.ConnectAsync(shared.Server, Role.DeveloperAdmin);
        Assert.True(await reviewer.WatchAsync($"app:{key}"));
        Assert.False(await developer.WatchAsync($"app:{key}"));

        (await admin.PutAsync($"/api/apps/{key}", new { name = "Newer", workflowDefinitionId = "release-pipeline", environments })).Is(HttpStatusCode.OK);

        Assert.Equal($"app:{key}", await reviewer.HearAsync());
    }

    [Theory]
    [InlineData(Role.WorkspaceAdmin, "changes:superapp")]
    [InlineData(Role.Administrator, "changes:all")]
    public async Task A_list_of_the_administration_hears_of_what_is_done_where_its_reader_is(Role role, string topic)
    {
        await using var page = await Listener.ConnectAsync(shared.Server, role);
        Assert.True(await page.WatchAsync("changes"));

        (await shared.Server.As(Role.WorkspaceAdmin).PostAsync(
            "/api/apps", new { key = SharedServer.NewKey("app"), name = "New", workflowDefinitionId = "release-pipeline", environments = new { Production = new { review = "Manual" } } })).Is(HttpStatusCode.Created);

        Assert.Equal(topic, await page.HearAsync());
    }

    [Fact]
    public async Task The_list_of_messages_hears_of_one_that_is_asked_for_if_its_reader_may_see_such_lists()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        await using var emails = await Listener.ConnectAsync(shared.Server, Role.Administrator);
        await using var developer = await Listener.ConnectAsync(shared.Server, Role.DeveloperAdmin);
        Assert.True(await emails.WatchAsync("messages"));
        Assert.False(await developer.WatchAsync("messages"));

        await scene.DoAsync(id, "reject", new { reason = "Mend it.", category = "Details" });

        Assert.Equal("messages", await emails.HearAsync());
    }

    [Theory]
    [InlineData("mini-program:nothing")]
    [InlineData("app:nothing")]
    [InlineData("changes:all")]
    [InlineData("release:nothing")]
    [InlineData("workspace:superapp")]
    [InlineData("all")]
    [InlineData("")]
    public async Task There_are_no_other_topics(string topic)
    {
        await using var page = await Listener.ConnectAsync(shared.Server, Role.Administrator);

        Assert.False(await page.WatchAsync(topic));
    }

    [Fact]
    public async Task Nobody_connects_without_credentials()
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await shared.Server.Anonymous.PostAsync($"{Hub}/negotiate?negotiateVersion=1")).Status);
    }

    [Fact]
    public async Task A_page_of_another_site_does_not_connect_with_the_reader_s_cookie()
    {
        using var browser = new BrowserClient(shared.Server);
        await browser.SignInAsync(shared.Server.DemoUser(Role.Reviewer));

        var answer = await browser.SendAsync(HttpMethod.Post, $"{Hub}/negotiate?negotiateVersion=1", ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    /// <summary>An open page.</summary>
    private sealed class Listener(HubClient client) : IAsyncDisposable
    {
        public static async Task<Listener> ConnectAsync(TestServer server, Role role) => new(await HubClient.ConnectAsync(server, Hub, server.DemoUser(role).ApiKey));

        /// <summary>Names a topic and hears whether it may be listened to.</summary>
        public async Task<bool> WatchAsync(string topic) => (await client.InvokeAsync("Watch", topic)).GetProperty("result").GetBoolean();

        /// <summary>The topic that has changed next.</summary>
        public async Task<string?> HearAsync() => (await client.HearAsync("changed")).GetString();

        public ValueTask DisposeAsync() => client.DisposeAsync();
    }
}
