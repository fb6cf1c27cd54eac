using System.IO.Compression;
using System.Net;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>What reviewers and applicants read: reports, revisions of the configuration, complete basic information.</summary>
public sealed class ReviewMaterialTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task The_report_of_a_request_names_what_was_found_in_the_code()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        (await scene.Developer.UploadAsync(scene.MiniProgram, "1.0.0", Package("fetch('https://tracker.example.net');\nconst password = 'hunter2hunter2';")))
            .Is(HttpStatusCode.Created);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");

        var report = Assert.Single((await scene.Reviewer.GetAsync($"/api/releases/{id}/reports")).Is(HttpStatusCode.OK).Items);

        Assert.Equal(2, report.GetProperty("findings").GetInt32());
        var domains = report.GetProperty("compliance")[0];
        Assert.Equal(("ServerDomains", false), (domains.GetProperty("check").GetString(), domains.GetProperty("passed").GetBoolean()));
        Assert.Equal(("pages/index.js", 1), (domains.GetProperty("findings")[0].GetProperty("path").GetString(), domains.GetProperty("findings")[0].GetProperty("line").GetInt32()));
        Assert.True(report.GetProperty("compliance")[1].GetProperty("passed").GetBoolean());
        Assert.Equal("Secrets", report.GetProperty("security")[1].GetProperty("check").GetString());
        var line = (await scene.Developer.GetAsync($"/api/releases/{id}/log")).Items[1].GetProperty("text").GetString();
        Assert.EndsWith("Reviewers find 2 remarks in the report.", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Naming_the_host_in_the_configuration_settles_the_finding()
    {
        var scene = await ReleaseScene.CreateAsync(Server);
        await scene.Developer.UploadAsync(scene.MiniProgram, "1.0.0", Package("fetch('https://tracker.example.net');"));
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "configuration", new { serverDomains = new[] { "tracker.example.net" } });
        await scene.BuiltAsync(id);
        await scene.DoAsync(id, "apply");

        Assert.Equal(0, Assert.Single((await scene.Reviewer.GetAsync($"/api/releases/{id}/reports")).Items).GetProperty("findings").GetInt32());
    }

    [Fact]
    public async Task A_release_keeps_the_revisions_of_its_configuration_and_compares_them()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "configuration", new { serverDomains = new[] { "api.tea.example", "new.tea.example" } });
        await scene.DoAsync(id, "configuration", new { features = new { card = true } });

        var revisions = (await scene.Developer.GetAsync($"/api/releases/{id}/configuration/revisions")).Is(HttpStatusCode.OK).Items;

        Assert.Equal([1, 2, 3], revisions.Select(revision => revision.GetProperty("number").GetInt32()));
        Assert.Equal("serverDomains", revisions[1].GetProperty("changes")[0].GetProperty("setting").GetString());
        var last = (await scene.Developer.GetAsync($"/api/releases/{id}/configuration/difference")).Is(HttpStatusCode.OK).Json;
        Assert.Equal((2, 3), (last.GetProperty("from").GetInt32(), last.GetProperty("to").GetInt32()));
        Assert.Equal(["serverDomains", "features.card"], last.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("setting").GetString()));
        var whole = (await scene.Developer.GetAsync($"/api/releases/{id}/configuration/difference?from=1&to=3")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(["features.card"], whole.GetProperty("changes").EnumerateArray().Select(change => change.GetProperty("setting").GetString()));
        Assert.Equal(["from", "to"], (await scene.Developer.GetAsync($"/api/releases/{id}/configuration/difference?from=0&to=4")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        (await Server.As(Role.Developer).GetAsync($"/api/releases/{id}/configuration/revisions")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Basic_information_is_complete_and_says_what_it_lacks()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        (await scene.Developer.PutAsync($"/api/mini-programs/{scene.MiniProgram}", new
        {
            name = "Tea",
            icon = "https://images.tea.example/icon.png",
            serviceContacts = new { email = "help@tea.example" },
        })).Is(HttpStatusCode.OK);
        var id = await scene.ReleaseAsync("Production", app: "superapp-b");

        var information = (await scene.Developer.GetAsync($"/api/releases/{id}/basic-information")).Is(HttpStatusCode.OK);

        Assert.Equal("https://images.tea.example/icon.png", information.Text("icon"));
        Assert.Equal("help@tea.example", information.Json.GetProperty("serviceContacts").GetProperty("email").GetString());
        Assert.Equal(["description", "category"], information.Words("missing"));
        Assert.Equal(["releaseNotes"], information.Words("recommended"));
    }

    [Theory]
    [InlineData("""{ "name": "T\u202Eea" }""", "name")]
    [InlineData("""{ "name": "Tea", "icon": "http://images.tea.example/icon.png" }""", "icon")]
    [InlineData("""{ "name": "Tea", "icon": 5 }""", "icon")]
    [InlineData("""{ "name": "Tea", "serviceContacts": {} }""", "serviceContacts")]
    [InlineData("""{ "name": "Tea", "serviceContacts": "help" }""", "serviceContacts")]
    [InlineData("""{ "name": "Tea", "serviceContacts": { "email": "help" } }""", "serviceContacts.email")]
    [InlineData("""{ "name": "Tea", "serviceContacts": { "phone": "call me" } }""", "serviceContacts.phone")]
    [InlineData("""{ "name": "Tea", "serviceContacts": { "fax": "1" , "phone": "12345" } }""", "serviceContacts.fax")]
    public async Task A_field_that_cannot_be_used_is_named_for_the_mini_program_and_for_the_release(string body, string field)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = (await scene.TriggerAsync("Sandbox")).Text("id");

        Assert.Equal([field], (await scene.Developer.PutAsync($"/api/mini-programs/{scene.MiniProgram}", body)).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal([field], (await scene.Developer.PutAsync($"/api/releases/{id}/basic-information", body)).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
    }

    private static byte[] Package(string script)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in (ReadOnlySpan<(string, string)>)[("app.json", """{ "pages": ["pages/index"] }"""), ("pages/index.html", "<p></p>"), ("pages/index.js", script)])
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return buffer.ToArray();
    }
}
