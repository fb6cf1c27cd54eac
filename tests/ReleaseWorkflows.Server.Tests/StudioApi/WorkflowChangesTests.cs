using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Who changed which workflow.</summary>
public sealed class WorkflowChangesTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task The_changes_of_a_workflow_are_told_the_newest_first_to_those_who_may_see_it()
    {
        var key = SharedServer.NewKey("changed");
        var owner = shared.Server.As(Role.WorkspaceAdmin);
        (await owner.PostAsync("/api/apps", new { key, name = key, workflowDefinitionId = "release-pipeline", environments = new { Production = new { } } })).Is(HttpStatusCode.Created);
        (await owner.PostAsync($"/api/apps/{key}/workflow")).Is(HttpStatusCode.OK);

        var changes = (await owner.GetAsync($"/api/workflows/{key}-pipeline/changes")).Is(HttpStatusCode.OK);

        var newest = changes.Items[0];
        Assert.Equal(("Published", "Wim Workspace-Admin", 1), (newest.GetProperty("action").GetString(), newest.GetProperty("by").GetString(), newest.GetProperty("version").GetInt32()));
        Assert.True(newest.TryGetProperty("at", out _));
        (await shared.Server.As(Role.Developer).GetAsync($"/api/workflows/{key}-pipeline/changes")).Is(HttpStatusCode.NotFound, "not-found");
        (await owner.GetAsync("/api/workflows/no-such-workflow/changes")).Is(HttpStatusCode.NotFound, "not-found");
        (await shared.Server.Anonymous.GetAsync($"/api/workflows/{key}-pipeline/changes")).Is(HttpStatusCode.Unauthorized);
    }
}
