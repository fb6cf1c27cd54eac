using System.Runtime.CompilerServices;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Activities.Notify;

/// <summary>
/// Sends an e-mail to those who decide and have not yet: the reviewers of the present stage, or everybody who reviews for the app. Once per
/// execution; where the request is decided already it does nothing.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Reminds those who decide on the request by e-mail.", DisplayName = "Remind reviewers")]
public sealed class RemindReviewers : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public RemindReviewers([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>What to say, one sentence.</summary>
    [Input(Description = "What to tell the reviewers, for example: This request has waited for a day.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Message { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var release = await context.LoadReleaseAsync();
        if (release.Request is not { Outcome: ReviewOutcome.InReview } request)
        {
            return;
        }

        var message = Message.GetOrDefault(context) ?? "";
        var outbox = context.GetRequiredService<IOutbox>();
        var now = context.GetRequiredService<TimeProvider>().GetUtcNow();
        var reviewers = (await context.GetRequiredService<IAccountStore>().ListAsync(context.CancellationToken))
            .Where(account => ReleaseDecider.MayAct(release, ReleaseCommands.Approve, account.ToActor()) is null);
        foreach (var reviewer in reviewers)
        {
            var email = new EmailMessage(
                reviewer.Email,
                $"Waiting for your decision: {release.BasicInformation.Name} {release.Key.Version} for {release.Key.App} {release.Key.Environment}",
                $"Hello {reviewer.Name},\n\n{message}\n\n{request.ApplicantName} applied at {request.SubmittedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC.\n\nRelease {release.Id}\n");
            outbox.Add(new OutboxMessage(
                $"remind:{context.WorkflowExecutionContext.Id}:{context.Id}:{reviewer.Id}",
                OutboxKinds.Email,
                release.Id.Value,
                JsonSerializer.Serialize(email, OutboxJson.Default.EmailMessage),
                now));
        }
    }
}
