using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.SignIn;

/// <summary>A token for e-mail address and password, and who one is.</summary>
internal static class SignInEndpoints
{
    /// <summary>Maps <c>POST /sign-in</c> and <c>GET /me</c>.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder api)
    {
        api.MapPost("/sign-in", SignInAsync).AllowAnonymous()
            .WithTags("Access").WithSummary("Exchange e-mail address and password for a bearer token.").Produces<SignedIn>();
        api.MapGet("/me", ReadMe)
            .WithTags("Access").WithSummary("Read the account of the request, with its roles.").Produces<AccountAnswer>();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, IAccountStore accounts, Access.SignIn signIn, BearerTokens tokens, CancellationToken cancellationToken)
    {
        var input = await RequestReader.ReadAsync(context, cancellationToken);
        var email = input.Text("email", maximum: 254);
        var password = input.Text("password", Passwords.MaximumLength);
        if (input.Finish() is { } refusal)
        {
            return Problem.From(refusal);
        }

        var attempt = await signIn.TryAsync(accounts, email, password, cancellationToken);
        if (attempt.Wait is { } wait)
        {
            return new Problem(StatusCodes.Status429TooManyRequests, "too-many-attempts", "Too many attempts to sign in to this account have failed. Wait before the next one.")
            {
                RetryAfter = wait,
            };
        }

        if (attempt.Account is not { } account)
        {
            await ApiKeyAuthentication.ChallengeAsync(context, "sign-in-failed", "E-mail address and password do not belong together. Check both.");
            return Results.Empty;
        }

        var (token, expiresAt) = tokens.Issue(account);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Ok(new SignedIn(token, "Bearer", expiresAt, AccountAnswer.From(account)));
    }

    private static IResult ReadMe(HttpContext context) => Results.Ok(AccountAnswer.From(CurrentActor.FindAccount(context)!));
}

/// <summary>The answer to signing in.</summary>
/// <param name="Token">Send it as <c>Authorization: Bearer …</c>.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresAt">From when the token is refused.</param>
/// <param name="Account">Who signed in.</param>
internal sealed record SignedIn(string Token, string TokenType, DateTimeOffset ExpiresAt, AccountAnswer Account);

/// <summary>An account as its owner and its admins see it.</summary>
/// <param name="Id">Identifies the account.</param>
/// <param name="Name">What people see.</param>
/// <param name="Email">The address for sign-in.</param>
/// <param name="Grants">The roles.</param>
internal sealed record AccountAnswer(UserId Id, string Name, string Email, IReadOnlyList<Grant> Grants)
{
    /// <summary>The account without its secrets.</summary>
    public static AccountAnswer From(Account account) => new(account.Id, account.Name, account.Email, account.Grants);
}
