using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Address and password against the accounts, at the same speed for people and machines, and not as often as somebody likes. Every attempt is in the audit
/// trail, known account or not: an answer that took longer for known ones would tell which they are.
/// </summary>
internal sealed class SignIn(Passwords passwords, SignInAttempts attempts, IUnitOfWorkRunner units, IHttpContextAccessor request, TimeProvider clock)
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
        var check = passwords.Check(account, password);
        if (check == PasswordCheck.Wrong || account is null or { DisabledAt: not null })
        {
            await RecordFailureAsync(account, email, client, cancellationToken);
            return new SignInAttempt(null, null);
        }

        var strongerHash = check == PasswordCheck.RightWithWeakHash ? passwords.Hash(password) : null;
        return new SignInAttempt(await RecordSuccessAsync(account, strongerHash, email, attempts.Succeed(email, client), cancellationToken), null);
    }

    /// <summary>Adds a line to the trail in a unit of work of its own.</summary>
    public Task RecordAsync(AuditEvent what, AuditAuthor by, CancellationToken cancellationToken) => units.RunAsync(
        (services, _) =>
        {
            services.GetRequiredService<IAuditTrail>().Record(what, by);
            return Task.FromResult(UnitOfWorkResult.Commit(true));
        },
        cancellationToken);

    // What is kept of earlier failures goes with the line that tells of the success, and so does a hash that is too weak by now.
    private Task<Account> RecordSuccessAsync(Account account, string? strongerHash, string email, bool hadFailed, CancellationToken cancellationToken) => units.RunAsync(
        async (services, stop) =>
        {
            services.GetRequiredService<IAuditTrail>().Record(
                new AuditEvent(AuditActions.SignedIn, "account", account.Id.Value, null, $"{account.Name} signed in.", []), RequestAuthor.Of(account, request.HttpContext));
            if (hadFailed)
            {
                services.GetRequiredService<ISignInFailureStore>().Forget(SignInAttempts.NameOf(email));
            }

            return UnitOfWorkResult.Commit(strongerHash is null ? account : await StrengthenAsync(services.GetRequiredService<IAccountStore>(), account, strongerHash, stop));
        },
        cancellationToken);

    // The account may have changed since its password was checked; another password is not undone.
    private static async ValueTask<Account> StrengthenAsync(IAccountStore accounts, Account account, string hash, CancellationToken cancellationToken)
    {
        if (await accounts.FindAsync(account.Id, cancellationToken) is not { } current || current.PasswordHash != account.PasswordHash)
        {
            return account;
        }

        var stronger = current.WithStrongerHash(hash, Passwords.Stamp(current)) with { Revision = current.Revision + 1 };
        accounts.Save(stronger);
        return stronger;
    }

    // People type passwords into the wrong field: what is no address is not kept.
    private Task<bool> RecordFailureAsync(Account? account, string email, IPAddress? client, CancellationToken cancellationToken)
    {
        var isAddress = EmailAddress.IsPlausible(email);
        var shown = isAddress ? email : "something that is no e-mail address";
        var reason = account?.DisabledAt is not null ? "the account is disabled" : "address and password do not belong together";
        var (action, text) = attempts.IsClosed(email)
            ? (AuditActions.SignInLocked, $"Signing in as {shown} failed too often; no attempt is looked at for a while.")
            : (AuditActions.SignInFailed, $"Signing in as {shown} failed: {reason}.");
        return units.RunAsync(
            (services, _) =>
            {
                var failures = services.GetRequiredService<ISignInFailureStore>();
                failures.ForgetUntil(attempts.CountedSince);
                foreach (var name in isAddress ? [SignInAttempts.NameOf(client), SignInAttempts.NameOf(email)] : new[] { SignInAttempts.NameOf(client) })
                {
                    failures.Add(new SignInFailure(name, clock.GetUtcNow()));
                }

                services.GetRequiredService<IAuditTrail>().Record(
                    new AuditEvent(action, "account", account?.Id.Value ?? "unknown", null, text, []), RequestAuthor.Unknown(request.HttpContext));
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            },
            cancellationToken);
    }
}

/// <summary>How an attempt to sign in ended.</summary>
/// <param name="Account">Who signed in; null if nobody did.</param>
/// <param name="Wait">Too many attempts have failed, so this one was not looked at; the next one will be after this time.</param>
internal sealed record SignInAttempt(Account? Account, TimeSpan? Wait);
