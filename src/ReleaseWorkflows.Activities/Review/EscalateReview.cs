using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Activities.Review;

/// <summary>
/// Brings further reviewers in, since nobody has decided (T23). Drawn behind a delay beside the review; where the request is decided already it
/// does nothing.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Brings further reviewers in, since nobody has decided.", DisplayName = "Escalate review")]
public sealed class EscalateReview : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public EscalateReview([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>E-mail addresses of those who may decide from now on as well; empty: every reviewer of the app.</summary>
    [Input(Description = "E-mail addresses of those who may decide from now on as well, separated by commas. Leave it empty for every reviewer of the app.", UIHint = InputUIHints.SingleLine)]
    public Input<string?> Reviewers { get; set; } = null!;

    /// <summary>Why, for the log.</summary>
    [Input(Description = "Why, for the log: for example, Nobody decided in 48 hours.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Reason { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        if ((await context.LoadReleaseAsync()).Request?.Outcome == ReviewOutcome.InReview)
        {
            await context.TakeStepAsync(new Domain.Releases.EscalateReview(ReviewerList.Read(Reviewers.GetOrDefault(context)), Reason.GetOrDefault(context) ?? ""));
        }
    }
}
