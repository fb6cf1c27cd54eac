using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>What a clumsy or a hostile client sends: each answer names everything that is wrong, and nothing changes.</summary>
public sealed class UnusableInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    public static TheoryData<string> Doors => ["/workflows/releases", "/api/releases"];

    private TestServer Server => shared.Server;

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_target_that_is_not_there_is_named(string door)
    {
        var developer = Server.As(Role.DeveloperAdmin);

        var program = await AskAsync(new { miniProgram = "nothing", version = "1.0.0", app = "superapp-a", environment = "Test" }, HttpStatusCode.NotFound, "not-found");
        var version = await AskAsync(new { miniProgram = "coffee", version = "9.9.9", app = "superapp-a", environment = "Test" }, HttpStatusCode.NotFound, "not-found");
        var app = await AskAsync(new { miniProgram = "coffee", version = "1.0.0", app = "superapp-z", environment = "Test" }, HttpStatusCode.NotFound, "not-found");
        var environment = await AskAsync(
            new { miniProgram = "coffee", version = "1.0.0", app = "superapp-b", environment = "Sandbox" }, HttpStatusCode.Conflict, "environment-not-offered");

        Assert.Contains("“nothing”", program, StringComparison.Ordinal);
        Assert.Contains("POST /api/mini-programs/coffee/versions", version, StringComparison.Ordinal);
        Assert.Contains("“superapp-z”", app, StringComparison.Ordinal);
        Assert.Contains("Test, Production", environment, StringComparison.Ordinal);

        async Task<string> AskAsync(object body, HttpStatusCode status, string code) => (await developer.PostAsync(door, body)).Is(status, code).Text("detail")!;
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_target_used_before_is_refused_with_the_release_that_used_it(string door)
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");

        var answer = (await scene.Developer.PostAsync(door, new { miniProgram = scene.MiniProgram, version = "1.0.0", app = "superapp-a", environment = "Test" }))
            .Is(HttpStatusCode.Conflict, "target-used");

        Assert.Equal(id, answer.Text("releaseId"));
        Assert.Equal("NewVersionCreated", answer.Text("releaseStatus"));
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Missing_unknown_and_wrong_fields_are_named_all_at_once(string door)
    {
        var answer = (await Server.As(Role.DeveloperAdmin).PostAsync(door, """
            { "miniProgram": 5, "version": "latest", "environment": "production", "color": "red", "releaseNotes": " ",
              "configuration": { "serverDomains": ["ok.example", "https://no.example/x", 3], "paymnt": {}, "features": { "a": "yes" } } }
            """)).Is(HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(
            [
                "app", "color", "configuration.features.a", "configuration.paymnt", "configuration.serverDomains[1]", "configuration.serverDomains[2]", "environment",
                "miniProgram", "releaseNotes", "version",
            ],
            answer.BadFields);
        Assert.Contains("Development, Test, Sandbox, Production", answer.ErrorOf("environment"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Malformed_JSON_is_refused_with_its_position(string door)
    {
        var answer = (await Server.As(Role.DeveloperAdmin).PostAsync(door, "{\n  \"miniProgram\": \"coffee\",\n  \"version\": 1.0.0\n}")).Is(HttpStatusCode.BadRequest);

        Assert.Contains("line 3", answer.Text("detail"), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_that_is_no_object_or_not_there_is_refused(string door)
    {
        var developer = Server.As(Role.DeveloperAdmin);

        foreach (var body in (string?[])["[]", "null", "\"text\"", "7", null])
        {
            (await developer.PostAsync(door, body)).Is(HttpStatusCode.BadRequest, "invalid");
        }
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_huge_body_is_not_read(string door)
    {
        var body = "{ \"miniProgram\": \"" + new string('x', 1024 * 1024) + "\" }";

        (await Server.As(Role.DeveloperAdmin).PostAsync(door, body)).Is(HttpStatusCode.RequestEntityTooLarge, "too-large");
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_without_its_content_type_is_refused(string door)
    {
        using var body = new StringContent("miniProgram: coffee", Encoding.UTF8, "text/yaml");

        var answer = await Server.As(Role.DeveloperAdmin).PostAsync(door, body);

        Assert.True(answer.Status is HttpStatusCode.UnsupportedMediaType or HttpStatusCode.BadRequest, answer.ToString());
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Without_credentials_the_door_stays_shut(string door)
    {
        (await Server.Anonymous.PostAsync(door, new { })).Is(HttpStatusCode.Unauthorized);
        (await Server.With("ApiKey wrong").PostAsync(door, new { })).Is(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Who_may_see_but_not_prepare_hears_which_permission_is_missing(string door)
    {
        // A reviewer sees no mini program of others before it is released to the own app.
        (await Server.As(Role.Reviewer).PostAsync(door, new { miniProgram = "coffee", version = "1.0.0", app = "superapp-a", environment = "Test" }))
            .Is(HttpStatusCode.NotFound, "not-found");

        var program = SharedServer.NewKey("house");
        (await Server.As(Role.WorkspaceAdmin).PostAsync("/api/mini-programs", new { key = program, name = "House" })).Is(HttpStatusCode.Created);
        var answer = (await Server.As(Role.Reviewer).PostAsync(door, new { miniProgram = program, version = "1.0.0", app = "superapp-a", environment = "Test" }))
            .Is(HttpStatusCode.Forbidden, "forbidden");
        Assert.Equal("release.prepare", answer.Text("permission"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("101")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("\"x\"")]
    [InlineData("\"20\"")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("[20]")]
    public async Task A_percentage_is_a_whole_number_from_1_to_100(string percentage)
    {
        var id = await InGrayscaleAsync();

        var answer = (await Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/grayscale", $$"""{ "percentage": {{percentage}} }"""))
            .Is(HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(["percentage"], answer.BadFields);
        Assert.Contains("a whole number from 1 to 100", answer.ErrorOf("percentage"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_type_is_one_of_two_words()
    {
        var id = await InGrayscaleAsync();

        foreach (var body in (string[])["{}", """{ "type": "full" }""", """{ "type": 1 }""", """{ "type": "" }"""])
        {
            Assert.Contains("Grayscale, Full", (await Server.As(Role.DeveloperAdmin).PostAsync($"/api/releases/{id}/go-live", body)).Is(HttpStatusCode.BadRequest, "invalid").ErrorOf("type"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_rejection_needs_a_reason_and_a_category()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        var before = await scene.PictureAsync(id);

        Assert.Equal(["category", "reason"], (await scene.SendAsync(id, "reject", new { })).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["category", "reason"], (await scene.SendAsync(id, "reject", new { reason = " \t\n", category = "Other" })).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["reason"], (await scene.SendAsync(id, "reject", new { reason = new string('x', 4_001), category = "Code" })).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["allowSamePackage", "color"], (await scene.SendAsync(id, "reject", new { reason = "No.", category = "Code", allowSamePackage = "yes", color = 1 })).Is(HttpStatusCode.BadRequest, "invalid").BadFields);

        Assert.Equal(before, await scene.PictureAsync(id));
        (await scene.SendAsync(id, "reject", new { reason = new string('x', 4_000), category = "Code" })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_configuration_names_each_bad_entry_and_keeps_the_old_one()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        var before = await scene.PictureAsync(id);

        var answer = (await scene.SendAsync(id, "configuration", new { serverDomains = new[] { "a.example", "*.example", "A.EXAMPLE" }, environmentVariables = new Dictionary<string, string> { ["1X"] = "v" } }))
            .Is(HttpStatusCode.BadRequest, "invalid");

        Assert.Equal(["environmentVariables.1X", "serverDomains[1]", "serverDomains[2]"], answer.BadFields);
        Assert.Equal(before, await scene.PictureAsync(id));
    }

    [Fact]
    public async Task A_list_of_testers_with_ten_bad_rows_names_all_ten()
    {
        var (scene, id) = await InPilotAsync();
        string[] bad = ["bad one", "bad;two", "", "…", "bad\tfive", "bad six", "bad seven", "bad eight", new string('x', 300), "bad ten"];
        var csv = "userId,name\n" + string.Concat(bad.Select((value, row) => $"good-{row},Good\n\"{value}\",Bad\n"));

        var answer = (await UploadAsync(scene, id, HttpMethod.Put, ("testers.csv", csv))).Is(HttpStatusCode.OK);

        Assert.Equal(10, answer.Words("accepted").Count);
        Assert.Equal(10, answer.Number("total"));
        var rejected = answer.Json.GetProperty("rejected").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 10).Select(row => 3 + (2 * row)), rejected.Select(row => row.GetProperty("line").GetInt32()));
        Assert.All(rejected, row => Assert.NotEmpty(row.GetProperty("reason").GetString()!));
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    public async Task A_list_of_testers_without_one_usable_row_is_refused_and_changes_nothing(string method)
    {
        var (scene, id) = await InPilotAsync();
        await scene.DoAsync(id, "testers", new { userIds = new[] { "u-1" } });
        var before = await scene.PictureAsync(id);

        var answer = (await UploadAsync(scene, id, new HttpMethod(method), ("testers.csv", "userId\nbad one\nbad two\n"))).Is(HttpStatusCode.BadRequest, "invalid");

        Assert.Equal([2, 3], answer.Json.GetProperty("rejected").EnumerateArray().Select(row => row.GetProperty("line").GetInt32()));
        Assert.Contains("Nothing was changed.", answer.ErrorOf("userIds"), StringComparison.Ordinal);
        Assert.Equal(before, await scene.PictureAsync(id));
    }

    [Fact]
    public async Task Removing_a_tester_who_is_not_there_is_no_mistake()
    {
        var (scene, id) = await InPilotAsync();

        (await scene.Developer.DeleteAsync($"/api/releases/{id}/testers/nobody")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_list_of_testers_may_be_a_text_file_and_says_which_rows_were_there_before()
    {
        var (scene, id) = await InPilotAsync();
        await scene.DoAsync(id, "testers", new { userIds = new[] { "u-1" } });

        var answer = (await UploadAsync(scene, id, HttpMethod.Post, ("testers.txt", "u-1\r\nu-2\r\nu-2\r\n"))).Is(HttpStatusCode.OK);

        Assert.Equal(["u-2"], answer.Words("accepted"));
        Assert.Equal([1, 3], answer.Json.GetProperty("duplicates").EnumerateArray().Select(row => row.GetProperty("line").GetInt32()));
        Assert.Equal(["u-1", "u-2"], (await scene.Developer.GetAsync($"/api/releases/{id}/testers")).Words("userIds"));
        Assert.Equal(1, (await scene.Developer.DeleteAsync($"/api/releases/{id}/testers/u-1")).Is(HttpStatusCode.OK).Number("total"));
    }

    [Fact]
    public async Task A_file_that_is_no_list_is_refused()
    {
        var (scene, id) = await InPilotAsync();
        var before = await scene.PictureAsync(id);

        (await UploadAsync(scene, id, HttpMethod.Put, ("testers.xlsx", "u-1"))).Is(HttpStatusCode.BadRequest, "invalid");
        (await UploadAsync(scene, id, HttpMethod.Put, ("testers.csv", "PK\u0003\u0004 not text"))).Is(HttpStatusCode.BadRequest, "invalid");
        (await UploadAsync(scene, id, HttpMethod.Put, ("a.csv", "u-1"), ("b.csv", "u-2"))).Is(HttpStatusCode.BadRequest, "invalid");
        (await UploadAsync(scene, id, HttpMethod.Put)).Is(HttpStatusCode.BadRequest, "invalid");
        (await scene.SendAsync(id, "testers", new { userIds = "u-1" })).Is(HttpStatusCode.BadRequest, "invalid");
        Assert.Equal(["userIds[1]"], (await scene.SendAsync(id, "testers", """{ "userIds": ["u-1", 2] }""")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);

        Assert.Equal(before, await scene.PictureAsync(id));
    }

    [Fact]
    public async Task A_form_that_is_broken_is_the_clients_fault()
    {
        var (scene, id) = await InPilotAsync();
        foreach (var (type, body) in (IEnumerable<(string, string)>)
            [
                ("multipart/form-data", "no boundary"),
                ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nu-1"),
                ("multipart/form-data; boundary=" + new string('b', 300), "--b"),
                ("application/x-www-form-urlencoded", "userIds=u-1"),
            ])
        {
            using var content = new StringContent(body);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

            (await scene.Developer.PutAsync($"/api/releases/{id}/testers", content)).Is(HttpStatusCode.BadRequest);
        }
    }

    [Fact]
    public async Task Testers_are_named_in_the_pilot_only()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");

        (await scene.SendAsync(id, "testers", new { userIds = new[] { "u-1" } })).Is(HttpStatusCode.Conflict, "wrong-state");
        (await UploadAsync(scene, id, HttpMethod.Post, ("testers.xlsx", "u-1"))).Is(HttpStatusCode.Conflict, "wrong-state");
        (await scene.Developer.DeleteAsync($"/api/releases/{id}/testers/u-1")).Is(HttpStatusCode.Conflict, "wrong-state");
        Assert.Empty((await scene.Developer.GetAsync($"/api/releases/{id}/testers")).Words("userIds"));
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("status=Released", "status")]
    [InlineData("environment=Prod", "environment")]
    public async Task A_query_that_makes_no_sense_is_refused(string query, string field) =>
        Assert.Equal([field], (await Server.As(Role.DeveloperAdmin).GetAsync($"/api/releases?{query}")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);

    [Fact]
    public async Task A_query_with_a_limit_that_is_no_number_is_refused() =>
        (await Server.As(Role.DeveloperAdmin).GetAsync("/api/releases?limit=many")).Is(HttpStatusCode.BadRequest);

    [Fact]
    public async Task Commands_take_no_fields_they_do_not_know()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");

        Assert.Equal(["note"], (await scene.SendAsync(id, "apply", new { note = "x" })).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        Assert.Equal(["$"], (await scene.SendAsync(id, "apply", "{ \"releaseNotes\": }")).Is(HttpStatusCode.BadRequest, "invalid").BadFields);
        (await scene.ReadAsync(id)).Stands("NewVersionCreated", "None", "A developer applies to release.");
    }

    private static async Task<Answer> UploadAsync(ReleaseScene scene, string id, HttpMethod method, params (string Name, string Content)[] files)
    {
        using var form = new MultipartFormDataContent();
        form.Add(new StringContent("x"), "comment");
        foreach (var (name, content) in files)
        {
            form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", name);
        }

        return await scene.Developer.SendAsync(method, $"/api/releases/{id}/testers", form);
    }

    private async Task<(ReleaseScene Scene, string Id)> InPilotAsync()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        return (scene, id);
    }

    private async Task<string> InGrayscaleAsync()
    {
        var scene = await ReleaseScene.CreateAsync(Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "superapp-b");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        return id;
    }
}
