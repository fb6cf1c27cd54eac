using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;
using ReleaseWorkflows.Server.Api.Users;

namespace ReleaseWorkflows.Server.Api.ApiKeys;

/// <summary>The keys of one's own account: each acts with all its roles, or with the scopes it has of them, is shown once and can be revoked.</summary>
internal static class ApiKeyEndpoints
{
    private const int MaximumKeys = 50;

    /// <summary>Maps <c>/api-keys</c>.</summary>
    public static void MapApiKeys(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/api-keys").WithTags("Access");
        group.MapGet("", ListAsync).WithSummary("List your API keys, without their secrets.").Produces<Listing<ApiKeyAnswer>>();
        group.MapPost("", CreateAsync).WithSummary("Create an API key; the answer is the only place that shows its secret.").Produces<NewApiKeyAnswer>(StatusCodes.Status201Created);
        group.MapDelete("/{id}", RevokeAsync).WithSummary("Revoke one of your API keys.").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(HttpContext context, IAccountStore accounts, CancellationToken cancellationToken)
    {
        var keys = await accounts.ListKeysAsync(CurrentActor.Of(context).Id, cancellationToken);
        return Results.Ok(Listing.Of(keys.Select(ApiKeyAnswer.From)));
    }

    private static async Task<IResult> CreateAsync(HttpContext context, TimeProvider clock, CancellationToken cancellationToken)
    {
        var actor = CurrentActor.Of(context);
        var now = clock.GetUtcNow();
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var name = input.Line("name", maximum: 100);
        var expiresAt = input.OptionalTime("expiresAt");
        if (expiresAt <= now)
        {
            input.Add("expiresAt", "expiresAt lies in the past; name a time to come, or leave it out for a key that does not expire.");
        }

        var scopes = ReadScopes(input);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        return await CommandEndpoint.RunAsync(context, (services, stop) => IssueAsync(services, actor, name, expiresAt, scopes, stop));
    }

    /// <summary>The permissions that a new key may use; null: all of its account. What is wrong with them is noted in the input.</summary>
    internal static IReadOnlyList<Permission>? ReadScopes(RequestReader input)
    {
        if (input.OptionalTexts("scopes") is not { } names)
        {
            return null;
        }

        var scopes = new List<Permission>();
        for (var index = 0; index < names.Length; index++)
        {
            if (RolePermissions.Find(names[index]) is { } permission)
            {
                scopes.Add(permission);
            }
            else
            {
                input.Add($"scopes[{index}]", $"“{names[index]}” is no permission; there are {string.Join(", ", Enum.GetValues<Permission>().Select(RolePermissions.NameOf))}.");
            }
        }

        return [.. scopes.Distinct()];
    }

    /// <summary>Creates a key of the own account in a unit of work.</summary>
    internal static async Task<CommandResponse> IssueAsync(
        IServiceProvider services, Actor actor, string name, DateTimeOffset? expiresAt, IReadOnlyList<Permission>? scopes, CancellationToken cancellationToken)
    {
        if (OwnAccount.Refuse(actor) is { } limited)
        {
            return CommandResponse.Refuse(limited);
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        if ((await accounts.ListKeysAsync(actor.Id, cancellationToken)).Count >= MaximumKeys)
        {
            return CommandResponse.Refuse(new Problem(
                StatusCodes.Status409Conflict, "too-many-keys", $"An account has at most {MaximumKeys} API keys. Revoke one that is not in use."));
        }

        var secret = ApiKeySecret.Create();
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        var key = new ApiKey(ApiKeySecret.CreateId(), actor.Id, name, ApiKeySecret.Hash(secret), now, expiresAt, scopes);
        accounts.AddKey(key);

        // A stored answer would be a stored secret, so a repeat learns of the key but not its secret.
        return CommandResponse.Created("/api/api-keys/" + key.Id, NewApiKeyAnswer.From(key, secret)).Remembering(NewApiKeyAnswer.From(key, null));
    }

    private static Task<IResult> RevokeAsync(HttpContext context, string id)
    {
        var actor = CurrentActor.Of(context);
        return CommandEndpoint.RunAsync(context, (services, stop) => TakeBackAsync(services, actor, id, stop));
    }

    /// <summary>Revokes a key of the own account in a unit of work.</summary>
    internal static async Task<CommandResponse> TakeBackAsync(IServiceProvider services, Actor actor, string id, CancellationToken cancellationToken)
    {
        if (OwnAccount.Refuse(actor) is { } limited)
        {
            return CommandResponse.Refuse(limited);
        }

        var accounts = services.GetRequiredService<IAccountStore>();
        if (!(await accounts.ListKeysAsync(actor.Id, cancellationToken)).Any(key => key.Id == id))
        {
            return CommandResponse.Refuse(Problem.NotFound("You have no such API key. GET /api/api-keys lists yours."));
        }

        accounts.RemoveKey(id);
        return CommandResponse.NoContent();
    }
}

/// <summary>An API key without its secret.</summary>
/// <param name="Id">Public id, for revocation.</param>
/// <param name="Name">What it is for.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when it is refused; null: never.</param>
/// <param name="Scopes">The permissions it may use, beside seeing; null: all of its account.</param>
internal sealed record ApiKeyAnswer(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, IReadOnlyList<string>? Scopes)
{
    /// <summary>The key as an answer.</summary>
    public static ApiKeyAnswer From(ApiKey key) => new(key.Id, key.Name, key.CreatedAt, key.ExpiresAt, key.Scopes?.Select(RolePermissions.NameOf).ToList());
}

/// <summary>A new API key.</summary>
/// <param name="Id">Public id, for revocation.</param>
/// <param name="Name">What it is for.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when it is refused; null: never.</param>
/// <param name="Scopes">The permissions it may use, beside seeing; null: all of its account.</param>
/// <param name="Key">The secret, to be sent as <c>Authorization: ApiKey …</c>. Null in the answer to a repeat: it is shown once.</param>
internal sealed record NewApiKeyAnswer(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, IReadOnlyList<string>? Scopes, string? Key)
{
    /// <summary>The key as an answer.</summary>
    public static NewApiKeyAnswer From(ApiKey key, string? secret) =>
        new(key.Id, key.Name, key.CreatedAt, key.ExpiresAt, key.Scopes?.Select(RolePermissions.NameOf).ToList(), secret);
}
