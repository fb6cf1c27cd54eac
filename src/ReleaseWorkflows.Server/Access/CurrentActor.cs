using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>Who sends the request, with the roles the account has now: they are read anew for each request, so a withdrawn role ends at once.</summary>
internal static class CurrentActor
{
    /// <summary>The actor of a request that an endpoint requires credentials for.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in: the endpoint forgot to require authorization.</exception>
    public static Actor Of(HttpContext context) =>
        Find(context) ?? throw new InvalidOperationException($"{context.Request.Path} reads the actor but lets requests in without credentials.");

    /// <summary>The actor of the request, or null if it has no valid credentials.</summary>
    public static Actor? Find(HttpContext context) => context.Features.Get<Feature>()?.Actor;

    /// <summary>The account of the request, or null if it has no valid credentials.</summary>
    public static Account? FindAccount(HttpContext context) => context.Features.Get<Feature>()?.Account;

    /// <summary>The API key that the request came with, or null.</summary>
    public static ApiKey? FindKey(HttpContext context) => context.Features.Get<Feature>()?.Key;

    /// <summary>Remembers the account for the rest of the request.</summary>
    internal static void Set(HttpContext context, Account account, ApiKey? key = null) => context.Features.Set(new Feature(account, key));

    private sealed record Feature(Account Account, ApiKey? Key)
    {
        /// <summary>Made once per request, however many ask.</summary>
        public Actor Actor { get; } = Account.ToActor() with { Scope = Key?.Scopes?.ToHashSet() };
    }
}
