using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Reviews;

namespace ReleaseWorkflows.Activities.Review;

/// <summary>Approves where no person reviews (T5, T6, I2). In Production the domain refuses, and the step becomes an incident (I1).</summary>
[Activity("ReleaseWorkflows", "Releases", "Approves the application where the environment needs no review.", DisplayName = "Approve automatically")]
public sealed class ApproveAutomatically : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public ApproveAutomatically([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        // A restarted workflow finds the approval given (A31).
        if ((await context.LoadReleaseAsync()).Request is not { Outcome: ReviewOutcome.Approved, Mode: ReviewMode.Auto })
        {
            await context.TakeStepAsync(new Domain.Releases.ApproveAutomatically());
        }
    }
}
