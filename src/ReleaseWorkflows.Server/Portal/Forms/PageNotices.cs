using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using ReleaseWorkflows.Server.Portal.Live;

namespace ReleaseWorkflows.Server.Portal.Forms;

/// <summary>
/// What was done, told on the page that a form led to: a sentence on its way from one answer to the next request, in a cookie that lives a minute and
/// that only this server can write.
/// </summary>
internal sealed class PageNotices(IDataProtectionProvider protection)
{
    private const string Cookie = "release-workflows-notice";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("Portal.Notice").ToTimeLimitedDataProtector();

    /// <summary>Leaves a sentence for the next page.</summary>
    public void Leave(HttpContext context, string notice) =>
        context.Response.Cookies.Append(Cookie, _protector.Protect(notice, Lifetime), OptionsFor(context));

    /// <summary>The sentence that was left, once; null if there is none.</summary>
    public string? Take(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } value || context.Response.HasStarted || LiveHub.IsFetch(context.Request))
        {
            return null;
        }

        context.Response.Cookies.Delete(Cookie, OptionsFor(context));
        try
        {
            return _protector.Unprotect(value);
        }
        catch (CryptographicException)
        {
            // Too old, or not ours.
            return null;
        }
    }

    private static CookieOptions OptionsFor(HttpContext context) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        Path = "/",
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
    };
}
