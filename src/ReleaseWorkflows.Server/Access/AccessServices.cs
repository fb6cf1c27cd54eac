using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Server.Portal;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Who may come in. A request carries an API key, a token or the cookie of a browser's session; each names an account, whose roles are read with
/// every request; what they permit is the domain's to say (<see cref="Actor.May"/>).
/// </summary>
internal static class AccessServices
{
    // Looks at the request and asks the scheme that understands what it carries. A header says more than the cookie, which browsers add by themselves.
    private const string Selector = "Credentials";

    // Pages send to the sign-in page, everything else says how to sign in.
    private const string Refusal = "Refusal";

    /// <summary>Registers the schemes and what signing in needs.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Passwords>().AddSingleton<SignInAttempts>().AddSingleton<BearerTokens>().AddSingleton<Sessions>().AddSingleton<SignIn>().AddSingleton<KnownKeys>();
        services.AddHttpContextAccessor().AddScoped<ICurrentActor, RequestActor>().AddSingleton<IAuditAuthor, RequestAuthor>();
        services.AddAuthorization();
        services
            .AddAuthentication(options =>
            {
                options.DefaultAuthenticateScheme = Selector;
                options.DefaultChallengeScheme = Refusal;
                options.DefaultForbidScheme = Refusal;
            })
            .AddPolicyScheme(Selector, null, options => options.ForwardDefaultSelector = context => SchemeFor(context.Request))
            .AddPolicyScheme(Refusal, null, options => options.ForwardDefaultSelector = context =>
                PortalPages.IsPage(context.GetEndpoint()) ? SessionAuthentication.SchemeName : ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, SessionAuthentication>(SessionAuthentication.SchemeName, null)
            .AddBearerToken(BearerTokens.SchemeName);
        return services;
    }

    /// <summary>Finds out who sends a request, then lets in whom the endpoint wants.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app)
    {
        // Whoever comes with a key that is known passes by the other ways to come in: nothing there concerns keys.
        RequestDelegate? behind = null;
        var keys = app.ApplicationServices.GetRequiredService<KnownKeys>();
        return app
            .Use(next => context => keys.TryEnter(context) ? behind!(context) : next(context))
            .UseAuthentication().Use(ReadAccountAsync).UseSameOrigin()
            .Use(next => behind = next)
            .UseAuthorization();
    }

    private static string SchemeFor(HttpRequest request) =>
        ApiKeyAuthentication.FindKey(request) is not null ? ApiKeyAuthentication.SchemeName
        : request.Headers.Authorization.Count == 0 && Sessions.FindSecret(request) is not null ? SessionAuthentication.SchemeName
        : BearerTokens.SchemeName;

    // A token of an account that is gone or disabled, whose password has changed, or that was signed out everywhere, is no token.
    private static async Task ReadAccountAsync(HttpContext context, RequestDelegate next)
    {
        if (CurrentActor.FindAccount(context) is null && context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } id)
        {
            var accounts = context.RequestServices.GetRequiredService<IAccountStore>();
            if (await accounts.FindAsync(new UserId(id), context.RequestAborted) is { DisabledAt: null } account && BearerTokens.IsCurrent(context.User, account))
            {
                CurrentActor.Set(context, account);
            }
            else
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity());
            }
        }

        await next(context);
    }
}
