using System.Globalization;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Rollout;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>What happens next with a release, and who can make it happen.</summary>
/// <param name="Sentence">What the release waits for.</param>
/// <param name="Who">Who can act; null at the end, and where nobody needs to.</param>
/// <param name="Until">A time that counts: when a freeze ends, when a pilot may be completed; null if there is none.</param>
/// <param name="UntilWhat">What it is, before the time: “The freeze ends”.</param>
internal sealed record ReleaseOutlook(string Sentence, string? Who = null, DateTimeOffset? Until = null, string? UntilWhat = null)
{
    /// <summary>The outlook of a release.</summary>
    /// <param name="sight">The release.</param>
    /// <param name="reviewers">How many people can decide on its request; null if that was not asked.</param>
    public static ReleaseOutlook Of(ReleaseSight sight, int? reviewers = null)
    {
        var release = sight.Release;
        if (sight.IsStopped)
        {
            return new ReleaseOutlook(
                "The workflow of this release has failed, so nothing goes on by itself. Whoever defines workflows finds the cause at the running instance; then the workflow is started anew and finds its place.",
                sight.May(WorkflowRestart.Command) ? "You can restart it." : $"The admins of {sight.AppName} and the developers of {release.MiniProgramWorkspace}.");
        }

        return release.Status switch
        {
            ReleaseStatus.NewVersionCreated => OfNew(sight),
            ReleaseStatus.UnderReview => OfReview(sight, reviewers),
            ReleaseStatus.PilotTesting => OfPilot(sight),
            ReleaseStatus.ReleasePreparation => Frozen(sight) ?? new ReleaseOutlook(
                "Approved. Choose how it goes live: to a percentage of the users that rises step by step, or to everyone at once.", Developers(sight, Permission.GoLive)),
            ReleaseStatus.GrayscaleRelease => OfGrayscale(sight),
            ReleaseStatus.FullRelease => new ReleaseOutlook(
                $"Everyone in {sight.Target} has this version. The release is complete."),
            ReleaseStatus.Canceled => new ReleaseOutlook(
                $"Canceled. {sight.Version} can never go to {sight.Target} again; other targets stay open. To release here, upload a new version."),
            _ => new ReleaseOutlook(sight.Log[^1] is ReleaseArchived
                ? $"A newer version took its place in {sight.Target}."
                : $"Taken offline: nobody in {sight.Target} gets it any more."),
        };
    }

    private static ReleaseOutlook OfNew(ReleaseSight sight)
    {
        var release = sight.Release;
        var developers = Developers(sight, Permission.Apply);
        if (release.Building == BuildState.Building)
        {
            return new ReleaseOutlook("The package is being built with its configuration. This takes a few seconds; then it can be applied for.");
        }

        if (release.Building == BuildState.BuildFailed)
        {
            return new ReleaseOutlook($"The package could not be built: {release.BuildFailure} Mend the cause, then build again.", developers);
        }

        var rejected = release.Request is { Outcome: ReviewOutcome.Rejected } request
            ? $"{request.DecidedByName} rejected the request ({CategoryWords(request.Category)}): “{request.Comment}” "
            : release.Request?.Outcome == ReviewOutcome.Withdrawn ? "The request was taken back. " : "";
        if (sight.NeedsNewVersion)
        {
            return new ReleaseOutlook(rejected + "This package is not accepted again: upload a new version with the mended code and release that.", developers);
        }

        if (sight.Occupant is { } occupant)
        {
            return new ReleaseOutlook($"{rejected}{occupant.Key.Version} is in {ReleaseDecider.Words(occupant.Status)} on this target. One version at a time goes there: let it finish or cancel it first.", developers);
        }

        if (sight.Missing.Count > 0)
        {
            return new ReleaseOutlook($"{rejected}Before it can be applied for, fill in {string.Join(" and ", sight.Missing)} under Basic information.", developers);
        }

        return new ReleaseOutlook(
            rejected + (sight.May(ReleaseCommands.Apply) ? "Check what goes out, then apply. " : "A developer checks what goes out, and applies. ") + (release.Policy.Review == ReviewMode.Manual
                ? $"{sight.AppName} reviews it; while it does, nothing can be edited."
                : $"{release.Key.Environment} needs no review"
                    + (release.Policy.Pilot == PilotMode.Off ? ", so it goes live at once." : ", so pilot testing begins at once.")),
            developers);
    }

    private static ReleaseOutlook OfReview(ReleaseSight sight, int? reviewers)
    {
        var request = sight.Release.Request!;
        if (request.Outcome != ReviewOutcome.InReview)
        {
            return new ReleaseOutlook("The request is approved; the workflow takes the next step.");
        }

        if (request.Stage is not { } stage)
        {
            return new ReleaseOutlook(
                $"{sight.AppName} reviews this version.",
                reviewers switch
                {
                    null => $"The reviewers of {sight.AppName}.",
                    0 => $"{sight.AppName} has no reviewer who may decide; an admin of {sight.Release.AppWorkspace} adds one.",
                    1 => "One reviewer can decide.",
                    _ => $"{reviewers} reviewers can decide.",
                });
        }

        var given = request.Approvals.Count(approval => approval.Stage == stage.Name);
        return new ReleaseOutlook(
            $"{sight.AppName} reviews this version in “{stage.Name}”: {given} of {stage.RequiredApprovals} {(stage.RequiredApprovals == 1 ? "approval" : "approvals")} given{(stage.IsLast ? "." : "; another stage follows.")}",
            stage.Reviewers.Count == 0 ? $"The reviewers of {sight.AppName}." : $"{string.Join(", ", stage.Reviewers)}.");
    }

    private static ReleaseOutlook OfPilot(ReleaseSight sight)
    {
        var release = sight.Release;
        if (release.IsPilotCompleted)
        {
            return new ReleaseOutlook("Testing is complete; the workflow takes the next step.");
        }

        var who = Developers(sight, Permission.Testers);
        var after = release.Policy.GoesLiveManually ? "then choose how it goes live" : "then it goes live by itself";
        var earliest = release.Policy.Pilot == PilotMode.Required ? release.PilotStartedAt?.AddHours(release.Policy.MinimumPilotHours) : null;
        var (until, untilWhat) = earliest > sight.Now ? (earliest, "Testing may be completed") : ((DateTimeOffset?)null, (string?)null);
        if (release.TesterCount == 0)
        {
            return new ReleaseOutlook($"Add the testers who shall try this version in {sight.AppName}. When they are content, complete testing; {after}.", who, until, untilWhat);
        }

        var lacking = release.Policy.Pilot == PilotMode.Required ? release.Policy.MinimumTesters - release.TesterCount : 0;
        return new ReleaseOutlook(
            $"{release.TesterCount:N0} {(release.TesterCount == 1 ? "tester has" : "testers have")} this version in {sight.AppName}. "
            + (lacking > 0 ? $"{lacking:N0} more are needed before testing can be completed." : $"When they are content, complete testing; {after}."),
            who, until, untilWhat);
    }

    private static ReleaseOutlook OfGrayscale(ReleaseSight sight)
    {
        var release = sight.Release;
        var who = Developers(sight, Permission.GoLive);
        return release switch
        {
            { Hold: { } hold } => new ReleaseOutlook($"{hold.By} holds the rollout at {release.Percentage}\u00a0%: {hold.Reason} Nobody more gets the version until it is resumed.", who),
            _ when Frozen(sight) is { } frozen => frozen,
            { Percentage: null } => new ReleaseOutlook("Nobody has this version yet. Begin with a small percentage of the users, or release to everyone at once.", who),
            _ => new ReleaseOutlook($"{release.Percentage}\u00a0% of the users have this version{InPeople(sight)}. Watch how it does, then raise the percentage; 100\u00a0% is the Full Release and ends the process.", who),
        };
    }

    private static string? InPeople(ReleaseSight sight) => sight is { App.Audience: { } audience, Release.Percentage: { } percentage }
        ? string.Create(CultureInfo.InvariantCulture, $", about {AudienceShare.Of(audience, percentage):N0} of {audience:N0}")
        : null;

    private static ReleaseOutlook? Frozen(ReleaseSight sight) => sight.Freeze is { } freeze
        ? new ReleaseOutlook(
            $"{sight.Target} is frozen ({freeze.Name}): nobody more gets a version there. An admin of {sight.AppName} can let this release pass.",
            Developers(sight, Permission.GoLive), freeze.Until, "The freeze ends")
        : null;

    private static string Developers(ReleaseSight sight, Permission permission) => sight.Actor.May(permission, sight.Release.Subject)
        ? $"You, and the other developers of {sight.Release.BasicInformation.Name} in {sight.Release.MiniProgramWorkspace}."
        : $"The developers of {sight.Release.BasicInformation.Name} in {sight.Release.MiniProgramWorkspace}.";

    /// <summary>What a rejection is about, in words.</summary>
    public static string CategoryWords(RejectionCategory? category) => category switch
    {
        RejectionCategory.Details => "details",
        RejectionCategory.Code => "code",
        RejectionCategory.Policy => "policy",
        _ => "",
    };
}
