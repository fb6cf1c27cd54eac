using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Definitions and their versions over Elsa's API, in the shapes that Elsa Studio reads and sends.</summary>
public sealed class DefinitionApiTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Root = "/elsa/api/workflow-definitions";

    private ApiClient Admin => shared.Server.As(Role.Administrator);

    [Fact]
    public async Task A_new_draft_gets_ids_node_ids_and_every_list_an_editor_expects()
    {
        var saved = (await SaveAsync(new JsonObject { ["name"] = "Draft" }, publish: false)).Json;
        var definition = saved.GetProperty("workflowDefinition");

        Assert.False(saved.GetProperty("alreadyPublished").GetBoolean());
        Assert.Equal(JsonValueKind.Array, saved.GetProperty("validationErrors").ValueKind);
        Assert.Matches("^[0-9a-f]{15,16}$", definition.GetProperty("definitionId").GetString());
        foreach (var list in (string[])["variables", "inputs", "outputs", "outcomes", "links"])
            Assert.Equal(JsonValueKind.Array, definition.GetProperty(list).ValueKind);
        Assert.Equal((1, true, false), (definition.GetProperty("version").GetInt32(), definition.GetProperty("isLatest").GetBoolean(), definition.GetProperty("isPublished").GetBoolean()));
        Assert.False(definition.GetProperty("options").GetProperty("autoUpdateConsumingWorkflows").GetBoolean());
        var root = definition.GetProperty("root");
        Assert.Equal(("Elsa.Sequence", "Workflow1:" + root.GetProperty("id").GetString()), (root.GetProperty("type").GetString(), root.GetProperty("nodeId").GetString()));
        Assert.DoesNotContain(definition.EnumerateObject(), static member => member.Value.ValueKind == JsonValueKind.Null);
    }

    [Fact]
    public async Task A_draft_is_changed_in_place_and_saving_over_a_published_version_makes_the_next_one()
    {
        var id = SharedServer.NewKey("life");
        var first = Definition(await SaveAsync(Model(id, "One"), publish: false));
        var changed = Definition(await SaveAsync(Model(id, "Two"), publish: true));
        var next = Definition(await SaveAsync(Model(id, "Three"), publish: false));

        Assert.Equal(Text(first, "id"), Text(changed, "id"));
        Assert.True(changed.GetProperty("isPublished").GetBoolean());
        Assert.NotEqual(Text(first, "id"), Text(next, "id"));
        Assert.Equal((2, false), (next.GetProperty("version").GetInt32(), next.GetProperty("isPublished").GetBoolean()));
        Assert.Equal("Two", (await Admin.GetAsync($"{Root}/by-definition-id/{id}?versionOptions=Published")).Text("name"));
        Assert.Equal("Three", (await Admin.GetAsync($"{Root}/by-definition-id/{id}?versionOptions=Latest")).Text("name"));
        Assert.Equal("Two", (await Admin.GetAsync($"{Root}/by-definition-id/{id}?versionOptions=1")).Text("name"));
        Assert.Equal([2, 1], (await Admin.GetAsync($"{Root}/{id}/versions")).Json.EnumerateArray().Select(version => version.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task Publish_retract_and_revert_answer_as_an_Elsa_server_does()
    {
        var id = SharedServer.NewKey("circle");
        await SaveAsync(Model(id, "One"), publish: false);

        Assert.False((await Admin.PostAsync($"{Root}/{id}/publish", "{}")).Json.GetProperty("alreadyPublished").GetBoolean());
        Assert.True((await Admin.PostAsync($"{Root}/{id}/publish", "{}")).Json.GetProperty("alreadyPublished").GetBoolean());
        Assert.False((await Admin.PostAsync($"{Root}/{id}/retract", "{}")).Json.GetProperty("isPublished").GetBoolean());
        var again = await Admin.PostAsync($"{Root}/{id}/retract", "{}");
        Assert.Equal((HttpStatusCode.BadRequest, $"Workflow with id {id} is not published"), (again.Status, again.ErrorOf("generalErrors")));

        var reverted = await Admin.PostAsync($"{Root}/{id}/revert/1");
        Assert.Equal((HttpStatusCode.Created, 2), (reverted.Status, reverted.Json.GetProperty("version").GetInt32()));
        Assert.EndsWith("/workflow-definitions/by-id/" + reverted.Text("id"), reverted.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.PostAsync($"{Root}/{id}/revert/9")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.PostAsync($"{Root}/no-such/publish", "{}")).Status);
    }

    [Fact]
    public async Task What_keeps_a_definition_from_being_published_is_told_with_its_node_and_nothing_is_stored()
    {
        var id = SharedServer.NewKey("broken");
        var model = Model(id, "Broken");
        model["root"]!["activities"] = new JsonArray(
            new JsonObject { ["id"] = "q", ["type"] = "No.Such.Activity", ["version"] = 3, ["foo"] = "bar" },
            new JsonObject { ["id"] = "w", ["type"] = "Elsa.WriteLine", ["version"] = 1, ["text"] = Script("nope(") });

        var refused = await SaveAsync(model, publish: true);

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (refused.Status, refused.ContentType));
        var errors = refused.Json.GetProperty("errors").GetProperty("generalErrors").EnumerateArray().Select(error => error.GetString()!).ToList();
        Assert.Contains(errors, error => error.StartsWith("q: ", StringComparison.Ordinal) && error.Contains("No.Such.Activity", StringComparison.Ordinal));
        Assert.Contains(errors, error => error.StartsWith("w: ", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"{Root}/{id}")).Status);
    }

    [Fact]
    public async Task A_broken_draft_is_kept_as_it_was_sent_and_its_unknown_activities_are_shown_and_come_back()
    {
        var id = SharedServer.NewKey("unknown");
        var model = Model(id, "Unknown");
        model["root"]!["activities"] = new JsonArray(new JsonObject { ["id"] = "q", ["type"] = "No.Such.Activity", ["version"] = 3, ["foo"] = "bar" });
        var shown = Definition(await SaveAsync(model, publish: false));
        var stand = shown.GetProperty("root").GetProperty("activities")[0];

        Assert.Equal(("Elsa.NotFoundActivity", "No.Such.Activity"), (Text(stand, "type"), Text(stand, "missingTypeName")));
        Assert.Equal("Workflow1:Sequence1:q", Text(stand, "nodeId"));
        Assert.Contains((await Admin.GetAsync("/elsa/api/descriptors/activities")).Items, type => Text(type, "typeName") == "Elsa.NotFoundActivity");

        // As Studio sends it back.
        Definition(await SaveAsync(JsonObject.Create(shown)!, publish: false));
        var exported = await Admin.GetAsync($"{Root}/{id}/export?versionOptions=Latest");
        Assert.Contains("\\\"foo\\\":\\\"bar\\\"", Encoding.UTF8.GetString(exported.Bytes), StringComparison.Ordinal);
        Assert.Contains("No.Such.Activity", (await SaveAsync(JsonObject.Create(shown)!, publish: true)).ErrorOf("generalErrors"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_second_of_two_who_save_the_same_draft_is_told_and_overwrites_nothing()
    {
        var id = SharedServer.NewKey("race");
        var opened = Definition(await SaveAsync(Model(id, "Opened"), publish: false));
        var mine = JsonObject.Create(opened)!;
        var theirs = JsonObject.Create(opened)!;
        mine["name"] = "Mine";
        theirs["name"] = "Theirs";

        // Somebody else than the administrator; the platform's definitions are changed by administrators only, so another one is needed.
        var other = await OtherAdministratorAsync();
        Assert.Equal(HttpStatusCode.OK, (await other.PostAsync(Root, Save(theirs, publish: false))).Status);
        var late = await SaveAsync(mine, publish: false);

        Assert.Equal(HttpStatusCode.BadRequest, late.Status);
        Assert.Contains("changed this workflow", late.ErrorOf("generalErrors"), StringComparison.Ordinal);
        Assert.Equal("Theirs", (await Admin.GetAsync($"{Root}/{id}")).Text("name"));
        Assert.Equal(HttpStatusCode.BadRequest, (await SaveAsync(mine, publish: true)).Status);
    }

    [Fact]
    public async Task An_editor_that_saves_by_itself_may_be_ahead_of_its_answers()
    {
        var opened = Definition(await SaveAsync(Model(SharedServer.NewKey("haste"), "Opened"), publish: false));
        var first = JsonObject.Create(opened)!;
        var second = JsonObject.Create(opened)!;
        first["name"] = "First";
        second["name"] = "Second";

        await SaveAsync(first, publish: false);
        Assert.Equal("Second", Text(Definition(await SaveAsync(second, publish: false)), "name"));
    }

    [Fact]
    public async Task The_stamp_that_saves_are_compared_with_is_neither_stored_nor_exported()
    {
        var id = SharedServer.NewKey("stamp");
        var opened = Definition(await SaveAsync(Model(id, "Opened"), publish: false));
        Definition(await SaveAsync(JsonObject.Create(opened)!, publish: false));

        Assert.DoesNotContain("releaseWorkflows:stamp", Encoding.UTF8.GetString((await Admin.GetAsync($"{Root}/{id}/export")).Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_searched_sorted_and_cut_into_pages_and_says_what_may_be_done()
    {
        var stem = SharedServer.NewKey("listed");
        foreach (var name in (string[])["b", "a", "c"])
            await SaveAsync(Model($"{stem}-{name}", $"{stem} {name}"), publish: name == "b");

        var page = await Admin.GetAsync($"{Root}?VersionOptions=Latest&SearchTerm={stem}&Page=0&PageSize=2&IsSystem=False&OrderBy=Name&OrderDirection=Descending");
        Assert.Equal([$"{stem} c", $"{stem} b"], page.Items.Select(item => Text(item, "name")));
        Assert.Equal(3, page.Json.GetProperty("totalCount").GetInt32());
        Assert.Contains(page.Json.GetProperty("links").EnumerateArray(), link => Text(link, "rel") == "bulk-publish");
        Assert.All(page.Items, item => Assert.Contains(item.GetProperty("links").EnumerateArray(), link => Text(link, "rel") == "publish"));

        Assert.Equal([$"{stem} b"], (await Admin.GetAsync($"{Root}?versionOptions=Published&DefinitionIds={stem}-a&DefinitionIds={stem}-b")).Items.Select(item => Text(item, "name")));
        Assert.Equal(3, (await Admin.GetAsync($"{Root}?versionOptions=&SearchTerm={stem}")).Items.Count);
        Assert.Equal(HttpStatusCode.BadRequest, (await Admin.GetAsync($"{Root}?orderBy=Colour")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Admin.GetAsync($"{Root}?versionOptions=Newest")).Status);
    }

    [Fact]
    public async Task A_name_is_free_unless_another_definition_has_it()
    {
        var id = SharedServer.NewKey("name");
        await SaveAsync(Model(id, $"Name of {id}"), publish: false);

        Assert.False(await IsUniqueAsync($"name OF {id}"));
        Assert.True(await IsUniqueAsync($"name of {id}", id));
        Assert.True(await IsUniqueAsync($"another name of {id}"));

        async Task<bool> IsUniqueAsync(string name, string? except = null) =>
            (await Admin.GetAsync($"{Root}/validation/is-name-unique?name={Uri.EscapeDataString(name)}{(except is null ? "" : "&definitionId=" + except)}")).Json.GetProperty("isUnique").GetBoolean();
    }

    [Fact]
    public async Task Many_definitions_are_published_retracted_and_deleted_at_once()
    {
        var good = SharedServer.NewKey("bulk");
        var bad = SharedServer.NewKey("bulk");
        await SaveAsync(Model(good, good), publish: false);
        var broken = Model(bad, bad);
        broken["root"]!["activities"] = new JsonArray(new JsonObject { ["id"] = "q", ["type"] = "No.Such", ["version"] = 1 });
        await SaveAsync(broken, publish: false);
        var ids = new { definitionIds = new[] { good, bad, "no-such" } };

        var published = (await Admin.PostAsync("/elsa/api/bulk-actions/publish/workflow-definitions/by-definition-ids", ids)).Json;
        Assert.Equal((good, bad, "no-such"), (One(published, "published"), One(published, "failed"), One(published, "notFound")));
        var retracted = (await Admin.PostAsync("/elsa/api/bulk-actions/retract/workflow-definitions/by-definition-ids", ids)).Json;
        Assert.Equal((good, bad, "no-such"), (One(retracted, "retracted"), One(retracted, "alreadyRetracted"), One(retracted, "notFound")));
        var deleted = await Admin.PostAsync("/elsa/api/bulk-actions/delete/workflow-definitions/by-definition-id", ids);
        Assert.Equal(2, deleted.Json.GetProperty("deleted").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"{Root}/{good}")).Status);

        static string? One(JsonElement answer, string name) => Assert.Single(answer.GetProperty(name).EnumerateArray()).GetString();
    }

    [Fact]
    public async Task An_exported_file_is_imported_as_a_draft_and_never_over_another_one()
    {
        var id = SharedServer.NewKey("file");
        await SaveAsync(Model(id, "Original"), publish: true);
        var file = await Admin.GetAsync($"{Root}/{id}/export?versionOptions=Latest&includeConsumingWorkflows=False");
        Assert.StartsWith("https://elsaworkflows.io/schemas/workflow-definition", file.Text("$schema"), StringComparison.Ordinal);
        var draft = Definition(await SaveAsync(Model(id, "Draft"), publish: false));

        var imported = await Admin.PostAsync($"{Root}/import", Encoding.UTF8.GetString(file.Bytes));

        Assert.Equal(("Original", 3, false), (imported.Text("name"), imported.Json.GetProperty("version").GetInt32(), imported.Json.GetProperty("isPublished").GetBoolean()));
        Assert.Equal("Draft", (await Admin.GetAsync($"{Root}/by-id/{Text(draft, "id")}")).Text("name"));
    }

    [Fact]
    public async Task An_archive_is_exported_and_imported_and_what_is_wrong_with_one_is_told()
    {
        var stem = SharedServer.NewKey("zip");
        var ids = new List<string>();
        foreach (var name in (string[])["one", "two"])
            ids.Add(Text(Definition(await SaveAsync(Model($"{stem}-{name}", $"{stem} {name}"), publish: false)), "id")!);

        var archive = await Admin.PostAsync("/elsa/api/bulk-actions/export/workflow-definitions", new { ids, includeConsumingWorkflows = false });
        using (var zip = new ZipArchive(new MemoryStream(archive.Bytes)))
            Assert.Equal(2, zip.Entries.Count);
        await Admin.DeleteAsync($"{Root}/{stem}-one");
        await Admin.DeleteAsync($"{Root}/{stem}-two");

        Assert.Equal(2, (await UploadAsync(archive.Bytes)).Json.GetProperty("count").GetInt32());
        Assert.Equal($"{stem} two", (await Admin.GetAsync($"{Root}/{stem}-two")).Text("name"));
        Assert.Contains("not", (await UploadAsync("not JSON"u8.ToArray())).ErrorOf("files"), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.BadRequest, (await UploadAsync([0x50, 0x4B, 0x03, 0x04, 1, 2, 3])).Status);
    }

    [Fact]
    public async Task A_version_and_a_definition_are_deleted_unless_a_target_app_runs_on_it()
    {
        var id = SharedServer.NewKey("delete");
        await SaveAsync(Model(id, "One"), publish: true);
        var draft = Definition(await SaveAsync(Model(id, "Two"), publish: false));

        Assert.Equal(HttpStatusCode.NoContent, (await Admin.DeleteAsync($"/elsa/api/workflow-definition-versions/{Text(draft, "id")}")).Status);
        Assert.True((await Admin.GetAsync($"{Root}/{id}")).Json.GetProperty("isLatest").GetBoolean());
        Assert.Equal(HttpStatusCode.NoContent, (await Admin.DeleteAsync($"{Root}/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.DeleteAsync($"{Root}/{id}")).Status);

        var used = await Admin.DeleteAsync($"{Root}/release-pipeline");
        Assert.Equal(HttpStatusCode.BadRequest, used.Status);
        Assert.Contains("on this definition", used.ErrorOf("generalErrors"), StringComparison.Ordinal);
        Assert.Contains("on this definition", (await Admin.PostAsync($"{Root}/release-pipeline/retract", "{}")).ErrorOf("generalErrors"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retracted_http_workflow_answers_no_more_and_a_published_one_at_once()
    {
        var id = SharedServer.NewKey("route");
        var model = Model(id, id);
        model["root"]!["activities"] = new JsonArray(
            new JsonObject
            {
                ["id"] = "e",
                ["type"] = "Elsa.HttpEndpoint",
                ["version"] = 1,
                ["customProperties"] = new JsonObject { ["canStartWorkflow"] = true },
                ["path"] = Literal("String", id),
                ["supportedMethods"] = new JsonObject { ["typeName"] = "String[]", ["expression"] = new JsonObject { ["type"] = "Object", ["value"] = "[\"GET\"]" } },
            },
            new JsonObject { ["id"] = "r", ["type"] = "Elsa.WriteHttpResponse", ["version"] = 1, ["content"] = Literal("Object", "hello") });
        await SaveAsync(model, publish: true);

        Assert.Equal(HttpStatusCode.OK, (await Admin.GetAsync($"/workflows/{id}")).Status);
        await Admin.PostAsync($"{Root}/{id}/retract", "{}");
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"/workflows/{id}")).Status);
        await Admin.PostAsync($"{Root}/{id}/publish", "{}");
        Assert.Equal(HttpStatusCode.OK, (await Admin.GetAsync($"/workflows/{id}")).Status);

        var rival = Model(id + "-rival", "rival");
        rival["root"] = model["root"]!.DeepClone();
        Assert.Contains(id, (await SaveAsync(rival, publish: true)).ErrorOf("generalErrors"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_admin_of_a_workspace_changes_the_definitions_of_the_own_apps_only()
    {
        var client = shared.Server.As(Role.WorkspaceAdmin);
        var list = await client.GetAsync($"{Root}?versionOptions=Latest");
        var pipeline = list.Items.Single(item => Text(item, "definitionId") == "release-pipeline");

        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync(Root, Save(Model(SharedServer.NewKey("mine"), "Mine"), publish: false))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await client.PostAsync($"{Root}/release-trigger/retract", "{}")).Status);
        Assert.Contains(pipeline.GetProperty("links").EnumerateArray(), link => Text(link, "rel") == "self");
        Assert.Equal(HttpStatusCode.Forbidden, (await shared.Server.As(Role.Developer).GetAsync(Root)).Status);
    }

    [Fact]
    public async Task Unknown_members_are_kept_wrong_ones_are_complained_about_and_a_huge_body_is_refused()
    {
        var id = SharedServer.NewKey("odd");
        var model = Model(id, "Odd");
        model["somethingNew"] = new JsonObject { ["a"] = 1 };
        Assert.Equal(1, Definition(await SaveAsync(model, publish: false)).GetProperty("somethingNew").GetProperty("a").GetInt32());

        Assert.Equal(HttpStatusCode.BadRequest, (await Admin.PostAsync(Root, "{\"model\":")).Status);
        Assert.Contains("model", (await Admin.PostAsync(Root, "{}")).BadFields);
        Assert.Contains("publish", (await Admin.PostAsync(Root, """{"model":{"name":"x"},"publish":"perhaps"}""")).BadFields);
        model["description"] = new string('x', 17 * 1024 * 1024);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SaveAsync(model, publish: false)).Status);
    }

    [Fact]
    public async Task A_part_of_a_definition_is_found_by_node_id_with_the_way_to_it()
    {
        var model = Model(SharedServer.NewKey("part"), "Part");
        model["root"]!["activities"] = new JsonArray(new JsonObject
        {
            ["id"] = "if1",
            ["type"] = "Elsa.If",
            ["version"] = 1,
            ["then"] = new JsonObject { ["id"] = "w", ["type"] = "Elsa.WriteLine", ["version"] = 1, ["text"] = Literal("String", "x") },
        });
        var id = Text(Definition(await SaveAsync(model, publish: false)), "id");

        var part = await Admin.GetAsync($"{Root}/subgraph/{id}?parentNodeId=Workflow1:Sequence1:if1");
        Assert.Equal(("Workflow1:Sequence1:if1", "Activities"), (part.Text("nodeId"), part.Text("port")));
        var way = (await Admin.GetAsync($"{Root}/subgraph/segments/{id}?childNodeId=Workflow1:Sequence1:if1:w")).Json;
        Assert.Equal("w", Text(way.GetProperty("childNode").GetProperty("activity"), "id"));
        Assert.Equal(["Sequence1", "if1"], way.GetProperty("pathSegments").EnumerateArray().Select(segment => Text(segment, "activityId")));
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"{Root}/subgraph/{id}?parentNodeId=Workflow1:nowhere")).Status);
    }

    private async Task<Answer> SaveAsync(JsonObject model, bool publish) => await Admin.PostAsync(Root, Save(model, publish));

    private static string Save(JsonObject model, bool publish) => new JsonObject { ["model"] = model.DeepClone(), ["publish"] = publish }.ToJsonString();

    private static JsonObject Model(string definitionId, string name) => new()
    {
        ["definitionId"] = definitionId,
        ["name"] = name,
        ["root"] = new JsonObject { ["id"] = "Sequence1", ["type"] = "Elsa.Sequence", ["version"] = 1, ["activities"] = new JsonArray() },
    };

    private static JsonObject Literal(string typeName, string value) =>
        new() { ["typeName"] = typeName, ["expression"] = new JsonObject { ["type"] = "Literal", ["value"] = value } };

    private static JsonObject Script(string text) =>
        new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = text } };

    private static JsonElement Definition(Answer answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return answer.Json.GetProperty("workflowDefinition");
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<Answer> UploadAsync(byte[] content)
    {
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return await Admin.SendAsync(HttpMethod.Post, $"{Root}/import-files", new MultipartFormDataContent { { part, "files", "definitions.zip" } });
    }

    private Task<ApiClient> OtherAdministratorAsync() => StudioAccounts.AdministratorAsync(shared.Server);
}
