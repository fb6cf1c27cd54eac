using System.Runtime.CompilerServices;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Signals;

namespace Elsa.Workflows.Activities;

/// <summary>Base class of activities that are made of others: runs <see cref="Root"/> and completes when it has.</summary>
public abstract partial class Composite : Activity, IVariableContainer, IComposite
{
    /// <summary>Creates a composite.</summary>
    protected Composite([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line) => OnSignalReceived<CompleteCompositeSignal>(OnCompleteCompositeAsync);

    /// <summary>Variables that the activities inside share.</summary>
    public ICollection<Variable> Variables { get; set; } = [];

    /// <summary>Variable whose value becomes the result.</summary>
    public Variable? ResultVariable { get; set; }

    /// <summary>The activity that is run.</summary>
    [Port]
    public IActivity Root { get; set; } = null!;

    /// <summary>Fills the activity before it is compiled. Does nothing by default.</summary>
    public virtual void Setup()
    {
    }

    /// <inheritdoc />
    protected override async ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        ConfigureActivities(context);
        await context.ScheduleActivityAsync(Root, OnRootCompletedAsync);
    }

    /// <summary>Called before the activities inside begin. Does nothing by default.</summary>
    protected virtual void ConfigureActivities(ActivityExecutionContext context)
    {
    }

    /// <summary>Completes the composite with a result.</summary>
    protected async Task CompleteAsync(ActivityExecutionContext context, object? result = null) =>
        await context.SendSignalAsync(new CompleteCompositeSignal(result));

    /// <summary>Completes the composite with outcomes.</summary>
    protected Task CompleteAsync(ActivityExecutionContext context, params string[] outcomes) =>
        CompleteAsync(context, new Outcomes(outcomes));

    /// <summary>Called when the activities inside have completed. Calls <see cref="OnCompleted"/>.</summary>
    protected virtual ValueTask OnCompletedAsync(ActivityCompletedContext context)
    {
        OnCompleted(context);
        return ValueTask.CompletedTask;
    }

    /// <summary>Called when the activities inside have completed. Does nothing by default.</summary>
    protected virtual void OnCompleted(ActivityCompletedContext context)
    {
    }

    private async ValueTask OnRootCompletedAsync(ActivityCompletedContext context)
    {
        await OnCompletedAsync(context);
        SetResult(context.TargetContext);
        await context.TargetContext.CompleteActivityAsync();
    }

    private async ValueTask OnCompleteCompositeAsync(CompleteCompositeSignal signal, SignalContext context)
    {
        var composite = context.ReceiverActivityExecutionContext;
        context.StopPropagation();

        // The sender is done first, so that the journal shows it completed and not cancelled.
        if (!context.IsSelf)
        {
            context.SenderActivityExecutionContext.Completion = null;
            await context.SenderActivityExecutionContext.CompleteActivityAsync();
        }

        await OnCompletedAsync(new ActivityCompletedContext(composite, context.SenderActivityExecutionContext, signal.Value));
        SetResult(composite);
        await composite.CompleteActivityAsync(signal.Value);
    }

    private void SetResult(ActivityExecutionContext context)
    {
        if (ResultVariable is { } variable && this is IActivityWithResult { Result: { } result })
            context.Set(result, variable.Get(context.ExpressionExecutionContext), nameof(IActivityWithResult.Result));
    }
}

/// <summary>A composite with a main output.</summary>
/// <typeparam name="T">Type of the output.</typeparam>
public abstract class Composite<T> : Composite, IActivityWithResult<T>
{
    /// <summary>Creates a composite.</summary>
    protected Composite([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>The main output.</summary>
    public Output<T>? Result { get; set; }

    Output? IActivityWithResult.Result
    {
        get => Result;
        set => Result = (Output<T>?)value;
    }
}
