using Microsoft.Net.Http.Headers;

namespace ReleaseWorkflows.Server.FrontEnd;

/// <summary>
/// Serves the files: compressed, with the right type, kept for a year where the address changes with the content, and asked for again, cheaply,
/// where it does not. Public, so it stands before anybody asks who sends the request.
/// </summary>
internal static class FrontEndServing
{
    private const string Forever = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    /// <summary>Registers the files.</summary>
    public static IServiceCollection AddFrontEnd(this IServiceCollection services, string contentRoot) =>
        services.AddSingleton(_ => FrontEndFolder.Locate(contentRoot)).AddSingleton<FrontEndFiles>();

    /// <summary>Answers requests for files; all others go on.</summary>
    public static IApplicationBuilder UseFrontEnd(this IApplicationBuilder app)
    {
        var files = app.ApplicationServices.GetRequiredService<FrontEndFiles>();
        return app.Use((context, next) =>
        {
            var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
            return isRead && files.Find(context.Request.Path) is { } file ? SendAsync(context, file) : next(context);
        });
    }

    private static Task SendAsync(HttpContext context, FrontEndFile file)
    {
        var content = file.Choose(Takes(context.Request, "br"), Takes(context.Request, "gzip"));
        var headers = context.Response.Headers;
        headers.CacheControl = file.IsNamedByContent || context.Request.Query["v"] == file.Version ? Forever : AskAgain;
        headers.Vary = HeaderNames.AcceptEncoding;
        if (content.Encoding is not null)
        {
            headers.ContentEncoding = content.Encoding;
        }

        var tag = EntityTagHeaderValue.Parse(content.EntityTag);
        var result = content.Path is not null
            ? Results.File(content.Path, file.ContentType, entityTag: tag)
            : Results.File(content.Bytes!, file.ContentType, entityTag: tag);
        return result.ExecuteAsync(context);
    }

    private static bool Takes(HttpRequest request, string encoding)
    {
        foreach (var accepted in request.GetTypedHeaders().AcceptEncoding)
        {
            if (accepted.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
            {
                return accepted.Quality is not 0;
            }
        }

        return false;
    }
}
