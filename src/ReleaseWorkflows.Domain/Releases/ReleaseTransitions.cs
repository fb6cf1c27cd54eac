using System.Collections.Frozen;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Domain.Releases;

/// <summary>One line of the state machine.</summary>
/// <param name="Number">The transition's number in the rules: T2 to T27. Several lines share one where a person's act is followed by the platform's.</param>
/// <param name="Command">What causes it.</param>
/// <param name="From">Where the release must stand.</param>
/// <param name="To">Where it stands then.</param>
/// <param name="Condition">When the line applies, in words; empty: always.</param>
/// <param name="Applies">The same for the machine, over the release alone.</param>
public sealed record ReleaseTransition(
    string Number, string Command, ReleaseStatus From, ReleaseStatus To, string Condition, Func<Release, bool> Applies);

/// <summary>
/// The state machine of a release as one table. <see cref="ReleaseDecider"/> asks it what fits, clients are told from it what they may do,
/// the tests walk every cell, and the picture in the documentation is drawn from it. T1 (creation) has no state to start from and is
/// <see cref="ReleaseDecider.Create"/>.
/// </summary>
public static class ReleaseTransitions
{
    /// <summary>Every line, in the order of a release's life.</summary>
    public static IReadOnlyList<ReleaseTransition> All { get; } =
    [
        Line("T2", ReleaseCommands.CompleteBuild, ReleaseStatus.NewVersionCreated, ReleaseStatus.NewVersionCreated, "building", IsBuilding),
        Line("T2", ReleaseCommands.FailBuild, ReleaseStatus.NewVersionCreated, ReleaseStatus.NewVersionCreated, "building", IsBuilding),
        Line("T2", ReleaseCommands.RetryBuild, ReleaseStatus.NewVersionCreated, ReleaseStatus.NewVersionCreated, "build failed", r => r.Building == BuildState.BuildFailed),
        Line("T3", ReleaseCommands.EditConfiguration, ReleaseStatus.NewVersionCreated, ReleaseStatus.NewVersionCreated),
        Line("T3", ReleaseCommands.EditBasicInformation, ReleaseStatus.NewVersionCreated, ReleaseStatus.NewVersionCreated),
        Line("T3", ReleaseCommands.RefreshConfiguration, ReleaseStatus.NewVersionCreated, ReleaseStatus.NewVersionCreated),
        Line("T4 T5 T6", ReleaseCommands.Apply, ReleaseStatus.NewVersionCreated, ReleaseStatus.UnderReview, "package ready", r => r.Building == BuildState.Ready),
        Line("T5 T6", ReleaseCommands.ApproveAutomatically, ReleaseStatus.UnderReview, ReleaseStatus.UnderReview, "automatic review, undecided", r => IsUndecided(r) && r.Policy.Review == ReviewMode.Auto),
        Line("T7", ReleaseCommands.Withdraw, ReleaseStatus.UnderReview, ReleaseStatus.NewVersionCreated, "undecided, or approved and not taken further"),
        Line("T8", ReleaseCommands.Reject, ReleaseStatus.UnderReview, ReleaseStatus.NewVersionCreated, "manual review, undecided", IsUndecidedByPerson),
        Line("T9 T10 T11", ReleaseCommands.Approve, ReleaseStatus.UnderReview, ReleaseStatus.UnderReview, "manual review, undecided", IsUndecidedByPerson),
        Line("T23", ReleaseCommands.OpenReviewStage, ReleaseStatus.UnderReview, ReleaseStatus.UnderReview, "manual review, undecided", IsUndecidedByPerson),
        Line("T23", ReleaseCommands.AssignReviewers, ReleaseStatus.UnderReview, ReleaseStatus.UnderReview, "manual review, undecided", IsUndecidedByPerson),
        Line("T23", ReleaseCommands.EscalateReview, ReleaseStatus.UnderReview, ReleaseStatus.UnderReview, "manual review, undecided", IsUndecidedByPerson),
        Line("T24", ReleaseCommands.ExpireReview, ReleaseStatus.UnderReview, ReleaseStatus.NewVersionCreated, "manual review, undecided", IsUndecidedByPerson),
        Line("T6 T9", ReleaseCommands.StartPilot, ReleaseStatus.UnderReview, ReleaseStatus.PilotTesting, "approved, the app has a pilot", r => IsApproved(r) && r.Policy.Pilot != PilotMode.Off),
        Line("T10", ReleaseCommands.PrepareRelease, ReleaseStatus.UnderReview, ReleaseStatus.ReleasePreparation, "approved, Production, no pilot required", r => MayPassBy(r) && r.Policy.GoesLiveManually),
        Line("T5 T11", ReleaseCommands.GoLiveAutomatically, ReleaseStatus.UnderReview, ReleaseStatus.FullRelease, "approved, not Production, no pilot required", r => MayPassBy(r) && !r.Policy.GoesLiveManually),
        Line("T12", ReleaseCommands.UpdateTesters, ReleaseStatus.PilotTesting, ReleaseStatus.PilotTesting, "pilot not completed", r => !r.IsPilotCompleted),
        Line("T13", ReleaseCommands.CompletePilot, ReleaseStatus.PilotTesting, ReleaseStatus.GrayscaleRelease, "Production, pilot not completed", r => !r.IsPilotCompleted && r.Policy.GoesLiveManually),
        Line("T14", ReleaseCommands.CompletePilot, ReleaseStatus.PilotTesting, ReleaseStatus.PilotTesting, "Sandbox, pilot not completed", r => !r.IsPilotCompleted && !r.Policy.GoesLiveManually),
        Line("T14", ReleaseCommands.GoLiveAutomatically, ReleaseStatus.PilotTesting, ReleaseStatus.FullRelease, "Sandbox, pilot completed", r => r.IsPilotCompleted),
        Line("T15", ReleaseCommands.Cancel, ReleaseStatus.PilotTesting, ReleaseStatus.Canceled),
        Line("T16", ReleaseCommands.GoLive, ReleaseStatus.ReleasePreparation, ReleaseStatus.GrayscaleRelease, "type Grayscale"),
        Line("T17", ReleaseCommands.Grayscale, ReleaseStatus.GrayscaleRelease, ReleaseStatus.GrayscaleRelease, "percentage below 100, not held", IsNotHeld),
        Line("T18", ReleaseCommands.Grayscale, ReleaseStatus.GrayscaleRelease, ReleaseStatus.FullRelease, "percentage 100, not held", IsNotHeld),
        Line("T17", ReleaseCommands.RaiseAutomatically, ReleaseStatus.GrayscaleRelease, ReleaseStatus.GrayscaleRelease, "percentage set, not held", IsRising),
        Line("T18", ReleaseCommands.RaiseAutomatically, ReleaseStatus.GrayscaleRelease, ReleaseStatus.FullRelease, "percentage set, not held", IsRising),
        Line("T25", ReleaseCommands.Hold, ReleaseStatus.GrayscaleRelease, ReleaseStatus.GrayscaleRelease, "percentage set, not held", IsRising),
        Line("T25", ReleaseCommands.HoldAutomatically, ReleaseStatus.GrayscaleRelease, ReleaseStatus.GrayscaleRelease, "percentage set, not held", IsRising),
        Line("T25", ReleaseCommands.Resume, ReleaseStatus.GrayscaleRelease, ReleaseStatus.GrayscaleRelease, "held", r => r.Hold is not null),
        Line("T26", ReleaseCommands.OverrideFreeze, ReleaseStatus.ReleasePreparation, ReleaseStatus.ReleasePreparation, "not overridden", r => !r.IsFreezeOverridden),
        Line("T26", ReleaseCommands.OverrideFreeze, ReleaseStatus.GrayscaleRelease, ReleaseStatus.GrayscaleRelease, "not overridden", r => !r.IsFreezeOverridden),
        Line("T19", ReleaseCommands.GoLive, ReleaseStatus.ReleasePreparation, ReleaseStatus.FullRelease, "type Full"),
        Line("T19", ReleaseCommands.GoLive, ReleaseStatus.GrayscaleRelease, ReleaseStatus.FullRelease, "percentage unset, type Full", r => r.Percentage is null),
        Line("T20", ReleaseCommands.Cancel, ReleaseStatus.GrayscaleRelease, ReleaseStatus.Canceled),
        Line("T21", ReleaseCommands.Cancel, ReleaseStatus.ReleasePreparation, ReleaseStatus.Canceled),
        Line("T27", ReleaseCommands.TakeOffline, ReleaseStatus.FullRelease, ReleaseStatus.Archived),
        Line("T22", ReleaseCommands.Archive, ReleaseStatus.FullRelease, ReleaseStatus.Archived),
    ];

    private static readonly FrozenDictionary<string, Permission> PermissionOfCommand = new Dictionary<string, Permission>
    {
        [ReleaseCommands.EditConfiguration] = Permission.Prepare,
        [ReleaseCommands.EditBasicInformation] = Permission.Prepare,
        [ReleaseCommands.RetryBuild] = Permission.Prepare,
        [ReleaseCommands.Apply] = Permission.Apply,
        [ReleaseCommands.Withdraw] = Permission.Withdraw,
        [ReleaseCommands.Approve] = Permission.Review,
        [ReleaseCommands.Reject] = Permission.Review,
        [ReleaseCommands.AssignReviewers] = Permission.Review,
        [ReleaseCommands.Hold] = Permission.GoLive,
        [ReleaseCommands.Resume] = Permission.GoLive,
        [ReleaseCommands.OverrideFreeze] = Permission.OverrideFreeze,
        [ReleaseCommands.TakeOffline] = Permission.Cancel,
        [ReleaseCommands.UpdateTesters] = Permission.Testers,
        [ReleaseCommands.CompletePilot] = Permission.Testers,
        [ReleaseCommands.GoLive] = Permission.GoLive,
        [ReleaseCommands.Grayscale] = Permission.GoLive,
        [ReleaseCommands.Cancel] = Permission.Cancel,
    }.ToFrozenDictionary();

    /// <summary>The commands of persons, in the order of a release's life.</summary>
    public static IReadOnlyList<string> PersonalCommands { get; } =
        [.. All.Select(line => line.Command).Distinct().Where(PermissionOfCommand.ContainsKey)];

    /// <summary>The permission a command needs; null for the platform's own.</summary>
    public static Permission? PermissionFor(string command) =>
        PermissionOfCommand.TryGetValue(command, out var permission) ? permission : null;

    /// <summary>The statuses in which a command has a line, in the order of a release's life.</summary>
    public static IReadOnlyList<ReleaseStatus> StatusesFor(string command) =>
        [.. All.Where(line => line.Command == command).Select(line => line.From).Distinct()];

    /// <summary>True if a line of the table fits the release as it stands.</summary>
    public static bool Fits(Release release, string command)
    {
        foreach (var line in All)
        {
            if (line.Command == command && line.From == release.Status && line.Applies(release))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What the actor may do with the release now, in the order of a release's life.</summary>
    public static IReadOnlyList<string> AllowedCommands(Release release, Actor actor) =>
        [.. PersonalCommands.Where(command => Fits(release, command) && ReleaseDecider.MayAct(release, command, actor) is null)];

    private static bool IsBuilding(Release release) => release.Building == BuildState.Building;

    private static bool IsUndecided(Release release) => release.Request?.Outcome == ReviewOutcome.InReview;

    private static bool IsUndecidedByPerson(Release release) => IsUndecided(release) && release.Policy.Review == ReviewMode.Manual;

    private static bool IsApproved(Release release) => release.Request?.Outcome == ReviewOutcome.Approved;

    private static bool IsNotHeld(Release release) => release.Hold is null;

    private static bool IsRising(Release release) => release.Percentage is not null && IsNotHeld(release);

    // Approved, and no pilot has to come first.
    private static bool MayPassBy(Release release) => IsApproved(release) && release.Policy.Pilot != PilotMode.Required;

    private static ReleaseTransition Line(
        string number, string command, ReleaseStatus from, ReleaseStatus to, string condition = "", Func<Release, bool>? applies = null) =>
        new(number, command, from, to, condition, applies ?? (_ => true));
}
