using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.InMemory;

namespace ReleaseWorkflows.Domain.Tests.Examples;

/// <summary>
/// A release told by what happened to it. The events are written down here and not asked of the rules, so that a release can be put
/// anywhere, whatever the rules say about the way there.
/// </summary>
internal sealed record ReleaseExample(Release Release)
{
    public static DateTimeOffset Now { get; } = SettableClock.Start;

    public static Actor Applicant => People.Developer;

    /// <summary>Just created; the build is under way.</summary>
    public static ReleaseExample Created(ReleasePolicy policy, string version = "1.0.0") => new(Release.Begin(
        new ReleaseCreated(
            ReleaseId.New(Now), Coffee.KeyOf(version, policy.Environment), People.Acme, People.SuperApp, policy, Coffee.VersionOf(version).SourceDigest,
            ConfigurationValues.Empty, Coffee.MiniProgram.Configuration, Coffee.BasicInformation)
        {
            At = Now,
            By = Applicant.Id,
            ByName = Applicant.Name,
        }));

    public ReleaseExample Built() => After(Actor.System, by => new PackageBuilt(Coffee.Build(Release)) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample BuildFailed() =>
        After(Actor.System, by => new PackageBuildFailed("app.json is missing.") { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Applied() => After(Applicant, by => new ApplicationSubmitted(
        ReviewRequestId.New(Now), Release.Snapshot(), Release.Policy, Applicant.Email, Release.BasicInformation)
    {
        At = Now,
        By = by.Id,
        ByName = by.Name,
    });

    public ReleaseExample Approved() => Release.Policy.Review == ReviewMode.Auto
        ? After(Actor.System, by => new RequestApproved(null, IsAutomatic: true) { At = Now, By = by.Id, ByName = by.Name })
        : After(People.Reviewer, by => new RequestApproved(null, IsAutomatic: false) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Rejected(RejectionCategory category, bool allowsSamePackage = false) =>
        After(People.Reviewer, by => new RequestRejected("Mend it.", category, allowsSamePackage) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Withdrawn() => After(Applicant, by => new RequestWithdrawn { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample InPilot() => After(Actor.System, by => new PilotStarted { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample WithTesters(int count) =>
        After(Applicant, by => new TestersChanged(count, 0, count, []) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample PilotCompleted() => After(Applicant, by => new PilotCompleted(null) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Prepared() => After(Actor.System, by => new ReleasePrepared { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample GrayscaleChosen() => After(Applicant, by => new GrayscaleChosen { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample RaisedTo(int percentage) =>
        After(Applicant, by => new PercentageRaised(percentage) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Held(string reason = "Crashes doubled.") => After(Applicant, by => new RolloutHeld(reason) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample InStage(string name, int approvals = 1, bool isLast = true, params string[] reviewers) =>
        After(Actor.System, by => new ReviewStageOpened(new ReviewStage(name, approvals, reviewers, isLast)) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample ApprovedBy(Actor reviewer, string stage) =>
        After(reviewer, by => new ApprovalGiven(stage, null, 1, 2) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Live(ReleaseMode mode) => After(Applicant, by => new WentLive(mode) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Canceled() => After(Applicant, by => new ReleaseCanceled(null) { At = Now, By = by.Id, ByName = by.Name });

    public ReleaseExample Archived() =>
        After(Actor.System, by => new ReleaseArchived(new ReleaseId("newer")) { At = Now, By = by.Id, ByName = by.Name });

    /// <summary>What the rules say to a command, in a world where nothing else is in the way.</summary>
    public ReleaseDecision Decide(ReleaseCommand command, Actor actor, Func<ReleaseContext, ReleaseContext>? change = null, DateTimeOffset? at = null)
    {
        var context = new ReleaseContext { Policy = Release.Policy, GlobalConfiguration = Coffee.MiniProgram.Configuration };
        return ReleaseDecider.Decide(Release, command, change?.Invoke(context) ?? context, actor, at ?? Now);
    }

    private ReleaseExample After(Actor actor, Func<Actor, ReleaseEvent> happened) => new(Release.Apply(happened(actor)));
}
