using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Commands that do not fit, that the caller may not give, or that come too late: each is refused with what is possible instead, and nothing changes.</summary>
public sealed class RefusedCommandTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // Address, name in allowedCommands, and a body that is well.
    private static readonly (string Path, string Name, object? Body)[] Commands =
    [
        ("configuration", ReleaseCommands.EditConfiguration, new { serverDomains = new[] { "other.example" } }),
        ("basic-information", ReleaseCommands.EditBasicInformation, new { name = "Other" }),
        ("retry-build", ReleaseCommands.RetryBuild, null),
        ("apply", ReleaseCommands.Apply, null),
        ("withdraw", ReleaseCommands.Withdraw, null),
        ("approve", ReleaseCommands.Approve, null),
        ("reject", ReleaseCommands.Reject, new { reason = "No.", category = "Policy" }),
        ("testers", ReleaseCommands.UpdateTesters, new { userIds = new[] { "u-9" } }),
        ("complete-pilot", ReleaseCommands.CompletePilot, null),
        ("go-live", ReleaseCommands.GoLive, new { type = "Full" }),
        ("grayscale", ReleaseCommands.Grayscale, new { percentage = 50 }),
        ("assign-reviewers", ReleaseCommands.AssignReviewers, new { reviewers = new[] { "reviewer@superapp.example" } }),
        ("hold", ReleaseCommands.Hold, new { reason = "Wait." }),
        ("resume", ReleaseCommands.Resume, new { reason = "Go on." }),
        ("override-freeze", ReleaseCommands.OverrideFreeze, new { reason = "A security fix." }),
        ("take-offline", ReleaseCommands.TakeOffline, new { reason = "The shop has closed." }),
        ("cancel", ReleaseCommands.Cancel, null),
    ];

    private TestServer Server => shared.Server;

    public static TheoryData<string> Stages =>
        ["NewVersionCreated", "UnderReview", "PilotTesting", "ReleasePreparation", "GrayscaleUnset", "Grayscale", "FullRelease", "Canceled", "Archived"];

    [Fact]
    public void Every_command_is_tried() => Assert.Equal(ReleaseTransitions.PersonalCommands.Order(), Commands.Select(command => command.Name).Order());

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task A_command_that_does_not_fit_is_refused_and_changes_nothing(string stage)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await ReachAsync(scene, stage);
        var release = await scene.ReadAsync(id);
        var allowed = await AllowedToAnybodyAsync(scene, id);
        var before = await scene.PictureAsync(id);

        var refused = Commands.Where(command => !allowed.Contains(command.Name)).ToList();
        Assert.NotEmpty(refused);
        foreach (var (path, name, body) in refused)
        {
            var answer = (await scene.SendAsync(id, path, body)).Is(HttpStatusCode.Conflict);

            Assert.True(answer.Code is "wrong-state" or "rule-broken", $"{name}: {answer}");
            Assert.Equal(release.Text("status"), answer.Text("releaseStatus"));
            Assert.Equal((await scene.ReadAsync(id, scene.WhoGives(path))).Words("allowedCommands"), answer.Words("allowedCommands"));
        }

        Assert.Equal(before, await scene.PictureAsync(id));
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task What_allowedCommands_lists_is_accepted(string stage)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await ReachAsync(scene, stage);
        var allowed = await AllowedToAnybodyAsync(scene, id);

        foreach (var (path, _, body) in Commands.Where(command => allowed.Contains(command.Name)))
        {
            var another = await ReleaseScene.CreateAsync(Server, "1.0.0");
            (await another.SendAsync(await ReachAsync(another, stage), path, body)).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task To_apply_while_the_package_is_built_is_to_come_too_early()
    {
        var gate = new BuildGate();
        await using var server = await TestServer.StartAsync(gate.AddTo);
        var scene = ReleaseScene.Coffee(server);
        gate.Close();
        var id = (await scene.TriggerAsync("Test")).Is(HttpStatusCode.Created).Text("id")!;

        var answer = (await scene.SendAsync(id, "apply")).Is(HttpStatusCode.Conflict, "still-building");

        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
        Assert.Equal("NewVersionCreated", answer.Text("releaseStatus"));
        Assert.Equal(["edit-configuration", "edit-basic-information"], answer.Words("allowedCommands"));
        (await scene.SendAsync(id, "retry-build")).Is(HttpStatusCode.Conflict, "wrong-state");
        (await scene.Developer.GetAsync($"/api/releases/{id}/package")).Is(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(["ReleaseCreated"], await scene.LogAsync(id));

        gate.Open();
        await scene.BuiltAsync(id);
        await scene.DoAsync(id, "apply");
    }

    [Fact]
    public async Task Who_lacks_a_permission_hears_which()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        var before = await scene.PictureAsync(id);

        foreach (var (path, _, body) in Commands)
        {
            var isTheApps = path is "approve" or "reject" or "assign-reviewers" or "override-freeze";
            var stranger = isTheApps ? scene.Developer : scene.Reviewer;
            var method = path is "configuration" or "basic-information" or "testers" ? HttpMethod.Put : HttpMethod.Post;

            var answer = (await stranger.SendAsync(method, $"/api/releases/{id}/{path}", body)).Is(HttpStatusCode.Forbidden, "forbidden");

            Assert.StartsWith("release.", answer.Text("permission"), StringComparison.Ordinal);
            Assert.Contains(answer.Text("permission")!, answer.Text("detail"), StringComparison.Ordinal);
            (await Server.Anonymous.SendAsync(method, $"/api/releases/{id}/{path}", body)).Is(HttpStatusCode.Unauthorized);
        }

        Assert.Equal(before, await scene.PictureAsync(id));
    }

    [Fact]
    public async Task Even_the_platforms_administrator_decides_no_request()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");

        var answer = (await Server.As(Role.Administrator).PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.Forbidden, "forbidden");

        Assert.Equal("release.review", answer.Text("permission"));
    }

    [Fact]
    public async Task A_release_that_is_not_ones_own_does_not_exist()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        var stranger = Server.As(Role.Developer);

        foreach (var path in (string[])["", "/log", "/configuration", "/basic-information", "/reports", "/testers", "/package", "/test-qr.svg", "/test-qr.png"])
        {
            var hidden = (await stranger.GetAsync($"/api/releases/{id}{path}")).Is(HttpStatusCode.NotFound, "not-found");
            var missing = (await stranger.GetAsync($"/api/releases/none{path}")).Is(HttpStatusCode.NotFound, "not-found");
            Assert.Equal(missing.Bytes, hidden.Bytes);
        }

        foreach (var (path, _, body) in Commands)
        {
            var method = path is "configuration" or "basic-information" or "testers" ? HttpMethod.Put : HttpMethod.Post;
            var hidden = (await stranger.SendAsync(method, $"/api/releases/{id}/{path}", body)).Is(HttpStatusCode.NotFound, "not-found");
            var missing = (await stranger.SendAsync(method, $"/api/releases/none/{path}", body)).Is(HttpStatusCode.NotFound, "not-found");
            Assert.Equal(missing.Bytes, hidden.Bytes);

            // What the body says must not tell either.
            (await stranger.SendAsync(method, $"/api/releases/{id}/{path}", "{ not json")).Is(HttpStatusCode.NotFound, "not-found");
            (await stranger.SendAsync(method, $"/api/releases/{id}/{path}", body, ifMatch: "\"77\"")).Is(HttpStatusCode.NotFound, "not-found");
        }

        (await stranger.DeleteAsync($"/api/releases/{id}/testers/u-1")).Is(HttpStatusCode.NotFound, "not-found");
        Assert.DoesNotContain((await stranger.GetAsync("/api/releases?limit=200")).Items, item => item.GetProperty("id").GetString() == id);
    }

    [Fact]
    public async Task Nobody_approves_what_they_applied_for()
    {
        var admin = Server.As(Role.WorkspaceAdmin);
        var program = SharedServer.NewKey("own");
        (await admin.PostAsync("/api/mini-programs", new { key = program, name = "Own", description = "Own.", category = "Own" })).Is(HttpStatusCode.Created);
        (await admin.UploadAsync(program, "1.0.0", ApiClient.Sample("parcel"))).Is(HttpStatusCode.Created);
        var id = (await admin.PostAsync("/workflows/releases", new { miniProgram = program, version = "1.0.0", app = "superapp-a", environment = "Sandbox" }))
            .Is(HttpStatusCode.Created).Text("id")!;
        await Eventually.ReadAsync(() => admin.GetAsync($"/api/releases/{id}"), answer => answer.Text("building") == "Ready", "the build");
        (await admin.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK);

        foreach (var (command, body) in (IEnumerable<(string, object?)>)[("approve", null), ("reject", new { reason = "No.", category = "Code" })])
        {
            var answer = (await admin.PostAsync($"/api/releases/{id}/{command}", body)).Is(HttpStatusCode.Forbidden, "self-approval");
            Assert.Equal("release.review", answer.Text("permission"));
            Assert.Equal(["withdraw", "assign-reviewers"], answer.Words("allowedCommands"));
        }

        (await Server.As(Role.Reviewer).PostAsync($"/api/releases/{id}/approve")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_command_for_an_older_revision_is_refused()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        var read = await scene.ReadAsync(id);
        await scene.DoAsync(id, "basic-information", new { name = "Tea 2", description = "Tea.", category = "Food" });
        var before = await scene.PictureAsync(id);

        var answer = (await scene.Developer.PostAsync($"/api/releases/{id}/apply", ifMatch: read.ETag)).Is(HttpStatusCode.PreconditionFailed, "stale");

        Assert.Equal(read.Number("revision") + 1, answer.Number("revision"));
        Assert.Equal(before, await scene.PictureAsync(id));
        (await scene.Developer.PutAsync($"/api/releases/{id}/testers", new { userIds = new[] { "u" } }, ifMatch: read.ETag)).Is(HttpStatusCode.PreconditionFailed, "stale");
        (await scene.Developer.PostAsync($"/api/releases/{id}/apply", ifMatch: (await scene.ReadAsync(id)).ETag)).Is(HttpStatusCode.OK);
    }

    private static async Task<string> ReachAsync(ReleaseScene scene, string stage)
    {
        var app = stage == "ReleasePreparation" ? "superapp-b" : "superapp-a";
        var id = await scene.ReleaseAsync(stage is "FullRelease" or "Archived" ? "Development" : "Production", app: app);
        if (stage == "NewVersionCreated")
        {
            return id;
        }

        await scene.DoAsync(id, "apply");
        switch (stage)
        {
            case "Archived":
                await scene.UploadAsync("2.0.0");
                await scene.DoAsync(await scene.ReleaseAsync("Development", "2.0.0"), "apply");
                break;
            case "UnderReview" or "FullRelease":
                break;
            default:
                await scene.DoAsync(id, "approve");
                if (stage is "GrayscaleUnset" or "Grayscale")
                {
                    await scene.DoAsync(id, "complete-pilot");
                }

                if (stage == "Grayscale")
                {
                    await scene.DoAsync(id, "grayscale", new { percentage = 20 });
                }

                if (stage == "Canceled")
                {
                    await scene.DoAsync(id, "cancel", new { reason = "Bad feedback." });
                }

                break;
        }

        Assert.StartsWith(stage.Replace("Unset", "", StringComparison.Ordinal), (await scene.ReadAsync(id)).Text("status"), StringComparison.Ordinal);
        return id;
    }

    private static async Task<ISet<string>> AllowedToAnybodyAsync(ReleaseScene scene, string id)
    {
        var allowed = new HashSet<string>();
        foreach (var client in (ApiClient[])[scene.Developer, scene.Reviewer, scene.WhoGives("override-freeze")])
        {
            allowed.UnionWith((await scene.ReadAsync(id, client)).Words("allowedCommands"));
        }

        return allowed;
    }
}
