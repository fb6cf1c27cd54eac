using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;

namespace ReleaseWorkflows.Server.Access;

/// <summary>Tells the audit trail who acts: the account of the request, with which credentials, from which address. Without request it is the platform.</summary>
internal sealed class RequestAuthor(IHttpContextAccessor accessor) : IAuditAuthor
{
    private static readonly UserId Somebody = new("somebody");

    /// <inheritdoc/>
    public AuditAuthor Current => accessor.HttpContext is { } context && CurrentActor.FindAccount(context) is { } account
        ? Of(account, context)
        : AuditAuthor.Platform;

    /// <summary>An account as the one who acts.</summary>
    public static AuditAuthor Of(Account account, HttpContext? context) => new(account.Id, account.Name, context is null ? null : OriginOf(context));

    /// <summary>Somebody who has not signed in.</summary>
    public static AuditAuthor Unknown(HttpContext? context) => new(Somebody, "Somebody", context is null ? null : OriginOf(context));

    /// <summary>For example <c>browser, 203.0.113.7</c>.</summary>
    public static string OriginOf(HttpContext context)
    {
        var credentials = CurrentActor.FindKey(context) is { } key ? $"API key “{key.Name}”"
            : SessionAuthentication.IsOf(context.User) ? "browser"
            : CurrentActor.FindAccount(context) is not null ? "token"
            : "sign-in";
        return $"{credentials}, {context.Connection.RemoteIpAddress}";
    }
}
