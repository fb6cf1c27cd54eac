using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Identifiers;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Access;

/// <summary>Identifies a person or a machine account.</summary>
[JsonConverter(typeof(StringIdJsonConverter<UserId>))]
public readonly record struct UserId(string Value) : IStringId<UserId>
{
    /// <summary>The platform itself: timers, builds and automatic steps.</summary>
    public static UserId System { get; } = new("system");

    /// <inheritdoc/>
    public static UserId From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names a workspace: the company that owns mini programs (developer) or super apps (tenant).</summary>
[JsonConverter(typeof(StringIdJsonConverter<WorkspaceKey>))]
public readonly record struct WorkspaceKey(string Value) : IStringId<WorkspaceKey>
{
    /// <inheritdoc/>
    public static WorkspaceKey From(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Who acts. Every command carries one; permission is decided from it alone.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">Shown in logs.</param>
/// <param name="Email">Where decisions are sent; null for machines.</param>
/// <param name="Grants">What the account is in which workspace. Empty for <see cref="System"/>, which needs none.</param>
public sealed record Actor(UserId Id, string Name, string? Email, IReadOnlyList<Grant> Grants)
{
    /// <summary>The platform itself. It may take only the steps no person takes.</summary>
    public static Actor System { get; } = new(UserId.System, "ReleaseWorkflows", null, []);

    /// <summary>True for the platform itself.</summary>
    public bool IsSystem => Id == UserId.System;

    /// <summary>
    /// What the credentials let the actor do of all that the roles permit: an API key may be narrower than its owner. Null: everything. Seeing
    /// (<see cref="Permission.ViewReleases"/>) is always among it.
    /// </summary>
    public IReadOnlySet<Permission>? Scope { get; init; }

    /// <summary>True if the actor has the platform's own role and credentials that are not narrower.</summary>
    public bool IsAdministrator => MaySomewhere(Permission.ManagePlatform);

    /// <summary>
    /// True if the actor may change what the own account signs in with: keys, password, sessions. Narrowed credentials may not, or they could make themselves
    /// wider ones.
    /// </summary>
    public bool MayManageOwnAccount => Scope is null;

    /// <summary>True if one of the actor's roles carries the permission for what is acted on (A24).</summary>
    public bool May(Permission permission, Subject subject)
    {
        if (!IsInScope(permission))
        {
            return false;
        }

        foreach (var grant in Grants)
        {
            if (grant.Carries(permission, subject))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True if the actor holds the permission anywhere, for lists that are then filtered.</summary>
    public bool MaySomewhere(Permission permission) => IsInScope(permission) && Grants.Any(grant => RolePermissions.Of(grant.Role).Contains(permission));

    private bool IsInScope(Permission permission) => Scope is null || permission == Permission.ViewReleases || Scope.Contains(permission);
}

/// <summary>A role in a workspace.</summary>
/// <param name="Role">The role.</param>
/// <param name="Workspace">Where it holds; ignored for <see cref="Role.Administrator"/>, who stands above workspaces.</param>
/// <param name="MiniPrograms">For roles that work on assigned mini programs only: which. Ignored for the others.</param>
public sealed record Grant(Role Role, WorkspaceKey Workspace, IReadOnlyList<MiniProgramKey> MiniPrograms)
{
    internal bool Carries(Permission permission, Subject subject)
    {
        if (!RolePermissions.Of(Role).Contains(permission))
        {
            return false;
        }

        if (Role == Role.Administrator)
        {
            return true;
        }

        if (RolePermissions.IsAboutApps(permission))
        {
            return subject.AppWorkspace == Workspace;
        }

        if (permission == Permission.ViewReleases && subject.AppWorkspace == Workspace && RolePermissions.SeesReleasesToOwnApps(Role))
        {
            return true;
        }

        return subject.MiniProgramWorkspace == Workspace
            && (!RolePermissions.IsLimitedToAssigned(Role) || subject.MiniProgram is null || MiniPrograms.Contains(subject.MiniProgram.Value));
    }
}

/// <summary>What is acted on, seen from permissions: who owns it.</summary>
/// <param name="MiniProgramWorkspace">Workspace of the mini program; null if none is concerned.</param>
/// <param name="MiniProgram">The mini program; null for the workspace as a whole.</param>
/// <param name="AppWorkspace">Workspace of the target app; null if none is concerned.</param>
public readonly record struct Subject(WorkspaceKey? MiniProgramWorkspace, MiniProgramKey? MiniProgram, WorkspaceKey? AppWorkspace);
