using System.Net;
using System.Text.Json;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Editing details of a release (T3): what is built again, what the test QR code shows, and when it is too late.</summary>
public sealed class DetailsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task A_new_configuration_is_built_and_gets_a_new_test_QR_code()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        var (first, qr) = (await scene.ReadAsync(id), await QrAsync(scene, id));

        var edited = await scene.DoAsync(id, "configuration", new { webUrls = new[] { "https://m.tea.example/help" } });

        Assert.Equal("Building", edited.Text("building"));
        var second = await scene.BuiltAsync(id);
        Assert.NotEqual(first.Text("packageDigest"), second.Text("packageDigest"));
        Assert.NotEqual(qr, await QrAsync(scene, id));
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ConfigurationEdited", "PackageBuilt"], await scene.LogAsync(id));
        var values = (await scene.Developer.GetAsync($"/api/releases/{id}/configuration")).Is(HttpStatusCode.OK);
        Assert.True(values.Json.GetProperty("isEditable").GetBoolean());
        Assert.Equal("https://m.tea.example/help", values.Json.GetProperty("effective").GetProperty("webUrls")[0].GetString());
        Assert.Equal("api.tea.example", values.Json.GetProperty("effective").GetProperty("serverDomains")[0].GetString());
    }

    [Fact]
    public async Task The_same_configuration_again_changes_nothing()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "configuration", new { webUrls = new[] { "https://m.tea.example" } });
        await scene.BuiltAsync(id);
        var before = await scene.PictureAsync(id);

        await scene.DoAsync(id, "configuration", new { webUrls = new[] { "https://m.tea.example" } });

        using var now = JsonDocument.Parse(await scene.PictureAsync(id));
        using var then = JsonDocument.Parse(before);
        Assert.Equal(then.RootElement.GetProperty("Release").GetString(), now.RootElement.GetProperty("Release").GetString());
        Assert.Equal(then.RootElement.GetProperty("Log").GetString(), now.RootElement.GetProperty("Log").GetString());
    }

    [Fact]
    public async Task Basic_information_changes_the_test_QR_code_and_leaves_the_package()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        var (first, qr) = (await scene.ReadAsync(id), await QrAsync(scene, id));

        var edited = await scene.DoAsync(id, "basic-information", new { name = "Tea", description = "More tea.", category = "Food", releaseNotes = "New." });

        Assert.Equal("Ready", edited.Text("building"));
        Assert.Equal(first.Text("packageDigest"), edited.Text("packageDigest"));
        Assert.Equal("New.", edited.Text("releaseNotes"));
        Assert.NotEqual(qr, await QrAsync(scene, id));
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "BasicInformationEdited"], await scene.LogAsync(id));
    }

    [Fact]
    public async Task The_test_QR_code_ends_with_the_application_and_comes_back_with_a_withdrawal()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        Assert.NotNull((await scene.ReadAsync(id)).Json.GetProperty("links").GetProperty("testQr").GetString());

        var applied = await scene.DoAsync(id, "apply");

        Assert.Null(applied.Json.GetProperty("links").GetProperty("testQr").GetString());
        (await scene.Developer.GetAsync($"/api/releases/{id}/test-qr.svg")).Is(HttpStatusCode.NotFound);
        (await scene.Developer.GetAsync($"/api/releases/{id}/test-qr.png")).Is(HttpStatusCode.NotFound);

        (await scene.DoAsync(id, "withdraw")).Stands("NewVersionCreated", "Withdrawn", "A developer applies to release.");
        Assert.Equal("image/png", (await scene.Developer.GetAsync($"/api/releases/{id}/test-qr.png")).Is(HttpStatusCode.OK).ContentType);
    }

    [Fact]
    public async Task What_applied_is_frozen()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        var before = await scene.PictureAsync(id);

        (await scene.Developer.PutAsync($"/api/mini-programs/{scene.MiniProgram}/configuration", new { serverDomains = new[] { "new.tea.example" } })).Is(HttpStatusCode.OK);

        Assert.Equal(before, await scene.PictureAsync(id));
        var values = (await scene.Developer.GetAsync($"/api/releases/{id}/configuration")).Is(HttpStatusCode.OK);
        Assert.False(values.Json.GetProperty("isEditable").GetBoolean());
        Assert.Equal("api.tea.example", values.Json.GetProperty("effective").GetProperty("serverDomains")[0].GetString());
    }

    [Fact]
    public async Task A_new_global_configuration_reaches_the_releases_that_have_not_applied_yet()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var open = await scene.ReleaseAsync("Sandbox");
        var live = await scene.ReleaseAsync("Development");
        await scene.DoAsync(live, "apply");
        var ownWord = (await scene.TriggerAsync("Test", configuration: new { serverDomains = new[] { "own.tea.example" } })).Is(HttpStatusCode.Created).Text("id")!;
        await scene.BuiltAsync(ownWord);
        var (livePicture, ownPicture) = (await scene.PictureAsync(live), (await scene.ReadAsync(ownWord)).ToString());

        (await scene.Developer.PutAsync(
            $"/api/mini-programs/{scene.MiniProgram}/configuration",
            new { serverDomains = new[] { "new.tea.example" }, environmentVariables = new { API_URL = "https://api.tea.example" } })).Is(HttpStatusCode.OK);

        await scene.BuiltAsync(open);
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ConfigurationEdited", "PackageBuilt"], await scene.LogAsync(open));
        var line = (await scene.Developer.GetAsync($"/api/releases/{open}/log")).Items[2];
        Assert.Equal("Dora Developer-Admin", line.GetProperty("actor").GetString());
        Assert.StartsWith("The global configuration changed", line.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(livePicture, await scene.PictureAsync(live));
        Assert.Equal(ownPicture, (await scene.ReadAsync(ownWord)).ToString());
        (await scene.DoAsync(open, "apply")).Stands("UnderReview", "InReview", "A reviewer of superapp-a decides.");
    }

    [Fact]
    public async Task A_package_that_was_rejected_for_its_code_is_not_applied_for_again()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "reject", new { reason = "It crashes.", category = "Code" });

        (await scene.SendAsync(id, "apply")).Is(HttpStatusCode.Conflict, "same-package");
    }

    [Fact]
    public async Task Details_that_are_missing_are_named_when_one_applies()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "basic-information", new { name = "Tea" });

        Assert.Equal(["category", "description"], (await scene.SendAsync(id, "apply")).Is(HttpStatusCode.Conflict, "details-incomplete").BadFields);
    }

    [Fact]
    public async Task An_edit_while_the_package_is_built_is_built_and_the_older_build_counts_for_nothing()
    {
        var gate = new BuildGate();
        await using var server = await TestServer.StartAsync(gate.AddTo);
        var scene = ReleaseScene.Coffee(server);
        gate.Close();
        var id = (await scene.TriggerAsync("Sandbox")).Is(HttpStatusCode.Created).Text("id")!;
        var qr = await QrAsync(scene, id);

        await scene.DoAsync(id, "configuration", new { serverDomains = new[] { "one.example" } });
        await scene.DoAsync(id, "configuration", new { serverDomains = new[] { "two.example" } });
        Assert.NotEqual(qr, await QrAsync(scene, id));
        gate.Open();

        await scene.BuiltAsync(id);
        Assert.Equal(["ReleaseCreated", "ConfigurationEdited", "ConfigurationEdited", "PackageBuilt"], await scene.LogAsync(id));
        var applied = await scene.DoAsync(id, "apply");
        Assert.Equal(applied.Text("packageDigest"), applied.Json.GetProperty("request").GetProperty("snapshot").GetProperty("packageDigest").GetString());
        await scene.DoAsync(id, "approve");
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("torn")]
    [InlineData("exchanged")]
    public async Task A_build_that_fails_says_why_and_can_be_retried_once_the_cause_is_mended(string damage)
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var file = await UploadedFileAsync(scene);
        var good = await File.ReadAllBytesAsync(file);
        switch (damage)
        {
            case "missing":
                File.Delete(file);
                break;
            case "torn":
                await File.WriteAllBytesAsync(file, good[..(good.Length / 2)]);
                break;
            default:
                // A good archive, but not the one that was uploaded.
                await File.WriteAllBytesAsync(file, ApiClient.Sample("parcel"));
                break;
        }

        var id = (await scene.TriggerAsync("Sandbox")).Is(HttpStatusCode.Created).Text("id")!;
        var failed = (await scene.BuildingAsync(id, "BuildFailed")).Stands("NewVersionCreated", "None", "A developer mends the cause and retries the build.");
        Assert.NotEmpty(failed.Text("buildFailure")!);
        Assert.Equal(["retry-build", "edit-configuration", "edit-basic-information"], failed.Words("allowedCommands"));
        Assert.Contains(failed.Text("buildFailure")!, (await scene.SendAsync(id, "apply")).Is(HttpStatusCode.Conflict, "build-failed").Text("detail"), StringComparison.Ordinal);

        // A new configuration is built too, and fails for the same reason.
        await scene.DoAsync(id, "configuration", new { serverDomains = new[] { "other.example" } });
        await scene.BuildingAsync(id, "BuildFailed");

        await File.WriteAllBytesAsync(file, good);
        (await scene.DoAsync(id, "retry-build")).Stands("NewVersionCreated", "None", "The package is being built.");
        Assert.Null((await scene.BuiltAsync(id)).Text("buildFailure"));
        Assert.Equal(
            ["ReleaseCreated", "PackageBuildFailed", "ConfigurationEdited", "PackageBuildFailed", "PackageBuildRetried", "PackageBuilt"], await scene.LogAsync(id));
        await scene.DoAsync(id, "apply");
    }

    [Fact]
    public async Task An_upload_of_the_same_files_mends_what_the_disk_has_spoilt()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        await File.WriteAllTextAsync(await UploadedFileAsync(scene), "spoilt");
        var id = (await scene.TriggerAsync("Sandbox")).Is(HttpStatusCode.Created).Text("id")!;
        await scene.BuildingAsync(id, "BuildFailed");

        await scene.UploadAsync("1.0.1");

        await scene.DoAsync(id, "retry-build");
        await scene.BuiltAsync(id);
    }

    private static async Task<string> UploadedFileAsync(ReleaseScene scene)
    {
        var version = await scene.AskAsync<IMiniProgramStore, MiniProgramVersion?>(
            store => store.FindVersionAsync(new MiniProgramKey(scene.MiniProgram), new VersionNumber("1.0.0"), CancellationToken.None));
        return Directory.EnumerateFiles(Path.Combine(scene.Server.DataFolder, "packages"), version!.SourceDigest + ".zip", SearchOption.AllDirectories).Single();
    }

    private static async Task<string> QrAsync(ReleaseScene scene, string id) =>
        (await scene.Developer.GetAsync($"/api/releases/{id}/test-qr.svg")).Is(HttpStatusCode.OK).ToString();
}
