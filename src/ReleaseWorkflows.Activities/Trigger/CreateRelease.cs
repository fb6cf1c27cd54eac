using System.Runtime.CompilerServices;
using System.Text.Json;
using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Activities.Rehearsal;
using ReleaseWorkflows.Domain;

namespace ReleaseWorkflows.Activities.Trigger;

/// <summary>
/// Creates the release that a request asks for (T1), in the name of whoever sent it. The answer is offered as outputs, for a
/// “Write HTTP response” after it. A request with <c>?dryRun=true</c> creates nothing and is told what would happen.
/// </summary>
[Activity("ReleaseWorkflows", "Releases", "Creates the release that a request asks for, in the name of whoever sent it.", DisplayName = "Create release")]
[FlowNode("Created", "Refused", Rehearsed)]
public sealed class CreateRelease : Activity
{
    private const string Rehearsed = "Rehearsed";

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
    [Output(Description = "The status code of the answer if nothing was created.")]
    public Output<int> StatusCode { get; set; } = null!;

    /// <summary>Body of the answer.</summary>
    [Output(Description = "The body of the answer if nothing was created.")]
    public Output<string> Body { get; set; } = null!;

    /// <inheritdoc/>
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var (outcome, reply) = await CreateAsync(context);
        if (reply is not null)
        {
            context.Set(StatusCode, reply.StatusCode);
            context.Set(Body, reply.Body);
        }

        await context.CompleteActivityWithOutcomesAsync(outcome);
    }

    private async ValueTask<(string Outcome, HttpReply? Reply)> CreateAsync(ActivityExecutionContext context)
    {
        var actor = await context.GetRequiredService<ICurrentActor>().FindAsync(context.CancellationToken);
        if (actor is null)
        {
            return Refused(new Refusal(RefusalCodes.Unauthenticated, "Sign in, or send an API key: Authorization: ApiKey <key>."));
        }

        var dryRun = context.GetRequiredService<IDryRun>();
        var body = JsonSerializer.SerializeToUtf8Bytes(Request.GetOrDefault(context));
        if (dryRun.Read(out var isDryRun) is { } unclear)
        {
            return Refused(unclear);
        }

        if (context.GetRequiredService<IReleaseReplies>().Read(body, out var command) is { } unreadable)
        {
            return Refused(unreadable);
        }

        // What the instance is called in lists: what it was asked for and what became of it.
        var asked = $"{command!.Key}";
        if (isDryRun)
        {
            context.WorkflowExecutionContext.Name = $"{asked} · Rehearsed";
            return (RehearsedExit(context), await dryRun.AnswerAsync(command!, actor, context.CancellationToken));
        }

        var result = await context.GetRequiredService<ReleaseLauncher>().CreateAsync(command!, actor, context.CancellationToken);
        context.WorkflowExecutionContext.Name = $"{asked} · {(result.IsRefused ? "Refused" : "Created")}";
        if (result.IsRefused)
        {
            return Refused(result.Refusal);
        }

        context.Set(ReleaseId, result.Release.Id.Value);
        return ("Created", null);

        (string, HttpReply?) Refused(Refusal refusal) => ("Refused", context.GetRequiredService<IReleaseReplies>().Refused(refusal));
    }

    // A definition that was drawn before dry runs were there has no line from this exit. The one for refusals answers with the same outputs.
    private string RehearsedExit(ActivityExecutionContext context) =>
        context.ParentActivityExecutionContext?.Activity is Flowchart flowchart
        && !flowchart.Connections.Any(connection => connection.Source.Activity.Id == Id && connection.Source.Port == Rehearsed)
            ? "Refused"
            : Rehearsed;
}
