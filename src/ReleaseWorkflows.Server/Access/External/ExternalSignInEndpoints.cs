using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Server.Portal.Access;

namespace ReleaseWorkflows.Server.Access.External;

/// <summary>The two addresses of signing in somewhere else: see <see cref="IExternalSignIn"/>.</summary>
internal static class ExternalSignInEndpoints
{
    private const string Cookie = "release-workflows-external";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Adds the addresses.</summary>
    public static void MapExternalSignIn(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/sign-in/with/{provider}").AllowAnonymous().ExcludeFromDescription();
        group.MapGet("", BeginAsync);
        group.MapGet("/return", ReturnAsync);
    }

    private static async Task<IResult> BeginAsync(
        HttpContext context, string provider, string? returnUrl, IEnumerable<IExternalSignIn> providers, IDataProtectionProvider protection, CancellationToken cancellationToken)
    {
        if (providers.FirstOrDefault(candidate => candidate.Key == provider) is not { } chosen)
        {
            return Results.Redirect(ReturnAddress.SignInPage);
        }

        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        context.Response.Cookies.Append(Cookie, Protector(protection).Protect($"{provider}\n{state}\n{ReturnAddress.Check(returnUrl)}", Lifetime), OptionsFor(context));
        return Results.Redirect((await chosen.BeginAsync(state, ReturnTo(context, provider), cancellationToken)).ToString());
    }

    private static async Task<IResult> ReturnAsync(
        HttpContext context,
        string provider,
        IEnumerable<IExternalSignIn> providers,
        IDataProtectionProvider protection,
        IAccountStore accounts,
        Sessions sessions,
        SignIn signIn,
        CancellationToken cancellationToken)
    {
        var kept = Take(context, protection);
        if (providers.FirstOrDefault(candidate => candidate.Key == provider) is not { } chosen
            || kept is not [var begun, var state, var returnUrl]
            || begun != provider
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(context.Request.Query["state"].ToString())))
        {
            // Not begun here, or too long ago: somebody else may have sent the browser this way.
            return Results.Redirect(ReturnAddress.SignInPage + "?problem=outdated");
        }

        var identity = await chosen.CompleteAsync(context.Request.Query, ReturnTo(context, provider), cancellationToken);
        var account = identity is { IsEmailVerified: true } ? await accounts.FindByEmailAsync(identity.Email, cancellationToken) : null;
        if (account is null or { DisabledAt: not null })
        {
            await signIn.RecordAsync(
                new AuditEvent(AuditActions.SignInFailed, "account", account?.Id.Value ?? "unknown", null, $"Signing in with {chosen.Name} as {identity?.Email ?? "nobody"} failed.", []),
                RequestAuthor.Unknown(context),
                cancellationToken);
            return Results.Redirect(ReturnAddress.SignInPage + "?problem=no-account");
        }

        await signIn.RecordAsync(
            new AuditEvent(AuditActions.SignedIn, "account", account.Id.Value, null, $"{account.Name} signed in with {chosen.Name}.", []), RequestAuthor.Of(account, context), cancellationToken);
        await sessions.StartAsync(context, account, cancellationToken);
        return Results.Redirect(ReturnAddress.Check(returnUrl));
    }

    private static string[]? Take(HttpContext context, IDataProtectionProvider protection)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } value)
        {
            return null;
        }

        context.Response.Cookies.Delete(Cookie, OptionsFor(context));
        try
        {
            return Protector(protection).Unprotect(value).Split('\n');
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("Access.External").ToTimeLimitedDataProtector();

    private static Uri ReturnTo(HttpContext context, string provider) =>
        new($"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}/sign-in/with/{provider}/return");

    // Lax: the browser comes back from another site.
    private static CookieOptions OptionsFor(HttpContext context) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        Path = "/sign-in",
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
    };
}
