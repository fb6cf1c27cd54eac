using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.GoLive;

/// <summary>
/// Holds a rollout, since something measured says so (T25): who has the version keeps it, and nobody more gets it until a person resumes. Holding
/// one that is held already changes nothing.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Holds the rollout with a reason until a person resumes it.", DisplayName = "Hold rollout")]
public sealed class HoldRollout : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public HoldRollout([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>What was measured and where the limit is.</summary>
    [Input(Description = "What was measured and where the limit is, for the log.", UIHint = InputUIHints.SingleLine)]
    public Input<string> Reason { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.TakeStepAsync(new HoldAutomatically(Reason.GetOrDefault(context) ?? ""));
}
