using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Api;

public sealed class WorkspaceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(Role.Developer, new[] { "acme" })]
    [InlineData(Role.Reviewer, new[] { "superapp" })]
    public async Task One_sees_the_workspaces_one_is_a_member_of(Role role, string[] expected)
    {
        var workspaces = (await shared.Server.As(role).GetAsync("/api/workspaces")).Is(HttpStatusCode.OK).Items;

        Assert.Equal(expected, workspaces.Select(workspace => workspace.GetProperty("key").GetString()));
    }

    [Fact]
    public async Task Administrators_see_every_workspace()
    {
        var workspaces = (await shared.Server.As(Role.Administrator).GetAsync("/api/workspaces")).Items.Select(workspace => workspace.GetProperty("key").GetString()).ToList();

        Assert.Contains("acme", workspaces);
        Assert.Contains("superapp", workspaces);
    }

    [Fact]
    public async Task Members_are_listed_with_their_roles_and_without_secrets()
    {
        var members = (await shared.Server.As(Role.Developer).GetAsync("/api/workspaces/acme/members")).Is(HttpStatusCode.OK).Items;

        Assert.Equal(["developer-admin@acme.example DeveloperAdmin", "developer@acme.example Developer"], members.Select(member => $"{member.GetProperty("email")} {member.GetProperty("role")}"));
        Assert.Equal(["email", "id", "miniPrograms", "name", "role"], members[0].EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(Role.Reviewer, "acme")]
    [InlineData(Role.Developer, "superapp")]
    [InlineData(Role.Administrator, "nothing")]
    public async Task The_members_of_another_workspace_are_not_to_be_seen(Role role, string workspace) =>
        (await shared.Server.As(role).GetAsync($"/api/workspaces/{workspace}/members")).Is(HttpStatusCode.NotFound, "not-found");
}
