using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.Resumption;

namespace Elsa.Workflows.Runtime.Activities;

/// <summary>What became of a workflow that another one ran.</summary>
/// <param name="WorkflowInstanceId">Id of the instance.</param>
/// <param name="Status">Running or finished.</param>
/// <param name="SubStatus">Where it stands, in detail.</param>
/// <param name="Output">Its outputs.</param>
public record ExecuteWorkflowResult(
    string WorkflowInstanceId, WorkflowStatus Status, WorkflowSubStatus SubStatus, IDictionary<string, object>? Output);

/// <summary>What activities that start other workflows have in common. The other workflow starts in the same unit of work.</summary>
public abstract class ChildWorkflowActivity : Activity<object>
{
    /// <summary>Creates the activity.</summary>
    protected ChildWorkflowActivity(string? source, int? line)
        : base(source, line)
    {
    }

    /// <summary>The definition to start; its published version is used.</summary>
    [Required]
    [Input(DisplayName = "Workflow Definition", Description = "The ID of the workflow definition to start.", UIHint = InputUIHints.WorkflowDefinitionPicker)]
    public Input<string> WorkflowDefinitionId { get; set; } = null!;

    /// <summary>Correlation id of the new instance.</summary>
    [Input(DisplayName = "Correlation ID", Description = "The correlation ID to associate the workflow with.")]
    public Input<string?> CorrelationId { get; set; } = null!;

    /// <summary>Inputs of the new instance.</summary>
    [Input(Description = "The input to send to the workflow.")]
    public Input<IDictionary<string, object>?> Input { get; set; } = null!;

    /// <summary>True if this activity completes when the other workflow has ended. Default: false.</summary>
    [Input(DisplayName = "Wait for Completion", Description = "Wait for the child workflow to complete before completing this activity.")]
    public Input<bool> WaitForCompletion { get; set; } = null!;

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var isAwaited = WaitForCompletion.GetOrDefault(context);
        var input = new Dictionary<string, object?>();
        foreach (var (name, value) in Input.GetOrDefault(context) ?? new Dictionary<string, object>())
            input[name] = value;
        input["ParentInstanceId"] = context.WorkflowExecutionContext.Id;

        var child = await context.GetRequiredService<IWorkflowEngine>().StartAsync(
            new StartWorkflow
            {
                DefinitionId = WorkflowDefinitionId.Get(context),
                CorrelationId = CorrelationId.GetOrDefault(context),
                Input = input,
                ParentInstanceId = context.WorkflowExecutionContext.Id,
                Properties = isAwaited ? new Dictionary<string, object?> { [ChildStimulus.ParentBookmark] = Type } : null,
            },
            context.CancellationToken);

        var result = new ExecuteWorkflowResult(child.InstanceId, child.Status, child.SubStatus, new Dictionary<string, object>(child.Output));
        if (!isAwaited || child.Status == WorkflowStatus.Finished)
        {
            Answer(context, result, hasEnded: child.Status == WorkflowStatus.Finished);
            await context.CompleteActivityAsync();
            return;
        }

        context.CreateBookmark(new CreateBookmarkArgs
        {
            BookmarkName = Type,
            Stimulus = new ChildStimulus(child.InstanceId),
            Callback = OnChildEndedAsync,
        });
    }

    /// <summary>Sets the output of the activity.</summary>
    /// <param name="context">The execution.</param>
    /// <param name="result">What became of the other workflow.</param>
    /// <param name="hasEnded">True if it has ended.</param>
    protected abstract void Answer(ActivityExecutionContext context, ExecuteWorkflowResult result, bool hasEnded);

    private async ValueTask OnChildEndedAsync(ActivityExecutionContext context)
    {
        var result = context.GetWorkflowInput<ExecuteWorkflowResult>(ChildStimulus.ResultInput);
        Answer(context, result, hasEnded: true);
        await context.CompleteActivityAsync();
    }
}

/// <summary>Runs another workflow; the result says what became of it.</summary>
[Activity("Elsa", "Composition", "Execute a workflow.", DisplayName = "Execute Workflow", Kind = ActivityKind.Task)]
public class ExecuteWorkflow : ChildWorkflowActivity
{
    /// <summary>Creates the activity.</summary>
    public ExecuteWorkflow([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <inheritdoc />
    protected override void Answer(ActivityExecutionContext context, ExecuteWorkflowResult result, bool hasEnded) => context.SetResult(result);
}

/// <summary>Starts another workflow; the result is its output, once it has ended.</summary>
[Activity("Elsa", "Composition", "Create a new workflow instance of the specified workflow and dispatch it for execution.", DisplayName = "Dispatch Workflow")]
public class DispatchWorkflow : ChildWorkflowActivity
{
    /// <summary>Creates the activity.</summary>
    public DispatchWorkflow([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Read and kept: traces follow the unit of work.</summary>
    [Input(Description = "Start a new trace context when using Open Telemetry.", Category = "Open Telemetry", Order = 1)]
    public Input<bool> StartNewTrace { get; set; } = null!;

    /// <summary>Read and kept: there is one channel, the current unit of work.</summary>
    [Input(DisplayName = "Channel", Description = "The channel to dispatch the workflow to.", UIHint = InputUIHints.DropDown, Options = new[] { "" }, Order = 2)]
    public Input<string?> ChannelName { get; set; } = null!;

    /// <inheritdoc />
    protected override void Answer(ActivityExecutionContext context, ExecuteWorkflowResult result, bool hasEnded)
    {
        if (hasEnded)
            context.SetResult(result.Output);
    }
}
