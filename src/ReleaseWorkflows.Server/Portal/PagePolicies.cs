using Microsoft.AspNetCore.Authorization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Access;

namespace ReleaseWorkflows.Server.Portal;

/// <summary>
/// Who may open which page, asked by the page (<c>@attribute [Authorize(PagePolicies.X)]</c>) and by the navigation, which names only what opens. What
/// can be done on a page the domain decides with every command.
/// </summary>
internal static class PagePolicies
{
    /// <summary>Workflow definitions and their instances: who defines apps, and who reviews for them.</summary>
    public const string Workflows = "workflows";

    /// <summary>Creating mini programs.</summary>
    public const string MiniPrograms = "mini-programs";

    /// <summary>Apps and their rules: who defines them, and who reviews for them.</summary>
    public const string Apps = "apps";

    /// <summary>Adds an app.</summary>
    public const string NewApp = "new-app";

    /// <summary>Administration: who runs a workspace or the platform.</summary>
    public const string Administration = "administration";

    /// <summary>Who did what.</summary>
    public const string Audit = "audit";

    /// <summary>Accounts and messages of all workspaces: who runs the platform.</summary>
    public const string Platform = "platform";

    /// <summary>Registers the policies.</summary>
    public static void Add(AuthorizationBuilder authorization) => authorization
        .AddPolicy(Workflows, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, MayOpenWorkflows)))
        .AddPolicy(MiniPrograms, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, MayCreateMiniPrograms)))
        .AddPolicy(Apps, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, MayOpenWorkflows)))
        .AddPolicy(NewApp, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, actor => actor.MaySomewhere(Permission.Define))))
        .AddPolicy(Administration, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, MayOpenAdministration)))
        .AddPolicy(Audit, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, actor => actor.MaySomewhere(Permission.ViewAudit))))
        .AddPolicy(Platform, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, actor => actor.MaySomewhere(Permission.ManagePlatform))));

    /// <summary>True for whom <see cref="Workflows"/> lets in.</summary>
    public static bool MayOpenWorkflows(Actor actor) => actor.MaySomewhere(Permission.Define) || actor.MaySomewhere(Permission.Review);

    /// <summary>True for whom <see cref="MiniPrograms"/> lets in.</summary>
    public static bool MayCreateMiniPrograms(Actor actor) => actor.MaySomewhere(Permission.ManageMiniPrograms);

    /// <summary>True for whom <see cref="Administration"/> lets in.</summary>
    public static bool MayOpenAdministration(Actor actor) => actor.MaySomewhere(Permission.ManageMembers) || actor.MaySomewhere(Permission.ManagePlatform);

    private static bool IsMet(AuthorizationHandlerContext context, Func<Actor, bool> mayOpen) =>
        context.Resource is HttpContext http && CurrentActor.Find(http) is { } actor && mayOpen(actor);
}
