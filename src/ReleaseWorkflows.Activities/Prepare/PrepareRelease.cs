using System.Runtime.CompilerServices;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Activities.Commands;

namespace ReleaseWorkflows.Activities.Prepare;

/// <summary>Reads the release that the instance carries, so that later nodes can ask for its environment.</summary>
[Activity("ReleaseWorkflows", "Releases", "Reads the release this workflow carries and offers its environment and target app to later steps.", DisplayName = "Prepare release")]
public sealed class PrepareRelease : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public PrepareRelease([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Development, Test, Sandbox or Production.</summary>
    [Output(Description = "The environment of the release: Development, Test, Sandbox or Production.")]
    public Output<string> Environment { get; set; } = null!;

    /// <summary>Key of the target app.</summary>
    [Output(Description = "The key of the target app.")]
    public Output<string> App { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var release = await context.LoadReleaseAsync();
        context.Set(Environment, release.Key.Environment.ToString());
        context.Set(App, release.Key.App.Value);
    }
}
