using System.Runtime.CompilerServices;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Domain;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>
/// Creates the release that a request asks for (T1), in the name of whoever sent it. The answer is offered as outputs, for a
/// “Write HTTP response” after it.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Creates the release that a request asks for, in the name of whoever sent it.", DisplayName = "Create release")]
[FlowNode("Created", "Refused")]
public sealed class CreateRelease : Activity
{
    /// <summary>Creates the activity.</summary>
    public CreateRelease([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The body of the request: miniProgram, version, app, environment, and if needed configuration and releaseNotes.</summary>
    [Input(Description = "The body of the request: miniProgram, version, app, environment, and if needed configuration and releaseNotes.")]
    public Input<object> Request { get; set; } = null!;

    /// <summary>Id of the release; empty if it was refused.</summary>
    [Output(Description = "The id of the release; empty if it was refused.")]
    public Output<string> ReleaseId { get; set; } = null!;

    /// <summary>Status of the answer, for example 409.</summary>
    [Output(Description = "The status code of the answer if the request was refused.")]
    public Output<int> StatusCode { get; set; } = null!;

    /// <summary>Body of the answer.</summary>
    [Output(Description = "The body of the answer if the request was refused.")]
    public Output<string> Body { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var refusal = await CreateAsync(context);
        if (refusal is null)
        {
            await context.CompleteActivityWithOutcomesAsync("Created");
            return;
        }

        var reply = context.GetRequiredService<IReleaseReplies>().Refused(refusal);
        context.Set(StatusCode, reply.StatusCode);
        context.Set(Body, reply.Body);
        await context.CompleteActivityWithOutcomesAsync("Refused");
    }

    private async ValueTask<Refusal?> CreateAsync(ActivityExecutionContext context)
    {
        var actor = await context.GetRequiredService<ICurrentActor>().FindAsync(context.CancellationToken);
        if (actor is null)
        {
            return new Refusal(RefusalCodes.Unauthenticated, "Sign in, or send an API key: Authorization: ApiKey <key>.");
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(Request.GetOrDefault(context));
        if (context.GetRequiredService<IReleaseReplies>().Read(body, out var command) is { } unreadable)
        {
            return unreadable;
        }

        var result = await context.GetRequiredService<ReleaseLauncher>().CreateAsync(command!, actor, context.CancellationToken);
        if (result.IsRefused)
        {
            return result.Refusal;
        }

        context.Set(ReleaseId, result.Release.Id.Value);
        return null;
    }
}
