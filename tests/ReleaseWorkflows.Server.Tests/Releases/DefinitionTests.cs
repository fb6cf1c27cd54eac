using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>Whatever is drawn, the rules hold; and what cannot be used is named and does not keep the server from starting.</summary>
public sealed class DefinitionTests
{
    [Fact]
    public async Task A_definition_that_skips_the_review_cannot_bring_a_version_to_Production()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("no-review", root =>
        {
            Replace(root, "production-review", "ReleaseWorkflows.ApproveAutomatically");
            Reconnect(root, "production-review", "Approved", "Done");
        });
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var scene = await WithAppAsync(server, "hasty", "no-review");
        var id = await scene.ReleaseAsync("Production", app: "hasty");

        // What the applicant did counts; the step after it is the definition's, and fails.
        (await scene.DoAsync(id, "apply")).Stands("UnderReview", "InReview", Failed("hasty"));

        var instance = await scene.InstanceAsync(id);
        Assert.Equal("Faulted", instance.SubStatus);
        Assert.Equal(1, instance.IncidentCount);
        Assert.Contains(
            "is reviewed by a person; it cannot be approved automatically.", System.Text.Encoding.UTF8.GetString(instance.State.Span), StringComparison.Ordinal);
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted"], await scene.LogAsync(id));

        // What an admin reads in Studio.
        var shown = (await server.As(Role.Administrator).GetAsync($"/elsa/api/workflow-instances/{instance.Id}")).Is(HttpStatusCode.OK);
        var incident = Assert.Single(shown.Json.GetProperty("workflowState").GetProperty("incidents").EnumerateArray());
        Assert.Equal("production-review", incident.GetProperty("activityId").GetString());
        Assert.Equal(
            "The rules of releases forbid “approve-automatically” here: hasty Production is reviewed by a person; it cannot be approved automatically.",
            incident.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_release_whose_workflow_has_failed_can_still_be_withdrawn_and_frees_its_target()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("no-review", root =>
        {
            Replace(root, "production-review", "ReleaseWorkflows.ApproveAutomatically");
            Reconnect(root, "production-review", "Approved", "Done");
        });
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var scene = await WithAppAsync(server, "hasty", "no-review");
        await scene.UploadAsync("2.0.0");
        var id = await scene.ReleaseAsync("Production", app: "hasty");
        await scene.DoAsync(id, "apply");
        Assert.Equal("Faulted", (await scene.InstanceAsync(id)).SubStatus);

        var approval = (await scene.SendAsync(id, "approve")).Is(HttpStatusCode.Conflict, "not-awaited");
        Assert.Contains("has failed", approval.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(["assign-reviewers"], approval.Words("allowedCommands"));
        Assert.Equal(["withdraw", "restart-workflow"], (await scene.ReadAsync(id)).Words("allowedCommands"));
        (await scene.DoAsync(id, "withdraw")).Stands("NewVersionCreated", "Withdrawn", Failed("hasty"));

        // Another version finds the target free.
        await scene.DoAsync(await scene.ReleaseAsync("Production", "2.0.0", "hasty"), "apply");
    }

    [Fact]
    public async Task A_definition_that_goes_live_without_asking_is_stopped_by_the_rules()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("no-question", root =>
        {
            Replace(root, "production-type", "ReleaseWorkflows.GoLiveAutomatically");
            Reconnect(root, "production-type", "Full", "Done");
        });
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var scene = await WithAppAsync(server, "rash", "no-question");
        var id = await scene.ReleaseAsync("Production", app: "rash");
        await scene.DoAsync(id, "apply");

        (await scene.DoAsync(id, "approve")).Stands("UnderReview", "Approved", Failed("rash"));

        var instance = await scene.InstanceAsync(id);
        Assert.Equal("Faulted", instance.SubStatus);
        Assert.Contains("Production never goes live by itself", System.Text.Encoding.UTF8.GetString(instance.State.Span), StringComparison.Ordinal);
        Assert.Single(await Mailbox.WaitAsync(server, id, 1));
    }

    [Fact]
    public async Task Files_that_cannot_be_used_are_named_with_node_and_reason_and_the_others_load()
    {
        await using var folder = new DefinitionFolder();
        folder.Add("torn.json", "{\n  \"definitionId\": \"torn\",\n  \"root\": {");
        folder.AddPipeline("unknown-step", root => Replace(root, "production-review", "Acme.Teleport"));
        folder.AddPipeline("loose-end", root => root["connections"]!.AsArray().Add(JsonNode.Parse(
            """{ "source": { "activity": "prepare", "port": "Done" }, "target": { "activity": "nowhere", "port": "In" } }""")));

        await using var server = await TestServer.StartAsync(null, null, folder.Setting);

        var errors = server.Log.Errors.ToList();
        Assert.Contains(errors, line => line.Contains("torn.json", StringComparison.Ordinal) && line.Contains("line 3", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.Contains("unknown-step.json", StringComparison.Ordinal) && line.Contains("production-review", StringComparison.Ordinal)
            && line.Contains("Acme.Teleport", StringComparison.Ordinal));
        Assert.Contains(errors, line => line.Contains("loose-end.json", StringComparison.Ordinal) && line.Contains("nowhere", StringComparison.Ordinal));

        var scene = ReleaseScene.Coffee(server);
        await scene.DoAsync(await scene.ReleaseAsync("Test"), "apply");
        var bound = await WithAppAsync(server, "lost", "unknown-step");
        var refused = (await bound.TriggerAsync("Production", app: "lost")).Is(HttpStatusCode.Conflict, "workflow-missing");
        Assert.Contains("“unknown-step”", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Empty((await bound.Developer.GetAsync($"/api/releases?miniProgram={bound.MiniProgram}")).Items);
    }

    [Fact]
    public async Task An_app_bound_to_a_definition_that_is_missing_releases_nothing_until_it_is_there()
    {
        await using var folder = new DefinitionFolder();
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var scene = await WithAppAsync(server, "later", "to-come");
        foreach (var door in (string[])["/workflows/releases", "/api/releases"])
        {
            (await scene.Developer.PostAsync(door, new { miniProgram = scene.MiniProgram, version = "1.0.0", app = "later", environment = "Production" }))
                .Is(HttpStatusCode.Conflict, "workflow-missing");
        }

        folder.AddPipeline("to-come", _ => { });
        await server.RestartAsync();

        await scene.DoAsync(await scene.ReleaseAsync("Production", app: "later"), "apply");
    }

    [Fact]
    public async Task A_release_stays_on_the_version_of_the_definition_that_it_began_with()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("growing", _ => { });
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var scene = await WithAppAsync(server, "growing-app", "growing");
        await scene.UploadAsync("2.0.0");
        var older = await scene.ReleaseAsync("Production", app: "growing-app");

        folder.AddPipeline("growing", root => Replace(root, "production-review", "ReleaseWorkflows.ApproveAutomatically"));
        await server.RestartAsync();
        var newer = await scene.ReleaseAsync("Production", "2.0.0", "growing-app");

        Assert.Equal((1, 2), ((await scene.ReadAsync(older)).Number("definitionVersion"), (await scene.ReadAsync(newer)).Number("definitionVersion")));
        await scene.DoAsync(older, "apply");
        (await scene.DoAsync(older, "approve")).Stands("ReleasePreparation", "Approved", "A developer chooses Grayscale or Full Release.");
    }

    [Fact]
    public async Task Resuming_the_workflow_itself_moves_no_release()
    {
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Production");
        await scene.DoAsync(id, "apply");
        var instance = await scene.InstanceAsync(id);
        var bookmarks = await scene.AskAsync<IWorkflowStore, IReadOnlyList<BookmarkRecord>>(store => store.FindInstanceBookmarksAsync(instance.Id, CancellationToken.None));

        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().ResumeAsync(instance.Id, bookmarks[0].Id, cancellationToken: stop)),
            CancellationToken.None);

        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted"], await scene.LogAsync(id));
        await scene.DoAsync(id, "approve");
    }

    private static string Failed(string app) => $"The workflow of this release has failed. An admin of {app} looks at its incident; then it is restarted.";

    private static void Replace(JsonObject root, string activityId, string type)
    {
        var activity = root["activities"]!.AsArray().Single(node => (string?)node!["id"] == activityId)!;
        activity["type"] = type;
    }

    // Keeps the connections that leave the activity by the one port, under another name, and drops the rest.
    private static void Reconnect(JsonObject root, string activityId, string port, string newPort)
    {
        var connections = root["connections"]!.AsArray();
        foreach (var connection in connections.Where(node => (string?)node!["source"]!["activity"] == activityId).ToList())
        {
            if ((string?)connection!["source"]!["port"] == port)
            {
                connection["source"]!["port"] = newPort;
            }
            else
            {
                connections.Remove(connection);
            }
        }
    }

    private static async Task<ReleaseScene> WithAppAsync(TestServer server, string app, string definitionId)
    {
        (await server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new
        {
            key = app,
            name = app,
            workflowDefinitionId = "release-pipeline",
            environments = new { Production = new { review = "Manual" } },
        })).Is(HttpStatusCode.Created);

        // The API asks for a published definition; files can be lost later.
        await server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) =>
            {
                var apps = services.GetRequiredService<ITargetAppStore>();
                var stored = (await apps.FindAsync(new AppKey(app), stop))!;
                apps.Save(stored with { WorkflowDefinitionId = definitionId, Revision = stored.Revision + 1 });
                return UnitOfWorkResult.Commit(true);
            },
            CancellationToken.None);
        return await ReleaseScene.CreateAsync(server, "1.0.0");
    }
}
