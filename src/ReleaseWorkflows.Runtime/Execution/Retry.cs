using Elsa.Workflows;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// Prepares an instance to be tried again: what failed runs again, what was left runs after it.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A callback that threw is called again, with the child that had completed.</item>
/// <item>An activity that failed while it was resumed waits for its stimulus again.</item>
/// <item>Any other activity that failed, or that its precondition kept from running, runs from its beginning.</item>
/// </list>
/// </remarks>
internal static class Retry
{
    /// <summary>True if there is anything to try again.</summary>
    public static bool IsPossible(WorkflowExecutionContext burst) =>
        burst.SubStatus == WorkflowSubStatus.Faulted
        || (burst.Status == WorkflowStatus.Running && burst.Contexts.Exists(static execution => execution.Status == ActivityStatus.Faulted));

    /// <summary>Queues what is to run.</summary>
    public static void Prepare(WorkflowExecutionContext burst)
    {
        var left = burst.Queue.Items.ToList();
        burst.Queue.Clear();
        burst.FinishedAt = null;

        foreach (var execution in burst.Contexts.ToArray())
        {
            if (execution.Status == ActivityStatus.Faulted)
                Prepare(execution);
            else if (execution.Status == ActivityStatus.Pending && !left.Exists(item => item.Existing == execution))
                Enqueue(execution);
        }

        foreach (var item in left)
            burst.Queue.Enqueue(item);
    }

    private static void Prepare(ActivityExecutionContext faulted)
    {
        var burst = faulted.WorkflowExecutionContext;
        faulted.TransitionTo(ActivityStatus.Running);

        if (faulted.FailedCallbacks is { } calls)
        {
            foreach (var call in calls)
                burst.Queue.Enqueue(new WorkItem { Node = faulted.ActivityNode, Owner = faulted.ParentActivityExecutionContext, Existing = faulted, Call = call });
            faulted.FailedCallbacks = null;
        }
        else if (!burst.HasBookmarks(faulted) && (faulted.HasFailedItself || faulted.ActivityNode.Children.Count == 0))
        {
            Enqueue(faulted);
        }

        faulted.HasFailedItself = false;
    }

    private static void Enqueue(ActivityExecutionContext execution) => execution.WorkflowExecutionContext.Queue.Enqueue(
        new WorkItem { Node = execution.ActivityNode, Owner = execution.ParentActivityExecutionContext, Existing = execution });
}
