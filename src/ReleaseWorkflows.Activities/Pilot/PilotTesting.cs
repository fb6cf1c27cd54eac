using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Pilot;

/// <summary>
/// Opens the version to named testers and waits until testing is completed or canceled (T6, T9, T13 to T15). The list of testers may
/// change meanwhile without moving the flow (T12).
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Opens the version to named testers and waits until testing is completed or canceled.", DisplayName = "Pilot testing")]
[FlowNode("Completed", "Canceled")]
public sealed class PilotTesting : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public PilotTesting([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } = [ReleaseCommands.CompletePilot, ReleaseCommands.Cancel];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context)
    {
        // A restarted workflow finds the pilot open, or over (A31).
        var release = await context.LoadReleaseAsync();
        switch (release.Status)
        {
            case ReleaseStatus.PilotTesting when !release.IsPilotCompleted:
                return null;
            case ReleaseStatus.PilotTesting or ReleaseStatus.GrayscaleRelease when release.IsPilotCompleted:
                return "Completed";
            default:
                await context.TakeStepAsync(new StartPilot());
                return null;
        }
    }

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => result.Event switch
    {
        PilotCompleted => "Completed",
        ReleaseCanceled => "Canceled",
        _ => null,
    };
}
