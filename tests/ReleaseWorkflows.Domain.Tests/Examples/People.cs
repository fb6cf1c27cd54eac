using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Domain.Tests.Examples;

/// <summary>
/// Everybody who acts in the tests. The developer workspace <c>acme</c> owns the mini program <c>coffee</c>, the tenant workspace
/// <c>superapp</c> owns the target apps, and <c>elsewhere</c> has nothing to do with either.
/// </summary>
internal static class People
{
    public static WorkspaceKey Acme { get; } = new("acme");

    public static WorkspaceKey SuperApp { get; } = new("superapp");

    public static WorkspaceKey Elsewhere { get; } = new("elsewhere");

    /// <summary>Runs the platform.</summary>
    public static Actor Administrator { get; } = Person("adam", new Grant(Role.Administrator, SuperApp, []));

    /// <summary>Admin of the workspace that owns the mini program.</summary>
    public static Actor DeveloperAdmin { get; } = Person("dora", new Grant(Role.DeveloperAdmin, Acme, []));

    /// <summary>Developer, assigned to the mini program.</summary>
    public static Actor Developer { get; } = Person("dev", new Grant(Role.Developer, Acme, [Coffee.Key]));

    /// <summary>Another developer with the same assignment.</summary>
    public static Actor Colleague { get; } = Person("col", new Grant(Role.Developer, Acme, [Coffee.Key]));

    /// <summary>Developer of the same workspace, assigned to something else.</summary>
    public static Actor UnassignedDeveloper { get; } = Person("una", new Grant(Role.Developer, Acme, [new("tea")]));

    /// <summary>A machine that works like a developer and has no e-mail address.</summary>
    public static Actor Machine { get; } = Person("ci", new Grant(Role.Developer, Acme, [Coffee.Key])) with { Email = null };

    /// <summary>Decides on requests to the super app.</summary>
    public static Actor Reviewer { get; } = Person("rita", new Grant(Role.Reviewer, SuperApp, []));

    /// <summary>Admin of the super app.</summary>
    public static Actor WorkspaceAdmin { get; } = Person("wanda", new Grant(Role.WorkspaceAdmin, SuperApp, []));

    /// <summary>Develops the super app's own mini programs; has no part in coffee.</summary>
    public static Actor WorkspaceDeveloper { get; } = Person("wim", new Grant(Role.WorkspaceDeveloper, SuperApp, [new("loyalty")]));

    /// <summary>Develops coffee and reviews for the super app: may apply, may decide, but not on the own request.</summary>
    public static Actor DeveloperAndReviewer { get; } = Person(
        "both", new Grant(Role.DeveloperAdmin, Acme, []), new Grant(Role.Reviewer, SuperApp, []));

    /// <summary>Admin of another developer workspace.</summary>
    public static Actor Stranger { get; } = Person("sam", new Grant(Role.DeveloperAdmin, Elsewhere, []));

    /// <summary>Reviewer of another super app.</summary>
    public static Actor ForeignReviewer { get; } = Person("fred", new Grant(Role.Reviewer, Elsewhere, []));

    /// <summary>Everybody, the platform included.</summary>
    public static IReadOnlyList<Actor> Everybody { get; } =
    [
        Administrator, DeveloperAdmin, Developer, Colleague, UnassignedDeveloper, Machine, Reviewer, WorkspaceAdmin, WorkspaceDeveloper,
        DeveloperAndReviewer, Stranger, ForeignReviewer, Actor.System,
    ];

    public static Actor Person(string id, params Grant[] grants) => new(new UserId(id), id.ToUpperInvariant(), $"{id}@example.com", grants);
}
