using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>Reviews of several stages, each with n of m approvals (T23, T24).</summary>
public sealed class ReviewStageTests
{
    private static readonly ReleasePolicy Manual = new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off);

    private static ReleaseExample Applied => ReleaseExample.Created(Manual).Built().Applied();

    [Fact]
    public void Without_a_stage_one_approval_decides() =>
        Assert.IsType<RequestApproved>(Applied.Decide(new Approve(), People.Reviewer).Event);

    [Fact]
    public void A_stage_of_two_approvals_needs_two_people()
    {
        var stage = Applied.InStage("Security", approvals: 2);

        var first = Assert.IsType<ApprovalGiven>(stage.Decide(new Approve("Fine."), People.Reviewer).Event);
        Assert.Equal(("Security", "Fine.", 1, 2), (first.Stage, first.Comment, first.Given, first.Required));
        var waiting = new ReleaseExample(stage.Release.Apply(first));
        Assert.Equal("InReview", waiting.Release.LastRequest);
        Assert.Equal(RefusalCodes.AlreadyApproved, waiting.Decide(new Approve(), People.Reviewer).Refusal?.Code);
        Assert.IsType<RequestApproved>(waiting.Decide(new Approve(), People.WorkspaceAdmin).Event);
    }

    [Fact]
    public void A_stage_that_another_one_follows_approves_nothing_by_itself()
    {
        var first = Applied.InStage("Compliance", isLast: false);

        var given = Assert.IsType<ApprovalGiven>(first.Decide(new Approve(), People.Reviewer).Event);

        var passed = new ReleaseExample(first.Release.Apply(given));
        Assert.False(passed.Release.IsApprovedAsIs);
        Assert.Equal(RefusalCodes.RuleBroken, passed.Decide(new PrepareRelease(), Actor.System).Refusal?.Code);
        Assert.IsType<RequestApproved>(passed.InStage("Security").Decide(new Approve(), People.WorkspaceAdmin).Event);
    }

    [Fact]
    public void Nobody_approves_in_two_stages()
    {
        var second = Applied.InStage("Compliance", isLast: false).ApprovedBy(People.Reviewer, "Compliance").InStage("Security");

        Assert.Equal(RefusalCodes.AlreadyApproved, second.Decide(new Approve(), People.Reviewer).Refusal?.Code);
        Assert.IsType<RequestRejected>(second.Decide(new Reject("A hole.", RejectionCategory.Code), People.Reviewer).Event);
        Assert.DoesNotContain("approve", ReleaseTransitions.AllowedCommands(second.Release, People.Reviewer));
        Assert.Contains("reject", ReleaseTransitions.AllowedCommands(second.Release, People.Reviewer));
    }

    [Fact]
    public void A_stage_is_decided_by_those_it_names()
    {
        var stage = Applied.InStage("Security", reviewers: "WANDA@example.com");

        var refusal = stage.Decide(new Approve(), People.Reviewer).Refusal;

        Assert.Equal((RefusalCodes.NotAssigned, "The stage “Security” is decided by WANDA@example.com."), (refusal?.Code, refusal?.Message));
        Assert.Equal(RefusalCodes.NotAssigned, stage.Decide(new Reject("No.", RejectionCategory.Policy), People.Reviewer).Refusal?.Code);
        Assert.IsType<RequestApproved>(stage.Decide(new Approve(), People.WorkspaceAdmin).Event);
        Assert.DoesNotContain("approve", ReleaseTransitions.AllowedCommands(stage.Release, People.Reviewer));
    }

    [Fact]
    public void The_applicant_decides_in_no_stage_unless_the_app_allows_it()
    {
        var stage = ReleaseExample.Created(Manual).Built();
        var submitted = (ApplicationSubmitted)stage.Decide(new Apply(), People.DeveloperAndReviewer).Event!;
        var own = new ReleaseExample(stage.Release.Apply(submitted)).InStage("Security");

        Assert.Equal(RefusalCodes.SelfApproval, own.Decide(new Approve(), People.DeveloperAndReviewer).Refusal?.Code);
        var allowed = new ReleaseExample(own.Release with { Policy = Manual with { AllowSelfApproval = true } });
        Assert.IsType<RequestApproved>(allowed.Decide(new Approve(), People.DeveloperAndReviewer).Event);
    }

    [Fact]
    public void A_stage_that_is_open_already_goes_on_as_it_stands() =>
        Assert.Same(
            ReleaseDecision.Unchanged,
            Applied.InStage("Security", reviewers: "wanda@example.com").Decide(new OpenReviewStage(new ReviewStage("Security", 1, ["rita@example.com"], true)), Actor.System));

    [Fact]
    public void A_new_application_begins_without_stage_and_approvals()
    {
        var again = Applied.InStage("Security", approvals: 2).ApprovedBy(People.Reviewer, "Security").Withdrawn().Applied().Release.Request!;

        Assert.Null(again.Stage);
        Assert.Empty(again.Approvals);
    }

    [Theory]
    [InlineData("", 1, "stage")]
    [InlineData("Security", 0, "approvals")]
    [InlineData("Security", 21, "approvals")]
    [InlineData("Security", 3, "approvals", "a@example.com", "b@example.com")]
    [InlineData("Security", 2, "approvals", "a@example.com", "A@example.com")]
    [InlineData("Security", 1, "reviewers", "nobody")]
    [InlineData("Security", 1, "reviewers", " ")]
    public void A_stage_that_nobody_could_pass_is_not_opened(string name, int approvals, string field, params string[] reviewers)
    {
        var refusal = Applied.Decide(new OpenReviewStage(new ReviewStage(name, approvals, reviewers, true)), Actor.System).Refusal!;

        Assert.Equal(RefusalCodes.Invalid, refusal.Code);
        Assert.Contains(field, refusal.Errors.Keys);
    }

    [Fact]
    public void A_reviewer_assigns_the_stage_to_others()
    {
        var assigned = Assert.IsType<ReviewersChanged>(Applied.Decide(new AssignReviewers(["wanda@example.com", "WANDA@example.com"]), People.Reviewer).Event);

        Assert.Equal(["wanda@example.com"], assigned.Stage.Reviewers);
        Assert.Null(assigned.Escalation);
        Assert.Equal(RefusalCodes.Forbidden, Applied.Decide(new AssignReviewers([]), People.Developer).Refusal?.Code);
        Assert.Equal(["reviewers"], Applied.Decide(new AssignReviewers(["nobody"]), People.Reviewer).Refusal!.Errors.Keys);
        Assert.Equal(["reviewers"], Applied.InStage("Security", approvals: 2).Decide(new AssignReviewers(["wanda@example.com"]), People.Reviewer).Refusal!.Errors.Keys);
        Assert.Same(ReleaseDecision.Unchanged, Applied.InStage("Security").Decide(new AssignReviewers([]), People.Reviewer));
    }

    [Fact]
    public void An_escalation_brings_further_reviewers_in_or_opens_the_stage_to_all()
    {
        var stage = Applied.InStage("Security", reviewers: "rita@example.com");

        Assert.Equal(
            ["rita@example.com", "wanda@example.com"],
            Assert.IsType<ReviewersChanged>(stage.Decide(new EscalateReview(["wanda@example.com"], "Nobody decided."), Actor.System).Event).Stage.Reviewers);
        Assert.Empty(Assert.IsType<ReviewersChanged>(stage.Decide(new EscalateReview([], "Nobody decided."), Actor.System).Event).Stage.Reviewers);
        Assert.Equal(["reason"], stage.Decide(new EscalateReview([], " "), Actor.System).Refusal!.Errors.Keys);
    }

    [Fact]
    public void A_request_that_nobody_decides_goes_back_to_the_applicant_with_the_reason()
    {
        var expired = new ReleaseExample(Applied.Release.Apply(Applied.Decide(new ExpireReview("Nobody decided in 72 hours."), Actor.System).Event!));

        Assert.Equal((ReleaseStatus.NewVersionCreated, "Withdrawn", "Nobody decided in 72 hours."), (expired.Release.Status, expired.Release.LastRequest, expired.Release.Request?.Comment));
        Assert.IsType<ApplicationSubmitted>(expired.Decide(new Apply(), People.Developer).Event);
    }
}
