using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Signals;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <content>Completion and cancellation.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>Completes the activity. What still runs inside it is cancelled. Does nothing unless it is running.</summary>
    /// <param name="result">Outcomes, or null for Done.</param>
    public async ValueTask CompleteActivityAsync(object? result = null)
    {
        if (Status != ActivityStatus.Running)
            return;


        await CancelChildrenAsync();
        CompletedAt = WorkflowExecutionContext.Now;
        TransitionTo(ActivityStatus.Completed);
        ParentActivityExecutionContext?._children.Remove(this);

        if (result is Outcomes outcomes)
            JournalData["Outcomes"] = outcomes.Names;

        AddExecutionLogEntry(JournalEvents.Completed);
        WorkflowExecutionContext.RemoveBookmarksOf(this);

        var completion = Completion;
        Completion = null;

        if (WorkflowExecutionContext.Graph.HasSignalHandlers)
            await AnnounceCompletionAsync(result);
        if (completion is not null && !completion.Owner.IsCompleted)
            await new CallbackCall(completion, this, result).InvokeAsync();
    }

    /// <summary>Completes the activity with outcomes; only connections from these outcomes are followed.</summary>
    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes) => CompleteActivityAsync(new Outcomes(outcomes));

    /// <summary>Completes the nearest composite activity or workflow around this one, with outcomes.</summary>
    public ValueTask CompleteCompositeAsync(params string[] outcomes) =>
        SendSignalAsync(new CompleteCompositeSignal(new Outcomes(outcomes)));

    /// <summary>Sends a signal to this execution and to the ones around it, until one of them stops it.</summary>
    internal async ValueTask SendSignalAsync(object signal)
    {
        using var nested = new NestedCall(WorkflowExecutionContext);
        for (var receiver = this; receiver is not null; receiver = receiver.ParentActivityExecutionContext)
        {
            if (receiver.Activity is not ISignalHandler handler)
                continue;

            var context = new SignalContext(receiver, this, CancellationToken);
            await handler.ReceiveSignalAsync(signal, context);

            if (context.IsStopped)
                return;
        }
    }

    // Whoever listens cannot keep the owner from hearing of the completion.
    private async ValueTask AnnounceCompletionAsync(object? result)
    {
        try
        {
            await SendSignalAsync(new ActivityCompleted(result));
        }
        catch (Exception exception) when (exception is not CallbackException && !Failures.IsForTheCaller(exception, CancellationToken))
        {
            Failures.ReportBeside(this, exception);
        }
    }

    /// <summary>Cancels this execution and everything inside it. Does nothing if it has ended.</summary>
    internal async ValueTask CancelAsync()
    {
        if (IsCompleted)
            return;

        await CancelChildrenAsync();
        CompletedAt = WorkflowExecutionContext.Now;
        TransitionTo(ActivityStatus.Canceled);
        ParentActivityExecutionContext?._children.Remove(this);
        Completion = null;
        WorkflowExecutionContext.RemoveBookmarksOf(this);
        AddExecutionLogEntry(JournalEvents.Canceled);

        try
        {
            if (Activity is ISignalHandler handler)
                await handler.ReceiveSignalAsync(new CancelSignal(), new SignalContext(this, this, CancellationToken));
        }
        catch (Exception exception) when (!Failures.IsForTheCaller(exception, CancellationToken))
        {
            // The others are cancelled all the same.
            Failures.ReportBeside(this, exception);
        }
    }

    private async ValueTask CancelChildrenAsync()
    {
        if (_children.Count == 0)
            return;

        foreach (var child in _children.ToArray())
            await child.CancelAsync();
    }
}
