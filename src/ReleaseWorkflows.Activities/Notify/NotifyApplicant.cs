using System.Runtime.CompilerServices;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Notify;

/// <summary>
/// Tells the applicant how the release goes on, once per execution and only if the target app emails progress (A29). The e-mails on
/// decisions do not depend on it: the domain sends those whatever a definition looks like (I9).
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Tells the applicant by e-mail how the release goes on, if the target app emails progress.", DisplayName = "Notify applicant")]
public sealed class NotifyApplicant : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public NotifyApplicant([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>What to say, one sentence.</summary>
    [Input(Description = "What to tell the applicant, for example: Your version is live.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Message { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var message = Message.GetOrDefault(context) ?? "";
        var release = await context.LoadReleaseAsync();
        var app = await context.GetRequiredService<ITargetAppStore>().FindAsync(release.Key.App, context.CancellationToken);
        if (app?.EmailsProgress != true || release.Request?.ApplicantEmail is not { } address)
        {
            return;
        }

        var email = new EmailMessage(address, $"{release.BasicInformation.Name} {release.Key.Version} for {release.Key.App} {release.Key.Environment}", message);
        context.GetRequiredService<IOutbox>().Add(new OutboxMessage(
            $"notify:{context.WorkflowExecutionContext.Id}:{context.Id}",
            OutboxKinds.Email,
            release.Id.Value,
            JsonSerializer.Serialize(email, OutboxJson.Default.EmailMessage),
            context.GetRequiredService<TimeProvider>().GetUtcNow()));
    }
}
