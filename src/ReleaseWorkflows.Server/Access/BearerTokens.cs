using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Tokens for people (<c>Authorization: Bearer</c>). A token says who, never what the account may do: roles are read with each request.
/// </summary>
internal sealed class BearerTokens(IOptionsMonitor<BearerTokenOptions> bearer, IOptions<AccessOptions> options, TimeProvider clock)
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = BearerTokenDefaults.AuthenticationScheme;

    private const string StampClaim = "stamp";

    /// <summary>A token for an account, and until when it is good.</summary>
    public (string Token, DateTimeOffset ExpiresAt) Issue(Account account)
    {
        var expiresAt = clock.GetUtcNow() + options.Value.TokenLifetime;
        var ticket = new AuthenticationTicket(
            CreatePrincipal(account, SchemeName),
            new AuthenticationProperties { ExpiresUtc = expiresAt },
            SchemeName);
        return (bearer.Get(SchemeName).BearerTokenProtector.Protect(ticket), expiresAt);
    }

    /// <summary>Who signed in, for a token or a cookie.</summary>
    public static ClaimsPrincipal CreatePrincipal(Account account, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, account.Id.Value),
            new Claim(ClaimTypes.Name, account.Name),
            new Claim(StampClaim, Passwords.Stamp(account)),
        ],
        scheme));

    /// <summary>False if the password was changed, or the account signed out everywhere, since the principal signed in.</summary>
    public static bool IsCurrent(ClaimsPrincipal principal, Account account) =>
        principal.FindFirstValue(StampClaim) is not { } stamp || stamp == Passwords.Stamp(account);
}
