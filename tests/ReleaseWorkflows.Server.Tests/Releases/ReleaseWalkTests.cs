using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>A release from its trigger to its end in each environment (S0 to S4), as its developer, its reviewer and a bystander see it.</summary>
public sealed class ReleaseWalkTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string[] Preparing = ["edit-configuration", "edit-basic-information", "apply"];

    private TestServer Server => shared.Server;

    [Fact]
    public async Task Development_is_live_as_soon_as_it_is_applied_for()
    {
        var scene = ReleaseScene.Coffee(Server);
        var developer = Server.As(Role.Developer);
        var created = (await developer.PostAsync(
            "/workflows/releases", new { miniProgram = "coffee", version = "1.0.0", app = "superapp-a", environment = "Development" })).Is(HttpStatusCode.Created);
        var id = created.Text("id")!;
        Assert.Equal("NewVersionCreated", created.Text("status"));
        Assert.Equal($"/api/releases/{id}", created.Headers.Location!.ToString());
        Assert.Equal("application/json", created.ContentType);

        var ready = (await scene.BuiltAsync(id)).Stands("NewVersionCreated", "None", "A developer applies to release.");
        Assert.Equal(created.Text("workflowInstanceId"), ready.Text("workflowInstanceId"));
        Assert.Equal("release-pipeline", ready.Text("definitionId"));
        Assert.Equal(1, ready.Number("definitionVersion"));
        Assert.Equal($"\"{ready.Number("revision")}\"", ready.ETag);
        Assert.Equal(Preparing, (await scene.ReadAsync(id, developer)).Words("allowedCommands"));
        Assert.Empty((await scene.ReadAsync(id, scene.Reviewer)).Words("allowedCommands"));

        var live = (await developer.PostAsync($"/api/releases/{id}/apply")).Is(HttpStatusCode.OK).Stands("FullRelease", "Approved", null);

        Assert.Equal("Auto", live.Text("mode"));
        Assert.Equal(["take-offline"], live.Words("allowedCommands"));
        Assert.Equal("Auto", live.Json.GetProperty("request").GetProperty("mode").GetString());
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", "RequestApproved", "WentLive"], await scene.LogAsync(id));
        Assert.Equal("Finished", (await scene.InstanceAsync(id)).SubStatus);
        Assert.Empty(Mailbox.Read(Server, id));
    }

    [Fact]
    public async Task Sandbox_is_reviewed_and_tried_out_and_then_goes_live_by_itself()
    {
        var scene = ReleaseScene.Coffee(Server);
        var id = await scene.ReleaseAsync("Sandbox");

        var applied = (await scene.DoAsync(id, "apply")).Stands("UnderReview", "InReview", "A reviewer of superapp-a decides.");
        Assert.Equal(["withdraw"], applied.Words("allowedCommands"));
        Assert.Empty((await scene.ReadAsync(id, Server.As(Role.Developer))).Words("allowedCommands"));
        Assert.Equal(["reject", "approve", "assign-reviewers"], (await scene.ReadAsync(id, scene.Reviewer)).Words("allowedCommands"));
        Assert.Contains((await scene.Reviewer.GetAsync("/api/approvals")).Items, item => item.GetProperty("id").GetString() == id);
        Assert.Contains((await scene.Developer.GetAsync("/api/requests")).Items, item => item.GetProperty("id").GetString() == id);

        var pilot = (await scene.DoAsync(id, "approve", new { comment = "Works." })).Stands("PilotTesting", "Approved", "A developer adds testers.");
        Assert.Empty(pilot.Words("allowedCommands"));
        Assert.DoesNotContain((await scene.Reviewer.GetAsync("/api/approvals")).Items, item => item.GetProperty("id").GetString() == id);
        Assert.Equal(["update-testers", "complete-pilot", "cancel"], (await scene.ReadAsync(id)).Words("allowedCommands"));

        Assert.Equal(2, (await scene.DoAsync(id, "testers", new { userIds = new[] { "u-1", "u-2" } })).Number("total"));
        (await scene.ReadAsync(id)).Stands("PilotTesting", "Approved", "Testers try the version; a developer completes testing.");

        var live = (await scene.DoAsync(id, "complete-pilot")).Stands("FullRelease", "Approved", null);
        Assert.Equal("Auto", live.Text("mode"));
        Assert.Equal(
            ["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", "RequestApproved", "PilotStarted", "TestersChanged", "PilotCompleted", "WentLive"],
            await scene.LogAsync(id));

        var email = Assert.Single(await Mailbox.WaitAsync(Server, id, 1));
        Assert.Equal("developer-admin@acme.example", email.Headers["To"]);
        Assert.Equal("Approved: Coffee 1.0.0 for superapp-a Sandbox", email.Subject);
        Assert.Contains("Rita Reviewer approved your request", email.Text, StringComparison.Ordinal);
        Assert.Contains("Works.", email.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_is_rejected_mended_approved_tried_out_and_rolled_out_step_by_step()
    {
        var scene = ReleaseScene.Coffee(Server);
        var id = await scene.ReleaseAsync("Production");
        (await scene.DoAsync(id, "apply", new { releaseNotes = "Order ahead." })).Stands("UnderReview", "InReview", "A reviewer of superapp-a decides.");

        var rejected = (await scene.DoAsync(id, "reject", new { reason = "Please list the payment domain – „zahlung“.", category = "Details" }))
            .Stands("NewVersionCreated", "Rejected", "A developer applies to release.");
        Assert.Equal("Order ahead.", rejected.Text("releaseNotes"));
        var edited = (await scene.DoAsync(id, "configuration", new { serverDomains = new[] { "api.coffee.example", "pay.coffee.example" } }))
            .Stands("NewVersionCreated", "Rejected", "The package is being built.");
        Assert.Equal("Building", edited.Text("building"));
        await scene.BuiltAsync(id);
        var again = (await scene.DoAsync(id, "apply")).Stands("UnderReview", "InReview", "A reviewer of superapp-a decides.");
        Assert.Equal(2, again.Json.GetProperty("request").GetProperty("number").GetInt32());

        (await scene.DoAsync(id, "approve")).Stands("PilotTesting", "Approved", "A developer adds testers.");
        var choice = (await scene.DoAsync(id, "complete-pilot")).Stands("GrayscaleRelease", "Approved", "A developer chooses Grayscale or Full Release.");
        Assert.Null(choice.Number("percentage"));
        Assert.Equal(["cancel", "go-live", "grayscale"], choice.Words("allowedCommands"));

        // A3: there is nothing to be said about Grayscale that the state does not say already.
        var chosen = await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        Assert.Equal(choice.ETag, chosen.ETag);

        foreach (var percentage in (int[])[1, 20, 99])
        {
            var raised = (await scene.DoAsync(id, "grayscale", new { percentage })).Stands("GrayscaleRelease", "Approved", "A developer raises the percentage.");
            Assert.Equal(percentage, raised.Number("percentage"));
            Assert.Equal(["cancel", "grayscale", "hold"], raised.Words("allowedCommands"));
            (await scene.SendAsync(id, "grayscale", new { percentage })).Is(HttpStatusCode.Conflict, "percentage-not-rising");
        }

        var live = (await scene.DoAsync(id, "grayscale", new { percentage = 100 })).Stands("FullRelease", "Approved", null);
        Assert.Equal("AfterGrayscale", live.Text("mode"));
        Assert.Null(live.Number("percentage"));
        Assert.Equal(
            [
                "ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", "RequestRejected", "ConfigurationEdited", "PackageBuilt", "ApplicationSubmitted",
                "RequestApproved", "PilotStarted", "PilotCompleted", "PercentageRaised", "PercentageRaised", "PercentageRaised", "WentLive",
            ],
            await scene.LogAsync(id));
        Assert.Equal("Finished", (await scene.InstanceAsync(id)).SubStatus);

        var emails = await Mailbox.WaitAsync(Server, id, 2);
        Assert.Equal(["Approved: Coffee 1.0.0 for superapp-a Production", "Rejected: Coffee 1.0.0 for superapp-a Production"], emails.Select(email => email.Subject).Order(StringComparer.Ordinal));
        Assert.Contains("Please list the payment domain – „zahlung“.", emails.Single(email => email.Subject[0] == 'R').Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_without_a_pilot_goes_live_straight_after_the_approval()
    {
        var scene = ReleaseScene.Coffee(Server);
        var id = await scene.ReleaseAsync("Production", app: "superapp-b");
        await scene.DoAsync(id, "apply");

        await scene.DoAsync(id, "approve");
        var approved = (await scene.ReadAsync(id)).Stands("ReleasePreparation", "Approved", "A developer chooses Grayscale or Full Release.");
        Assert.Equal("superapp-b-pipeline", approved.Text("definitionId"));
        Assert.Equal(["cancel", "go-live"], approved.Words("allowedCommands"));
        var live = (await scene.DoAsync(id, "go-live", new { type = "Full" })).Stands("FullRelease", "Approved", null);

        Assert.Equal("Direct", live.Text("mode"));
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", "RequestApproved", "ReleasePrepared", "WentLive"], await scene.LogAsync(id));
        Assert.Equal("Finished", (await scene.InstanceAsync(id)).SubStatus);
    }

    [Fact]
    public async Task A_release_created_over_the_api_is_the_same_as_one_from_the_front_door()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0", "1.0.1");
        var door = (await scene.TriggerAsync("Test")).Is(HttpStatusCode.Created);
        var api = (await scene.Developer.PostAsync(
            "/api/releases", new { miniProgram = scene.MiniProgram, version = "1.0.1", app = "superapp-a", environment = "Test" })).Is(HttpStatusCode.Created);

        Assert.Equal(Shape(door), Shape(api));
        Assert.Equal($"/api/releases/{api.Text("id")}", api.Headers.Location!.ToString());
        await scene.BuiltAsync(api.Text("id")!);
        (await scene.DoAsync(api.Text("id")!, "apply")).Stands("FullRelease", "Approved", null);

        static string Shape(Answer answer) => answer.ToString().Replace(answer.Text("id")!, "", StringComparison.Ordinal)
            .Replace(answer.Text("workflowInstanceId")!, "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_package_holds_the_effective_configuration_and_its_digest_is_told()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var created = (await scene.TriggerAsync("Test", configuration: new { environmentVariables = new { LEVEL = "2" } })).Is(HttpStatusCode.Created);
        var release = await scene.BuiltAsync(created.Text("id")!);

        var download = (await scene.Developer.GetAsync($"/api/releases/{created.Text("id")}/package")).Is(HttpStatusCode.OK);

        var hash = SHA256.HashData(download.Bytes);
        Assert.Equal("application/zip", download.ContentType);
        Assert.Equal($"sha-256={Convert.ToBase64String(hash)}", download.Headers.GetValues("Digest").Single());
        Assert.Equal(Convert.ToHexStringLower(hash), release.Text("packageDigest"));
        using var zip = new ZipArchive(new MemoryStream(download.Bytes));
        Assert.NotNull(zip.GetEntry("app.json"));
        var inside = JsonElement.Parse(await new StreamReader(await zip.GetEntry("release.json")!.OpenAsync()).ReadToEndAsync());
        var configuration = inside.GetProperty("configuration");
        Assert.Equal("2", configuration.GetProperty("environmentVariables").GetProperty("LEVEL").GetString());
        Assert.Equal("https://api.tea.example", configuration.GetProperty("environmentVariables").GetProperty("API_URL").GetString());
        Assert.Equal("api.tea.example", configuration.GetProperty("serverDomains")[0].GetString());
        Assert.Equal(scene.MiniProgram, inside.GetProperty("release").GetProperty("miniProgram").GetString());
    }

    [Fact]
    public async Task Each_line_of_the_log_links_to_its_details_and_those_answer()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "testers", new { userIds = new[] { "u-1" } });

        var lines = (await scene.Developer.GetAsync($"/api/releases/{id}/log")).Items;

        Assert.Equal(Enumerable.Range(1, lines.Count), lines.Select(line => line.GetProperty("number").GetInt32()));
        var links = lines.Select(line => line.GetProperty("details").GetString()).OfType<string>().ToList();
        Assert.Equal(4, links.Count);
        foreach (var link in links)
        {
            (await scene.Developer.GetAsync(link)).Is(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task An_email_shows_any_name_as_it_is_and_lets_nothing_into_its_headers()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        const string Name = "Tee & Kräuter – 茶の店 „Zur schönen Aussicht am großen Teich“ 🍵";
        await scene.DoAsync(id, "basic-information", new { name = Name, description = "Tea.", category = "Food" });
        await scene.DoAsync(id, "apply");

        await scene.DoAsync(id, "reject", new { reason = "First line\r\n.\r\nBcc: everybody@example.com\n\nlast line", category = "Policy" });

        var email = Assert.Single(await Mailbox.WaitAsync(Server, id, 1));
        Assert.Equal($"Rejected: {Name} 1.0.0 for superapp-a Sandbox", email.Subject);
        Assert.DoesNotContain("Bcc", email.Headers.Keys);
        Assert.Contains("First line\n.\nBcc: everybody@example.com\n\nlast line", email.Text, StringComparison.Ordinal);
    }
}
