using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Prepare;

/// <summary>
/// Waits for the package. The build itself runs beside the workflow, asked for by the domain when the release was created or its
/// configuration changed (T2, A14); a result for an older configuration is not taken.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until the package is built for the present configuration.", DisplayName = "Build package")]
[FlowNode("Built", "Failed")]
public sealed class BuildPackage : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public BuildPackage([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } =
        [ReleaseCommands.CompleteBuild, ReleaseCommands.FailBuild, ReleaseCommands.EditConfiguration, ReleaseCommands.RefreshConfiguration];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context) => OutcomeOf(await context.LoadReleaseAsync());

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => OutcomeOf(result.Release!);

    private static string? OutcomeOf(Release release) => release.Building switch
    {
        BuildState.Ready => "Built",
        BuildState.BuildFailed => "Failed",
        _ => null,
    };
}
