using ReleaseWorkflows.Domain.Access;

namespace ReleaseWorkflows.Server.Portal.Frame;

/// <summary>One entry of the navigation.</summary>
/// <param name="Title">What people read.</param>
/// <param name="Icon">Its icon (<see cref="Components.Icons"/>).</param>
/// <param name="Address">The page it leads to; its sub-pages count as this entry.</param>
/// <param name="IsOpenTo">Who may open it. Only what the page would not refuse is named.</param>
public sealed record NavigationEntry(string Title, string Icon, string Address, Func<Actor, bool> IsOpenTo)
{
    /// <summary>True if the reader is on this page or below it.</summary>
    public bool Contains(string path) =>
        Address == "/" ? path == "/" : path == Address || path.StartsWith(Address + "/", StringComparison.Ordinal);
}

/// <summary>The navigation, in its order.</summary>
internal static class Navigation
{
    private static readonly NavigationEntry[] All =
    [
        new("My work", "house", "/", _ => true),
        new("Mini programs", "grid", "/mini-programs", actor => actor.MaySomewhere(Permission.ViewReleases)),
        new("Releases", "rocket-takeoff", "/releases", actor => actor.MaySomewhere(Permission.ViewReleases)),
        new("Approvals", "check2-square", "/approvals", actor => actor.MaySomewhere(Permission.Review) || actor.MaySomewhere(Permission.Apply)),
        new("Apps", "phone", "/apps", PagePolicies.MayOpenWorkflows),
        new("Workflows", "diagram-3", "/studio/definitions", PagePolicies.MayOpenWorkflows),
        new("Running workflows", "activity", "/studio/instances", PagePolicies.MayOpenWorkflows),
        new("Administration", "gear", "/administration", PagePolicies.MayOpenAdministration),
    ];

    /// <summary>What an actor may open.</summary>
    public static IEnumerable<NavigationEntry> For(Actor actor) => All.Where(entry => entry.IsOpenTo(actor));
}
