using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Approvals;

/// <summary>
/// Where reviewers decide and applicants follow their requests. <c>/approvals</c> is the inbox: what the reader can decide on, the longest waiting first. A
/// request is one screen (<see cref="RequestPage"/>): what changes against what is live and against what was approved last
/// (<see cref="RequestComparison"/>), what the checks found, and the decision; after it, the next request.
/// </summary>
internal static class ApprovalPages
{
    /// <summary>Address of the inbox.</summary>
    public const string Inbox = "/approvals";

    /// <summary>Address of what the reader has asked for.</summary>
    public const string Mine = "/approvals/my-requests";

    /// <summary>How far the navigation counts.</summary>
    public const int MaximumCounted = 50;

    /// <summary>How many requests the inbox shows.</summary>
    public const int MaximumShown = 100;

    /// <summary>The address of one request: that of its release, which has at most one that waits.</summary>
    public static string Request(ReleaseId id) => $"{Inbox}/{Uri.EscapeDataString(id.Value)}";

    /// <summary>The requests that the reader can decide on, the longest waiting first.</summary>
    /// <param name="actor">The reader.</param>
    /// <param name="releases">The releases.</param>
    /// <param name="limit">How many requests to look at; the newest of them.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async ValueTask<IReadOnlyList<Release>> ListWaitingAsync(Actor actor, IReleaseStore releases, int limit, CancellationToken cancellationToken)
    {
        if (!actor.MaySomewhere(Permission.Review))
        {
            return [];
        }

        // Whose app it is decides; what else the reader may see has no place here.
        var apps = ReleaseVisibility.Of(actor) is { } visibility ? visibility with { MiniProgramWorkspaces = [], MiniPrograms = [] } : null;
        var page = await releases.ListAsync(new ReleaseQuery { Status = ReleaseStatus.UnderReview, Visibility = apps, Limit = limit }, cancellationToken);
        return [.. page.Items.Where(release => MayDecide(release, actor)).OrderBy(release => release.Request!.SubmittedAt)];
    }

    /// <summary>True if the release has a request that the reader can decide on.</summary>
    public static bool MayDecide(Release release, Actor actor) =>
        ReleaseTransitions.Fits(release, ReleaseCommands.Approve) && ReleaseDecider.MayAct(release, ReleaseCommands.Approve, actor) is null;
}
