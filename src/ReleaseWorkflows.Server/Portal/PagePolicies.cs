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

    /// <summary>Registers the policies.</summary>
    public static void Add(AuthorizationBuilder authorization) => authorization
        .AddPolicy(Workflows, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, MayOpenWorkflows)))
        .AddPolicy(MiniPrograms, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => IsMet(context, MayCreateMiniPrograms)));

    /// <summary>True for whom <see cref="Workflows"/> lets in.</summary>
    public static bool MayOpenWorkflows(Actor actor) => actor.MaySomewhere(Permission.Define) || actor.MaySomewhere(Permission.Review);

    /// <summary>True for whom <see cref="MiniPrograms"/> lets in.</summary>
    public static bool MayCreateMiniPrograms(Actor actor) => actor.MaySomewhere(Permission.ManageMiniPrograms);

    private static bool IsMet(AuthorizationHandlerContext context, Func<Actor, bool> mayOpen) =>
        context.Resource is HttpContext http && CurrentActor.Find(http) is { } actor && mayOpen(actor);
}
