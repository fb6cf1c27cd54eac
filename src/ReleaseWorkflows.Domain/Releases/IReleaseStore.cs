using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>Releases, their logs and their testers within one unit of work: queries see what the unit has written.</summary>
public interface IReleaseStore
{
    /// <summary>The release, or null.</summary>
    ValueTask<Release?> FindAsync(ReleaseId id, CancellationToken cancellationToken);

    /// <summary>The release with this version and target, whatever became of it, or null (I4).</summary>
    ValueTask<Release?> FindByKeyAsync(ReleaseKey key, CancellationToken cancellationToken);

    /// <summary>The release of the mini program that is between application and end on this target, or null (A22).</summary>
    ValueTask<Release?> FindActiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken);

    /// <summary>The release of the mini program that is live for everyone on this target, or null.</summary>
    ValueTask<Release?> FindLiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken);

    /// <summary>Releases that match, the newest first, at most <see cref="ReleaseQuery.Limit"/> of them.</summary>
    ValueTask<ReleasePage> ListAsync(ReleaseQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the state after an event and the event itself as the next line of the log. <see cref="Release.Revision"/> is the number of
    /// that line; the commit fails if the stored release is not exactly one behind, if the key is taken (I4), or if another release of the
    /// mini program is active on the target (A22).
    /// </summary>
    void Save(Release release, ReleaseEvent happened);

    /// <summary>Stores which workflow instance carries the release; no event, no new revision.</summary>
    void SetWorkflow(ReleaseId id, string workflowInstanceId, string definitionId, int definitionVersion);

    /// <summary>The log, the oldest line first.</summary>
    ValueTask<IReadOnlyList<ReleaseEvent>> ListLogAsync(ReleaseId id, CancellationToken cancellationToken);

    /// <summary>The testers in the order they were added.</summary>
    ValueTask<IReadOnlyList<string>> ListTestersAsync(ReleaseId id, CancellationToken cancellationToken);

    /// <summary>Adds and removes testers. Goes with a <see cref="TestersChanged"/> in the same unit of work.</summary>
    void ChangeTesters(ReleaseId id, IReadOnlyList<string> added, IReadOnlyList<string> removed);
}

/// <summary>Which releases to list; what is null does not narrow.</summary>
public sealed record ReleaseQuery
{
    /// <summary>Of this mini program.</summary>
    public MiniProgramKey? MiniProgram { get; init; }

    /// <summary>Of this version.</summary>
    public VersionNumber? Version { get; init; }

    /// <summary>To this app.</summary>
    public AppKey? App { get; init; }

    /// <summary>To this environment.</summary>
    public ReleaseEnvironment? Environment { get; init; }

    /// <summary>In this status.</summary>
    public ReleaseStatus? Status { get; init; }

    /// <summary>True: only those that are not at their end. Default: false.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Only what these workspaces and assignments may see; null for everything.</summary>
    public ReleaseVisibility? Visibility { get; init; }

    /// <summary>Applied for by this account (its latest request).</summary>
    public Access.UserId? Applicant { get; init; }

    /// <summary>Where the last page ended; null for the first page.</summary>
    public ReleaseId? After { get; init; }

    /// <summary>How many, 1 to 200. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}

/// <summary>What an actor may see, as a filter of lists: a release matches if any of the three holds.</summary>
/// <param name="MiniProgramWorkspaces">All releases of mini programs of these workspaces.</param>
/// <param name="AppWorkspaces">All releases to apps of these workspaces.</param>
/// <param name="MiniPrograms">All releases of these mini programs.</param>
public sealed record ReleaseVisibility(
    IReadOnlyList<Access.WorkspaceKey> MiniProgramWorkspaces,
    IReadOnlyList<Access.WorkspaceKey> AppWorkspaces,
    IReadOnlyList<MiniProgramKey> MiniPrograms)
{
    /// <summary>What the actor's roles let the actor see; null for everything.</summary>
    public static ReleaseVisibility? Of(Access.Actor actor) =>
        actor.IsSystem || actor.Grants.Any(grant => grant.Role == Access.Role.Administrator)
            ? null
            : new ReleaseVisibility(
                [.. actor.Grants.Where(grant => grant.Role is Access.Role.WorkspaceAdmin or Access.Role.DeveloperAdmin or Access.Role.Reviewer).Select(grant => grant.Workspace)],
                [.. actor.Grants.Where(grant => grant.Role is Access.Role.WorkspaceAdmin or Access.Role.Reviewer).Select(grant => grant.Workspace)],
                [.. actor.Grants.Where(grant => grant.Role is Access.Role.WorkspaceDeveloper or Access.Role.Developer).SelectMany(grant => grant.MiniPrograms)]);
}

/// <summary>One page of releases.</summary>
/// <param name="Items">The releases, the newest first.</param>
/// <param name="Next">Where to go on; null on the last page.</param>
public sealed record ReleasePage(IReadOnlyList<Release> Items, ReleaseId? Next);
