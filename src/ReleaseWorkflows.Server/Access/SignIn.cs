using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>Address and password against the accounts, at the same speed for people and machines, and not as often as somebody likes.</summary>
internal sealed class SignIn(Passwords passwords, SignInAttempts attempts)
{
    /// <summary>Tries to sign in.</summary>
    public async Task<SignInAttempt> TryAsync(IAccountStore accounts, string email, string password, CancellationToken cancellationToken)
    {
        if (attempts.Begin(email) is { } wait)
        {
            return new SignInAttempt(null, wait);
        }

        var account = await accounts.FindByEmailAsync(email, cancellationToken);
        if (!passwords.Verify(account, password) || account is null)
        {
            return new SignInAttempt(null, null);
        }

        attempts.Succeed(email);
        return new SignInAttempt(account, null);
    }
}

/// <summary>How an attempt to sign in ended.</summary>
/// <param name="Account">Who signed in; null if nobody did.</param>
/// <param name="Wait">Too many attempts have failed, so this one was not looked at; the next one will be after this time.</param>
internal sealed record SignInAttempt(Account? Account, TimeSpan? Wait);
