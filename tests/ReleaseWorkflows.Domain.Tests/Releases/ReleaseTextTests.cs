using System.Text.Json;
using System.Text.Json.Serialization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>The release log and the decision e-mail in words.</summary>
public sealed class ReleaseTextTests
{
    private static readonly ReleasePolicy Manual = new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Offered);
    private static readonly ReleasePolicy Automatic = new(ReleaseEnvironment.Test, ReviewMode.Auto, PilotMode.Off);

    private static readonly DateTimeOffset Now = ReleaseExample.Now;
    private static readonly UserId Rita = People.Reviewer.Id;

    private static readonly (ReleaseEvent Event, string Text)[] Lines =
    [
        (Created(), "New version created for superapp-a Production; building the package."),
        (new PackageBuilt(new("0123456789abcdef", 12_345, 7, "c")) { At = Now, By = Rita, ByName = "RITA" }, "Package built: 7 files, 12,345 bytes; its SHA-256 begins with 0123456789ab."),
        (new PackageBuildFailed("app.json is missing.") { At = Now, By = Rita, ByName = "RITA" }, "The package could not be built: app.json is missing."),
        (new PackageBuildRetried { At = Now, By = Rita, ByName = "RITA" }, "Building the package again."),
        (new ConfigurationEdited(ConfigurationValues.Empty, ConfigurationValues.Empty, false) { At = Now, By = Rita, ByName = "RITA" }, "Configuration edited; building the package again."),
        (new ConfigurationEdited(ConfigurationValues.Empty, ConfigurationValues.Empty, true) { At = Now, By = Rita, ByName = "RITA" }, "The global configuration changed; building the package again."),
        (new BasicInformationEdited(Coffee.BasicInformation) { At = Now, By = Rita, ByName = "RITA" }, "Basic information edited."),
        (Submitted(Manual), "Applied to release; the super app reviews the request."),
        (Submitted(Automatic), "Applied to release."),
        (new RequestWithdrawn { At = Now, By = Rita, ByName = "RITA" }, "Request withdrawn; details can be edited again."),
        (new RequestRejected("Mend it.", RejectionCategory.Policy, false) { At = Now, By = Rita, ByName = "RITA" }, "Request rejected (Policy): Mend it."),
        (new RequestApproved(null, true) { At = Now, By = Rita, ByName = "RITA" }, "Approved automatically; this environment needs no review."),
        (new RequestApproved(null, false) { At = Now, By = Rita, ByName = "RITA" }, "Request approved."),
        (new RequestApproved("Well done.", false) { At = Now, By = Rita, ByName = "RITA" }, "Request approved: Well done."),
        (new ReviewStageOpened(new ReviewStage("Security", 2, ["rita@example.com", "wanda@example.com"], true)) { At = Now, By = Rita, ByName = "RITA" }, "Review stage “Security” begins: 2 approvals by rita@example.com, wanda@example.com."),
        (new ReviewStageOpened(new ReviewStage("Security", 1, [], true)) { At = Now, By = Rita, ByName = "RITA" }, "Review stage “Security” begins: one approval by any reviewer."),
        (new ReviewersChanged(new ReviewStage("Security", 1, ["rita@example.com"], true), null) { At = Now, By = Rita, ByName = "RITA" }, "Assigned to rita@example.com."),
        (new ReviewersChanged(new ReviewStage("Security", 1, [], true), "Nobody decided.") { At = Now, By = Rita, ByName = "RITA" }, "Escalated to any reviewer: Nobody decided."),
        (new ApprovalGiven("Security", null, 1, 2) { At = Now, By = Rita, ByName = "RITA" }, "Approved in “Security”, 1 of 2."),
        (new ApprovalGiven("Security", "Well done.", 2, 2) { At = Now, By = Rita, ByName = "RITA" }, "Approved in “Security”, 2 of 2: Well done."),
        (new RequestExpired("Nobody decided.") { At = Now, By = Rita, ByName = "RITA" }, "Request given back undecided: Nobody decided."),
        (new RolloutHeld("It crashes.") { At = Now, By = Rita, ByName = "RITA" }, "Held: It crashes."),
        (new RolloutResumed("It does not.") { At = Now, By = Rita, ByName = "RITA" }, "Resumed: It does not."),
        (new FreezeOverridden("A security fix.") { At = Now, By = Rita, ByName = "RITA" }, "Freeze overridden: A security fix."),
        (new TakenOffline("The shop has closed.") { At = Now, By = Rita, ByName = "RITA" }, "Taken offline: The shop has closed."),
        (new PilotStarted { At = Now, By = Rita, ByName = "RITA" }, "Pilot testing started."),
        (new TestersChanged(2, 1, 5, ["+ana"]) { At = Now, By = Rita, ByName = "RITA" }, "Testers changed: 2 added, 1 removed, 5 in all."),
        (new PilotCompleted(null) { At = Now, By = Rita, ByName = "RITA" }, "Pilot testing completed."),
        (new PilotCompleted("Nobody tested.") { At = Now, By = Rita, ByName = "RITA" }, "Pilot testing completed. Nobody tested."),
        (new ReleasePrepared { At = Now, By = Rita, ByName = "RITA" }, "Ready to go live; choose the release type."),
        (new GrayscaleChosen { At = Now, By = Rita, ByName = "RITA" }, "Grayscale Release chosen; set the first percentage."),
        (new PercentageRaised(20) { At = Now, By = Rita, ByName = "RITA" }, "Released to 20 % of the users."),
        (new WentLive(ReleaseMode.Auto) { At = Now, By = Rita, ByName = "RITA" }, "Released to everyone automatically: Full Release."),
        (new WentLive(ReleaseMode.Direct) { At = Now, By = Rita, ByName = "RITA" }, "Released to everyone: Full Release."),
        (new WentLive(ReleaseMode.AfterGrayscale) { At = Now, By = Rita, ByName = "RITA" }, "Released to 100 % of the users: Full Release."),
        (new ReleaseCanceled(null) { At = Now, By = Rita, ByName = "RITA" }, "Release canceled; this version can never go to this target again."),
        (new ReleaseCanceled("it crashes") { At = Now, By = Rita, ByName = "RITA" }, "Release canceled; this version can never go to this target again. Reason: it crashes"),
        (new ReleaseArchived(new("newer")) { At = Now, By = Rita, ByName = "RITA" }, "Archived: a newer version took its place."),
    ];

    private static IEnumerable<Type> EventTypes => typeof(ReleaseEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ReleaseEvent)));

    [Fact]
    public void Every_event_reads_as_its_sentence() => Assert.All(Lines, line => Assert.Equal(line.Text, ReleaseLogText.Of(line.Event)));

    [Fact]
    public void Where_the_app_is_known_by_its_name_the_sentence_says_it() =>
        Assert.Equal("New version created for Super App A Production; building the package.", ReleaseLogText.Of(Created(), "Super App A"));

    [Fact]
    public void No_event_is_left_without_a_sentence() =>
        Assert.Equal(
            EventTypes.Select(type => type.Name).Order(StringComparer.Ordinal),
            Lines.Select(line => line.Event.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Every_event_is_stored_under_a_name_of_its_own_and_reads_back_the_same()
    {
        var names = typeof(ReleaseEvent).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), false).Cast<JsonDerivedTypeAttribute>().ToList();

        Assert.Equal(EventTypes.ToHashSet(), names.Select(name => name.DerivedType).ToHashSet());
        Assert.Equal(names.Count, names.Select(name => name.TypeDiscriminator).Distinct().Count());
        Assert.All(Lines, line =>
        {
            var json = JsonSerializer.Serialize(line.Event);
            var read = JsonSerializer.Deserialize<ReleaseEvent>(json)!;
            Assert.IsType(line.Event.GetType(), read);
            Assert.Equal(json, JsonSerializer.Serialize(read));
        });
    }

    [Fact]
    public void An_approval_is_told_with_its_comment()
    {
        var mail = MailOf(ReleaseExample.Created(Manual).Built().Applied().Release.Apply(
            new RequestApproved("Well done.", false) { At = Now, By = Rita, ByName = "RITA" }));

        Assert.Equal("dev@example.com", mail.To);
        Assert.Equal("Approved: Coffee 1.0.0 for superapp-a Production", mail.Subject);
        Assert.Contains(
            "Hello DEV,\n\nRITA approved your request to release Coffee 1.0.0 for superapp-a Production.\n\nComment:\nWell done.\n\n"
            + "The release goes on; its page says what comes next.\n\nRelease ",
            mail.Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_approval_without_a_comment_has_no_place_for_one()
    {
        var mail = MailOf(ReleaseExample.Created(Manual).Built().Applied().Approved().Release);

        Assert.DoesNotContain("Comment", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\n\n\n", mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RejectionCategory.Details, false, "Mend the details and apply again; the release keeps its place.")]
    [InlineData(RejectionCategory.Policy, false, "Mend the details and apply again; the release keeps its place.")]
    [InlineData(RejectionCategory.Code, false, "Mend the code, upload a new version and release that.")]
    [InlineData(RejectionCategory.Code, true, "Mend the details and apply again; the release keeps its place.")]
    public void A_rejection_is_told_with_its_reason_and_what_to_do(RejectionCategory category, bool allowsSamePackage, string advice)
    {
        var mail = MailOf(ReleaseExample.Created(Manual).Built().Applied().Rejected(category, allowsSamePackage).Release);

        Assert.Equal("Rejected: Coffee 1.0.0 for superapp-a Production", mail.Subject);
        Assert.Contains($"RITA rejected your request to release Coffee 1.0.0 for superapp-a Production.\n\nReason ({category}):\nMend it.\n\n{advice}\n", mail.Text, StringComparison.Ordinal);
    }

    private static EmailMessage MailOf(Release release) => DecisionEmail.For(release, release.Request!, release.Request!.ApplicantEmail!);

    private static ReleaseCreated Created() => new(
        new("r1"), Coffee.KeyOf("1.0.0", ReleaseEnvironment.Production), People.Acme, People.SuperApp, Manual, "s", ConfigurationValues.Empty,
        ConfigurationValues.Empty, Coffee.BasicInformation)
    {
        At = ReleaseExample.Now,
        By = People.Developer.Id,
        ByName = People.Developer.Name,
    };

    private static ApplicationSubmitted Submitted(ReleasePolicy policy) => new ApplicationSubmitted(new("q1"), new("p", "s", "c", "b"), policy, null, Coffee.BasicInformation)
    {
        At = ReleaseExample.Now,
        By = People.Developer.Id,
        ByName = People.Developer.Name,
    };
}
