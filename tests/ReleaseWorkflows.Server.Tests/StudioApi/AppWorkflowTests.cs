using System.Net;
using System.Text.Json.Nodes;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>An app gets a workflow of its own, which its administrators edit.</summary>
public sealed class AppWorkflowTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private ApiClient Owner => shared.Server.As(Role.WorkspaceAdmin);

    [Fact]
    public async Task The_answer_shows_nothing_of_the_secret_of_the_webhook()
    {
        var app = await CreateAppAsync();
        (await Owner.PutAsync($"/api/apps/{app}/webhook", new { url = "https://hooks.example/releases" })).Is(HttpStatusCode.OK);

        var changed = (await Owner.PostAsync($"/api/apps/{app}/workflow")).Is(HttpStatusCode.OK);

        var shown = (await Owner.GetAsync($"/api/apps/{app}")).Json.GetProperty("webhook").GetRawText();
        Assert.Equal(shown, changed.Json.GetProperty("webhook").GetRawText());
    }

    [Fact]
    public async Task A_copy_of_the_default_belongs_to_the_app_and_its_administrators_edit_and_publish_it()
    {
        var app = await CreateAppAsync();
        var changed = (await Owner.PostAsync($"/api/apps/{app}/workflow")).Is(HttpStatusCode.OK);
        var own = changed.Text("workflowDefinitionId")!;
        Assert.Equal($"{app}-pipeline", own);

        var definition = await Owner.GetAsync($"/elsa/api/workflow-definitions/{own}");
        Assert.True(definition.Json.GetProperty("isPublished").GetBoolean());
        Assert.Contains(definition.Json.GetProperty("links").EnumerateArray(), link => link.GetProperty("rel").GetString() == "publish");

        var model = JsonObject.Create(definition.Json)!;
        model["description"] = "Ours";
        var saved = await Owner.PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = true }.ToJsonString());
        Assert.True(saved.Status == HttpStatusCode.OK, saved.ToString());
        Assert.Equal(2, saved.Json.GetProperty("workflowDefinition").GetProperty("version").GetInt32());
        Assert.Equal(HttpStatusCode.BadRequest, (await Owner.DeleteAsync($"/elsa/api/workflow-definitions/{own}")).Status);
        (await Owner.PostAsync($"/api/apps/{app}/workflow")).Is(HttpStatusCode.Conflict, "already-exists");
    }

    [Fact]
    public async Task A_definition_of_that_name_which_was_not_made_for_the_app_stays_whose_it_is()
    {
        var key = SharedServer.NewKey("own");
        var administrator = shared.Server.As(Role.Administrator);
        var model = JsonObject.Create((await administrator.GetAsync("/elsa/api/workflow-definitions/release-pipeline")).Json)!;
        model["definitionId"] = $"{key}-pipeline";
        model["name"] = "Somebody's";
        (await administrator.PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = true }.ToJsonString())).Is(HttpStatusCode.OK);
        (await Owner.PostAsync("/api/apps", App(key, "release-pipeline"))).Is(HttpStatusCode.Created);

        (await Owner.PostAsync($"/api/apps/{key}/workflow")).Is(HttpStatusCode.Conflict, "already-exists");
        var saved = await Owner.PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = false }.ToJsonString());
        Assert.Equal(HttpStatusCode.Forbidden, saved.Status);

        // An administrator of the platform may give it to the app.
        var given = (await administrator.PostAsync($"/api/apps/{key}/workflow")).Is(HttpStatusCode.OK);
        Assert.Equal($"{key}-pipeline", given.Text("ownWorkflowDefinitionId"));
        var own = JsonObject.Create((await Owner.GetAsync($"/elsa/api/workflow-definitions/{key}-pipeline")).Json)!;
        (await Owner.PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = own, ["publish"] = false }.ToJsonString())).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_app_goes_back_to_its_own_workflow_without_another_copy()
    {
        var key = await CreateAppAsync();
        (await Owner.PostAsync($"/api/apps/{key}/workflow")).Is(HttpStatusCode.OK);
        (await Owner.PutAsync($"/api/apps/{key}", App(null, "release-pipeline"))).Is(HttpStatusCode.OK);

        var changed = (await Owner.PostAsync($"/api/apps/{key}/workflow")).Is(HttpStatusCode.OK);

        Assert.Equal($"{key}-pipeline", changed.Text("workflowDefinitionId"));
        Assert.Equal(1, (await Owner.GetAsync($"/elsa/api/workflow-definitions/{key}-pipeline")).Json.GetProperty("version").GetInt32());
    }

    [Fact]
    public async Task The_default_stays_the_platforms()
    {
        var definition = await Owner.GetAsync("/elsa/api/workflow-definitions/release-pipeline");
        Assert.DoesNotContain(definition.Json.GetProperty("links").EnumerateArray(), link => link.GetProperty("rel").GetString() == "publish");

        var model = JsonObject.Create(definition.Json)!;
        var refused = await Owner.PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = false }.ToJsonString());
        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
    }

    [Fact]
    public async Task An_app_runs_on_a_published_definition_only()
    {
        var refused = await Owner.PostAsync("/api/apps", App(SharedServer.NewKey("own"), "no-such-definition"));
        refused.Is(HttpStatusCode.BadRequest, "invalid");
        Assert.Contains("no-such-definition", refused.ErrorOf("workflowDefinitionId"), StringComparison.Ordinal);

        var app = await CreateAppAsync();
        (await Owner.PutAsync($"/api/apps/{app}", App(null, "no-such-definition"))).Is(HttpStatusCode.BadRequest, "invalid");
    }

    [Fact]
    public async Task Only_who_defines_an_app_gives_it_a_workflow()
    {
        var app = await CreateAppAsync();
        (await shared.Server.As(Role.Developer).PostAsync($"/api/apps/{app}/workflow")).Is(HttpStatusCode.Forbidden);
        (await Owner.PostAsync("/api/apps/no-such-app/workflow")).Is(HttpStatusCode.NotFound);
    }

    private async Task<string> CreateAppAsync()
    {
        var key = SharedServer.NewKey("own");
        (await Owner.PostAsync("/api/apps", App(key, "release-pipeline"))).Is(HttpStatusCode.Created);
        return key;
    }

    private static object App(string? key, string definitionId) => key is null
        ? new { name = "App", workflowDefinitionId = definitionId, environments = new { Production = new { } } }
        : new { key, name = "App", workflowDefinitionId = definitionId, environments = new { Production = new { } } };
}
