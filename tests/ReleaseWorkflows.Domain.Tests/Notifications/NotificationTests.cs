using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Notifications;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Notifications;

/// <summary>What applicants are told, and in whose words (A29).</summary>
public sealed class NotificationTests
{
    private static readonly ReleasePolicy Manual = new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off);
    private static readonly Release Applied = ReleaseExample.Created(Manual).Built().Applied().Release;
    private static readonly RequestApproved Approval = new("Well done.", IsAutomatic: false) { At = ReleaseExample.Now, By = People.Reviewer.Id, ByName = "RITA" };
    private static readonly PercentageRaised Raise = new(30) { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" };

    [Fact]
    public void Decisions_are_always_told_and_the_rest_if_the_app_says_so()
    {
        Assert.NotNull(NotificationSettings.Default.EmailFor(Applied.Apply(Approval), Approval, "dev@example.com"));
        Assert.Null(NotificationSettings.Default.EmailFor(Applied, Raise, "dev@example.com"));

        var told = (NotificationSettings.Default with { Kinds = [NotificationKind.PercentageRaised] }).EmailFor(Applied, Raise, "dev@example.com")!;

        Assert.Equal(("dev@example.com", "Coffee 1.0.0 for superapp Production"), (told.To, told.Subject.Replace("superapp-a", "superapp", StringComparison.Ordinal)));
        Assert.Contains("Released to 30 % of the users.", told.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_automatic_approval_is_no_decision_of_anybody() =>
        Assert.Null(NotificationKinds.Of(new RequestApproved(null, IsAutomatic: true) { At = ReleaseExample.Now, By = UserId.System, ByName = "ReleaseWorkflows" }));

    [Fact]
    public void An_app_has_words_of_its_own()
    {
        var settings = NotificationSettings.Default with
        {
            Templates = new Dictionary<NotificationKind, NotificationTemplate> { [NotificationKind.Approved] = new("Yes: {{ miniProgram }}", "{{applicant}}, {{actor}} says: {{reason}}") },
        };

        var email = settings.EmailFor(Applied.Apply(Approval), Approval, "dev@example.com")!;

        Assert.Equal(("Yes: Coffee", "DEV, RITA says: Well done."), (email.Subject, email.Text));
    }

    [Fact]
    public void What_a_name_stands_for_is_not_read_as_a_template_again()
    {
        var approval = Approval with { Comment = "{{releaseId}}\r\nBcc: all@example.com" };

        var email = new NotificationTemplate("{{reason}}", "{{reason}}").Fill(Applied, approval, "dev@example.com");

        Assert.Equal("{{releaseId}} Bcc: all@example.com", email.Subject);
        Assert.StartsWith("{{releaseId}}", email.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "text", "subject")]
    [InlineData("two\nlines", "text", "subject")]
    [InlineData("{{nobody}}", "text", "subject")]
    [InlineData("subject", " ", "text")]
    [InlineData("subject", "{{secret}}", "text")]
    public void A_template_that_cannot_be_used_is_named(string subject, string text, string field) =>
        Assert.Equal([field], new NotificationTemplate(subject, text).Problems().Keys);

    [Fact]
    public void A_template_has_limits()
    {
        Assert.Empty(new NotificationTemplate(new string('x', 200), new string('x', 10_000)).Problems());
        Assert.Equal(["subject", "text"], new NotificationTemplate(new string('x', 201), new string('x', 10_001)).Problems().Keys);
    }
}
