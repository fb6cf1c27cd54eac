using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Browsers that are signed in. The cookie holds a random secret and nothing else; everything about the session is in the database, so that it
/// can be listed, and ended from elsewhere with the very next request.
/// </summary>
internal sealed class Sessions(IUnitOfWorkRunner units, IOptions<AccessOptions> options, TimeProvider clock)
{
    /// <summary>
    /// The cookie. The prefix <c>__Host-</c> would keep other hosts of the domain from setting it, but demands HTTPS; it is used there.
    /// </summary>
    private const string Cookie = "release-workflows-session";

    private const int LongestBrowserName = 200;

    // A use is noted this often at most, so that a page with a hundred requests costs one write.
    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(5);

    /// <summary>Signs the account in with the browser that sent the request: a new session, and its secret in the cookie.</summary>
    public async Task StartAsync(HttpContext context, Account account, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var browser = context.Request.Headers.UserAgent.ToString();
        var session = new Session(
            Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)),
            account.Id,
            Hash(secret),
            Passwords.Stamp(account),
            browser.Length > LongestBrowserName ? browser[..LongestBrowserName] : browser,
            now,
            now,
            now + options.Value.SessionLifetime);
        await WriteAsync(
            store =>
            {
                store.Forget(account.Id, now - options.Value.SessionIdleTime, now);
                store.Add(session);
            },
            cancellationToken);
        context.Response.Cookies.Append(NameOf(context.Request), secret, CookieOf(context.Request, session.EndsAt));
    }

    /// <summary>The session of the request's cookie, or null if there is none or it is over.</summary>
    public async Task<Session?> FindAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (FindSecret(context.Request) is not { } secret)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var session = await context.RequestServices.GetRequiredService<ISessionStore>().FindAsync(Hash(secret), cancellationToken);
        if (session is null || !IsCurrent(session, now))
        {
            return null;
        }

        if (now - session.UsedAt > NotedEvery)
        {
            await WriteAsync(store => store.Use(session.Id, now), cancellationToken);
        }

        return session;
    }

    /// <summary>Whose session the cookie of the request is or was; null if that is not known any more.</summary>
    public static async Task<UserId?> FindFormerAccountAsync(HttpContext context, CancellationToken cancellationToken) => FindSecret(context.Request) is { } secret
        ? (await context.RequestServices.GetRequiredService<ISessionStore>().FindAsync(Hash(secret), cancellationToken))?.Account
        : null;

    /// <summary>False if the session ended by time.</summary>
    public bool IsCurrent(Session session, DateTimeOffset now) => now < session.EndsAt && now < session.UsedAt + options.Value.SessionIdleTime;

    /// <summary>Ends the session of the request and takes the cookie back.</summary>
    public async Task EndAsync(HttpContext context, CancellationToken cancellationToken)
    {
        if (FindSecret(context.Request) is { } secret
            && await context.RequestServices.GetRequiredService<ISessionStore>().FindAsync(Hash(secret), cancellationToken) is { } session)
        {
            await EndAsync(session.Account, session.Id, cancellationToken);
        }

        context.Response.Cookies.Delete(NameOf(context.Request), CookieOf(context.Request, null));
    }

    /// <summary>Ends one session of an account.</summary>
    public Task EndAsync(UserId account, string id, CancellationToken cancellationToken) =>
        WriteAsync(store => store.End(id), cancellationToken, new AuditEvent(AuditActions.SessionsEnded, "account", account.Value, null, "A session was ended.", []));

    /// <summary>Ends every session of an account but one.</summary>
    public Task EndOthersAsync(UserId account, string? except, CancellationToken cancellationToken) => WriteAsync(
        store => store.EndAll(account, except), cancellationToken, new AuditEvent(AuditActions.SessionsEnded, "account", account.Value, null, "All other sessions were ended.", []));

    /// <summary>Changes sessions in a unit of work of its own.</summary>
    private Task<bool> WriteAsync(Action<ISessionStore> write, CancellationToken cancellationToken, AuditEvent? what = null) => units.RunAsync(
        (services, _) =>
        {
            write(services.GetRequiredService<ISessionStore>());
            if (what is not null)
            {
                services.GetRequiredService<IAuditTrail>().Record(what);
            }

            return Task.FromResult(UnitOfWorkResult.Commit(true));
        },
        cancellationToken);

    /// <summary>The secret in the cookie, or null.</summary>
    public static string? FindSecret(HttpRequest request) => request.Cookies[NameOf(request)] is { Length: > 0 } secret ? secret : null;

    private static string NameOf(HttpRequest request) => request.IsHttps ? "__Host-" + Cookie : Cookie;

    // Lax: links from e-mails find the reader signed in, while other sites' forms and scripts do not carry the cookie.
    private static CookieOptions CookieOf(HttpRequest request, DateTimeOffset? expires) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
        IsEssential = true,
        Path = "/",
        Expires = expires,
    };

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
