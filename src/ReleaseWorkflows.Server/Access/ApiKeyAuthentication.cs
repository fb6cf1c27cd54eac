using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// <c>Authorization: ApiKey &lt;key&gt;</c>, for machines. Also the one who asks for credentials where there are none, since every request
/// to the API may carry either kind.
/// </summary>
internal sealed class ApiKeyAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The name of the scheme, and the first word of the header.</summary>
    public const string SchemeName = "ApiKey";

    /// <summary>The key in the header, or null if the header is absent or speaks of something else.</summary>
    public static string? FindKey(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(SchemeName + " ", StringComparison.OrdinalIgnoreCase) ? header[(SchemeName.Length + 1)..].Trim() : null;
    }

    /// <summary>Says that credentials are needed: 401 with both schemes.</summary>
    public static Task ChallengeAsync(HttpContext context, string code, string detail)
    {
        context.Response.Headers.WWWAuthenticate = new[] { "ApiKey realm=\"ReleaseWorkflows\"", "Bearer realm=\"ReleaseWorkflows\"" };
        return new Problem(StatusCodes.Status401Unauthorized, code, detail).ExecuteAsync(context);
    }

    /// <summary>Who comes with a key.</summary>
    public static ClaimsPrincipal CreatePrincipal(Account account) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, account.Id.Value), new Claim(ClaimTypes.Name, account.Name)], SchemeName));

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (FindKey(Request) is not { } key)
        {
            return AuthenticateResult.NoResult();
        }

        var accounts = Context.RequestServices.GetRequiredService<IAccountStore>();
        if (await accounts.FindByKeyAsync(ApiKeySecret.Hash(key), Context.RequestAborted) is not var (apiKey, account))
        {
            return AuthenticateResult.Fail("There is no such API key; it may have been revoked. Create a new one: POST /api/api-keys.");
        }

        if (apiKey.ExpiresAt <= TimeProvider.GetUtcNow())
        {
            return AuthenticateResult.Fail($"The API key “{apiKey.Name}” has expired. Create a new one: POST /api/api-keys.");
        }

        if (account.DisabledAt is not null)
        {
            return AuthenticateResult.Fail("The account of this API key is disabled. Ask an administrator of the platform.");
        }

        CurrentActor.Set(Context, account, apiKey);
        return AuthenticateResult.Success(new AuthenticationTicket(CreatePrincipal(account), SchemeName));
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        if (failure is not null)
        {
            await ChallengeAsync(Context, "unauthorized", failure.Message);
        }
        else if (Request.Headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            await ChallengeAsync(Context, "unauthorized", "The token is not one of this server, has expired, or belongs to a changed account. Sign in again: POST /api/sign-in.");
        }
        else
        {
            await ChallengeAsync(Context, "unauthorized", "Say who you are: Authorization: ApiKey <key>, or Bearer <token> from POST /api/sign-in.");
        }
    }
}
