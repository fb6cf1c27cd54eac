namespace ReleaseWorkflows.Server.Portal.Components;

/// <summary>One of the <see cref="Tabs"/> of a page: a link of its own, so that it can be bookmarked and opened without script.</summary>
/// <param name="Key">Tells it from the others.</param>
/// <param name="Title">What people read.</param>
/// <param name="Address">Where it leads.</param>
/// <param name="Count">How many things are in it; null if it does not count.</param>
public sealed record PageTab(string Key, string Title, string Address, int? Count = null);
