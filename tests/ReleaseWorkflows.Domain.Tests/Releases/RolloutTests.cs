using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>Holding, schedules, freezes and taking offline (T17, T18, T25 to T27).</summary>
public sealed class RolloutTests
{
    private static readonly ReleasePolicy Production = new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off);
    private static readonly ActiveFreeze Weekend = new("Weekend", ReleaseExample.Now.AddHours(10));

    private static ReleaseExample Prepared => ReleaseExample.Created(Production).Built().Applied().Approved().Prepared();

    private static ReleaseExample Thirty => Prepared.GrayscaleChosen().RaisedTo(30);

    [Fact]
    public void A_held_rollout_says_who_holds_it_and_why()
    {
        var held = Thirty.Held("Crashes doubled.");

        Assert.Equal(("Crashes doubled.", "DEV"), (held.Release.Hold?.Reason, held.Release.Hold?.By));
        Assert.Equal(30, held.Release.Percentage);
        Assert.Equal(
            (RefusalCodes.Held, "DEV holds the rollout: Crashes doubled. Resume it before you raise the percentage, or cancel the release."),
            (held.Decide(new SetPercentage(50), People.Developer).Refusal?.Code, held.Decide(new SetPercentage(50), People.Developer).Refusal?.Message));
        Assert.IsType<ReleaseCanceled>(held.Decide(new Cancel(), People.Developer).Event);
    }

    [Fact]
    public void Once_resumed_the_percentage_rises_again()
    {
        var resumed = new ReleaseExample(Thirty.Held().Release.Apply(Thirty.Held().Decide(new Resume("It was the network."), People.Developer).Event!));

        Assert.Null(resumed.Release.Hold);
        Assert.IsType<PercentageRaised>(resumed.Decide(new SetPercentage(50), People.Developer).Event);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \t")]
    public void Holding_resuming_overriding_and_taking_offline_need_a_reason(string? reason)
    {
        ReleaseDecision[] decisions =
        [
            Thirty.Decide(new Hold(reason!), People.Developer),
            Thirty.Decide(new HoldAutomatically(reason!), Actor.System),
            Thirty.Held().Decide(new Resume(reason!), People.Developer),
            Thirty.Decide(new OverrideFreeze(reason!), People.WorkspaceAdmin),
            Prepared.Live(ReleaseMode.Direct).Decide(new TakeOffline(reason!), People.Developer),
        ];

        Assert.All(decisions, decision => Assert.Equal(["reason"], decision.Refusal!.Errors.Keys));
    }

    [Fact]
    public void A_reason_has_at_most_4000_characters() =>
        Assert.Equal(["reason"], Thirty.Decide(new Hold(new string('x', 4_001)), People.Developer).Refusal!.Errors.Keys);

    [Fact]
    public void A_schedule_goes_on_with_what_a_person_began()
    {
        Assert.Equal(50, Assert.IsType<PercentageRaised>(Thirty.Decide(new RaiseAutomatically(50), Actor.System).Event).Percentage);
        Assert.Equal(ReleaseMode.AfterGrayscale, Assert.IsType<WentLive>(Thirty.Decide(new RaiseAutomatically(100), Actor.System).Event).Mode);
        Assert.Equal(RefusalCodes.RuleBroken, Prepared.GrayscaleChosen().Decide(new RaiseAutomatically(1), Actor.System).Refusal?.Code);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(5)]
    public void A_step_of_the_schedule_that_a_person_was_ahead_of_changes_nothing(int percentage) =>
        Assert.Same(ReleaseDecision.Unchanged, Thirty.Decide(new RaiseAutomatically(percentage), Actor.System));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(101)]
    public void A_schedule_raises_to_percentages_only(int percentage) =>
        Assert.Equal(["percentage"], Thirty.Decide(new RaiseAutomatically(percentage), Actor.System).Refusal!.Errors.Keys);

    [Fact]
    public void While_the_target_is_frozen_nobody_more_gets_the_version()
    {
        ReleaseDecision[] decisions =
        [
            Prepared.Decide(new GoLive(ReleaseType.Full), People.Developer, Frozen),
            Thirty.Decide(new SetPercentage(31), People.Developer, Frozen),
            Thirty.Decide(new SetPercentage(100), People.Developer, Frozen),
            Thirty.Decide(new RaiseAutomatically(50), Actor.System, Frozen),
        ];

        Assert.All(decisions, decision =>
        {
            Assert.Equal((RefusalCodes.Frozen, "Weekend"), (decision.Refusal?.Code, decision.Refusal?.Data["freeze"]));
            Assert.Equal(TimeSpan.FromHours(10), decision.Refusal?.RetryAfter);
        });
        Assert.IsType<GrayscaleChosen>(Prepared.Decide(new GoLive(ReleaseType.Grayscale), People.Developer, Frozen).Event);
        Assert.IsType<RolloutHeld>(Thirty.Decide(new Hold("Crashes."), People.Developer, Frozen).Event);
        Assert.IsType<ReleaseCanceled>(Thirty.Decide(new Cancel(), People.Developer, Frozen).Event);
    }

    [Fact]
    public void An_admin_of_the_app_lets_one_release_pass_the_freeze()
    {
        Assert.Equal(RefusalCodes.Forbidden, Thirty.Decide(new OverrideFreeze("A security fix."), People.DeveloperAdmin).Refusal?.Code);

        var passing = new ReleaseExample(Thirty.Release.Apply(Thirty.Decide(new OverrideFreeze("A security fix."), People.WorkspaceAdmin).Event!));

        Assert.IsType<PercentageRaised>(passing.Decide(new SetPercentage(31), People.Developer, Frozen).Event);
    }

    [Fact]
    public void A_live_version_is_taken_offline_unless_another_one_is_on_its_way()
    {
        var live = Prepared.Live(ReleaseMode.Direct);

        Assert.Equal(ReleaseStatus.Archived, live.Release.Apply(live.Decide(new TakeOffline("The shop has closed."), People.Developer).Event!).Status);
        Assert.Equal(
            RefusalCodes.TargetOccupied,
            live.Decide(new TakeOffline("The shop has closed."), People.Developer, context => context with { Occupant = Thirty.Release }).Refusal?.Code);
    }

    [Fact]
    public void The_exposure_follows_the_release()
    {
        Assert.Equal(
            [Exposure.None, Exposure.None, Exposure.Grayscale, Exposure.Grayscale, Exposure.Full, Exposure.None],
            new[] { Prepared, Prepared.GrayscaleChosen(), Thirty, Thirty.Held(), Thirty.Live(ReleaseMode.AfterGrayscale), Thirty.Canceled() }
                .Select(example => example.Release.Exposure));
        var pilot = ReleaseExample.Created(Production with { Pilot = PilotMode.Offered }).Built().Applied().Approved().InPilot();
        Assert.Equal([Exposure.Pilot, Exposure.None], new[] { pilot, pilot.PilotCompleted() }.Select(example => example.Release.Exposure));
    }

    private static ReleaseContext Frozen(ReleaseContext context) => context with { Freeze = Weekend };
}
