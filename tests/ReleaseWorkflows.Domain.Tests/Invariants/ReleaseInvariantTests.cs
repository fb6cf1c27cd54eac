using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ReleaseWorkflows.Domain.Releases;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Domain.Tests.Invariants;

/// <summary>
/// Random walks through the life of releases: anybody does anything, rules and configuration change meanwhile, and after every command
/// each invariant holds. A failure names the invariant and tells the shortest walk that breaks it.
/// </summary>
/// <remarks>
/// The walks of a test are the same in every run. RELEASEWORKFLOWS_PROPERTY_RUNS (default 1,000) takes more of them,
/// RELEASEWORKFLOWS_PROPERTY_SEED others.
/// </remarks>
public sealed class ReleaseInvariantTests(ITestOutputHelper output)
{
    private const int DefaultRuns = 1_000;
    private const ulong DefaultSeed = 20_260_302;

    [Fact]
    public void I1_production_exposes_nothing_but_what_a_person_approved() => Holds(1, () => ReleaseInvariants.ProductionIsApproved);

    [Fact]
    public void I2_development_and_test_wait_for_nobody() => Holds(2, () => ReleaseInvariants.DevelopmentAndTestWaitForNobody);

    [Fact]
    public void I3_the_percentage_only_rises_and_100_is_the_full_release() => Holds(3, () => ReleaseInvariants.PercentagesRise);

    [Fact]
    public void I4_a_version_goes_to_a_target_once_for_ever() => Holds(4, () => ReleaseInvariants.KeysAreUsedOnce);

    [Fact]
    public void I5_details_change_in_New_Version_Created_only() => Holds(5, () => ReleaseInvariants.DetailsAreFrozen);

    [Fact]
    public void I6_version_and_target_never_change() => Holds(6, () => ReleaseInvariants.TargetsNeverChange);

    [Fact]
    public void I7_a_pilot_happens_only_where_the_app_has_one() => Holds(7, () => ReleaseInvariants.PilotsAreWhereTheyBelong);

    [Fact]
    public void I8_the_release_type_is_chosen_in_Production_only() => Holds(8, () => ReleaseInvariants.ReleaseTypeIsChosenInProductionOnly);

    [Fact]
    public void I9_every_decision_is_told_to_the_applicant_exactly_once() => Holds(9, () => ReleaseInvariants.DecisionsAreTold);

    [Fact]
    public void I10_every_change_is_one_line_of_the_log_and_the_state_is_what_the_log_says() => Holds(10, () => ReleaseInvariants.TheLogSaysItAll);

    [Fact]
    public void I11_the_test_code_changes_exactly_with_the_details() => Holds(11, ReleaseInvariants.TestCodeFollowsDetails);

    [Fact]
    public void I12_there_is_always_a_way_to_the_end() => Holds(12, RoadToTheEnd.Exists);

    [Fact]
    public void A22_one_version_at_a_time_is_in_progress_on_a_target() => Holds(22, () => ReleaseInvariants.OneActiveReleasePerTarget);

    [Fact]
    public void T22_one_version_at_a_time_is_live_for_everyone_on_a_target() => Holds(122, () => ReleaseInvariants.OneFullReleasePerTarget);

    [Fact]
    public void A30_a_release_stays_under_the_rules_it_applied_under() => Holds(30, () => ReleaseInvariants.RulesAreFrozenAtApplication);

    /// <summary>One walk under every invariant at once: what to run with very many walks.</summary>
    [Fact]
    public void On_one_and_the_same_walk_all_of_them_hold() => Holds(1_000, () =>
    {
        Invariant[] all =
        [
            ReleaseInvariants.ProductionIsApproved, ReleaseInvariants.DevelopmentAndTestWaitForNobody, ReleaseInvariants.PercentagesRise, ReleaseInvariants.KeysAreUsedOnce,
            ReleaseInvariants.DetailsAreFrozen, ReleaseInvariants.TargetsNeverChange, ReleaseInvariants.PilotsAreWhereTheyBelong, ReleaseInvariants.ReleaseTypeIsChosenInProductionOnly,
            ReleaseInvariants.DecisionsAreTold, ReleaseInvariants.TheLogSaysItAll, ReleaseInvariants.TestCodeFollowsDetails(), RoadToTheEnd.Exists(),
            ReleaseInvariants.OneActiveReleasePerTarget, ReleaseInvariants.OneFullReleasePerTarget, ReleaseInvariants.RulesAreFrozenAtApplication,
        ];
        return moment => all.Select(invariant => invariant(moment)).FirstOrDefault(complaint => complaint is not null);
    });

    [Fact]
    public void The_walks_see_every_status_every_event_and_every_refusal_of_a_release()
    {
        var statuses = new Dictionary<ReleaseStatus, int>();
        var events = new HashSet<Type>();
        var refusals = new HashSet<string>();
        Check.One(ConfigOf(0), Prop.ForAll(WalkStep.Walks, walk =>
        {
            foreach (var moment in Moments(walk, []))
            {
                foreach (var release in moment.Changed.Where(release => release.Status != moment.BeforeOf(release)?.Status))
                {
                    statuses[release.Status] = statuses.GetValueOrDefault(release.Status) + 1;
                }

                events.UnionWith(moment.Changed.SelectMany(release => moment.NewLinesOf(release.Id)).Select(line => line.GetType()));
                if (moment.Result?.Refusal is { } refusal)
                {
                    refusals.Add(refusal.Code);
                }
            }
        }));

        output.WriteLine(string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Key} {status.Value} times")));
        Assert.Equal(Enum.GetValues<ReleaseStatus>(), statuses.Keys.Order());
        Assert.Equal(
            typeof(ReleaseEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ReleaseEvent))).Select(type => type.Name).Order(StringComparer.Ordinal),
            events.Select(type => type.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            new[]
            {
                RefusalCodes.Invalid, RefusalCodes.Forbidden, RefusalCodes.NotFound, RefusalCodes.WrongState, RefusalCodes.StillBuilding,
                RefusalCodes.BuildFailed, RefusalCodes.DetailsIncomplete, RefusalCodes.TargetUsed, RefusalCodes.TargetOccupied,
                RefusalCodes.EnvironmentNotOffered, RefusalCodes.SamePackage, RefusalCodes.SelfApproval, RefusalCodes.RuleBroken,
                RefusalCodes.PercentageNotRising, RefusalCodes.PilotIncomplete, RefusalCodes.FirstVersionMustBeFull,
                RefusalCodes.NotAssigned, RefusalCodes.AlreadyApproved, RefusalCodes.Held, RefusalCodes.Frozen,
            }.Order(StringComparer.Ordinal),
            refusals.Order(StringComparer.Ordinal));
    }

    private void Holds(ulong number, Func<Invariant> newInvariant) => Check.One(ConfigOf(number), Prop.ForAll(WalkStep.Walks, walk =>
    {
        var invariant = newInvariant();
        var story = new List<string>();
        foreach (var moment in Moments(walk, story))
        {
            if (invariant(moment) is { } complaint)
            {
                Assert.Fail($"{complaint} What happened:\n  {string.Join("\n  ", story)}");
            }
        }
    }));

    private static IEnumerable<WorldMoment> Moments(WalkStep[] walk, List<string> story)
    {
        var world = new ReleaseWorld();
        foreach (var moment in walk.SelectMany(world.Take))
        {
            story.Add(moment.Story);
            yield return moment;
        }
    }

    private Config ConfigOf(ulong number)
    {
        var runs = int.TryParse(Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_PROPERTY_RUNS"), CultureInfo.InvariantCulture, out var more) ? more : DefaultRuns;
        var seed = (ulong.TryParse(Environment.GetEnvironmentVariable("RELEASEWORKFLOWS_PROPERTY_SEED"), CultureInfo.InvariantCulture, out var other) ? other : DefaultSeed) + number;
        output.WriteLine($"{runs} walks from seed {seed}");
        return Config.QuickThrowOnFailure
            .WithMaxTest(runs)
            .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(seed), FSharpOption<int>.None)));
    }
}
