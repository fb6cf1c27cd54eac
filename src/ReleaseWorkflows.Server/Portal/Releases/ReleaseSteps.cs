using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>Where a step of a release stands.</summary>
public enum StepState
{
    /// <summary>Behind it.</summary>
    Done,

    /// <summary>Not taken: the release went on without it.</summary>
    Skipped,

    /// <summary>Where it is.</summary>
    Current,

    /// <summary>Where it was given up.</summary>
    Stopped,

    /// <summary>Before it.</summary>
    ToCome,
}

/// <summary>One step of a release on its page.</summary>
/// <param name="Title">The phase, in the words of the documents.</param>
/// <param name="State">Where it stands.</param>
/// <param name="At">When it was done, or since when it is the current one; null otherwise.</param>
/// <param name="Note">Who it waits on, or what became of it.</param>
public sealed record ReleaseStep(string Title, StepState State, DateTimeOffset? At, string? Note);

/// <summary>
/// The steps of a release: only those of its environment and the policy it is under (S2, S3), told from its log. Three in Development, five in Production.
/// </summary>
internal static class ReleaseSteps
{
    /// <summary>The steps in their order.</summary>
    /// <param name="release">The release.</param>
    /// <param name="app">What people call its target app.</param>
    /// <param name="log">What happened to it, the oldest first.</param>
    public static IReadOnlyList<ReleaseStep> Of(Release release, string app, IReadOnlyList<ReleaseEvent> log)
    {
        var phases = PhasesOf(release, app);
        var entered = new DateTimeOffset?[phases.Count];
        var state = Release.Begin((ReleaseCreated)log[0]);
        var place = 0;
        entered[0] = log[0].At;
        foreach (var happened in log.Skip(1))
        {
            state = state.Apply(happened);
            var next = PlaceOf(state, phases, place);
            if (next != place)
            {
                // Going back forgets what was ahead: after a rejection the review begins anew.
                Array.Fill(entered, null, Math.Min(next, place) + 1, phases.Count - Math.Min(next, place) - 1);
                entered[next] = happened.At;
                place = next;
            }
        }

        var isOver = release.Status is ReleaseStatus.FullRelease or ReleaseStatus.Archived;
        return [.. phases.Select((phase, index) => StepAt(index, phase))];

        ReleaseStep StepAt(int index, Phase phase)
        {
            if (index > place)
            {
                return new ReleaseStep(phase.Title, StepState.ToCome, null, null);
            }

            if (index == place && release.Status == ReleaseStatus.Canceled)
            {
                return new ReleaseStep(phase.Title, StepState.Stopped, release.UpdatedAt, "Canceled here");
            }

            if (index == place)
            {
                return isOver
                    ? new ReleaseStep(phase.Title, StepState.Done, entered[index], release.Status == ReleaseStatus.Archived ? "Archived since" : null)
                    : new ReleaseStep(phase.Title, StepState.Current, entered[index], phase.WaitsOn(release));
            }

            return entered[index] is null
                ? new ReleaseStep(phase.Title, StepState.Skipped, null, "Not needed")
                : new ReleaseStep(phase.Title, StepState.Done, entered.Skip(index + 1).FirstOrDefault(time => time is not null), null);
        }
    }

    private static List<Phase> PhasesOf(Release release, string app)
    {
        var policy = release.Policy;
        var phases = new List<Phase> { new("Prepare", [ReleaseStatus.NewVersionCreated], now => now.Building == BuildState.Building ? "The platform builds" : "A developer prepares") };
        phases.Add(policy.Review == ReviewMode.Manual
            ? new Phase("Review", [ReleaseStatus.UnderReview], _ => $"Waits on {app}")
            : new Phase("Apply to Release", [ReleaseStatus.UnderReview], _ => "A developer applies"));
        if (policy.Pilot != PilotMode.Off)
        {
            phases.Add(new Phase("Pilot Testing", [ReleaseStatus.PilotTesting], now => now.TesterCount == 0 ? "A developer adds testers" : "Testers try it"));
        }
        else if (policy.GoesLiveManually)
        {
            phases.Add(new Phase("Release Preparation", [ReleaseStatus.ReleasePreparation], _ => "A developer chooses"));
        }

        if (policy.GoesLiveManually)
        {
            phases.Add(new Phase("Grayscale Release", [ReleaseStatus.GrayscaleRelease], now => now.Hold is not null ? "Held" : now.Percentage is { } percentage ? $"At {percentage} %" : "A developer begins"));
        }

        phases.Add(new Phase("Full Release", [ReleaseStatus.FullRelease, ReleaseStatus.Archived], _ => null));
        return phases;
    }

    // Without review, a built package has only to be applied for: that is the second step then.
    private static int PlaceOf(Release release, List<Phase> phases, int place)
    {
        if (release is { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.Ready, Policy.Review: ReviewMode.Auto })
        {
            return 1;
        }

        var found = phases.FindIndex(phase => phase.Statuses.Contains(release.Status));

        // Canceled stays where it was; so does a status that this policy does not know of.
        return found < 0 ? place : found;
    }

    private sealed record Phase(string Title, ReleaseStatus[] Statuses, Func<Release, string?> WaitsOn);
}
