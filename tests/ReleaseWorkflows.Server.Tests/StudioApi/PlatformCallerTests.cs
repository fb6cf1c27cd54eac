using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi;
using ReleaseWorkflows.Server.StudioApi;

namespace ReleaseWorkflows.Server.Tests.StudioApi;

/// <summary>Who may do what with which definition.</summary>
public sealed class PlatformCallerTests
{
    private static readonly IReadOnlyList<TargetApp> Apps =
    [
        App("mine", "us", "mine-pipeline") with { OwnWorkflowDefinitionId = "mine-pipeline" },
        App("named", "us", "named-pipeline"),
        App("pointed", "us", "release-trigger"),
        App("release", "us", "release-pipeline"),
        App("theirs", "them", "theirs-pipeline") with { OwnWorkflowDefinitionId = "theirs-pipeline" },
    ];

    [Theory]
    [InlineData("mine-pipeline", true)]
    [InlineData("theirs-pipeline", false)]
    [InlineData("named-pipeline", false)]
    [InlineData("release-trigger", false)]
    [InlineData("release-pipeline", false)]
    [InlineData("unused", false)]
    [InlineData(StudioCaller.NewDefinition, false)]
    public void An_admin_of_a_workspace_changes_what_was_made_for_its_apps_and_nothing_that_an_app_is_pointed_at(string definitionId, bool expected)
    {
        foreach (var permission in (string[])[StudioPermissions.WriteWorkflowDefinitions, StudioPermissions.PublishWorkflowDefinitions, StudioPermissions.DeleteWorkflowDefinitions])
            Assert.Equal(expected, Caller(Role.WorkspaceAdmin).May(permission, definitionId));
        Assert.True(Caller(Role.Administrator).May(StudioPermissions.WriteWorkflowDefinitions, definitionId));
        Assert.False(Caller(Role.Reviewer).May(StudioPermissions.WriteWorkflowDefinitions, definitionId));
    }

    [Fact]
    public void Definitions_of_others_are_hidden()
    {
        Assert.Equal(["theirs-pipeline"], Caller(Role.WorkspaceAdmin).HiddenDefinitionIds);
        Assert.Empty(Caller(Role.Administrator).HiddenDefinitionIds);
        Assert.True(Caller(Role.Reviewer).May(StudioPermissions.ReadWorkflowDefinitions, "mine-pipeline"));
        Assert.False(Caller(Role.Developer).May(StudioPermissions.ReadWorkflowDefinitions, null));
    }

    [Fact]
    public void Of_shared_definitions_a_workspace_sees_the_instances_of_its_own_releases()
    {
        Assert.Null(Caller(Role.Administrator).VisibleInstances);
        var owners = Caller(Role.Reviewer).VisibleInstances!;
        Assert.Equal(["us"], owners.Keys);
        Assert.Equal(["mine-pipeline"], owners.DefinitionIds);
    }

    private static PlatformCaller Caller(Role role) => new(new Actor(new UserId("u"), "U", null, [new Grant(role, new WorkspaceKey("us"), [])]), Apps);

    private static TargetApp App(string key, string workspace, string definitionId) => new()
    {
        Key = new AppKey(key),
        Workspace = new WorkspaceKey(workspace),
        Name = key,
        Environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy> { [ReleaseEnvironment.Production] = new(ReviewMode.Manual) },
        WorkflowDefinitionId = definitionId,
    };
}
