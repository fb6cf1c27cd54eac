using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Of a definition that many share, each company sees the instances of its own releases.</summary>
public sealed class InstanceVisibilityTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Api = "/elsa/api";

    [Theory]
    [InlineData(Role.Reviewer)]
    [InlineData(Role.WorkspaceAdmin)]
    public async Task Instances_of_the_releases_of_others_are_not_there(Role role)
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        var release = await scene.ReleaseAsync("Production");
        var instance = (await scene.InstanceAsync(release)).Id;
        var (workspace, _) = await StudioAccounts.OtherCompanyAsync(shared.Server);
        var stranger = await StudioAccounts.CreateAsync(shared.Server, role, workspace);
        var owner = shared.Server.As(role);

        // The definition is theirs too.
        (await stranger.GetAsync($"{Api}/workflow-definitions/release-pipeline")).Is(HttpStatusCode.OK);
        Assert.Empty((await stranger.GetAsync($"{Api}/workflow-instances")).Items);
        Assert.Empty((await stranger.PostAsync($"{Api}/workflow-instances", new { definitionIds = new[] { "release-pipeline" }, pageSize = 1000 })).Items);
        Assert.Empty((await stranger.PostAsync($"{Api}/alterations/dry-run", new { correlationIds = new[] { release } })).Json.GetProperty("workflowInstanceIds").EnumerateArray());
        foreach (var path in (string[])["", "/execution-state", "/journal", "/variables", "/export"])
        {
            Assert.Equal((path, HttpStatusCode.NotFound), (path, (await stranger.GetAsync($"{Api}/workflow-instances/{instance}{path}")).Status));
            Assert.Equal((path, HttpStatusCode.OK), (path, (await owner.GetAsync($"{Api}/workflow-instances/{instance}{path}")).Status));
        }

        Assert.Empty((await stranger.GetAsync($"{Api}/activity-executions/list?workflowInstanceId={instance}")).Items);
        Assert.NotEmpty((await owner.GetAsync($"{Api}/activity-executions/list?workflowInstanceId={instance}")).Items);
        Assert.Single((await owner.GetAsync($"{Api}/workflow-instances?correlationId={release}")).Items);
    }

    [Fact]
    public async Task Instances_that_carry_no_release_are_seen_by_administrators_alone()
    {
        var scene = await ReleaseScene.CreateAsync(shared.Server, "1.0.0");
        await scene.ReleaseAsync("Production");

        var seen = (await shared.Server.As(Role.Administrator).GetAsync($"{Api}/workflow-instances?definitionId=release-trigger")).Items;
        Assert.Contains(seen, instance => instance.GetProperty("name").GetString() == $"{scene.MiniProgram} 1.0.0 → superapp-a Production · Created");
        Assert.Empty((await shared.Server.As(Role.WorkspaceAdmin).GetAsync($"{Api}/workflow-instances?definitionId=release-trigger")).Items);
    }

    [Fact]
    public async Task Who_owns_a_definition_sees_its_trial_runs()
    {
        var (workspace, app) = await StudioAccounts.OtherCompanyAsync(shared.Server);
        var owner = await StudioAccounts.CreateAsync(shared.Server, Role.WorkspaceAdmin, workspace);
        var own = (await owner.PostAsync($"/api/apps/{app}/workflow")).Is(HttpStatusCode.OK).Text("ownWorkflowDefinitionId")!;

        (await owner.PostAsync($"{Api}/workflow-definitions", $$"""
            {"model":{"definitionId":"{{own}}","name":"A trial","variables":[],"root":{"id":"flow","type":"Elsa.Flowchart","version":1,"activities":[],"connections":[] } },"publish":true}
            """)).Is(HttpStatusCode.OK);
        (await owner.PostAsync($"{Api}/workflow-definitions/{own}/execute", new { })).Is(HttpStatusCode.OK);

        Assert.Single((await owner.GetAsync($"{Api}/workflow-instances?definitionId={own}")).Items);
        Assert.Empty((await shared.Server.As(Role.WorkspaceAdmin).GetAsync($"{Api}/workflow-instances?definitionId={own}")).Items);
    }
}
