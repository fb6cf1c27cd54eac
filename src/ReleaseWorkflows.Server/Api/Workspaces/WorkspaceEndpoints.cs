using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Workspaces;

/// <summary>Workspaces and who is what in them.</summary>
internal static class WorkspaceEndpoints
{
    /// <summary>Maps <c>/workspaces</c>.</summary>
    public static void MapWorkspaces(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/workspaces").WithTags("Workspaces");
        group.MapGet("", ListAsync).WithSummary("List the workspaces you are a member of.").Produces<Listing<Workspace>>();
        group.MapGet("/{key}/members", ListMembersAsync).WithSummary("List the members of a workspace with their roles.").Produces<Listing<MemberAnswer>>();
    }

    private static async Task<IResult> ListAsync(HttpContext context, IAccountStore accounts, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        return Results.Ok(Listing.Of((await accounts.ListWorkspacesAsync(cancellationToken)).Where(workspace => MaySee(actor, workspace.Key))));
    }

    private static async Task<IResult> ListMembersAsync(HttpContext context, string key, IAccountStore accounts, CancellationToken cancellationToken)
    {
        var workspace = new WorkspaceKey(key);
        if (!MaySee(CurrentActor.Of(context), workspace) || await accounts.FindWorkspaceAsync(workspace, cancellationToken) is null)
        {
            return Problem.NotFound($"There is no workspace “{key}” that you may see. GET /api/workspaces lists those you may.");
        }

        var members =
            from account in await accounts.ListAsync(cancellationToken)
            from grant in account.Grants
            where grant.Workspace == workspace && grant.Role != Role.Administrator
            select new MemberAnswer(account.Id, account.Name, account.Email, grant.Role, grant.MiniPrograms);
        return Results.Ok(Listing.Of(members));
    }

    private static bool MaySee(Actor actor, WorkspaceKey workspace) =>
        actor.Grants.Any(grant => grant.Role == Role.Administrator || grant.Workspace == workspace);
}

/// <summary>A member of a workspace.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">What people see.</param>
/// <param name="Email">The address.</param>
/// <param name="Role">The role here; a member with two roles is listed twice.</param>
/// <param name="MiniPrograms">The mini programs assigned, for roles that work on assigned ones only.</param>
internal sealed record MemberAnswer(UserId Id, string Name, string Email, Role Role, IReadOnlyList<MiniProgramKey> MiniPrograms);
