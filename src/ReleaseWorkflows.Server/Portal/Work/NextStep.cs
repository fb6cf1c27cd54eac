using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Server.Portal.Work;

/// <summary>What a release waits for, in a few words, as one reader sees it.</summary>
/// <param name="IsMine">True if the reader can take the step.</param>
/// <param name="Text">The step as a verb for whom it waits on (“Apply to Release”), or what is waited for (“Super App A decides”).</param>
/// <param name="Since">Since when.</param>
/// <param name="NotBefore">Before that the step is refused; null if it can be taken at once.</param>
public sealed record NextStep(bool IsMine, string Text, DateTimeOffset Since, DateTimeOffset? NotBefore = null)
{
    /// <summary>The next step of a release that is not at its end.</summary>
    /// <param name="release">The release.</param>
    /// <param name="actor">The reader.</param>
    /// <param name="isStopped">True if its workflow has failed (A31).</param>
    /// <param name="app">What people call the app.</param>
    public static NextStep Of(Release release, Actor actor, bool isStopped, string app)
    {
        if (isStopped)
        {
            return WorkflowRestart.MayRestart(release, actor)
                ? new NextStep(true, "Look at the workflow, which has failed, and restart it", release.UpdatedAt)
                : new NextStep(false, $"An admin of {app} restarts the workflow, which has failed", release.UpdatedAt);
        }

        return release switch
        {
            { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.Building } => new NextStep(false, "The package is being built", release.UpdatedAt),
            { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.BuildFailed } =>
                Personal(ReleaseCommands.RetryBuild, "Mend the cause and build the package again", "A developer builds the package again"),
            { Status: ReleaseStatus.NewVersionCreated, Request.Outcome: ReviewOutcome.Rejected } =>
                Personal(ReleaseCommands.Apply, "Address the rejection and apply again", "A developer addresses the rejection"),
            { Status: ReleaseStatus.NewVersionCreated } => Personal(ReleaseCommands.Apply, "Apply to Release", "A developer applies to release"),
            { Status: ReleaseStatus.UnderReview, Request.Outcome: ReviewOutcome.InReview } =>
                Personal(ReleaseCommands.Approve, "Decide on the request", Reviewers(release, app)) with { Since = release.Request!.SubmittedAt },
            { Status: ReleaseStatus.UnderReview } => new NextStep(false, "The workflow takes the next step", release.UpdatedAt),
            { Status: ReleaseStatus.PilotTesting, TesterCount: 0 } => Personal(ReleaseCommands.UpdateTesters, "Add testers", "A developer adds testers"),
            { Status: ReleaseStatus.PilotTesting } =>
                Personal(ReleaseCommands.CompletePilot, "Complete Testing", "A developer completes testing") with { NotBefore = PilotEnd(release) },
            { Status: ReleaseStatus.GrayscaleRelease, Hold: not null } => Personal(ReleaseCommands.Resume, "Resume the rollout, or cancel it", "The rollout is held"),
            { Status: ReleaseStatus.GrayscaleRelease, Percentage: { } percentage } =>
                Personal(ReleaseCommands.Grayscale, $"Raise the percentage from {percentage}\u00a0%", "A developer raises the percentage"),
            _ => Personal(ReleaseCommands.GoLive, "Choose Grayscale or Full Release", "A developer chooses the release type"),
        };

        NextStep Personal(string command, string mine, string others) =>
            ReleaseTransitions.Fits(release, command) && ReleaseDecider.MayAct(release, command, actor) is null
                ? new NextStep(true, mine, release.UpdatedAt)
                : new NextStep(false, others, release.UpdatedAt);
    }

    private static string Reviewers(Release release, string app) =>
        release.Request?.Stage is { Reviewers.Count: > 0 } stage ? $"{string.Join(" or ", stage.Reviewers)} decides" : $"A reviewer of {app} decides";

    // A required pilot lasts a while; until then nobody is asked to complete it.
    private static DateTimeOffset? PilotEnd(Release release) =>
        release is { Policy: { Pilot: PilotMode.Required, MinimumPilotHours: > 0 } policy, PilotStartedAt: { } start } ? start.AddHours(policy.MinimumPilotHours) : null;
}
