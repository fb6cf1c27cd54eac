using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Keeps other sites from using a browser's session. A browser sends the cookie by itself, so a request that came in by it and may change something, or
/// opens a lasting connection, has to come from a page of this server. Browsers say where a request comes from in headers that no page can set.
/// Requests with a key or a token are not concerned: no browser adds those by itself.
/// </summary>
internal static class SameOrigin
{
    /// <summary>Refuses with 403 what came in by the cookie from elsewhere. Stands behind the authentication.</summary>
    public static IApplicationBuilder UseSameOrigin(this IApplicationBuilder app) => app.Use((context, next) =>
        SessionAuthentication.IsOf(context.User) && IsGuarded(context) && !ComesFromHere(context.Request)
            ? new Problem(StatusCodes.Status403Forbidden, "other-origin", "The request came from another site, so nothing was done. Open the page on this server and repeat it there.")
                .ExecuteAsync(context)
            : next(context));

    /// <summary>True if the browser says that a page of this server sent the request.</summary>
    public static bool ComesFromHere(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site == "same-origin";
        }

        // Older browsers, and connections without HTTPS that are not local: the origin alone.
        var origin = request.Headers.Origin.ToString();
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme == request.Scheme && uri.Authority == AuthorityOf(request);
    }

    private static bool IsGuarded(HttpContext context)
    {
        var method = context.Request.Method;
        var isSafe = HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);
        return !isSafe || context.WebSockets.IsWebSocketRequest || context.Request.Headers.Upgrade.Count > 0;
    }

    private static string AuthorityOf(HttpRequest request) =>
        new UriBuilder(request.Scheme, request.Host.Host, request.Host.Port ?? (request.IsHttps ? 443 : 80)).Uri.Authority;
}
