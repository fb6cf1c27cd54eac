using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Delivery;

/// <summary>Which version a super app gives to a user, over HTTP, from commit to commit and over a restart.</summary>
public sealed class DeliveryTests
{
    [Fact]
    public async Task Each_user_gets_the_version_meant_for_them_and_the_reason()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0", "2.0.0");
        (await AskAsync(scene, "ana")).Is(HttpStatusCode.NotFound, "not-found");
        var first = await scene.ReleaseAsync("Production");
        await scene.DoAsync(first, "apply");
        await scene.DoAsync(first, "approve");
        await scene.DoAsync(first, "complete-pilot");
        (await AskAsync(scene, "ana")).Is(HttpStatusCode.NotFound);
        await scene.DoAsync(first, "go-live", new { type = "Full" });
        Gets(await AskAsync(scene, "ana"), "1.0.0", "Full");

        var second = await scene.ReleaseAsync("Production", "2.0.0");
        await scene.DoAsync(second, "apply");
        await scene.DoAsync(second, "approve");
        await scene.DoAsync(second, "testers", new { userIds = new[] { "ana", "bob" } });
        Gets(await AskAsync(scene, "ana"), "2.0.0", "Pilot");
        Gets(await AskAsync(scene, "eve"), "1.0.0", "Full");
        await scene.Developer.DeleteAsync($"/api/releases/{second}/testers/ana");
        Gets(await AskAsync(scene, "ana"), "1.0.0", "Full");
        await server.RestartAsync();
        Gets(await AskAsync(scene, "ana"), "1.0.0", "Full");
        Gets(await AskAsync(scene, "bob"), "2.0.0", "Pilot");

        await scene.DoAsync(second, "complete-pilot");
        Gets(await AskAsync(scene, "bob"), "1.0.0", "Full");
        await scene.DoAsync(second, "grayscale", new { percentage = 50 });
        string[] users = [.. Enumerable.Range(0, 40).Select(number => $"user-{number}")];
        var with = await WhoHasAsync(scene, users, "2.0.0");
        Assert.InRange(with.Count, 5, 35);
        await server.RestartAsync();
        Assert.Equal(with, await WhoHasAsync(scene, users, "2.0.0"));
        await scene.DoAsync(second, "grayscale", new { percentage = 80 });
        Assert.Subset(await WhoHasAsync(scene, users, "2.0.0"), with);

        await scene.DoAsync(second, "cancel", new { reason = "It crashes." });
        Assert.Empty(await WhoHasAsync(scene, users, "2.0.0"));
        var answer = await AskAsync(scene, "ana");
        Assert.Equal(first, answer.Text("releaseId"));
        Assert.Equal((await scene.ReadAsync(first)).Text("packageDigest"), answer.Json.GetProperty("package").GetProperty("sha256").GetString());
        (await scene.DoAsync(first, "take-offline", new { reason = "The shop has closed." })).Is(HttpStatusCode.OK);
        (await AskAsync(scene, "ana")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_newer_full_release_takes_the_place_of_the_older_one()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0", "2.0.0");
        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");
        await scene.DoAsync(await scene.ReleaseAsync("Test", "2.0.0"), "apply");

        Gets(await AskAsync(scene, "ana", environment: "Test"), "2.0.0", "Full");
    }

    [Fact]
    public async Task A_test_QR_code_opens_the_version_until_the_details_change_or_it_applies()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var first = await ScanAsync();

        var opened = (await OpenAsync(first)).Is(HttpStatusCode.OK);
        Gets(opened, "1.0.0", "Test");
        Assert.Equal((await scene.ReadAsync(id)).Text("packageDigest"), opened.Json.GetProperty("package").GetProperty("sha256").GetString());
        (await AskAsync(scene, "ana")).Is(HttpStatusCode.NotFound);

        await scene.DoAsync(id, "basic-information", new { name = "Tea", description = "More tea.", category = "Food" });
        (await OpenAsync(first)).Is(HttpStatusCode.NotFound, "not-found");
        var second = await ScanAsync();
        Gets(await OpenAsync(second), "1.0.0", "Test");
        (await OpenAsync(second, Role.Developer)).Is(HttpStatusCode.NotFound, "not-found");
        (await OpenAsync("?version=1.0.0&test=" + new string('0', 32))).Is(HttpStatusCode.NotFound, "not-found");
        (await OpenAsync("?version=no+number&test=")).Is(HttpStatusCode.NotFound, "not-found");

        await scene.DoAsync(id, "apply");
        (await OpenAsync(second)).Is(HttpStatusCode.NotFound, "not-found");

        // What the app reads from the picture: the query is handed on as it is.
        async Task<string> ScanAsync() =>
            new Uri(Qr.QrReader.ReadPixels(Qr.PngPicture.Read((await scene.Developer.GetAsync($"/api/releases/{id}/test-qr.png")).Is(HttpStatusCode.OK).Bytes))).Query;

        Task<Answer> OpenAsync(string query, Role role = Role.WorkspaceAdmin) =>
            server.As(role).GetAsync($"/api/delivery/superapp-a/Production/{scene.MiniProgram}{query}");
    }

    [Fact]
    public async Task Strangers_and_unreadable_questions_get_no_version()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");
        var path = $"/api/delivery/superapp-a/Test/{scene.MiniProgram}";

        (await server.Anonymous.GetAsync($"{path}?userId=ana")).Is(HttpStatusCode.Unauthorized);
        (await server.As(Role.Developer).GetAsync($"{path}?userId=ana")).Is(HttpStatusCode.NotFound, "not-found");
        Assert.Equal(["userId"], (await scene.Reviewer.GetAsync(path)).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["userId"], (await scene.Reviewer.GetAsync($"{path}?userId=%20")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["userId"], (await scene.Reviewer.GetAsync($"{path}?userId={new string('x', 255)}")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        (await scene.Reviewer.GetAsync($"/api/delivery/superapp-a/Moon/{scene.MiniProgram}?userId=ana")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_key_gets_versions_until_it_is_revoked_or_has_expired()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");
        var owner = server.As(Role.WorkspaceAdmin);
        var path = $"/api/delivery/superapp-a/Test/{scene.MiniProgram}?userId=ana";
        var revoked = await owner.PostAsync("/api/api-keys", new { name = "Revoked" });
        var brief = await owner.PostAsync("/api/api-keys", new { name = "Brief", expiresAt = server.Clock.GetUtcNow().AddHours(1) });
        await GetsTwiceAsync(revoked);

        await owner.DeleteAsync($"/api/api-keys/{revoked.Text("id")}");
        Assert.Contains("no such API key", (await AskWithAsync(revoked)).Is(HttpStatusCode.Unauthorized, "unauthorized").Text("detail"), StringComparison.Ordinal);

        await GetsTwiceAsync(brief);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Contains("“Brief” has expired", (await AskWithAsync(brief)).Is(HttpStatusCode.Unauthorized, "unauthorized").Text("detail"), StringComparison.Ordinal);

        Task<Answer> AskWithAsync(Answer key) => server.With($"ApiKey {key.Text("key")}").GetAsync(path);

        // The first time the key is read, the second time it is known.
        async Task GetsTwiceAsync(Answer key)
        {
            Gets(await AskWithAsync(key), "1.0.0", "Full");
            Gets(await AskWithAsync(key), "1.0.0", "Full");
        }
    }

    [Fact]
    public async Task An_account_that_loses_its_role_gets_no_version_from_then_on_and_a_disabled_one_no_answer()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");
        var path = $"/api/delivery/superapp-a/Test/{scene.MiniProgram}?userId=ana";
        var owner = server.As(Role.WorkspaceAdmin);
        (await owner.GetAsync(path)).Is(HttpStatusCode.OK);

        await ChangeOwnerAsync(account => account with { Grants = [] });
        (await owner.GetAsync(path)).Is(HttpStatusCode.NotFound, "not-found");

        await ChangeOwnerAsync(account => account with { DisabledAt = server.Clock.GetUtcNow() });
        Assert.Contains("disabled", (await owner.GetAsync(path)).Is(HttpStatusCode.Unauthorized, "unauthorized").Text("detail"), StringComparison.Ordinal);

        Task ChangeOwnerAsync(Func<Account, Account> change) => server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) =>
            {
                var accounts = services.GetRequiredService<IAccountStore>();
                var account = (await accounts.FindByEmailAsync(server.DemoUser(Role.WorkspaceAdmin).Email, stop))!;
                accounts.Save(change(account) with { Revision = account.Revision + 1 });
                return UnitOfWorkResult.Commit(true);
            },
            CancellationToken.None);
    }

    // The super app asks, in the name of its admin.
    private static Task<Answer> AskAsync(ReleaseScene scene, string userId, string environment = "Production") =>
        scene.Server.As(Role.WorkspaceAdmin).GetAsync($"/api/delivery/superapp-a/{environment}/{scene.MiniProgram}?userId={userId}");

    private static async Task<ISet<string>> WhoHasAsync(ReleaseScene scene, IEnumerable<string> users, string version)
    {
        var who = new HashSet<string>();
        foreach (var user in users)
        {
            if ((await AskAsync(scene, user)).Text("version") == version)
            {
                who.Add(user);
            }
        }

        return who;
    }

    private static void Gets(Answer answer, string version, string reason) =>
        Assert.Equal((version, reason), (answer.Is(HttpStatusCode.OK).Text("version"), answer.Text("reason")));
}
