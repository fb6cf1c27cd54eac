using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Prepare;

/// <summary>
/// Waits for Apply to Release (T4 to T6). Meanwhile details may be edited and the package is built again (T3); the wait goes on.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Waits until a developer applies to release; until then configuration may change and the package be built again.", DisplayName = "Await application")]
[FlowNode("Applied")]
public sealed class AwaitApplication : AwaitCommandActivity
{
    /// <summary>Creates the activity.</summary>
    public AwaitApplication([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>True if a person of the super app reviews this application.</summary>
    [Output(Description = "True if a person of the super app reviews this application.")]
    public Output<bool> NeedsReview { get; set; } = null!;

    /// <summary>True if the target has pilot testing.</summary>
    [Output(Description = "True if the target has pilot testing.")]
    public Output<bool> HasPilot { get; set; } = null!;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Commands { get; } =
    [
        ReleaseCommands.Apply, ReleaseCommands.EditConfiguration, ReleaseCommands.RefreshConfiguration, ReleaseCommands.CompleteBuild,
        ReleaseCommands.FailBuild, ReleaseCommands.RetryBuild,
    ];

    /// <inheritdoc/>
    protected override async ValueTask<string?> BeginAsync(ActivityExecutionContext context)
    {
        // A restarted workflow finds the application made (A31).
        var release = await context.LoadReleaseAsync();
        return release.Status == ReleaseStatus.NewVersionCreated ? null : Applied(release.Policy, context);
    }

    /// <inheritdoc/>
    protected override string? Outcome(ReleaseResult result, ActivityExecutionContext context) =>
        result.Event is ApplicationSubmitted submitted ? Applied(submitted.Policy, context) : null;

    private string Applied(ReleasePolicy policy, ActivityExecutionContext context)
    {
        context.Set(NeedsReview, policy.Review == ReviewMode.Manual);
        context.Set(HasPilot, policy.Pilot != PilotMode.Off);
        return "Applied";
    }
}
