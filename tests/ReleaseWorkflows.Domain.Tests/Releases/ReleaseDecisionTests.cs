using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>What depends on arguments, facts and persons; what depends on the state is in <see cref="StateTable"/>.</summary>
public sealed class ReleaseDecisionTests
{
    private static readonly ReleasePolicy Production = new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off);
    private static readonly ReleasePolicy RequiredPilot = Production with { Pilot = PilotMode.Required, MinimumTesters = 2, MinimumPilotHours = 1.5 };
    private static readonly string TooLong = new('x', 4_001);

    [Fact]
    public void A_build_result_for_an_older_configuration_is_ignored()
    {
        var release = ReleaseExample.Created(Production);
        var stale = Coffee.Digest("an older configuration");

        Assert.Same(ReleaseDecision.Unchanged, release.Decide(new CompleteBuild(Coffee.Build(release.Release.SourceDigest, stale)), Actor.System));
        Assert.Same(ReleaseDecision.Unchanged, release.Decide(new FailBuild("Out of disk.", stale), Actor.System));
    }

    [Fact]
    public void An_edit_that_changes_nothing_is_accepted_and_does_nothing()
    {
        var release = ReleaseExample.Created(Production).Built();

        Assert.Same(ReleaseDecision.Unchanged, release.Decide(new EditConfiguration(ConfigurationValues.Empty), People.Developer));
        Assert.Same(ReleaseDecision.Unchanged, release.Decide(new EditBasicInformation(Coffee.BasicInformation), People.Developer));
        Assert.Same(
            ReleaseDecision.Unchanged,
            release.Decide(new RefreshConfiguration(People.DeveloperAdmin.Id, People.DeveloperAdmin.Name), Actor.System));
    }

    [Fact]
    public void An_edit_takes_over_the_global_configuration_as_it_is_by_now()
    {
        var edited = Assert.IsType<ConfigurationEdited>(ReleaseExample.Created(Production).Decide(
            new EditConfiguration(Coffee.Variables(("STAGE", "1"))), People.Developer, context => context with { GlobalConfiguration = Coffee.Variables(("API", "new")) }).Event);

        Assert.Equal(Coffee.Variables(("API", "new"), ("STAGE", "1")), edited.Effective);
        Assert.False(edited.IsGlobalChange);
    }

    [Fact]
    public void A_global_change_is_told_with_who_made_it()
    {
        var edited = ReleaseExample.Created(Production).Decide(
            new RefreshConfiguration(People.DeveloperAdmin.Id, People.DeveloperAdmin.Name), Actor.System, context => context with { GlobalConfiguration = ConfigurationValues.Empty }).Event;

        Assert.Equal((People.DeveloperAdmin.Id, "DORA"), (edited?.By, edited?.ByName));
        Assert.True(Assert.IsType<ConfigurationEdited>(edited).IsGlobalChange);
    }

    [Fact]
    public void A_bad_edit_names_every_bad_field()
    {
        var release = ReleaseExample.Created(Production);

        Assert.Equal(
            ["serverDomains[0]", "webUrls[0]"],
            AssertRefused(RefusalCodes.Invalid, release.Decide(new EditConfiguration(new() { ServerDomains = ["x"], WebUrls = ["x"] }), People.Developer)).Errors.Keys);
        Assert.Equal(
            ["name", "releaseNotes"],
            AssertRefused(RefusalCodes.Invalid, release.Decide(new EditBasicInformation(new(" ", ReleaseNotes: TooLong)), People.Developer)).Errors.Keys);
    }

    [Fact]
    public void Applying_freezes_package_configuration_details_and_rules()
    {
        var release = ReleaseExample.Created(Production).Built();
        var rules = Production with { Pilot = PilotMode.Required };

        var submitted = Assert.IsType<ApplicationSubmitted>(release.Decide(new Apply("New beans."), People.Developer, context => context with { Policy = rules }).Event);
        var applied = release.Release.Apply(submitted);

        Assert.Equal(rules, applied.Policy);
        Assert.Equal("New beans.", applied.BasicInformation.ReleaseNotes);
        Assert.Equal(applied.Snapshot(), applied.Request!.Snapshot);
        Assert.Equal((1, "dev@example.com", ReviewOutcome.InReview), (applied.Request.Number, applied.Request.ApplicantEmail, applied.Request.Outcome));
        Assert.Null(applied.TestQrToken);
    }

    [Theory]
    [InlineData(null, "Old beans.")]
    [InlineData("New beans.", "New beans.")]
    [InlineData(" ", null)]
    public void The_application_may_bring_new_release_notes(string? given, string? kept)
    {
        var release = new ReleaseExample(ReleaseExample.Created(Production).Built().Release with { BasicInformation = Coffee.BasicInformation with { ReleaseNotes = "Old beans." } });

        Assert.Equal(kept, Assert.IsType<ApplicationSubmitted>(release.Decide(new Apply(given), People.Developer).Event).BasicInformation.ReleaseNotes);
    }

    [Fact]
    public void Release_notes_keep_their_limits_in_the_application_too()
    {
        var release = ReleaseExample.Created(Production).Built();

        Assert.Equal(["releaseNotes"], AssertRefused(RefusalCodes.Invalid, release.Decide(new Apply(TooLong), People.Developer)).Errors.Keys);
        Assert.Equal(["releaseNotes"], AssertRefused(RefusalCodes.Invalid, release.Decide(new Apply("a\0b"), People.Developer)).Errors.Keys);
    }

    [Fact]
    public void Whoever_applies_too_early_may_try_again_in_a_moment() =>
        Assert.Equal(TimeSpan.FromSeconds(1), AssertRefused(RefusalCodes.StillBuilding, ReleaseExample.Created(Production).Decide(new Apply(), People.Developer)).RetryAfter);

    [Fact]
    public void Applying_needs_complete_details_and_says_which_are_missing()
    {
        var release = new ReleaseExample(ReleaseExample.Created(Production).Built().Release with { BasicInformation = new("Coffee") });

        Assert.Equal(["description", "category"], AssertRefused(RefusalCodes.DetailsIncomplete, release.Decide(new Apply(), People.Developer)).Errors.Keys);
    }

    [Fact]
    public void Applying_needs_an_environment_that_is_still_on_offer() =>
        AssertRefused(
            RefusalCodes.EnvironmentNotOffered,
            ReleaseExample.Created(Production).Built().Decide(new Apply(), People.Developer, context => context with { Policy = null }));

    [Fact]
    public void Applying_needs_a_target_where_no_other_version_is_in_progress()
    {
        var other = ReleaseExample.Created(Production, "1.1.0").Built().Applied().Release;

        var refusal = AssertRefused(
            RefusalCodes.TargetOccupied,
            ReleaseExample.Created(Production).Built().Decide(new Apply(), People.Developer, context => context with { Occupant = other }));

        Assert.Equal((other.Id.Value, "UnderReview"), (refusal.Data["occupantId"], refusal.Data["occupantStatus"]));
    }

    [Theory]
    [InlineData(RejectionCategory.Details, false, null)]
    [InlineData(RejectionCategory.Policy, false, null)]
    [InlineData(RejectionCategory.Code, true, null)]
    [InlineData(RejectionCategory.Code, false, RefusalCodes.SamePackage)]
    public void Applying_again_after_a_rejection_depends_on_what_it_was_about(RejectionCategory category, bool allowsSamePackage, string? code)
    {
        var rejected = ReleaseExample.Created(Production).Built().Applied().Rejected(category, allowsSamePackage);

        Assert.Equal(code, rejected.Decide(new Apply(), People.Developer).Refusal?.Code);
        Assert.Equal("Rejected", rejected.Release.LastRequest);
    }

    [Fact]
    public void A_package_rejected_for_its_code_stays_refused_and_another_one_is_reviewed_anew()
    {
        var rejected = ReleaseExample.Created(Production).Built().Applied().Rejected(RejectionCategory.Code);
        var original = rejected.Release.Effective;

        var other = WithConfiguration(rejected, Coffee.Variables(("STAGE", "1")));
        Assert.False(other.Decide(new Apply(), People.Developer).IsRefused);

        // A later rejection for another reason does not make the first package welcome again.
        var back = WithConfiguration(other.Applied().Rejected(RejectionCategory.Details), original);
        AssertRefused(RefusalCodes.SamePackage, back.Decide(new Apply(), People.Developer));

        static ReleaseExample WithConfiguration(ReleaseExample release, ConfigurationValues effective) => new ReleaseExample(release.Release.Apply(
            new ConfigurationEdited(effective, effective, false) { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" })).Built();
    }

    [Fact]
    public void New_release_notes_in_an_application_that_is_withdrawn_give_a_new_test_code()
    {
        var release = ReleaseExample.Created(Production).Built();
        var submitted = release.Decide(new Apply("New beans."), People.Developer).Event!;

        Assert.NotEqual(release.Release.TestQrToken, new ReleaseExample(release.Release.Apply(submitted)).Withdrawn().Release.TestQrToken);
        Assert.Equal(release.Release.TestQrToken, release.Applied().Withdrawn().Release.TestQrToken);
    }

    [Theory]
    [InlineData("dev", null)]
    [InlineData("dora", null)]
    [InlineData("adam", null)]
    [InlineData("col", RefusalCodes.Forbidden)]
    [InlineData("rita", RefusalCodes.Forbidden)]
    public void A_request_is_withdrawn_by_who_applied_or_by_an_admin(string person, string? code) =>
        Assert.Equal(code, ReleaseExample.Created(Production).Built().Applied().Decide(new Withdraw(), Person(person)).Refusal?.Code);

    [Theory]
    [InlineData("rita", null)]
    [InlineData("wanda", null)]
    [InlineData("both", null)]
    [InlineData("adam", RefusalCodes.Forbidden)]
    [InlineData("dora", RefusalCodes.Forbidden)]
    [InlineData("fred", RefusalCodes.NotFound)]
    [InlineData("system", RefusalCodes.NotFound)]
    public void A_request_is_decided_by_the_super_app(string person, string? code)
    {
        var applied = ReleaseExample.Created(Production).Built().Applied();

        Assert.Equal(code, applied.Decide(new Approve(), Person(person)).Refusal?.Code);
        Assert.Equal(code, applied.Decide(new Reject("Mend it.", RejectionCategory.Details), Person(person)).Refusal?.Code);
    }

    [Theory]
    [InlineData(false, RefusalCodes.SelfApproval)]
    [InlineData(true, null)]
    public void Who_applied_does_not_decide_unless_the_app_allows_it(bool isAllowed, string? code)
    {
        var release = ReleaseExample.Created(Production with { AllowSelfApproval = isAllowed }).Built();
        var applied = new ReleaseExample(release.Release.Apply(release.Decide(new Apply(), People.DeveloperAndReviewer).Event!));

        Assert.Equal(code, applied.Decide(new Approve(), People.DeveloperAndReviewer).Refusal?.Code);
        Assert.Equal(code, applied.Decide(new Reject("Mend it.", RejectionCategory.Details), People.DeveloperAndReviewer).Refusal?.Code);
        Assert.Equal(isAllowed, ReleaseTransitions.AllowedCommands(applied.Release, People.DeveloperAndReviewer).Contains(ReleaseCommands.Approve));
    }

    [Fact]
    public void A_decision_keeps_what_the_reviewer_wrote()
    {
        var applied = ReleaseExample.Created(Production).Built().Applied();

        var approved = applied.Release.Apply(applied.Decide(new Approve("Well done."), People.Reviewer).Event!).Request!;
        var rejected = applied.Release.Apply(applied.Decide(new Reject("Mend it.", RejectionCategory.Code, true), People.Reviewer).Event!).Request!;

        Assert.Equal((ReviewOutcome.Approved, "Well done.", "RITA"), (approved.Outcome, approved.Comment, approved.DecidedByName));
        Assert.Equal((ReviewOutcome.Rejected, "Mend it.", RejectionCategory.Code, true), (rejected.Outcome, rejected.Comment, rejected.Category, rejected.AllowsSamePackage));
        Assert.Null(applied.Release.Apply(applied.Decide(new Approve("  "), People.Reviewer).Event!).Request!.Comment);
    }

    [Theory]
    [InlineData("", RejectionCategory.Details, "reason")]
    [InlineData(" \n", RejectionCategory.Details, "reason")]
    [InlineData("Mend it.", (RejectionCategory)9, "category")]
    public void A_rejection_needs_a_reason_and_a_category(string reason, RejectionCategory category, string field) =>
        Assert.Equal(
            [field],
            AssertRefused(RefusalCodes.Invalid, ReleaseExample.Created(Production).Built().Applied().Decide(new Reject(reason, category), People.Reviewer)).Errors.Keys);

    [Fact]
    public void Texts_for_the_log_have_a_limit()
    {
        var applied = ReleaseExample.Created(Production).Built().Applied();

        AssertRefused(RefusalCodes.Invalid, applied.Decide(new Approve(TooLong), People.Reviewer));
        AssertRefused(RefusalCodes.Invalid, applied.Decide(new Reject(TooLong, RejectionCategory.Details), People.Reviewer));
        AssertRefused(RefusalCodes.Invalid, applied.Approved().Prepared().Decide(new Cancel(TooLong), People.Developer));
        Assert.False(applied.Decide(new Approve(TooLong[1..]), People.Reviewer).IsRefused);
    }

    [Fact]
    public void A_required_pilot_has_a_minimum_of_testers()
    {
        var pilot = ReleaseExample.Created(RequiredPilot).Built().Applied().Approved().InPilot();
        var later = ReleaseExample.Now.AddHours(2);

        AssertRefused(RefusalCodes.PilotIncomplete, pilot.Decide(new CompletePilot(), People.Developer, at: later));
        AssertRefused(RefusalCodes.PilotIncomplete, pilot.WithTesters(1).Decide(new CompletePilot(), People.Developer, at: later));
        Assert.False(pilot.WithTesters(2).Decide(new CompletePilot(), People.Developer, at: later).IsRefused);
    }

    [Fact]
    public void A_required_pilot_has_a_minimum_of_time_and_says_how_long_to_wait()
    {
        var pilot = ReleaseExample.Created(RequiredPilot).Built().Applied().Approved().InPilot().WithTesters(2);

        var refusal = AssertRefused(RefusalCodes.PilotIncomplete, pilot.Decide(new CompletePilot(), People.Developer, at: ReleaseExample.Now.AddMinutes(89)));

        Assert.Equal(TimeSpan.FromMinutes(1), refusal.RetryAfter);
        Assert.False(pilot.Decide(new CompletePilot(), People.Developer, at: ReleaseExample.Now.AddMinutes(90)).IsRefused);
    }

    [Fact]
    public void An_offered_pilot_may_be_completed_at_once_with_a_warning_if_nobody_tested()
    {
        var pilot = ReleaseExample.Created(Production with { Pilot = PilotMode.Offered, MinimumTesters = 5, MinimumPilotHours = 9 }).Built().Applied().Approved().InPilot();

        Assert.NotNull(Assert.IsType<PilotCompleted>(pilot.Decide(new CompletePilot(), People.Developer).Event).Warning);
        Assert.Null(Assert.IsType<PilotCompleted>(pilot.WithTesters(1).Decide(new CompletePilot(), People.Developer).Event).Warning);
    }

    [Fact]
    public void Testers_that_stay_the_same_are_no_change() =>
        Assert.Same(
            ReleaseDecision.Unchanged,
            ReleaseExample.Created(RequiredPilot).Built().Applied().Approved().InPilot().Decide(new UpdateTesters(0, 0, 3, []), People.Developer));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(101)]
    [InlineData(int.MaxValue)]
    public void A_percentage_lies_between_1_and_100(int percentage) =>
        Assert.Equal(["percentage"], AssertRefused(RefusalCodes.Invalid, Grayscale().Decide(new SetPercentage(percentage), People.Developer)).Errors.Keys);

    [Theory]
    [InlineData(null, 1, true)]
    [InlineData(null, 99, true)]
    [InlineData(50, 49, false)]
    [InlineData(50, 50, false)]
    [InlineData(50, 51, true)]
    [InlineData(99, 100, true)]
    [InlineData(99, 99, false)]
    public void A_percentage_only_rises(int? before, int after, bool isAccepted)
    {
        var decision = (before is { } percentage ? Grayscale().RaisedTo(percentage) : Grayscale()).Decide(new SetPercentage(after), People.Developer);

        Assert.Equal(isAccepted ? null : RefusalCodes.PercentageNotRising, decision.Refusal?.Code);
    }

    [Theory]
    [InlineData(null, ReleaseMode.Direct)]
    [InlineData(30, ReleaseMode.AfterGrayscale)]
    public void A_hundred_percent_is_the_full_release(int? before, ReleaseMode mode)
    {
        var release = before is { } percentage ? Grayscale().RaisedTo(percentage) : Grayscale();

        var live = release.Release.Apply(release.Decide(new SetPercentage(100), People.Developer).Event!);

        Assert.Equal((ReleaseStatus.FullRelease, mode, null), (live.Status, live.Mode, live.Percentage));
    }

    [Fact]
    public void A_first_version_goes_to_everyone_at_once_where_the_app_says_so()
    {
        var prepared = ReleaseExample.Created(Production with { FirstVersionMustBeFull = true }).Built().Applied().Approved().Prepared();
        static ReleaseContext AfterAnother(ReleaseContext context) => context with { HasLiveRelease = true };

        AssertRefused(RefusalCodes.FirstVersionMustBeFull, prepared.Decide(new GoLive(ReleaseType.Grayscale), People.Developer));
        AssertRefused(RefusalCodes.FirstVersionMustBeFull, prepared.GrayscaleChosen().Decide(new SetPercentage(10), People.Developer));
        Assert.False(prepared.GrayscaleChosen().Decide(new SetPercentage(100), People.Developer).IsRefused);
        Assert.False(prepared.Decide(new GoLive(ReleaseType.Full), People.Developer).IsRefused);
        Assert.False(prepared.Decide(new GoLive(ReleaseType.Grayscale), People.Developer, AfterAnother).IsRefused);
        Assert.False(prepared.GrayscaleChosen().Decide(new SetPercentage(10), People.Developer, AfterAnother).IsRefused);
    }

    [Fact]
    public void There_are_two_release_types() =>
        Assert.Equal(
            ["type"],
            AssertRefused(
                RefusalCodes.Invalid,
                ReleaseExample.Created(Production).Built().Applied().Approved().Prepared().Decide(new GoLive((ReleaseType)2), People.Developer)).Errors.Keys);

    [Fact]
    public void What_was_not_approved_as_it_is_goes_nowhere()
    {
        // States that no command leads to: a package or a mode of review that is not the approved one.
        var prepared = ReleaseExample.Created(Production).Built().Applied().Approved().Prepared().Release;
        var otherPackage = new ReleaseExample(prepared with { Package = prepared.Package! with { Digest = Coffee.Digest("another package") } });
        var otherNotes = new ReleaseExample(prepared with { BasicInformation = prepared.BasicInformation with { ReleaseNotes = "Never seen." } });
        var noPerson = new ReleaseExample(prepared with { Request = prepared.Request! with { Mode = ReviewMode.Auto } });

        foreach (var release in (ReleaseExample[])[otherPackage, otherNotes, noPerson])
        {
            AssertRefused(RefusalCodes.RuleBroken, release.Decide(new GoLive(ReleaseType.Full), People.Developer));
            AssertRefused(RefusalCodes.RuleBroken, release.Decide(new GoLive(ReleaseType.Grayscale), People.Developer));
            AssertRefused(RefusalCodes.RuleBroken, new ReleaseExample(release.GrayscaleChosen().Release).Decide(new SetPercentage(1), People.Developer));
            AssertRefused(
                RefusalCodes.RuleBroken,
                new ReleaseExample(release.Release with { Status = ReleaseStatus.UnderReview }).Decide(new PrepareRelease(), Actor.System));
        }
    }

    [Fact]
    public void A_cancellation_without_a_reason_has_none() =>
        Assert.Null(Assert.IsType<ReleaseCanceled>(ReleaseExample.Created(Production).Built().Applied().Approved().Prepared().Decide(new Cancel(" "), People.Developer).Event).Reason);

    [Fact]
    public void A_refusal_names_the_missing_permission() =>
        Assert.Equal(
            "release.golive",
            AssertRefused(RefusalCodes.Forbidden, ReleaseExample.Created(Production).Built().Applied().Approved().Prepared().Decide(new GoLive(ReleaseType.Full), People.Reviewer))
                .Data["permission"]);

    [Fact]
    public void A_refused_command_says_where_it_would_be_possible() =>
        Assert.Equal(
            "The release is New Version Created; “grayscale” is possible in Grayscale Release.",
            AssertRefused(RefusalCodes.WrongState, ReleaseExample.Created(Production).Decide(new SetPercentage(5), People.Developer)).Message);

    private static ReleaseExample Grayscale() => ReleaseExample.Created(Production).Built().Applied().Approved().Prepared().GrayscaleChosen();

    private static Actor Person(string id) => People.Everybody.Single(actor => actor.Id.Value == id);

    private static Refusal AssertRefused(string code, ReleaseDecision decision)
    {
        Assert.Equal(code, decision.Refusal?.Code);
        return decision.Refusal!;
    }
}
