using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Invariants;

/// <summary>
/// I12: from wherever a release stands, people of good will bring it to an end. They try it out in a copy of the world; what they need
/// is nothing but commands (and, if the app has withdrawn the environment, its offer).
/// </summary>
internal static class RoadToTheEnd
{
    private const int LongestRoad = 30;

    /// <summary>The invariant. Within one walk, releases that stand alike in every respect that matters are tried once.</summary>
    public static Invariant Exists()
    {
        var tried = new HashSet<string>();
        return moment =>
        {
            foreach (var release in moment.Changed.Where(release => !IsAtItsEnd(release) && tried.Add(ShapeOf(release))))
            {
                if (!Leads(new ReleaseWorld(moment.After, moment.Now), release.Id, LongestRoad))
                {
                    return $"There is no way on for {release.Key}: {ShapeOf(release)}.";
                }
            }

            return null;
        };
    }

    private static bool Leads(ReleaseWorld world, ReleaseId id, int steps)
    {
        for (; steps > 0; steps--)
        {
            var release = world.State.Releases[id];
            if (IsAtItsEnd(release))
            {
                return true;
            }

            if (!StepsFrom(world, release).Any(step => Try(world, id, step.Command, step.Actor, steps)))
            {
                return false;
            }
        }

        return false;
    }

    private static bool Try(ReleaseWorld world, ReleaseId id, ReleaseCommand command, Actor actor, int steps)
    {
        var moment = world.Execute(id, command, actor);
        if (moment.Result!.Refusal is { Code: RefusalCodes.TargetOccupied } occupied)
        {
            return Leads(world, new ReleaseId(occupied.Data["occupantId"]), steps - 1);
        }

        return moment.Result.Event is not null;
    }

    // What leads on from here, the best first.
    private static IEnumerable<(ReleaseCommand Command, Actor Actor)> StepsFrom(ReleaseWorld world, Release release)
    {
        var admin = People.DeveloperAdmin;
        switch (release.Status)
        {
            case ReleaseStatus.NewVersionCreated when release.Building == BuildState.Building:
                return [(new CompleteBuild(Coffee.Build(release)), Actor.System)];
            case ReleaseStatus.NewVersionCreated when release.Building == BuildState.BuildFailed:
                return [(new RetryBuild(), admin)];
            case ReleaseStatus.NewVersionCreated when release.BasicInformation.Description is null:
                return [(new EditBasicInformation(Coffee.BasicInformation), admin)];
            case ReleaseStatus.NewVersionCreated:
                world.Offer(Coffee.App);
                return [(new Apply(), admin), (new EditConfiguration(Coffee.Variables(("MENDED", release.Revision.ToString("D", null)))), admin)];
            case ReleaseStatus.UnderReview when release.Request!.Outcome == ReviewOutcome.InReview:
                return [(new ApproveAutomatically(), Actor.System), (new Approve(), People.Reviewer), (new Approve(), People.WorkspaceAdmin),
                    (new OpenReviewStage(new ReviewStage("The end", 1, [], IsLast: true)), Actor.System), (new ExpireReview("Nobody decided."), Actor.System)];
            case ReleaseStatus.UnderReview:
                return [(new StartPilot(), Actor.System), (new PrepareRelease(), Actor.System), (new GoLiveAutomatically(), Actor.System)];
            case ReleaseStatus.PilotTesting:
                return [(new GoLiveAutomatically(), Actor.System), (new CompletePilot(), admin), (new Cancel(), admin)];
            default:
                return
                [
                    (new SetPercentage(100), admin), (new GoLive(ReleaseType.Full), admin), (new Resume("It was the network."), admin),
                    (new OverrideFreeze("A security fix."), People.WorkspaceAdmin),
                ];
        }
    }

    private static bool IsAtItsEnd(Release release) => release.Status is ReleaseStatus.FullRelease or ReleaseStatus.Canceled or ReleaseStatus.Archived;

    private static string ShapeOf(Release release) =>
        $"{release.Key.Environment} {release.Status} {release.Building} {release.LastRequest} {release.Request?.Category} refused {release.RefusedPackages.Count > 0} "
        + $"pilot {release.Policy.Pilot} completed {release.IsPilotCompleted} percentage {release.Percentage is not null} review {release.Policy.Review} "
        + $"stage {release.Request?.Stage?.Name} {release.Request?.Stage?.IsLast} {release.Request?.Approvals.Count} held {release.Hold is not null} freeze {release.IsFreezeOverridden}";
}
