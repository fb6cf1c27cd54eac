using System.Collections.Frozen;
using System.Text.Json.Serialization;

namespace ReleaseWorkflows.Domain.Access;

/// <summary>What a member is in a workspace (S0, S1, S2; A24).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>Runs the platform: everything, all workflow definitions included, but no review decision.</summary>
    Administrator,

    /// <summary>Tenant workspace: all its mini programs, its apps and their workflows, and reviews for its apps.</summary>
    WorkspaceAdmin,

    /// <summary>Tenant workspace: assigned mini programs.</summary>
    WorkspaceDeveloper,

    /// <summary>Tenant workspace: decides on requests to its apps.</summary>
    Reviewer,

    /// <summary>Developer workspace: all its mini programs.</summary>
    DeveloperAdmin,

    /// <summary>Developer workspace: assigned mini programs.</summary>
    Developer,
}

/// <summary>What a command needs. Sent to clients as <c>release.apply</c> and the like: see <see cref="RolePermissions.NameOf"/>.</summary>
public enum Permission
{
    /// <summary>See mini programs, versions, releases and their logs.</summary>
    ViewReleases,

    /// <summary>Upload versions, choose targets, edit configuration and basic information, retry a build (T1, T3).</summary>
    Prepare,

    /// <summary>Apply to release (T4 to T6).</summary>
    Apply,

    /// <summary>Withdraw a request of one's own; with <see cref="ManageMiniPrograms"/> anybody's (T7).</summary>
    Withdraw,

    /// <summary>Approve or reject a request (T8 to T11).</summary>
    Review,

    /// <summary>Change the pilot's testers and complete the pilot (T12 to T14).</summary>
    Testers,

    /// <summary>Choose the release type and raise the percentage (T16 to T19).</summary>
    GoLive,

    /// <summary>Cancel a release (T15, T20, T21).</summary>
    Cancel,

    /// <summary>Create mini programs and change their global configuration and basic information.</summary>
    ManageMiniPrograms,

    /// <summary>Define target apps: environments, policies, workflow definition.</summary>
    Define,

    /// <summary>Let a release pass the freeze of the target app (T26).</summary>
    OverrideFreeze,

    /// <summary>Manage members of a workspace.</summary>
    ManageMembers,

    /// <summary>Read and export what was done in a workspace.</summary>
    ViewAudit,

    /// <summary>Run the platform: workspaces, accounts, messages that were given up, everything that was done.</summary>
    ManagePlatform,
}

/// <summary>Which role carries which permission: one table.</summary>
public static class RolePermissions
{
    private static readonly FrozenSet<Permission> ReleaseWork =
        [Permission.ViewReleases, Permission.Prepare, Permission.Apply, Permission.Withdraw, Permission.Testers, Permission.GoLive, Permission.Cancel];

    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> Table = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.Administrator] = [.. Enum.GetValues<Permission>().Where(permission => permission != Permission.Review)],
        [Role.WorkspaceAdmin] = [.. ReleaseWork, Permission.ManageMiniPrograms, Permission.Review, Permission.Define, Permission.OverrideFreeze, Permission.ManageMembers, Permission.ViewAudit],
        [Role.WorkspaceDeveloper] = ReleaseWork,
        [Role.Reviewer] = [Permission.ViewReleases, Permission.Review],
        [Role.DeveloperAdmin] = [.. ReleaseWork, Permission.ManageMiniPrograms, Permission.ManageMembers, Permission.ViewAudit],
        [Role.Developer] = ReleaseWork,
    }.ToFrozenDictionary();

    /// <summary>The permissions of a role.</summary>
    public static IReadOnlySet<Permission> Of(Role role) => Table[role];

    /// <summary>The name of a permission as clients see it, for example <c>release.apply</c>.</summary>
    public static string NameOf(Permission permission) => permission switch
    {
        Permission.ViewReleases => "release.view",
        Permission.Prepare => "release.prepare",
        Permission.Apply => "release.apply",
        Permission.Withdraw => "release.withdraw",
        Permission.Review => "release.review",
        Permission.Testers => "release.testers",
        Permission.GoLive => "release.golive",
        Permission.Cancel => "release.cancel",
        Permission.ManageMiniPrograms => "mini-program.manage",
        Permission.Define => "app.define",
        Permission.OverrideFreeze => "release.override-freeze",
        Permission.ManageMembers => "workspace.members",
        Permission.ViewAudit => "workspace.audit",
        Permission.ManagePlatform => "platform.manage",
        _ => throw new ArgumentOutOfRangeException(nameof(permission), permission, "Unknown permission."),
    };

    /// <summary>The permission with this name, or null.</summary>
    public static Permission? Find(string name) => Enum.GetValues<Permission>().Where(permission => NameOf(permission) == name).Cast<Permission?>().FirstOrDefault();

    /// <summary>The role works on assigned mini programs only (S1).</summary>
    public static bool IsLimitedToAssigned(Role role) => role is Role.Developer or Role.WorkspaceDeveloper;

    /// <summary>The permission is held by the side of the super app.</summary>
    internal static bool IsAboutApps(Permission permission) => permission is Permission.Review or Permission.Define or Permission.OverrideFreeze;

    /// <summary>The role sees every release to the apps of its workspace.</summary>
    internal static bool SeesReleasesToOwnApps(Role role) => role is Role.Reviewer or Role.WorkspaceAdmin;
}
