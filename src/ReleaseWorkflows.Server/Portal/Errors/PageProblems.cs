using Microsoft.AspNetCore.Http.HttpResults;

namespace ReleaseWorkflows.Server.Portal.Errors;

/// <summary>The same answers as the API's, as pages, for people who followed a link.</summary>
internal static class PageProblems
{
    private static readonly string[] NeverPages = ["/api", "/elsa", "/workflows", "/health", "/openapi", "/assets", "/studio/_framework", "/studio/_content"];

    /// <summary>True if a person waits for a page: the browser asks for one, at an address that does not belong to programs.</summary>
    public static bool IsWanted(HttpContext context) =>
        context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
        && !Array.Exists(NeverPages, prefix => context.Request.Path.StartsWithSegments(prefix));

    /// <summary>The page for a status.</summary>
    /// <param name="status">400 or above.</param>
    /// <param name="detail">What happened and what to do; null: what is known about the status.</param>
    public static IResult For(int status, string? detail = null)
    {
        var (title, known) = status switch
        {
            StatusCodes.Status400BadRequest => ("This could not be read", "The page you sent is out of date or was cut off. Go back, load the page anew and send it again."),
            StatusCodes.Status403Forbidden => ("Not for your roles", "Your roles do not open this page. Ask an admin of the workspace if you need it."),
            StatusCodes.Status404NotFound => ("There is nothing here", "The address is wrong, what it named is gone, or your roles do not show it. Check the address, or start from the first page."),
            StatusCodes.Status413PayloadTooLarge => ("This is too large", "What you sent is larger than what is taken here, and nothing of it was kept. A list of testers has at most 50 MB, a package at most 20 MB. Go back, and send less."),
            StatusCodes.Status429TooManyRequests => ("Too many requests", "Wait a little, then load the page again."),
            StatusCodes.Status503ServiceUnavailable => ("Busy", "Nothing was changed. Load the page again in a few seconds."),
            >= 500 => ("The server failed", "Nothing is known to be lost. Load the page again; if it fails again, tell the operator."),
            _ => ("This did not work", $"The server answered with status {status}. Go back and try again."),
        };
        var parameters = new Dictionary<string, object?>
        {
            [nameof(ErrorPage.Status)] = status,
            [nameof(ErrorPage.Title)] = title,
            [nameof(ErrorPage.Detail)] = detail ?? known,
        };
        return new Rendered(new RazorComponentResult<ErrorPage>(parameters) { StatusCode = status, PreventStreamingRendering = true });
    }

    // What is told may be that another page failed half way: that has used up the renderer of the request's scope, and has left a header.
    private sealed class Rendered(RazorComponentResult<ErrorPage> page) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.Remove("blazor-enhanced-nav");
            var services = httpContext.RequestServices;
            await using var scope = services.CreateAsyncScope();
            httpContext.RequestServices = scope.ServiceProvider;
            try
            {
                await page.ExecuteAsync(httpContext);
            }
            finally
            {
                httpContext.RequestServices = services;
            }
        }
    }
}
