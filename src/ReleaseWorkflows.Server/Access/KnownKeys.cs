using System.Runtime.CompilerServices;
using System.Security.Claims;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Lets in whoever comes with an API key that was used lately, without a query and without the machinery of schemes: what is committed about the key and
/// its account is in memory. Everybody else, and whoever is to be refused, goes the ordinary way (<see cref="ApiKeyAuthentication"/>), which says why.
/// </summary>
internal sealed class KnownKeys(ICommittedKeys keys, TimeProvider clock)
{
    // One per account as it is committed, for as long as it is: nothing behind the authentication changes what a user is.
    private readonly ConditionalWeakTable<Account, ClaimsPrincipal> _users = [];

    /// <summary>Sets actor and user of the request.</summary>
    /// <returns>False if the request has no key, or one that is unknown, has expired, or belongs to a disabled account.</returns>
    public bool TryEnter(HttpContext context)
    {
        if (ApiKeyAuthentication.FindKey(context.Request) is not { } secret
            || keys.FindInMemory(ApiKeySecret.Hash(secret)) is not var (key, account)
            || key.ExpiresAt <= clock.GetUtcNow()
            || account.DisabledAt is not null)
        {
            return false;
        }

        CurrentActor.Set(context, account, key);
        context.User = _users.GetValue(account, ApiKeyAuthentication.CreatePrincipal);
        return true;
    }
}
