using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Activities.Commands;

namespace ReleaseWorkflows.Activities.GoLive;

/// <summary>Makes the version live for everyone outside Production (T5, T11, T14). In Production the domain refuses (I8).</summary>
[Activity("ReleaseWorkflows", "Releases", "Makes the version live for everyone in an environment other than Production.", DisplayName = "Go live automatically")]
public sealed class GoLiveAutomatically : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public GoLiveAutomatically([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context) =>
        await context.TakeStepAsync(new Domain.Releases.GoLiveAutomatically());
}
