using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.MiniPrograms;

/// <summary>What an actor may see and do of a mini program: unseen is 404, seen and not permitted is 403.</summary>
internal static class MiniProgramAccess
{
    /// <summary>The mini program as seen from permissions.</summary>
    public static Subject Subject(this MiniProgram miniProgram) => new(miniProgram.Workspace, miniProgram.Key, null);

    /// <summary>True if the actor may know of the mini program.</summary>
    public static bool MaySee(this Actor actor, MiniProgram miniProgram) => actor.May(Permission.ViewReleases, miniProgram.Subject());

    /// <summary>Finds the mini program for an actor who needs a permission on it.</summary>
    /// <returns>The mini program, or the problem to answer with.</returns>
    public static async ValueTask<(MiniProgram? Found, Problem? Problem)> FindAsync(
        this IMiniProgramStore store, string key, Actor actor, Permission permission, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(new MiniProgramKey(key), cancellationToken) is not { } miniProgram || !actor.MaySee(miniProgram))
        {
            return (null, Problem.NotFound($"There is no mini program “{key}” that you may see. GET /api/mini-programs lists those you may."));
        }

        return actor.May(permission, miniProgram.Subject()) ? (miniProgram, null) : (null, Problem.Forbidden(permission));
    }
}
