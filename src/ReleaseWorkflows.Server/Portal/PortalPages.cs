using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.Features;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Portal.Access;
using ReleaseWorkflows.Server.Portal.Approvals;
using ReleaseWorkflows.Server.Portal.Components;
using ReleaseWorkflows.Server.Portal.Errors;
using ReleaseWorkflows.Server.Portal.Forms;
using ReleaseWorkflows.Server.Portal.Frame;
using ReleaseWorkflows.Server.Portal.Live;
using ReleaseWorkflows.Server.Portal.MiniPrograms;
using ReleaseWorkflows.Server.Portal.Releases;
using ReleaseWorkflows.Server.Portal.Studio;

namespace ReleaseWorkflows.Server.Portal;

/// <summary>
/// What people see in a browser: Razor components rendered by the server, one folder per concept. A page is a component with a route
/// (<c>@page</c>); it stands in the frame, requires a session unless it says otherwise, and works without script. Its forms send commands as
/// <see cref="PostedForm"/> tells. To add one, write the component and, if the navigation shall name it, a line in <see cref="Navigation"/>.
/// </summary>
internal static class PortalPages
{
    /// <summary>Registers what pages need.</summary>
    public static IServiceCollection AddPortal(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddSingleton<Icons>().AddSingleton<PageNotices>().AddSingleton<KeptForms>();
        services.AddSingleton<PackageContents>();
        services.AddScoped<PostedForm>().AddScoped<PageCommands>();
        services.AddSingleton<LiveChanges>();
        services.AddSingleton<IReleaseObserver>(provider => provider.GetRequiredService<LiveChanges>());
        services.AddSingleton<IAuditObserver>(provider => provider.GetRequiredService<LiveChanges>());
        services.AddSingleton<IOutboxObserver>(provider => provider.GetRequiredService<LiveChanges>());
        services.AddScoped<ReleaseSights>().AddScoped<ReleaseForms>().AddScoped<TesterForms>().AddSingleton<TesterDrafts>();
        PagePolicies.Add(services.AddAuthorizationBuilder());
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "release-workflows-form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        return services;
    }

    /// <summary>Maps all pages, and the forms that have no page of their own.</summary>
    public static void MapPortal(this IEndpointRouteBuilder app)
    {
        app.MapRazorComponents<App>().RequireAuthorization().ExcludeFromDescription();
        app.MapHub<LiveHub>(LiveHub.Address).RequireAuthorization().ExcludeFromDescription();
        app.MapTesterDrafts();
        app.MapStudioAddresses();
        app.MapPackageUpload();
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Answers a form that is larger than its page takes, before anything reads it: whoever reads it next takes it for one that is cut off.</summary>
    public static void UsePageLimits(this IApplicationBuilder app) => app.Use((context, next) =>
        IsPage(context.GetEndpoint()) && RefusedForm.IsLarger(context.Request, context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize)
            ? RefuseAsync(context)
            : next(context));

    /// <summary>True for an endpoint that shows a page.</summary>
    public static bool IsPage(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    /// <summary>True if the answer is a page, be it one that says what went wrong. What workflows answer is theirs to describe.</summary>
    public static bool IsShown(HttpContext context) =>
        IsPage(context.GetEndpoint())
        || (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true && !context.Request.Path.StartsWithSegments("/workflows"));

    private static async Task RefuseAsync(HttpContext context)
    {
        await RefusedForm.DropAsync(context);
        await PageProblems.For(StatusCodes.Status413PayloadTooLarge).ExecuteAsync(context);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, Sessions sessions, CancellationToken cancellationToken)
    {
        // A form that has grown stale must not keep anybody signed in: what counts is that a page of ours sent it.
        if (!SameOrigin.ComesFromHere(context.Request) && !await antiforgery.IsRequestValidAsync(context))
        {
            return Results.Redirect("/");
        }

        await sessions.EndAsync(context, cancellationToken);
        return Results.Redirect(ReturnAddress.SignInPage);
    }
}
