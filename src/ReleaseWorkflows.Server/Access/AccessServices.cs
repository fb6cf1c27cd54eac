using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Access;

/// <summary>
/// Who may come in. A request carries an API key or a token; either names an account, whose roles are read with every request; what
/// they permit is the domain's to say (<see cref="Actor.May"/>).
/// </summary>
internal static class AccessServices
{
    // Looks at the header and asks the scheme that understands it. Other ways in (a cookie) join here.
    private const string Selector = "Credentials";

    /// <summary>Registers the schemes and what signing in needs.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services)
    {
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Passwords>().AddSingleton<SignInAttempts>().AddSingleton<BearerTokens>();
        services.AddHttpContextAccessor().AddScoped<ICurrentActor, RequestActor>();
        services.AddAuthorization();
        services
            .AddAuthentication(options =>
            {
                options.DefaultAuthenticateScheme = Selector;
                options.DefaultChallengeScheme = ApiKeyAuthentication.SchemeName;
                options.DefaultForbidScheme = ApiKeyAuthentication.SchemeName;
            })
            .AddPolicyScheme(Selector, null, options => options.ForwardDefaultSelector = context =>
                ApiKeyAuthentication.FindKey(context.Request) is null ? BearerTokens.SchemeName : ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null)
            .AddBearerToken(BearerTokens.SchemeName);
        return services;
    }

    /// <summary>Finds out who sends a request, then lets in whom the endpoint wants.</summary>
    public static IApplicationBuilder UseAccess(this IApplicationBuilder app) =>
        app.UseAuthentication().Use(ReadAccountAsync).UseAuthorization();

    // A token of an account that is gone, or whose password has changed, is no token.
    private static async Task ReadAccountAsync(HttpContext context, RequestDelegate next)
    {
        if (CurrentActor.FindAccount(context) is null && context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } id)
        {
            var accounts = context.RequestServices.GetRequiredService<IAccountStore>();
            if (await accounts.FindAsync(new UserId(id), context.RequestAborted) is { } account && BearerTokens.IsCurrent(context.User, account))
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
