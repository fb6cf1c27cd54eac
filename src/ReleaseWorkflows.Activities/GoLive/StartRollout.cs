using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.GoLive;

/// <summary>
/// Waits until a person sets the first percentage of a grayscale release (T17), or decides otherwise. A schedule begins behind it: the first users
/// get a version because a person said so (I8).
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until a developer sets the first percentage, goes full or cancels.", DisplayName = "Start rollout")]
[FlowNode("Started", "Full", "Canceled")]
public sealed class StartRollout : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public StartRollout([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } = [ReleaseCommands.Grayscale, ReleaseCommands.GoLive, ReleaseCommands.Cancel];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context) =>
        // The choice of the release type may have brought the percentage with it (A3).
        OutcomeOf(await context.LoadReleaseAsync());

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => OutcomeOf(result.Release!);

    private static string? OutcomeOf(Release release) => release switch
    {
        { Status: ReleaseStatus.FullRelease } => "Full",
        { Status: ReleaseStatus.Canceled } => "Canceled",
        { Percentage: not null } => "Started",
        _ => null,
    };
}
