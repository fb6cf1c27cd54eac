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
    public static Actor? Find(HttpContext context) => context.Features.Get<Feature>()?.Account.ToActor();

    /// <summary>The account of the request, or null if it has no valid credentials.</summary>
    public static Account? FindAccount(HttpContext context) => context.Features.Get<Feature>()?.Account;

    /// <summary>Remembers the account for the rest of the request.</summary>
    internal static void Set(HttpContext context, Account account) => context.Features.Set(new Feature(account));

    private sealed record Feature(Account Account);
}
