using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.GoLive;

/// <summary>
/// Waits in Production until somebody chooses Grayscale or Full Release (T10, T16, T19). Setting a first percentage right after the
/// pilot chooses Grayscale as well (A3).
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until a developer chooses Grayscale or Full Release, or cancels.", DisplayName = "Choose release type")]
[FlowNode("Full", "Grayscale", "Canceled")]
public sealed class ChooseReleaseType : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public ChooseReleaseType([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } = [ReleaseCommands.GoLive, ReleaseCommands.Grayscale, ReleaseCommands.Cancel];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context)
    {
        // After a pilot the domain offers the choice already (T13); without one the approval leads here (T10). A restarted workflow finds
        // the choice offered, or made (A31).
        var release = await context.LoadReleaseAsync();
        if (release.Status is ReleaseStatus.GrayscaleRelease or ReleaseStatus.ReleasePreparation)
        {
            return release.Percentage is null ? null : "Grayscale";
        }

        await context.TakeStepAsync(new PrepareRelease());
        return null;
    }

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => result.Release!.Status switch
    {
        ReleaseStatus.FullRelease => "Full",
        ReleaseStatus.Canceled => "Canceled",
        ReleaseStatus.GrayscaleRelease => "Grayscale",
        _ => null,
    };
}
