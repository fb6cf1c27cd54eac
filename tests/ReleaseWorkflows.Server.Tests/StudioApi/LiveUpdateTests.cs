using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>The hub that Studio's instance viewer connects to, in its own protocol.</summary>
public sealed class LiveUpdateTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Hub = "/elsa/hubs/workflow-instance";

    [Fact]
    public async Task A_viewer_hears_of_the_release_that_moves_over_HTTP()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var id = await scene.ReleaseAsync("Production");
        var instance = (await scene.InstanceAsync(id)).Id;
        await using var viewer = await ConnectAsync(shared.Server, Role.Administrator);
        await viewer.InvokeAsync("ObserveInstanceAsync", instance);

        await scene.DoAsync(id, "apply");
        var stats = await viewer.HearAsync("ActivityExecutionLogUpdatedAsync");
        await viewer.HearAsync("WorkflowExecutionLogUpdatedAsync");
        var moved = await viewer.HearAsync("WorkflowInstanceUpdatedAsync");

        Assert.Equal(instance, moved.GetProperty("workflowInstanceId").GetString());
        Assert.Contains(stats.GetProperty("stats").EnumerateArray(), one => one.GetProperty("isBlocked").GetBoolean());
    }

    [Fact]
    public async Task Nobody_connects_without_credentials_or_without_a_token_of_a_negotiation()
    {
        var anonymous = await shared.Server.Anonymous.PostAsync($"{Hub}/negotiate?negotiateVersion=1");
        var developer = await shared.Server.As(Role.Developer).PostAsync($"{Hub}/negotiate?negotiateVersion=1");
        var skipped = await shared.Server.As(Role.Administrator).GetAsync(Hub);
        var guessed = await shared.Server.Anonymous.GetAsync($"{Hub}?id=guessed");

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized],
            [anonymous.Status, developer.Status, skipped.Status, guessed.Status]);
    }

    [Fact]
    public async Task The_feature_that_makes_Studio_connect_is_listed()
    {
        var features = await shared.Server.As(Role.Administrator).GetAsync("/elsa/api/features/installed");

        Assert.Contains(features.Items, feature => feature.GetProperty("fullName").GetString() == "Elsa.RealTimeWorkflowUpdates");
    }

    // Without credentials on the socket, as a browser with an API key.
    private static async Task<HubClient> ConnectAsync(TestServer server, Role role)
    {
        var negotiation = await server.As(role).PostAsync($"{Hub}/negotiate?negotiateVersion=1");
        return await HubClient.ConnectAsync(server, $"{Hub}?id={negotiation.Text("connectionToken")}");
    }
}
