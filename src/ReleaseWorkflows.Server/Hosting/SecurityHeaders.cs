namespace ReleaseWorkflows.Server.Hosting;

/// <summary>What browsers are told with every answer.</summary>
internal static class SecurityHeaders
{
    /// <summary>Adds the headers as the answer begins, so that answers to errors have them too.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
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

            return Task.CompletedTask;
        });
        return next(context);
    });
}
