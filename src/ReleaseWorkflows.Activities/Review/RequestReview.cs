using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Activities.Review;

/// <summary>Waits for the decision of the super app, or for the applicant to withdraw (T7 to T11).</summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until a reviewer of the super app approves or rejects, or the applicant withdraws.", DisplayName = "Request review")]
[FlowNode("Approved", "Rejected", "Withdrawn")]
public sealed class RequestReview : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public RequestReview([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } = [ReleaseCommands.Approve, ReleaseCommands.Reject, ReleaseCommands.Withdraw];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context) =>
        // A restarted workflow finds the decision made (A31).
        (await context.LoadReleaseAsync()).Request?.Outcome == ReviewOutcome.Approved ? "Approved" : null;

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => result.Event switch
    {
        RequestApproved => "Approved",
        RequestRejected => "Rejected",
        RequestWithdrawn => "Withdrawn",
        _ => null,
    };
}
