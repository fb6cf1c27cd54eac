using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Address and password against the accounts, at the same speed for people and machines, and not as often as somebody likes. Every attempt is in the audit
/// trail, known account or not: an answer that took longer for known ones would tell which they are.
/// </summary>
internal sealed class SignIn(Passwords passwords, SignInAttempts attempts, IUnitOfWorkRunner units, IHttpContextAccessor request)
{
    /// <summary>Tries to sign in.</summary>
    public async Task<SignInAttempt> TryAsync(IAccountStore accounts, string email, string password, CancellationToken cancellationToken)
    {
        var client = request.HttpContext?.Connection.RemoteIpAddress;
        if (attempts.Begin(email, client) is { } wait)
        {
            return new SignInAttempt(null, wait);
        }

        var account = await accounts.FindByEmailAsync(email, cancellationToken);
        if (!passwords.Verify(account, password) || account is null or { DisabledAt: not null })
        {
            await RecordFailureAsync(account, email, cancellationToken);
            return new SignInAttempt(null, null);
        }

        attempts.Succeed(email, client);
        await RecordAsync(
            new AuditEvent(AuditActions.SignedIn, "account", account.Id.Value, null, $"{account.Name} signed in.", []),
            RequestAuthor.Of(account, request.HttpContext),
            cancellationToken);
        return new SignInAttempt(account, null);
    }

    /// <summary>Adds a line to the trail in a unit of work of its own.</summary>
    public Task RecordAsync(AuditEvent what, AuditAuthor by, CancellationToken cancellationToken) => units.RunAsync(
        (services, _) =>
        {
            services.GetRequiredService<IAuditTrail>().Record(what, by);
            return Task.FromResult(UnitOfWorkResult.Commit(true));
        },
        cancellationToken);

    // People type passwords into the wrong field: what is no address is not kept.
    private Task RecordFailureAsync(Account? account, string email, CancellationToken cancellationToken)
    {
        var shown = EmailAddress.IsPlausible(email) ? email : "something that is no e-mail address";
        var reason = account?.DisabledAt is not null ? "the account is disabled" : "address and password do not belong together";
        var (action, text) = attempts.IsClosed(email)
            ? (AuditActions.SignInLocked, $"Signing in as {shown} failed too often; no attempt is looked at for a while.")
            : (AuditActions.SignInFailed, $"Signing in as {shown} failed: {reason}.");
        return RecordAsync(
            new AuditEvent(action, "account", account?.Id.Value ?? "unknown", null, text, []), RequestAuthor.Unknown(request.HttpContext), cancellationToken);
    }
}

/// <summary>How an attempt to sign in ended.</summary>
/// <param name="Account">Who signed in; null if nobody did.</param>
/// <param name="Wait">Too many attempts have failed, so this one was not looked at; the next one will be after this time.</param>
internal sealed record SignInAttempt(Account? Account, TimeSpan? Wait);
