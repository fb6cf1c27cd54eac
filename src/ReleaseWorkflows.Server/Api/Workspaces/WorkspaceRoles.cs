using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Api.Workspaces;

/// <summary>Which roles a workspace has to give (S1): those of a super app, or those of a merchant. The platform's own role is given by nobody here.</summary>
internal static class WorkspaceRoles
{
    /// <summary>The roles of a kind of workspace, the mightiest first.</summary>
    public static IReadOnlyList<Role> Of(WorkspaceKind kind) => kind switch
    {
        WorkspaceKind.Tenant => [Role.WorkspaceAdmin, Role.WorkspaceDeveloper, Role.Reviewer],
        _ => [Role.DeveloperAdmin, Role.Developer],
    };

    /// <summary>True if the role runs its workspace.</summary>
    public static bool IsAdmin(Role role) => role is Role.WorkspaceAdmin or Role.DeveloperAdmin;
}
