using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Releases;

/// <summary>A workflow that fails holds no release for ever (I12, A31): what was decided counts, and there is a way on and a way back.</summary>
public sealed class WorkflowRestartTests
{
    [Fact]
    public async Task A_release_that_was_approved_and_not_taken_further_is_withdrawn_by_its_applicant_and_applies_again()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("broken", BreakAfterReview);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await ApprovedAsync(server);

        var withdrawn = await scene.DoAsync(id, "withdraw");

        Assert.Equal(("NewVersionCreated", "Withdrawn"), (withdrawn.Text("status"), withdrawn.Text("lastRequest")));
        folder.AddPipeline("broken", _ => { });
        await server.RestartAsync();
        (await scene.SendAsync(id, "apply")).Is(HttpStatusCode.Conflict, "not-awaited");
        (await scene.DoAsync(id, "restart-workflow")).Stands("NewVersionCreated", "Withdrawn", "A developer applies to release.");
        await scene.DoAsync(id, "apply");
        (await scene.DoAsync(id, "approve")).Stands("ReleasePreparation", "Approved", "A developer chooses Grayscale or Full Release.");
    }

    [Fact]
    public async Task Once_the_definition_is_mended_the_approval_counts_and_the_release_goes_on()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("broken", BreakAfterReview);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await ApprovedAsync(server);
        var failed = (await scene.InstanceAsync(id)).Id;
        folder.AddPipeline("broken", _ => { });
        await server.RestartAsync();

        var restarted = await scene.DoAsync(id, "restart-workflow");

        restarted.Stands("ReleasePreparation", "Approved", "A developer chooses Grayscale or Full Release.");
        Assert.NotEqual(failed, restarted.Text("workflowInstanceId"));
        Assert.Equal(2, restarted.Number("definitionVersion"));
        Assert.Equal(["ReleaseCreated", "PackageBuilt", "ApplicationSubmitted", "RequestApproved", "ReleasePrepared"], await scene.LogAsync(id));
        Assert.Single(await Mailbox.WaitAsync(server, id, 1));
    }

    [Fact]
    public async Task The_name_of_a_failed_instance_follows_the_release_that_is_taken_back_without_it()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("broken", BreakAfterReview);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await ApprovedAsync(server);
        Assert.EndsWith("brittle Production · Under Review", (await scene.InstanceAsync(id)).Name, StringComparison.Ordinal);

        await scene.DoAsync(id, "withdraw");

        var instance = await scene.InstanceAsync(id);
        Assert.EndsWith("brittle Production · New Version Created", instance.Name, StringComparison.Ordinal);
        Assert.Equal("Faulted", instance.SubStatus);
    }

    [Fact]
    public async Task A_failed_instance_is_not_tried_again_once_the_release_has_another_one()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("broken", BreakAfterReview);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await ApprovedAsync(server);
        var failed = (await scene.InstanceAsync(id)).Id;
        folder.AddPipeline("broken", _ => { });
        await server.RestartAsync();
        await scene.DoAsync(id, "restart-workflow");
        var before = await scene.PictureAsync(id);

        var answer = (await server.As(Role.Administrator).PostAsync(
            "/elsa/api/alterations/workflows/retry", new { workflowInstanceIds = new[] { failed } })).Is(HttpStatusCode.OK);

        var result = answer.Json.GetProperty("results")[0];
        Assert.False(result.GetProperty("isSuccessful").GetBoolean());
        Assert.Contains("was given a new workflow since", result.GetProperty("log").GetProperty("logEntries")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, await scene.PictureAsync(id));
    }

    [Fact]
    public async Task A_workflow_that_is_still_broken_fails_again_and_leaves_the_release_where_it_was()
    {
        await using var folder = new DefinitionFolder();
        folder.AddPipeline("broken", BreakAfterReview);
        await using var server = await TestServer.StartAsync(null, null, folder.Setting);
        var (scene, id) = await ApprovedAsync(server);

        var restarted = await scene.DoAsync(id, "restart-workflow");

        Assert.StartsWith("The workflow of this release has failed.", restarted.Text("waitingFor"), StringComparison.Ordinal);
        Assert.Equal(["withdraw", "restart-workflow"], restarted.Words("allowedCommands"));
    }

    [Theory]
    [InlineData("Production", "PilotTesting", "apply", "approve")]
    [InlineData("Production", "GrayscaleRelease", "apply", "approve", "complete-pilot")]
    [InlineData("Sandbox", "UnderReview", "apply")]
    [InlineData("Sandbox", "PilotTesting", "apply", "approve")]
    [InlineData("Test", "NewVersionCreated")]
    public async Task A_restarted_workflow_finds_its_place(string environment, string status, params string[] commands)
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync(environment);
        foreach (var command in commands)
        {
            await scene.DoAsync(id, command);
        }

        var before = (await scene.ReadAsync(id), await scene.LogAsync(id));
        await CancelWorkflowAsync(scene, id);
        Assert.DoesNotContain("go-live", (await scene.ReadAsync(id)).Words("allowedCommands"));

        var after = await scene.DoAsync(id, "restart-workflow");

        Assert.Equal(status, after.Text("status"));
        Assert.Equal(before.Item1.Words("allowedCommands"), after.Words("allowedCommands"));
        Assert.Equal(before.Item1.Text("waitingFor"), after.Text("waitingFor"));
        Assert.Equal(before.Item2, await scene.LogAsync(id));
        await ToTheEndAsync(scene, id);
    }

    [Fact]
    public async Task A_restarted_workflow_goes_on_with_the_percentage_reached()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "superapp-b");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        await CancelWorkflowAsync(scene, id);
        await scene.DoAsync(id, "restart-workflow");
        await scene.DoAsync(id, "go-live", new { type = "Grayscale" });
        await scene.DoAsync(id, "grayscale", new { percentage = 30 });
        await CancelWorkflowAsync(scene, id);

        Assert.Equal(30, (await scene.DoAsync(id, "restart-workflow")).Number("percentage"));

        await scene.DoAsync(id, "grayscale", new { percentage = 100 });
        Assert.Equal("FullRelease", (await scene.ReadAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Only_a_workflow_that_has_stopped_is_restarted_and_only_by_who_may()
    {
        await using var server = await TestServer.StartAsync();
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Test");
        var path = $"/api/releases/{id}/restart-workflow";

        (await scene.Developer.PostAsync(path)).Is(HttpStatusCode.Conflict, "workflow-running");
        (await scene.Reviewer.PostAsync(path)).Is(HttpStatusCode.Forbidden, "forbidden");
        (await server.As(Role.Developer).PostAsync(path)).Is(HttpStatusCode.NotFound, "not-found");
        (await scene.Developer.PostAsync("/api/releases/none/restart-workflow")).Is(HttpStatusCode.NotFound, "not-found");
        await CancelWorkflowAsync(scene, id);
        (await server.As(Role.WorkspaceAdmin).PostAsync(path)).Is(HttpStatusCode.OK);
        await scene.DoAsync(id, "apply");
        (await scene.Developer.PostAsync(path)).Is(HttpStatusCode.Conflict, "wrong-state");
    }

    // The step after the approval asks for something that Production never does.
    private static void BreakAfterReview(JsonObject root)
    {
        var activity = root["activities"]!.AsArray().Single(node => (string?)node!["id"] == "production-type")!;
        activity["type"] = "ReleaseWorkflows.GoLiveAutomatically";
        var connections = root["connections"]!.AsArray();
        foreach (var connection in connections.Where(node => (string?)node!["source"]!["activity"] == "production-type").ToList())
        {
            connections.Remove(connection);
        }
    }

    private static async Task<(ReleaseScene Scene, string Id)> ApprovedAsync(TestServer server)
    {
        (await server.As(Role.WorkspaceAdmin).PostAsync("/api/apps", new
        {
            key = "brittle",
            name = "Brittle",
            workflowDefinitionId = "broken",
            environments = new { Production = new { review = "Manual" } },
        })).Is(HttpStatusCode.Created);
        var scene = await ReleaseScene.CreateAsync(server, "1.0.0");
        var id = await scene.ReleaseAsync("Production", app: "brittle");
        await scene.DoAsync(id, "apply");
        await scene.DoAsync(id, "approve");
        Assert.Equal("Faulted", (await scene.InstanceAsync(id)).SubStatus);
        return (scene, id);
    }

    private static async Task CancelWorkflowAsync(ReleaseScene scene, string id)
    {
        var instance = (await scene.ReadAsync(id)).Text("workflowInstanceId")!;
        await scene.Server.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().CancelAsync(instance, stop)),
            CancellationToken.None);
    }

    private static async Task ToTheEndAsync(ReleaseScene scene, string id)
    {
        for (var steps = 0; steps < 10; steps++)
        {
            var release = await scene.ReadAsync(id);
            switch (release.Text("status"))
            {
                case "NewVersionCreated":
                    await scene.DoAsync(id, "apply");
                    break;
                case "UnderReview":
                    await scene.DoAsync(id, "approve");
                    break;
                case "PilotTesting":
                    await scene.DoAsync(id, "complete-pilot");
                    break;
                case "GrayscaleRelease":
                    await scene.DoAsync(id, "go-live", new { type = "Full" });
                    break;
                default:
                    Assert.Equal("FullRelease", release.Text("status"));
                    return;
            }
        }

        Assert.Fail("The release did not come to its end.");
    }
}
