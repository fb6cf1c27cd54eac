using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>
/// Starts the workflow definition of the target app for a release just created, in the same transaction, and offers the answer to the
/// request as outputs.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Starts the target app's own workflow for a release just created.", DisplayName = "Start release pipeline")]
public sealed class StartReleasePipeline : CodeActivity
{
    /// <summary>Creates the activity.</summary>
    public StartReleasePipeline([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Id of the release.</summary>
    [Input(Description = "The id of the release.")]
    public Input<string> ReleaseId { get; set; } = null!;

    /// <summary>Status of the answer.</summary>
    [Output(Description = "The status code of the answer: 201.")]
    public Output<int> StatusCode { get; set; } = null!;

    /// <summary>Body of the answer.</summary>
    [Output(Description = "The body of the answer: id, status, workflowInstanceId and links.")]
    public Output<string> Body { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var releases = context.GetRequiredService<ReleaseService>();
        var id = new ReleaseId(ReleaseId.Get(context));
        var release = await releases.FindAsync(id, context.CancellationToken) ?? throw new InvalidOperationException($"Release {id} does not exist.");
        await context.GetRequiredService<ReleaseLauncher>().StartPipelineAsync(release, context.CancellationToken);
        var reply = context.GetRequiredService<IReleaseReplies>().Created((await releases.FindAsync(id, context.CancellationToken))!);
        context.Set(StatusCode, reply.StatusCode);
        context.Set(Body, reply.Body);
    }
}
