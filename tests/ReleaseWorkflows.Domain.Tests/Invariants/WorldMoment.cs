using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.InMemory;

namespace ReleaseWorkflows.Domain.Tests.Invariants;

/// <summary>One thing that was done, with everything as it was before and as it is after.</summary>
/// <param name="Story">What was done by whom, for the reader of a failure.</param>
/// <param name="Before">Everything stored before.</param>
/// <param name="After">Everything stored after.</param>
/// <param name="Now">When.</param>
/// <param name="Result">The domain's answer; null if it was not asked, as for an edit of a policy.</param>
internal sealed record WorldMoment(string Story, InMemoryState Before, InMemoryState After, DateTimeOffset Now, ReleaseResult? Result)
{
    /// <summary>The releases that are not what they were, new ones included.</summary>
    public IEnumerable<Release> Changed => After.AllReleases.Where(release => !ReferenceEquals(release, BeforeOf(release)));

    /// <summary>The release as it was; null if it is new.</summary>
    public Release? BeforeOf(Release release) => Before.Releases.GetValueOrDefault(release.Id);

    /// <summary>The lines that were added to a release's log.</summary>
    public IEnumerable<ReleaseEvent> NewLinesOf(ReleaseId id) => After.LogOf(id).Skip(Before.LogOf(id).Count);
}

/// <summary>Looks at a moment and gives a complaint, or null if all is well. May remember what it saw before in the same walk.</summary>
internal delegate string? Invariant(WorldMoment moment);

/// <summary>Where a release goes: what at most one version at a time may do.</summary>
internal readonly record struct Target(MiniProgramKey MiniProgram, AppKey App, ReleaseEnvironment Environment)
{
    public static Target Of(Release release) => new(release.Key.MiniProgram, release.Key.App, release.Key.Environment);
}
