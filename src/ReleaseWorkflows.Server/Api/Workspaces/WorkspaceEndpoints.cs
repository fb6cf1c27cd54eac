using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Workspaces;

/// <summary>The companies on the platform. Only its administrators let in new ones.</summary>
internal static class WorkspaceEndpoints
{
    /// <summary>Maps <c>/workspaces</c>.</summary>
    public static void MapWorkspaces(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/workspaces").WithTags("Workspaces");
        group.MapGet("", ListAsync).WithSummary("List the workspaces you are a member of.").Produces<Listing<Workspace>>();
        group.MapPost("", CreateAsync).WithSummary("Create a workspace.").Produces<Workspace>(StatusCodes.Status201Created);
        group.MapMembers();
    }

    /// <summary>True if the actor may know of the workspace.</summary>
    public static bool MaySee(Actor actor, Workspace workspace) => actor.May(Permission.ManagePlatform, default) || actor.Grants.Any(grant => grant.Workspace == workspace.Key);

    private static async Task<IResult> ListAsync(HttpContext context, IAccountStore accounts, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        return Results.Ok(Listing.Of((await accounts.ListWorkspacesAsync(cancellationToken)).Where(workspace => MaySee(actor, workspace))));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var workspace = Read(input);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var actor = CurrentActor.Of(context);
        return await CommandEndpoint.RunAsync(context, (services, stop) => OpenAsync(services, actor, workspace, stop));
    }

    /// <summary>What a request wants to create.</summary>
    internal static Workspace Read(RequestReader input)
    {
        var workspace = new Workspace(new WorkspaceKey(input.Key("key")), input.Line("name", maximum: 100), input.Word<WorkspaceKind>("kind"));
        if (workspace.Key == CreateAdminCommand.Platform)
        {
            input.Add("key", $"“{workspace.Key}” is the platform's own; choose another key.");
        }

        return workspace;
    }

    /// <summary>Creates a workspace in a unit of work.</summary>
    internal static async Task<CommandResponse> OpenAsync(IServiceProvider services, Actor actor, Workspace workspace, CancellationToken cancellationToken)
    {
        if (!actor.May(Permission.ManagePlatform, default))
        {
            return CommandResponse.Refuse(Problem.Forbidden(Permission.ManagePlatform));
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        if (await accounts.FindWorkspaceAsync(workspace.Key, cancellationToken) is not null)
        {
            return CommandResponse.Refuse(Problem.AlreadyExists($"There is a workspace “{workspace.Key}” already. Choose another key."));
        }

        accounts.SaveWorkspace(workspace);
        return CommandResponse.Created($"/api/workspaces/{workspace.Key}/members", workspace);
    }
}
