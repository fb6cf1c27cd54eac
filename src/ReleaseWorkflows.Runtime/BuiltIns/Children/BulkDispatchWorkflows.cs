using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Elsa.Expressions.Contracts;
using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Activities.Flowchart.Attributes;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using Elsa.Workflows.UIHints;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.BuiltIns.Loops;
using ReleaseWorkflows.Runtime.Resumption;

namespace Elsa.Workflows.Runtime.Activities;

/// <summary>Starts another workflow once for each item of a list, all in the same unit of work, and waits until all have ended.</summary>
[Activity(
    "Elsa",
    "Composition",
    "Create new workflow instances for each item in the data source and dispatch them for execution.",
    DisplayName = "Bulk Dispatch Workflows",
    Kind = ActivityKind.Task)]
[FlowNode("Completed", "Canceled", "Done")]
public class BulkDispatchWorkflows : Activity
{
    private const string Open = "OpenChildren";
    private const string Dispatched = "DispatchedChildren";
    private const string Canceled = "CanceledChildren";

    /// <summary>Creates the activity.</summary>
    public BulkDispatchWorkflows([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The definition to start; its published version is used.</summary>
    [Required]
    [Input(
        DisplayName = "Workflow Definition",
        Description = "The definition ID of the workflows to dispatch.",
        UIHint = InputUIHints.WorkflowDefinitionPicker)]
    public Input<string> WorkflowDefinitionId { get; set; } = null!;

    /// <summary>The items.</summary>
    [Input(Description = "The data source to use for dispatching the workflows.")]
    public Input<object> Items { get; set; } = null!;

    /// <summary>Input of the new instances that gets the item. An item that is a dictionary becomes several inputs instead. Default: Item.</summary>
    [Input(
        Description = "The default key to use for the input name when sending the current item to the dispatched workflow. Will not be used if the Items field contain a list of dictionaries",
        DefaultValue = "Item")]
    public Input<string> DefaultItemInputKey { get; set; } = new("Item");

    /// <summary>Correlation id of each new instance; the expression sees the item as the argument <c>Item</c>.</summary>
    [Input(
        DisplayName = "Correlation ID Function",
        Description = "A function to compute the correlation ID to associate a dispatched workflow with.",
        AutoEvaluate = false)]
    public Input<string?>? CorrelationIdFunction { get; set; }

    /// <summary>Further inputs of the new instances.</summary>
    [Input(Description = "Additional input to send to the workflows being dispatched.")]
    public Input<IDictionary<string, object>?> Input { get; set; } = null!;

    /// <summary>True if this activity completes when all the new instances have ended. Default: true.</summary>
    [Input(
        DisplayName = "Wait for Completion",
        Description = "Wait for the dispatched workflows to complete before completing this activity.",
        DefaultValue = true)]
    public Input<bool> WaitForCompletion { get; set; } = new(true);

    /// <summary>Read and kept: traces follow the unit of work.</summary>
    [Input(Description = "Start a new trace context when using Open Telemetry.", Category = "Open Telemetry")]
    public Input<bool> StartNewTrace { get; set; } = null!;

    /// <summary>Read and kept: there is one channel, the current unit of work.</summary>
    [Input(DisplayName = "Channel", Description = "The channel to dispatch the workflow to.", UIHint = InputUIHints.DropDown, Options = new[] { "" })]
    public Input<string?> ChannelName { get; set; } = null!;

    /// <summary>Runs for each instance that has finished; it sees the variables <c>ChildInstanceId</c> and <c>ChildOutput</c>.</summary>
    [Port]
    public IActivity? ChildCompleted { get; set; }

    /// <summary>Runs for each instance that has faulted; it sees the variables <c>ChildInstanceId</c> and <c>ChildOutput</c>.</summary>
    [Port]
    public IActivity? ChildFaulted { get; set; }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        var items = await LoopState.ItemsOfAsync(context.Get(Items), context.CancellationToken);
        var isAwaited = WaitForCompletion.GetOrDefault(context);

        // The bookmark comes first: an instance may end while it is started.
        if (isAwaited && items.Count > 0)
        {
            context.SetProperty(Open, items.Count);
            context.SetProperty(Dispatched, items.Count);
            context.CreateBookmark(new CreateBookmarkArgs
            {
                BookmarkName = Type,
                Stimulus = new ChildStimulus(context.Id),
                Callback = OnChildEndedAsync,
                AutoBurn = false,
            });
        }

        foreach (var item in items)
            await StartAsync(context, item, isAwaited);

        if (items.Count == 0)
            await context.CompleteActivityWithOutcomesAsync("Completed", "Done");
        else if (!isAwaited)
            await context.CompleteActivityAsync();
    }

    private async Task StartAsync(ActivityExecutionContext context, object? item, bool isAwaited)
    {
        var input = new Dictionary<string, object?>();
        foreach (var (name, value) in Input.GetOrDefault(context) ?? new Dictionary<string, object>())
            input[name] = value;
        if (item is IDictionary<string, object?> members)
        {
            foreach (var (name, value) in members)
                input[name] = value;
        }
        else
        {
            input[DefaultItemInputKey.GetOrDefault(context) ?? "Item"] = item;
        }

        input["ParentInstanceId"] = context.WorkflowExecutionContext.Id;

        await context.GetRequiredService<IWorkflowEngine>().StartAsync(
            new StartWorkflow
            {
                DefinitionId = WorkflowDefinitionId.Get(context),
                CorrelationId = await CorrelationIdOfAsync(context, item),
                Input = input,
                ParentInstanceId = context.WorkflowExecutionContext.Id,
                Properties = isAwaited
                    ? new Dictionary<string, object?> { [ChildStimulus.ParentBookmark] = Type, [ChildStimulus.ParentActivity] = context.Id }
                    : null,
            },
            context.CancellationToken);
    }

    private async ValueTask<string?> CorrelationIdOfAsync(ActivityExecutionContext context, object? item)
    {
        if (CorrelationIdFunction?.Expression is not { } expression)
            return null;

        var options = new ExpressionEvaluatorOptions();
        if (item is not null)
            options.Arguments["Item"] = item;
        return await context.GetRequiredService<IExpressionEvaluator>().EvaluateAsync<string>(expression, context.ExpressionExecutionContext, options);
    }

    private async ValueTask OnChildEndedAsync(ActivityExecutionContext context)
    {
        var result = context.GetWorkflowInput<ExecuteWorkflowResult>(ChildStimulus.ResultInput);
        var next = result.SubStatus switch
        {
            WorkflowSubStatus.Finished => ChildCompleted,
            WorkflowSubStatus.Faulted => ChildFaulted,
            _ => null,
        };

        if (next is null)
        {
            if (result.SubStatus == WorkflowSubStatus.Cancelled)
                context.UpdateProperty<int>(Canceled, static canceled => canceled + 1);
            await CountAsync(context);
            return;
        }

        await context.ScheduleActivityAsync(
            next,
            new ScheduleWorkOptions
            {
                CompletionCallback = OnPortCompletedAsync,
                Variables = [new Variable<string>("ChildInstanceId", result.WorkflowInstanceId), new Variable("ChildOutput", result.Output)],
            });
    }

    private ValueTask OnPortCompletedAsync(ActivityCompletedContext context) => CountAsync(context.TargetContext);

    private static async ValueTask CountAsync(ActivityExecutionContext context)
    {
        if (context.UpdateProperty<int>(Open, static open => open - 1) > 0)
            return;

        // With nothing done at all there is nothing to go on with: that has an exit of its own.
        var isCanceled = context.GetProperty<int>(Canceled) is > 0 and var canceled && canceled == context.GetProperty<int>(Dispatched);
        await context.CompleteActivityWithOutcomesAsync(isCanceled ? "Canceled" : "Completed", "Done");
    }
}
