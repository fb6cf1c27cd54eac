using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Activities.Review;

/// <summary>
/// Waits for the decision of the super app, or for the applicant to withdraw (T7 to T11). With a name it is one stage of several, or one that
/// needs several approvals (T23); a request is approved with the last stage, whatever the definition does in between (I1).
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until reviewers of the super app approve or reject, or the applicant withdraws.", DisplayName = "Request review")]
[FlowNode("Approved", "Rejected", "Withdrawn")]
public sealed class RequestReview : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public RequestReview([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Name of the stage; empty where one approval of any reviewer decides.</summary>
    [Input(Description = "The name of the stage, for example Security. Leave it empty where one approval of any reviewer decides.", UIHint = InputUIHints.SingleLine)]
    public Input<string?> Stage { get; set; } = null!;

    /// <summary>Approvals that the stage needs, each by another person. Default: 1.</summary>
    [Input(Description = "How many reviewers have to approve, each another person.", DefaultValue = 1)]
    public Input<int> Approvals { get; set; } = new(1);

    /// <summary>E-mail addresses of those who decide, with commas between them; empty: every reviewer of the app.</summary>
    [Input(Description = "E-mail addresses of those who decide, separated by commas. Leave it empty for every reviewer of the app.", UIHint = InputUIHints.SingleLine)]
    public Input<string?> Reviewers { get; set; } = null!;

    /// <summary>False if another stage follows. Default: true.</summary>
    [Input(DisplayName = "Last stage", Description = "Whether the request is approved with this stage; not ticked, another stage follows.", DefaultValue = true)]
    public Input<bool> IsLast { get; set; } = new(true);

    /// <summary>The outcome as a text.</summary>
    [Output(Description = "Approved, Rejected or Withdrawn, for a later step to look at.")]
    public Output<string> Decision { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } = [ReleaseCommands.Approve, ReleaseCommands.Reject, ReleaseCommands.Withdraw];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context)
    {
        var request = (await context.LoadReleaseAsync()).Request;
        var name = Stage.GetOrDefault(context);

        // A restarted workflow finds the decision made, or the stage passed (A31).
        if (request?.Outcome == ReviewOutcome.Approved
            || (request is not null && !string.IsNullOrWhiteSpace(name) && request.Approvals.Count(approval => approval.Stage == name) >= Approvals.GetOrDefault(context)))
        {
            return Decided("Approved", context);
        }

        if (!string.IsNullOrWhiteSpace(name))
        {
            var stage = new ReviewStage(name, Approvals.GetOrDefault(context), ReviewerList.Read(Reviewers.GetOrDefault(context)), IsLast.GetOrDefault(context));
            await context.TakeStepAsync(new OpenReviewStage(stage));
        }

        return null;
    }

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => result.Event switch
    {
        RequestApproved => Decided("Approved", context),
        ApprovalGiven given when given.Given >= given.Required => Decided("Approved", context),
        RequestRejected => Decided("Rejected", context),
        RequestWithdrawn => Decided("Withdrawn", context),
        _ => null,
    };

    private string Decided(string outcome, ActivityExecutionContext context)
    {
        context.Set(Decision, outcome);
        return outcome;
    }
}
