using System.Net;
using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Instances over Elsa's HTTP API, in the shapes that Studio reads.</summary>
public sealed class InstanceApiTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Api = "/elsa/api";

    private ApiClient Admin => shared.Server.As(Role.Administrator);

    [Fact]
    public async Task The_list_shows_which_release_stands_where()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");

        var before = (await FindAsync(id)).GetProperty("name").GetString();
        await scene.DoAsync(id, "apply");
        var after = await FindAsync(id);

        Assert.Equal($"{scene.MiniProgram} 1.0.0 → superapp-a Test · New Version Created", before);
        Assert.Equal($"{scene.MiniProgram} 1.0.0 → superapp-a Test · Full Release", after.GetProperty("name").GetString());
        Assert.Equal(id, after.GetProperty("correlationId").GetString());
        Assert.Equal(("Finished", "Finished", "release-pipeline", 0), (Text(after, "status"), Text(after, "subStatus"), Text(after, "definitionId"), after.GetProperty("incidentCount").GetInt32()));
    }

    [Fact]
    public async Task Lists_are_narrowed_by_query_and_by_body()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var body = new
        {
            page = 0,
            pageSize = 10,
            searchTerm = scene.MiniProgram,
            definitionIds = new[] { "release-pipeline" },
            statuses = new[] { "Running" },
            subStatuses = Array.Empty<string>(),
            hasIncidents = false,
            orderBy = (string?)null,
            orderDirection = "Descending",
            timestampFilters = new[] { new { column = "CreatedAt", @operator = "GreaterThan", timestamp = "2020-01-01T00:00:00Z" } },
        };

        Assert.Equal(id, Text(Assert.Single((await Admin.PostAsync($"{Api}/workflow-instances", body)).Items), "correlationId"));
        Assert.Equal(id, Text(Assert.Single((await Admin.GetAsync($"{Api}/workflow-instances?SearchTerm={scene.MiniProgram}&Statuses=Running&IsSystem=False&versionOptions=")).Items), "correlationId"));
        Assert.Empty((await Admin.GetAsync($"{Api}/workflow-instances?correlationId={id}&status=Finished")).Items);
        Assert.Empty((await Admin.GetAsync($"{Api}/workflow-instances?isSystem=true")).Items);
        Assert.Equal(1, (await Admin.GetAsync($"{Api}/workflow-instances?correlationId={id}")).Json.GetProperty("totalCount").GetInt32());
    }

    [Theory]
    [InlineData("?orderBy=Nope", "orderBy")]
    [InlineData("?status=Asleep", "statuses")]
    [InlineData("?hasIncidents=perhaps", "hasIncidents")]
    public async Task What_cannot_be_read_is_400_by_field(string query, string field)
    {
        var answer = await Admin.GetAsync($"{Api}/workflow-instances{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal([field], answer.BadFields);
    }

    [Fact]
    public async Task A_running_instance_has_the_state_that_the_viewer_reads()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var instance = Text(await FindAsync(id), "id");

        var whole = (await Admin.GetAsync($"{Api}/workflow-instances/{instance}")).Json;
        var state = whole.GetProperty("workflowState");

        Assert.Equal("Running", Text(whole, "status"));
        Assert.Equal("Suspended", Text(state, "subStatus"));
        var root = Assert.Single(state.GetProperty("activityExecutionContexts").EnumerateArray(), context => !context.TryGetProperty("parentContextId", out _));
        Assert.Equal("Workflow1", Text(root, "scheduledActivityNodeId"));
        Assert.Equal("Running", Text(root, "status"));
        var bookmark = state.GetProperty("bookmarks").EnumerateArray().First();
        Assert.StartsWith("Workflow1:", Text(bookmark, "activityNodeId"), StringComparison.Ordinal);
        Assert.Equal(id, Text(bookmark.GetProperty("payload"), "releaseId"));
        Assert.Equal(JsonValueKind.Array, state.GetProperty("incidents").ValueKind);
        Assert.Equal(id, Text(state.GetProperty("input"), "ReleaseId"));
        Assert.Equal("Suspended", Text((await Admin.GetAsync($"{Api}/workflow-instances/{instance}/execution-state")).Json, "subStatus"));
    }

    [Fact]
    public async Task The_journal_is_read_by_filter_and_page()
    {
        var instance = await InstanceAsync("Production");

        var all = await Admin.GetAsync($"{Api}/workflow-instances/{instance}/journal");
        var filtered = await Admin.PostAsync(
            $"{Api}/workflow-instances/{instance}/journal?skip=1&take=2",
            new { filter = new { activityIds = (string[]?)null, activityNodeIds = Array.Empty<string>(), excludedActivityTypes = new[] { "Elsa.Workflow", "Elsa.Flowchart" }, eventNames = (string[]?)null } });

        Assert.Equal(Enumerable.Range(0, all.Items.Count), all.Items.Select(line => line.GetProperty("sequence").GetInt32()));
        Assert.Equal(("Started", "Workflow1", "Elsa.Workflow"), (Text(all.Items[0], "eventName"), Text(all.Items[0], "nodeId"), Text(all.Items[0], "activityType")));
        Assert.Equal(2, filtered.Items.Count);
        Assert.True(filtered.Json.GetProperty("totalCount").GetInt32() < all.Items.Count);
        Assert.DoesNotContain(filtered.Items, line => Text(line, "activityType") is "Elsa.Workflow" or "Elsa.Flowchart");
        Assert.Equal("prepare", Text((await Admin.GetAsync($"{Api}/workflow-instances/{instance}/journal/prepare")).Json, "activityId"));
    }

    [Fact]
    public async Task Executions_are_listed_counted_and_found_and_the_badges_say_what_waits()
    {
        var instance = await InstanceAsync("Production");
        var query = $"?workflowInstanceId={instance}";

        var all = (await Admin.GetAsync($"{Api}/activity-executions/list{query}")).Items;
        var waiting = Assert.Single(all, execution => execution.GetProperty("hasBookmarks").GetBoolean());
        var node = Text(waiting, "activityNodeId");
        var summaries = await Admin.GetAsync($"{Api}/activity-execution-summaries/list{query}&activityNodeId={node}");
        var report = await Admin.PostAsync($"{Api}/activity-executions/report", new { workflowInstanceId = instance, activityNodeIds = new[] { node } });
        var stack = await Admin.GetAsync($"{Api}/activity-executions/{Text(waiting, "id")}/call-stack?includeCrossWorkflowChain=True");

        Assert.Equal(all.Count, (await Admin.GetAsync($"{Api}/activity-executions/count{query}")).Json.GetProperty("count").GetInt32());
        Assert.Equal(Text(waiting, "id"), Text(Assert.Single(summaries.Items), "id"));
        Assert.Equal(node, (await Admin.GetAsync($"{Api}/activity-executions/by-id?id={Text(waiting, "id")}")).Text("activityNodeId"));
        Assert.Equal("ObjectMap", Text((await Admin.GetAsync($"{Api}/activity-executions/{Text(waiting, "id")}")).Json.GetProperty("properties"), "_type"));
        var stats = report.Json.GetProperty("stats")[0];
        Assert.Equal((1, 0, 1, true, false), (Count(stats, "startedCount"), Count(stats, "completedCount"), Count(stats, "uncompletedCount"), stats.GetProperty("isBlocked").GetBoolean(), stats.GetProperty("isFaulted").GetBoolean()));
        Assert.Equal(["Workflow1", node], [Text(stack.Items[0], "activityNodeId"), Text(stack.Items[^1], "activityNodeId")]);
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"{Api}/activity-executions/no-such")).Status);
    }

    [Fact]
    public async Task Variables_are_shown_and_set_while_the_instance_runs()
    {
        var instance = await InstanceAsync("Production");
        var variables = await Admin.GetAsync($"{Api}/workflow-instances/{instance}/variables");
        var flag = variables.Items.Single(variable => Text(variable, "id") == "variable-has-pilot");

        var set = await Admin.PostAsync($"{Api}/workflow-instances/{instance}/variables", new { variables = new[] { new { id = "variable-has-pilot", value = true } } });
        var bad = await Admin.PostAsync($"{Api}/workflow-instances/{instance}/variables", new { variables = new[] { new { id = "variable-has-pilot", value = "perhaps" } } });

        Assert.Equal("HasPilot", Text(flag, "name"));
        Assert.True(set.Items.Single(variable => Text(variable, "id") == "variable-has-pilot").GetProperty("value").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, bad.Status);
        Assert.Contains("HasPilot", bad.ErrorOf("generalErrors"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_faults_is_500_with_the_state_and_the_headers_that_Studio_reads()
    {
        (await Admin.PostAsync($"{Api}/workflow-definitions", """
            {"model":{"definitionId":"fails","name":"Fails","variables":[],"root":{"id":"flow","type":"Elsa.Flowchart","version":1,
            "activities":[{"id":"f","type":"Elsa.RunJavaScript","version":1,"script":{"typeName":"String","expression":{"type":"Literal","value":"no.such.thing"}}}],"connections":[]}},"publish":true}
            """)).Is(HttpStatusCode.OK);
        var run = await Admin.PostAsync($"{Api}/workflow-definitions/fails/execute", new { versionOptions = "Latest", correlationId = "by-hand", name = "By hand" });
        var instance = Assert.Single(run.Headers.GetValues("x-elsa-workflow-instance-id"));

        Assert.Equal(HttpStatusCode.InternalServerError, run.Status);
        Assert.Equal(("Faulted", instance), (Text(run.Json.GetProperty("workflowState"), "subStatus"), Text(run.Json.GetProperty("workflowState"), "id")));
        Assert.Equal("False", Assert.Single(run.Headers.GetValues("x-elsa-workflow-cannot-start")));
        var incident = Assert.Single(run.Json.GetProperty("workflowState").GetProperty("incidents").EnumerateArray());
        Assert.Equal("f", Text(incident, "activityId"));
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.PostAsync($"{Api}/workflow-definitions/no-such/execute", new { })).Status);

        var retry = await Admin.PostAsync($"{Api}/alterations/workflows/retry", new { workflowInstanceIds = new[] { instance, "no-such" } });
        Assert.Equal([true, false], retry.Json.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("isSuccessful").GetBoolean()));
        Assert.Equal(HttpStatusCode.NoContent, (await Admin.DeleteAsync($"{Api}/workflow-instances/{instance}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.DeleteAsync($"{Api}/workflow-instances/{instance}")).Status);
    }

    [Theory]
    [InlineData("execute")]
    [InlineData("dispatch")]
    [InlineData("bulk-dispatch")]
    public async Task A_workflow_with_steps_of_a_release_is_not_started_by_hand_and_a_sentence_says_how_it_starts(string way)
    {
        var before = (await Admin.GetAsync($"{Api}/workflow-instances?definitionId=two-stage-review")).Json.GetProperty("totalCount").GetInt32();

        var refused = await Admin.PostAsync($"{Api}/workflow-definitions/two-stage-review/{way}", new { correlationId = "by-hand" });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("is started by a release, not by itself. Create a release", refused.ErrorOf("generalErrors"), StringComparison.Ordinal);
        Assert.Equal(before, (await Admin.GetAsync($"{Api}/workflow-instances?definitionId=two-stage-review")).Json.GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task Cancelling_ends_the_workflow_and_leaves_the_release_to_those_who_may_go_on_with_it()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        var instance = Text(await FindAsync(id), "id");

        Assert.Equal(HttpStatusCode.OK, (await Admin.PostAsync($"{Api}/cancel/workflow-instances/{instance}", new { })).Status);

        Assert.Equal("Cancelled", Text(await FindAsync(id), "subStatus"));
        var release = await scene.ReadAsync(id);
        Assert.Equal("UnderReview", release.Text("status"));
        Assert.Contains("restart-workflow", release.Words("allowedCommands"));
        Assert.Equal(HttpStatusCode.OK, (await Admin.PostAsync($"{Api}/cancel/workflow-instances/no-such", new { })).Status);
        Assert.Equal(0, (await Admin.PostAsync($"{Api}/bulk-actions/cancel/workflow-instances/", new { ids = new[] { instance } })).Json.GetProperty("cancelled").GetInt32());
    }

    [Fact]
    public async Task An_instance_that_a_release_needs_is_not_deleted()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");
        var instance = Text(await FindAsync(id), "id");

        var refused = await Admin.DeleteAsync($"{Api}/workflow-instances/{instance}");
        var refusedAll = await Admin.PostAsync($"{Api}/bulk-actions/delete/workflow-instances/by-id", new { ids = new[] { instance } });
        await scene.DoAsync(id, "apply");
        var deleted = await Admin.PostAsync($"{Api}/bulk-actions/delete/workflow-instances/by-id", new { ids = new[] { instance, "no-such" } });

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains($"{scene.MiniProgram} 1.0.0 → superapp-a Test", refused.ErrorOf("generalErrors"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, refusedAll.Status);
        Assert.Equal(1, deleted.Json.GetProperty("deleted").GetInt32());
        Assert.Equal(HttpStatusCode.NotFound, (await Admin.GetAsync($"{Api}/workflow-instances/{instance}")).Status);
        Assert.Equal("FullRelease", (await scene.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Who_may_not_see_a_definition_sees_none_of_its_instances()
    {
        var instance = await InstanceAsync("Test");
        var reviewer = shared.Server.As(Role.Reviewer);
        var developer = shared.Server.As(Role.Developer);

        Assert.Equal(HttpStatusCode.OK, (await reviewer.GetAsync($"{Api}/workflow-instances/{instance}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reviewer.PostAsync($"{Api}/cancel/workflow-instances/{instance}")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await reviewer.DeleteAsync($"{Api}/workflow-instances/{instance}")).Status);
        Assert.DoesNotContain((await reviewer.GetAsync($"{Api}/workflow-instances")).Items, item => Text(item, "definitionId") == "release-trigger");
        Assert.Equal(HttpStatusCode.Forbidden, (await developer.GetAsync($"{Api}/workflow-instances")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await developer.PostAsync($"{Api}/events/go/trigger", new { })).Status);
    }

    [Fact]
    public async Task Events_and_tasks_are_200_and_empty_also_where_nobody_listens()
    {
        foreach (var path in new[] { "/events/nobody-waits/trigger", "/tasks/no-such/complete" })
        {
            var answer = await Admin.PostAsync(Api + path, new { input = new { a = 1 }, result = 1, workflowExecutionMode = "Synchronous" });
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Empty(answer.Bytes);
        }

        Assert.Equal("Invalid token.", (await Admin.GetAsync($"{Api}/bookmarks/resume?t=bad")).ErrorOf("generalErrors"));
    }

    [Fact]
    public async Task An_instance_is_exported_as_a_file_and_none_is_imported()
    {
        var instance = await InstanceAsync("Test");

        var file = await Admin.GetAsync($"{Api}/workflow-instances/{instance}/export");
        var zip = await Admin.PostAsync($"{Api}/bulk-actions/export/workflow-instances", new { ids = new[] { instance }, includeWorkflowExecutionLog = true, includeActivityExecutionLog = true });

        Assert.Equal(instance, Text(file.Json.GetProperty("WorkflowState"), "id"));
        Assert.Equal("application/octet-stream", file.ContentType);
        Assert.Equal("PK"u8.ToArray(), zip.Bytes[..2]);
        Assert.Equal(HttpStatusCode.BadRequest, (await Admin.PostAsync($"{Api}/bulk-actions/import/workflow-instances", new { })).Status);
    }

    private async Task<string> InstanceAsync(string environment)
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        return Text(await FindAsync(await scene.ReleaseAsync(environment)), "id");
    }

    private async Task<JsonElement> FindAsync(string releaseId) =>
        Assert.Single((await Admin.GetAsync($"{Api}/workflow-instances?correlationId={releaseId}&definitionId=release-pipeline")).Items);

    private static string Text(JsonElement source, string name) => source.GetProperty(name).GetString()!;

    private static int Count(JsonElement source, string name) => source.GetProperty(name).GetInt32();
}
