using ReleaseWorkflows.Server.Portal;
using ReleaseWorkflows.Server.Portal.Frame;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>What browsers are told with every answer.</summary>
internal static class SecurityHeaders
{
    // No script and no style sheet but our own files; only a style attribute may stand in a page (the width of a bar).
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'self'; base-uri 'self'";

    // Elsa Studio is WebAssembly, places its elements with style elements of its own, and starts Monaco's workers from blobs. The digests are those of
    // the scripts that its components carry in their markup (version 3.8.2); a browser test fails when another one comes.
    private const string StudioPolicy =
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc=' 'sha256-vu6sQrKXQHR4Yn3FMMihA/9TxxfIXnCxKwvLrTPJ5ts='; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-ancestors 'self'; base-uri 'self'";

    /// <summary>Adds the headers as the answer begins, so that answers to errors have them too.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state => AddTo((HttpContext)state), context);
        return next(context);
    });

    private static Task AddTo(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("X-Frame-Options", "SAMEORIGIN");
        if (context.Request.Path.StartsWithSegments("/api") || context.Request.Path.StartsWithSegments("/elsa"))
        {
            // Answers depend on who asks, and none of them is a page.
            headers.TryAdd("Cache-Control", "no-store");
            headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
        }
        else if (PortalPages.IsShown(context))
        {
            headers.CacheControl = "no-store";
            headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()");
            headers.TryAdd("Content-Security-Policy", StudioPageAttribute.IsOn(context.GetEndpoint()) ? StudioPolicy : PagePolicy);
        }

        return Task.CompletedTask;
    }
}
