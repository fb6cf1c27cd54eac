using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Options;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <content>Scheduling of other activities.</content>
public sealed partial class ActivityExecutionContext
{
    /// <summary>Runs an activity later in this burst.</summary>
    /// <param name="activity">An activity of the same workflow. Null: the callback runs at once.</param>
    /// <param name="completionCallback">A method of this activity's class, run when the activity has completed.</param>
    /// <param name="tag">Data handed to the execution and to the callback.</param>
    /// <param name="variables">Variables declared for this execution only.</param>
    public ValueTask ScheduleActivityAsync(
        IActivity? activity,
        ActivityCompletionCallback? completionCallback,
        object? tag = null,
        IEnumerable<Variable>? variables = null) =>
        ScheduleActivityAsync(
            activity,
            new ScheduleWorkOptions { CompletionCallback = completionCallback, Tag = tag, Variables = variables?.ToList() });

    /// <summary>Runs an activity later in this burst.</summary>
    public ValueTask ScheduleActivityAsync(IActivity? activity, ScheduleWorkOptions? options = null) =>
        ScheduleActivityAsync(activity, this, options);

    /// <summary>Runs an activity later in this burst, inside another execution.</summary>
    public async ValueTask ScheduleActivityAsync(
        IActivity? activity, ActivityExecutionContext? owner, ScheduleWorkOptions? options = null)
    {
        owner ??= this;

        if (activity is not null)
        {
            WorkflowExecutionContext.Schedule(WorkflowExecutionContext.Graph.NodeOf(activity), owner, this, options);
            return;
        }

        using var nested = new NestedCall(WorkflowExecutionContext);
        if (options?.CompletionCallback is null)
        {
            await owner.CompleteActivityAsync();
            return;
        }

        Tag = options.Tag;
        await options.CompletionCallback(new ActivityCompletedContext(owner, owner));
    }

    /// <summary>Runs an activity later in this burst.</summary>
    public Task ScheduleActivityAsync(ActivityNode? activityNode, ActivityExecutionContext? owner = null, ScheduleWorkOptions? options = null) =>
        ScheduleActivityAsync(activityNode?.Activity, owner, options).AsTask();

    /// <summary>Runs activities later in this burst, in this order.</summary>
    public ValueTask ScheduleActivitiesAsync(params IActivity[] activities) => ScheduleActivities(activities);

    /// <summary>Runs activities later in this burst, in this order.</summary>
    public ValueTask ScheduleActivities(
        IEnumerable<IActivity?> activities,
        ActivityCompletionCallback? completionCallback,
        object? tag = null,
        IEnumerable<Variable>? variables = null) =>
        ScheduleActivities(
            activities,
            new ScheduleWorkOptions { CompletionCallback = completionCallback, Tag = tag, Variables = variables?.ToList() });

    /// <summary>Runs activities later in this burst, in this order.</summary>
    public async ValueTask ScheduleActivities(IEnumerable<IActivity?> activities, ScheduleWorkOptions? options = null)
    {
        foreach (var activity in activities)
            await ScheduleActivityAsync(activity, options);
    }

    /// <summary>Forgets who is told when activities scheduled by this one complete.</summary>
    public void ClearCompletionCallbacks()
    {
        foreach (var child in _children)
            child.Completion = null;

        WorkflowExecutionContext.Queue.ForgetCallbacksOf(this);
    }
}
