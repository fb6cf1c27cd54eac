using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.ApiKeys;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Users;

/// <summary><c>/api/users</c>: the accounts of the platform, for its administrators. <c>/api/me/password</c>: the own password.</summary>
internal static class UserEndpoints
{
    /// <summary>Adds the endpoints.</summary>
    public static void MapUsers(this IEndpointRouteBuilder api)
    {
        var users = api.MapGroup("/users").WithTags("Access");
        users.MapGet("", ListAsync).WithSummary("List the accounts of the platform.").Produces<Listing<UserAnswer>>();
        users.MapPost("", CreateAsync).WithSummary("Create an account without roles; only this answer shows its password.").Produces<UserAnswer>(StatusCodes.Status201Created);
        users.MapGet("/{id}", ReadAsync).WithSummary("Read an account.").Produces<UserAnswer>();
        users.MapPut("/{id}", ChangeAsync).WithSummary("Rename, disable or enable an account.").Produces<UserAnswer>();
        users.MapPost("/{id}/reset-password", ResetPasswordAsync).WithSummary("Give an account a new password, which only this answer shows.").Produces<UserAnswer>();
        users.MapPost("/{id}/sign-out", SignOutAsync).WithSummary("End every session and token of an account.").Produces<UserAnswer>();
        users.MapGet("/{id}/api-keys", ListKeysAsync).WithSummary("List the API keys of an account.").Produces<Listing<ApiKeyAnswer>>();
        users.MapDelete("/{id}/api-keys/{key}", RevokeKeyAsync).WithSummary("Revoke an API key of an account.").Produces(StatusCodes.Status204NoContent);
        api.MapPost("/me/password", ChangeOwnPasswordAsync).WithTags("Access").WithSummary("Replace your password.").Produces(StatusCodes.Status204NoContent);
    }

    /// <summary>Reads address and name of a new account.</summary>
    internal static (string Email, string Name) ReadNew(RequestReader input)
    {
        var email = input.Line("email", maximum: 254);
        if (email.Length > 0 && !EmailAddress.IsPlausible(email))
        {
            input.Add("email", $"“{email}” is no e-mail address; write it as jo@example.com.");
        }

        return (email, input.Line("name", maximum: 100));
    }

    private static async Task<IResult> ListAsync(HttpContext context, IAccountStore accounts, CancellationToken cancellationToken) =>
        Refuse(context) as IResult ?? Results.Ok(Listing.Of((await accounts.ListAsync(cancellationToken)).Select(UserAnswer.From)));

    private static async Task<IResult> ReadAsync(HttpContext context, string id, IAccountStore accounts, CancellationToken cancellationToken) =>
        Refuse(context) as IResult ?? (await accounts.FindAsync(new UserId(id), cancellationToken) is { } account ? Results.Ok(UserAnswer.From(account)) : UserCommands.NotFound());

    private static async Task<IResult> ListKeysAsync(HttpContext context, string id, IAccountStore accounts, CancellationToken cancellationToken) =>
        Refuse(context) as IResult ?? Results.Ok(Listing.Of((await accounts.ListKeysAsync(new UserId(id), cancellationToken)).Select(ApiKeyAnswer.From)));

    private static async Task<IResult> CreateAsync(HttpContext context, Passwords passwords, TimeProvider clock, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var (email, name) = ReadNew(input);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var actor = CurrentActor.Of(context);
        var credentials = Credentials.CreateLazily(email, name, passwords, clock);
        return await CommandEndpoint.RunAsync(context, (services, stop) => UserCommands.CreateAsync(services, actor, email, credentials, stop));
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var (name, isDisabled) = (input.OptionalLine("name", maximum: 100), input.OptionalBoolean("isDisabled"));
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var actor = CurrentActor.Of(context);
        return await CommandEndpoint.RunAsync(context, (services, stop) => UserCommands.ChangeAsync(services, actor, id, name, isDisabled, stop));
    }

    private static Task<IResult> ResetPasswordAsync(HttpContext context, string id, Passwords passwords)
    {
        var actor = CurrentActor.Of(context);
        var password = Passwords.Generate();
        var hash = new Lazy<string>(() => passwords.Hash(password));
        return CommandEndpoint.RunAsync(context, (services, stop) => UserCommands.ResetPasswordAsync(services, actor, id, password, hash.Value, stop));
    }

    private static Task<IResult> SignOutAsync(HttpContext context, string id)
    {
        var actor = CurrentActor.Of(context);
        return CommandEndpoint.RunAsync(context, (services, stop) => UserCommands.SignOutAsync(services, actor, id, stop));
    }

    private static Task<IResult> RevokeKeyAsync(HttpContext context, string id, string key)
    {
        var actor = CurrentActor.Of(context);
        return CommandEndpoint.RunAsync(context, (services, stop) => UserCommands.RevokeKeyAsync(services, actor, id, key, stop));
    }

    private static async Task<IResult> ChangeOwnPasswordAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var (current, next) = (input.Text("current", Passwords.MaximumLength), input.Text("next", Passwords.MaximumLength));
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var actor = CurrentActor.Of(context);
        return await CommandEndpoint.RunAsync(context, (services, stop) => UserCommands.ChangeOwnPasswordAsync(services, actor, current, next, stop));
    }

    private static Problem? Refuse(HttpContext context) =>
        CurrentActor.Of(context).May(Permission.ManagePlatform, default) ? null : Problem.Forbidden(Permission.ManagePlatform);
}
