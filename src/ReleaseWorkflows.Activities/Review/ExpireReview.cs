using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Activities.Review;

/// <summary>Gives the request back to the applicant, since nobody has decided in time (T24). The release applies again on the same record.</summary>
[Activity("ReleaseWorkflows", "Releases", "Gives the request back to the applicant, since nobody has decided in time.", DisplayName = "Expire review")]
public sealed class ExpireReview : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public ExpireReview([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Why, for the applicant.</summary>
    [Input(Description = "Why, for the applicant: for example, Nobody decided in 72 hours.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Reason { get; set; } = null!;

    /// <summary>Says that the time was over, where a review says its decision.</summary>
    [Output(Description = "The text Expired, for a later step that looks at the decision.")]
    public Output<string> Decision { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        context.Set(Decision, "Expired");
        if ((await context.LoadReleaseAsync()).Request?.Outcome == ReviewOutcome.InReview)
        {
            await context.TakeStepAsync(new Domain.Releases.ExpireReview(Reason.GetOrDefault(context) ?? ""));
        }
    }
}
