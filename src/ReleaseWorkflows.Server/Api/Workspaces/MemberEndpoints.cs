using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Workspaces;

/// <summary>Who is what in a workspace. A member has one role there; an account can be a member of several workspaces.</summary>
internal static class MemberEndpoints
{
    /// <summary>Maps <c>/workspaces/{key}/members</c>.</summary>
    public static void MapMembers(this IEndpointRouteBuilder workspaces)
    {
        var group = workspaces.MapGroup("/{key}/members");
        group.MapGet("", ListAsync).WithSummary("List the members of a workspace with their roles.").Produces<Listing<MemberAnswer>>();
        group.MapPost("", AddAsync)
            .WithSummary("Add a member; an address without account gets one, whose password only this answer shows.").Produces<NewMemberAnswer>(StatusCodes.Status201Created);
        group.MapPut("/{id}", ReplaceAsync).WithSummary("Replace the role of a member and the mini programs assigned.").Produces<MemberAnswer>();
        group.MapDelete("/{id}", RemoveAsync).WithSummary("Remove a member; the account stays.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(HttpContext context, string key, IAccountStore accounts, CancellationToken cancellationToken)
    {
        var (workspace, problem) = await FindAsync(accounts, key, CurrentActor.Of(context), mayManage: false, cancellationToken);
        if (workspace is null)
        {
            return problem!;
        }

        var members =
            from account in await accounts.ListAsync(cancellationToken)
            from grant in account.Grants
            where IsHere(grant, workspace)
            select MemberAnswer.From(account, grant);
        return Results.Ok(Listing.Of(members));
    }

    private static async Task<IResult> AddAsync(HttpContext context, string key, Passwords passwords, TimeProvider clock, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var asked = NewMember.Read(input);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var fresh = Credentials.CreateLazily(asked.Email, asked.Name ?? asked.Email, passwords, clock);
        return await CommandEndpoint.RunAsync(context, (services, stop) => JoinAsync(services, actor, key, asked, fresh, stop));
    }

    /// <summary>Adds a member in a unit of work.</summary>
    /// <param name="services">The unit of work.</param>
    /// <param name="actor">Who adds.</param>
    /// <param name="key">The workspace.</param>
    /// <param name="asked">Whom, as what.</param>
    /// <param name="fresh">The account to make if there is none, with its password.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<CommandResponse> JoinAsync(
        IServiceProvider services, Actor actor, string key, NewMember asked, Lazy<Credentials> fresh, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<IAccountStore>();
        var (workspace, problem) = await FindAsync(accounts, key, actor, mayManage: true, cancellationToken);
        if (workspace is null || (problem = await asked.Grant.CheckAsync(workspace, services, cancellationToken)) is not null)
        {
            return CommandResponse.Refuse(problem!);
        }

        var grant = asked.Grant.In(workspace);
        if (await accounts.FindByEmailAsync(asked.Email, cancellationToken) is { } known)
        {
            if (known.Grants.Any(existing => IsHere(existing, workspace)))
            {
                return CommandResponse.Refuse(Problem.AlreadyExists($"{asked.Email} is a member of {key} already. Replace the role: PUT /api/workspaces/{key}/members/{known.Id}."));
            }

            accounts.Save(known with { Grants = [.. known.Grants, grant], Revision = known.Revision + 1 });
            return CommandResponse.Created(AddressOf(key, known), NewMemberAnswer.From(known, grant, null));
        }

        var account = fresh.Value.Account with { Grants = [grant] };
        accounts.Save(account);
        return CommandResponse.Created(AddressOf(key, account), NewMemberAnswer.From(account, grant, fresh.Value.Password))
            .Remembering(NewMemberAnswer.From(account, grant, null));
    }

    private static async Task<IResult> ReplaceAsync(HttpContext context, string key, string id, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var asked = AskedGrant.Read(input);
        return input.Finish() is { } refusal ? Problem.From(refusal) : await ChangeAsync(context, key, id, asked);
    }

    private static Task<IResult> RemoveAsync(HttpContext context, string key, string id) => ChangeAsync(context, key, id, asked: null);

    private static Task<IResult> ChangeAsync(HttpContext context, string key, string id, AskedGrant? asked)
    {
        var actor = CurrentActor.Of(context);
        return CommandEndpoint.RunAsync(context, (services, stop) => ChangeAsync(services, actor, key, id, asked, stop));
    }

    /// <summary>Replaces the role of a member in a unit of work, or removes the member.</summary>
    internal static async Task<CommandResponse> ChangeAsync(
        IServiceProvider services, Actor actor, string key, string id, AskedGrant? asked, CancellationToken cancellationToken)
    {
        var accounts = services.GetRequiredService<IAccountStore>();
        var (workspace, problem) = await FindAsync(accounts, key, actor, mayManage: true, cancellationToken);
        if (workspace is null)
        {
            return CommandResponse.Refuse(problem!);
        }

        if (await accounts.FindAsync(new UserId(id), cancellationToken) is not { } account || !account.Grants.Any(grant => IsHere(grant, workspace)))
        {
            return CommandResponse.Refuse(Problem.NotFound($"{key} has no such member. GET /api/workspaces/{key}/members lists them."));
        }

        if (asked is not null && await asked.CheckAsync(workspace, services, cancellationToken) is { } unusable)
        {
            return CommandResponse.Refuse(unusable);
        }

        var isAdminAfterwards = asked is not null && WorkspaceRoles.IsAdmin(asked.Role);
        if (!isAdminAfterwards && await IsLastAdminAsync(accounts, account, workspace, cancellationToken))
        {
            return CommandResponse.Refuse(new Problem(
                StatusCodes.Status409Conflict, "last-admin", $"{account.Name} is the only admin of {key}. Make somebody else admin first."));
        }

        var others = account.Grants.Where(grant => !IsHere(grant, workspace));
        var next = account with { Grants = asked is null ? [.. others] : [.. others, asked.In(workspace)], Revision = account.Revision + 1 };
        accounts.Save(next);
        return asked is null ? CommandResponse.NoContent() : CommandResponse.Ok(MemberAnswer.From(next, asked.In(workspace)));
    }

    internal static async ValueTask<(Workspace? Found, Problem? Problem)> FindAsync(
        IAccountStore accounts, string key, Actor actor, bool mayManage, CancellationToken cancellationToken)
    {
        var workspace = await accounts.FindWorkspaceAsync(new WorkspaceKey(key), cancellationToken);
        if (workspace is null || !WorkspaceEndpoints.MaySee(actor, workspace))
        {
            return (null, Problem.NotFound($"There is no workspace “{key}” that you may see. GET /api/workspaces lists those you may."));
        }

        return mayManage && !actor.May(Permission.ManageMembers, new Subject(workspace.Key, null, null))
            ? (null, Problem.Forbidden(Permission.ManageMembers))
            : (workspace, null);
    }

    private static async ValueTask<bool> IsLastAdminAsync(IAccountStore accounts, Account account, Workspace workspace, CancellationToken cancellationToken) =>
        account.Grants.Any(grant => IsHere(grant, workspace) && WorkspaceRoles.IsAdmin(grant.Role))
        && !(await accounts.ListAsync(cancellationToken)).Any(other =>
            other.Id != account.Id && other.Grants.Any(grant => IsHere(grant, workspace) && WorkspaceRoles.IsAdmin(grant.Role)));

    internal static bool IsHere(Grant grant, Workspace workspace) => grant.Workspace == workspace.Key && grant.Role != Role.Administrator;

    private static string AddressOf(string workspace, Account account) => $"/api/workspaces/{workspace}/members/{account.Id}";
}

/// <summary>A member of a workspace.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">What people see.</param>
/// <param name="Email">The address.</param>
/// <param name="Role">The role here.</param>
/// <param name="MiniPrograms">The mini programs assigned, for roles that work on assigned ones only.</param>
internal sealed record MemberAnswer(UserId Id, string Name, string Email, Role Role, IReadOnlyList<MiniProgramKey> MiniPrograms)
{
    /// <summary>The member as an answer.</summary>
    public static MemberAnswer From(Account account, Grant grant) => new(account.Id, account.Name, account.Email, grant.Role, grant.MiniPrograms);
}

/// <summary>A member just added.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">What people see.</param>
/// <param name="Email">The address.</param>
/// <param name="Role">The role here.</param>
/// <param name="MiniPrograms">The mini programs assigned.</param>
/// <param name="Password">The password of a new account, shown once; null if there was an account, and in the answer to a repeat.</param>
internal sealed record NewMemberAnswer(UserId Id, string Name, string Email, Role Role, IReadOnlyList<MiniProgramKey> MiniPrograms, string? Password)
{
    /// <summary>The member as an answer.</summary>
    public static NewMemberAnswer From(Account account, Grant grant, string? password) =>
        new(account.Id, account.Name, account.Email, grant.Role, grant.MiniPrograms, password);
}
