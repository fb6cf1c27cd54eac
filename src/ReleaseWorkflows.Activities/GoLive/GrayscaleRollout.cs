using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.GoLive;

/// <summary>Waits while the percentage is raised step by step, until everyone has the version or the release is canceled (T17, T18, T20).</summary>
[Activity("ReleaseWorkflows", "Releases", "Waits while the percentage of users is raised, until it reaches 100 or the release is canceled.", DisplayName = "Grayscale rollout")]
[FlowNode("Completed", "Canceled")]
public sealed class GrayscaleRollout : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public GrayscaleRollout([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } = [ReleaseCommands.Grayscale, ReleaseCommands.GoLive, ReleaseCommands.Cancel];

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => result.Release!.Status switch
    {
        ReleaseStatus.FullRelease => "Completed",
        ReleaseStatus.Canceled => "Canceled",
        _ => null,
    };
}
