using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Users;

/// <summary>
/// What administrators do with accounts, and people with their own, in a unit of work: for the endpoints and for the pages. The life of an account: it is
/// made without roles (here) or with one (as a member of a workspace), gets roles in workspaces, may be disabled and enabled, and is never deleted,
/// since logs name it.
/// </summary>
internal static class UserCommands
{
    /// <summary>Makes an account that may sign in and has no roles yet.</summary>
    /// <param name="services">The unit of work.</param>
    /// <param name="actor">Who makes it.</param>
    /// <param name="email">The address; unique.</param>
    /// <param name="credentials">The account with its password, made once for all attempts of the unit of work.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<CommandResponse> CreateAsync(
        IServiceProvider services, Actor actor, string email, Lazy<Credentials> credentials, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is { } refused)
        {
            return refused;
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        if (await accounts.FindByEmailAsync(email, cancellationToken) is { } known)
        {
            return CommandResponse.Refuse(Problem.AlreadyExists($"{known.Email} has an account already: {known.Name}. Give it roles as a member of a workspace."));
        }

        var account = credentials.Value.Account with { Grants = [] };
        accounts.Save(account);
        return CommandResponse.Created($"/api/users/{account.Id}", UserAnswer.From(account) with { Password = credentials.Value.Password })
            .Remembering(UserAnswer.From(account));
    }

    /// <summary>Renames, disables or enables an account. What is null stays.</summary>
    public static Task<CommandResponse> ChangeAsync(
        IServiceProvider services, Actor actor, string id, string? name, bool? isDisabled, CancellationToken cancellationToken) =>
        ChangeAsync(services, actor, id, account => account with
        {
            Name = name ?? account.Name,
            DisabledAt = isDisabled switch
            {
                true => account.DisabledAt ?? services.GetRequiredService<TimeProvider>().GetUtcNow(),
                false => null,
                null => account.DisabledAt,
            },
        }, cancellationToken, refuse: account => isDisabled == true && account.Id == actor.Id
            ? new Problem(StatusCodes.Status409Conflict, "own-account", "Nobody disables the own account. Ask another administrator.")
            : null);

    /// <summary>
    /// Gives an account a new password, which is shown once, and ends every session and token of it. Needs credentials that are not narrowed: whoever sets
    /// another administrator's password has everything.
    /// </summary>
    public static async Task<CommandResponse> ResetPasswordAsync(
        IServiceProvider services, Actor actor, string id, string password, string hash, CancellationToken cancellationToken) =>
        (Refuse(actor) is null ? OwnAccount.Refuse(actor) : null) is { } limited ? CommandResponse.Refuse(limited) : await ChangeAsync(services, actor, id, account => account.WithPassword(hash).SignedOut(), cancellationToken, password);

    /// <summary>Ends every session and token of an account. Its API keys stay: they are revoked one by one.</summary>
    public static Task<CommandResponse> SignOutAsync(IServiceProvider services, Actor actor, string id, CancellationToken cancellationToken) =>
        ChangeAsync(services, actor, id, account => account.SignedOut(), cancellationToken);

    /// <summary>Revokes a key of any account.</summary>
    public static async Task<CommandResponse> RevokeKeyAsync(IServiceProvider services, Actor actor, string id, string key, CancellationToken cancellationToken)
    {
        if (Refuse(actor) is { } refused)
        {
            return refused;
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        if (!(await accounts.ListKeysAsync(new UserId(id), cancellationToken)).Any(candidate => candidate.Id == key))
        {
            return CommandResponse.Refuse(Problem.NotFound("The account has no such API key. GET /api/users/{id}/api-keys lists them."));
        }

        accounts.RemoveKey(key);
        return CommandResponse.NoContent();
    }

    /// <summary>Replaces the own password; other sessions and tokens end with the old one.</summary>
    public static async Task<CommandResponse> ChangeOwnPasswordAsync(
        IServiceProvider services, Actor actor, string current, string next, CancellationToken cancellationToken)
    {
        if (OwnAccount.Refuse(actor) is { } limited)
        {
            return CommandResponse.Refuse(limited);
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        var passwords = services.GetRequiredService<Passwords>();
        var account = (await accounts.FindAsync(actor.Id, cancellationToken))!;
        if (!passwords.Verify(account, current))
        {
            return CommandResponse.Refuse(Problem.From(Domain.Refusal.InvalidField("current", "This is not your present password.")));
        }

        if (Passwords.ProblemOf(next, account) is { } problem)
        {
            return CommandResponse.Refuse(Problem.From(Domain.Refusal.InvalidField("next", problem)));
        }

        accounts.Save(account.WithPassword(passwords.Hash(next)) with { Revision = account.Revision + 1 });
        return CommandResponse.NoContent();
    }

    private static async Task<CommandResponse> ChangeAsync(
        IServiceProvider services,
        Actor actor,
        string id,
        Func<Account, Account> change,
        CancellationToken cancellationToken,
        string? password = null,
        Func<Account, Problem?>? refuse = null)
    {
        if (Refuse(actor) is { } refused)
        {
            return refused;
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        if (await accounts.FindAsync(new UserId(id), cancellationToken) is not { } account)
        {
            return CommandResponse.Refuse(NotFound());
        }

        if (refuse?.Invoke(account) is { } problem)
        {
            return CommandResponse.Refuse(problem);
        }

        var next = change(account);
        if (next != account)
        {
            next = next with { Revision = account.Revision + 1 };
            accounts.Save(next);
        }

        return CommandResponse.Ok(UserAnswer.From(next) with { Password = password }).Remembering(UserAnswer.From(next));
    }

    /// <summary>404: there is no such account.</summary>
    internal static Problem NotFound() => Problem.NotFound("There is no such account. GET /api/users lists them.");

    private static CommandResponse? Refuse(Actor actor) =>
        actor.May(Permission.ManagePlatform, default) ? null : CommandResponse.Refuse(Problem.Forbidden(Permission.ManagePlatform));
}

/// <summary>What only full credentials may do: an API key that is narrower than its owner must not make itself wider.</summary>
internal static class OwnAccount
{
    /// <summary>403 for narrowed credentials; null for full ones.</summary>
    public static Problem? Refuse(Actor actor) => actor.MayManageOwnAccount
        ? null
        : new Problem(StatusCodes.Status403Forbidden, "limited-key", "This API key has scopes, so it cannot change what its account signs in with. Use a key without scopes, or sign in.");
}

/// <summary>An account as administrators see it.</summary>
/// <param name="Id">Identifies the account.</param>
/// <param name="Name">What people see.</param>
/// <param name="Email">The address for sign-in.</param>
/// <param name="Grants">The roles.</param>
/// <param name="DisabledAt">Since when it opens nothing; null: it does.</param>
internal sealed record UserAnswer(UserId Id, string Name, string Email, IReadOnlyList<Grant> Grants, DateTimeOffset? DisabledAt)
{
    /// <summary>A password that was just made; shown once, null otherwise.</summary>
    public string? Password { get; init; }

    /// <summary>The account without its secrets.</summary>
    public static UserAnswer From(Account account) => new(account.Id, account.Name, account.Email, account.Grants, account.DisabledAt);
}
