using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Portal.Access;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Access;

/// <summary>The cookie of a browser that is signed in. Whoever opens a page without it is sent to sign in, and comes back to that page, where what was typed stands again.</summary>
internal sealed class SessionAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, Sessions sessions, KeptForms kept)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme.</summary>
    public const string SchemeName = "Session";

    /// <summary>Holds the public id of the session.</summary>
    public const string SessionClaim = "session";

    /// <summary>True if the request came in by the cookie, which browsers send by themselves.</summary>
    public static bool IsOf(ClaimsPrincipal user) => user.Identity?.AuthenticationType == SchemeName;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (await sessions.FindAsync(Context, Context.RequestAborted) is not { } session)
        {
            return AuthenticateResult.NoResult();
        }

        var accounts = Context.RequestServices.GetRequiredService<IAccountStore>();
        if (await accounts.FindAsync(session.Account, Context.RequestAborted) is not { DisabledAt: null } account || session.PasswordStamp != Passwords.Stamp(account))
        {
            return AuthenticateResult.NoResult();
        }

        CurrentActor.Set(Context, account);
        var identity = new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, account.Id.Value), new Claim(ClaimTypes.Name, account.Name), new Claim(SessionClaim, session.Id)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await kept.KeepAsync(Context);
        Response.Redirect(ReturnAddress.SignIn(Request));
    }
}
