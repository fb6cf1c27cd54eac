using Elsa.Workflows;
using Elsa.Workflows.Exceptions;
using Elsa.Workflows.Models;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.LogPersistence;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// Runs a burst: takes what is queued, one activity after the other, until nothing is left; then says where the instance stands.
/// </summary>
/// <remarks>
/// <para>Bold rules: <b>one activity at a time, first in, first out</b>; <b>an exception of an activity is an incident, not an error of the caller</b>;
/// <b>a burst never leaves an instance running that waits for nothing</b>.</para>
/// </remarks>
internal sealed class WorkflowRunner(IOptions<WorkflowRuntimeOptions> options, LogPersistenceEvaluator logPersistence)
{
    /// <summary>Runs until the queue is empty, the instance ends or an incident stops it.</summary>
    public async Task RunAsync(WorkflowExecutionContext burst)
    {
        burst.SubStatus = WorkflowSubStatus.Executing;
        burst.IsExecuting = true;
        var budget = options.Value.MaxActivitiesPerBurst;

        while (burst.SubStatus == WorkflowSubStatus.Executing && burst.Queue.Dequeue() is { } item)
        {
            burst.CancellationToken.ThrowIfCancellationRequested();
            var context = Begin(burst, item);

            if (budget-- > 0)
                await RunAsync(context, item);
            else
                await Failures.FailAsync(context, new InvalidOperationException(
                    $"The burst ran {options.Value.MaxActivitiesPerBurst} activities without coming to a wait; it seems to go round in a circle."));
        }

        Conclude(burst);
        burst.IsExecuting = false;
    }

    /// <summary>Cancels an instance: whatever runs or waits inside it is cancelled.</summary>
    public static async Task CancelAsync(WorkflowExecutionContext burst)
    {
        burst.Cancel();
        burst.Queue.Clear();

        if (burst.RootContext is { } root)
        {
            burst.Log(root, JournalEvents.WorkflowCancelled);
            await root.CancelAsync();
        }

        burst.BookmarkList.Clear();
        burst.FinishedAt = burst.Now;
    }

    private static ActivityExecutionContext Begin(WorkflowExecutionContext burst, WorkItem item)
    {
        if (item.StimulusInput is { } input)
            burst.BeginStimulus(input);
        if (item.Existing is { } existing)
            return existing;

        var context = burst.CreateContext(item.Node, item.Owner);
        context.Tag = item.Tag;
        context.Completion = item.Completion;
        context.SchedulingActivityExecutionId = item.SchedulingActivityExecutionId;
        context.SchedulingActivityId = item.SchedulingActivityId;

        if (item.Input is { } given)
            context._activityInput = new Dictionary<string, object>(given);

        foreach (var variable in item.Variables ?? [])
        {
            context.DynamicVariables.Add(variable);
            context.ExpressionExecutionContext.Memory.Declare(variable);
        }

        if (burst.RootContext is null)
        {
            burst.RootContext = context;
            foreach (var (name, value) in burst.InitialVariables ?? new Dictionary<string, object>())
                Scopes.SetHere(context, name, value, null);
        }

        if (burst.TriggeredContext is null && item.Node.EmbeddedIn is null && burst.TriggerActivityId == item.Node.ActivityId)
            burst.TriggeredContext = context;

        return context;
    }

    private async Task RunAsync(ActivityExecutionContext context, WorkItem item)
    {
        var queued = context.WorkflowExecutionContext.Queue.Mark();
        try
        {
            if (item.Call is { } call)
            {
                await call.InvokeAsync();
                return;
            }

            context.ForgetNewBookmarks();
            await EvaluateInputsAsync(context);
            await logPersistence.DecideAsync(context);

            if (!await context.Activity.CanExecuteAsync(context))
            {
                context.AddExecutionLogEntry(JournalEvents.PreconditionFailed);
                return;
            }

            context.TransitionTo(ActivityStatus.Running);
            context.IsExecuting = true;
            context.ExecutionCount++;
            context.AddExecutionLogEntry(item.Bookmark is null ? JournalEvents.Started : JournalEvents.Resumed, source: Failures.SourceOf(context));

            if (item.Bookmark is { } bookmark)
                await ResumeAsync(context, bookmark);
            else
                await context.Activity.ExecuteAsync(context);

            context.IsExecuting = false;

            if (context.ActivityNode.HasOwnCompletion && !context.HasNewBookmarks)
                await context.CompleteActivityAsync();
            if (context.HasNewBookmarks && context.Status == ActivityStatus.Running)
                context.AddExecutionLogEntry(JournalEvents.Suspended);
        }
        catch (Exception exception) when (!Failures.IsForTheCaller(exception, context.CancellationToken))
        {
            context.IsExecuting = false;
            if (exception is CallbackException failure)
            {
                await Failures.FailAsync(failure);
                return;
            }

            if (!context.IsCompleted)
                context.WorkflowExecutionContext.Queue.TakeBack(queued);
            await Failures.FailAsync(context, exception);
        }
    }

    private static async ValueTask ResumeAsync(ActivityExecutionContext context, Bookmark bookmark)
    {
        if (bookmark.CallbackMethodName is { } name)
        {
            var callback = context.ActivityNode.FindResumeCallback(name) ?? throw new MissingMethodException(
                $"The bookmark goes on at the method '{name}', which '{context.Activity.GetType().FullName}' does not have (any more).");
            await callback(context);
        }
        else if (bookmark.AutoComplete)
        {
            await context.CompleteActivityAsync();
        }

        if (bookmark.AutoBurn)
            context.WorkflowExecutionContext.BookmarkList.Remove(bookmark);
    }

    private static async ValueTask EvaluateInputsAsync(ActivityExecutionContext context)
    {
        var evaluator = context.WorkflowExecutionContext.Engine.Evaluator;
        foreach (var input in context.ActivityNode.Inputs)
        {
            if (!input.Descriptor.AutoEvaluate)
                continue;

            object? value;
            try
            {
                if (context._activityInput is { } given && given.TryGetValue(input.Descriptor.Name, out var replacement))
                    value = Values.To(replacement, input.Type);
                else if (input.IsConstant)
                    value = input.Constant;
                else
                    value = await evaluator.EvaluateAsync(input.Expression, input.Type, context.ExpressionExecutionContext);
            }
            catch (Exception exception) when (!Failures.IsForTheCaller(exception, context.CancellationToken))
            {
                throw new InputEvaluationException(
                    input.Descriptor.Name, $"Failed to evaluate activity input '{input.Descriptor.Name}': {exception.Message}", exception);
            }

            context.ExpressionExecutionContext.Memory.Declare(input.Place).Value = value;
            if (value is not null)
                context.ActivityState[input.Descriptor.Name] = value;
        }
    }

    private static void Conclude(WorkflowExecutionContext burst)
    {
        if (burst.SubStatus == WorkflowSubStatus.Executing)
        {
            if (burst.RootContext is { IsCompleted: true })
                burst.SubStatus = WorkflowSubStatus.Finished;
            else if (burst.BookmarkList.Count > 0)
                burst.SubStatus = WorkflowSubStatus.Suspended;
            else
                ReportStandstill(burst);
        }

        if (burst.SubStatus == WorkflowSubStatus.Suspended)
            CheckCallbacks(burst);
        if (burst.Status == WorkflowStatus.Finished)
            burst.FinishedAt ??= burst.Now;
    }

    // An instance in this state could never go on: nothing is left to run, and there is nothing to wait for.
    private static void ReportStandstill(WorkflowExecutionContext burst)
    {
        burst.SubStatus = WorkflowSubStatus.Faulted;
        var waiting = burst.Contexts.LastOrDefault(static context => !context.IsCompleted) ?? burst.RootContext!;
        Failures.Report(
            waiting,
            burst.Incidents.Count > 0
                ? "The other branches have ended, and an activity that failed keeps the workflow from ending."
                : $"Nothing is left to run and nothing is waited for, but the activity '{waiting.Activity.Id}' of type '{waiting.Activity.Type}' has not completed.");
        burst.Log(waiting, JournalEvents.Faulted, burst.Incidents.Last().Message);
    }

    // Callbacks are stored by name. One that has none would be lost without a trace.
    private static void CheckCallbacks(WorkflowExecutionContext burst)
    {
        foreach (var context in burst.Contexts)
        {
            if (context.IsCompleted || context.Completion is not { MethodName: null } lost)
                continue;

            burst.SubStatus = WorkflowSubStatus.Faulted;
            Failures.Report(
                context,
                $"The activity '{lost.Owner.Activity.Id}' of type '{lost.Owner.Activity.Type}' is to be told by a lambda when this one completes. The "
                + "workflow waits now, and only a method of the activity's class can be found again afterwards.");
            return;
        }
    }
}
