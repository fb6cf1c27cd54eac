using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Workspaces;

/// <summary>Which workspace a new thing belongs to: the one named, or the only one that the actor could mean.</summary>
internal static class WorkspaceChoice
{
    /// <summary>Chooses.</summary>
    /// <param name="named">The workspace that the request names, if it does.</param>
    /// <param name="workspaces">All workspaces that can own such a thing.</param>
    /// <param name="actor">Who creates it.</param>
    /// <param name="permission">What that needs in the workspace.</param>
    /// <param name="subject">How permissions see a new thing of a workspace.</param>
    public static (Workspace? Chosen, Problem? Problem) Choose(
        WorkspaceKey? named, IReadOnlyList<Workspace> workspaces, Actor actor, Permission permission, Func<WorkspaceKey, Subject> subject)
    {
        if (!actor.MaySomewhere(permission))
        {
            return (null, Problem.Forbidden(permission));
        }

        var possible = workspaces.Where(workspace => actor.May(permission, subject(workspace.Key))).ToList();
        var names = string.Join(", ", possible.Select(workspace => workspace.Key));
        if (named is { } key)
        {
            return possible.Find(workspace => workspace.Key == key) is { } chosen ? (chosen, null)
                : possible.Count == 0 || workspaces.Any(workspace => workspace.Key == key) ? (null, Problem.Forbidden(permission))
                : (null, Refuse($"There is no workspace “{key}” that can own this. There are {names}."));
        }

        return possible.Count == 1
            ? (possible[0], null)
            : (null, Refuse($"Name the workspace it belongs to: one of {names}."));
    }

    private static Problem Refuse(string message) => Problem.From(Refusal.InvalidField("workspace", message));
}
