using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Prepare;

/// <summary>Waits after a failed build until a developer retries it or changes the configuration (A15).</summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until a developer retries the failed build or changes the configuration.", DisplayName = "Await build retry")]
[FlowNode("Retry")]
public sealed class AwaitBuildRetry : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public AwaitBuildRetry([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } =
        [ReleaseCommands.RetryBuild, ReleaseCommands.EditConfiguration, ReleaseCommands.RefreshConfiguration];

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) => result.Event is null ? null : "Retry";
}
