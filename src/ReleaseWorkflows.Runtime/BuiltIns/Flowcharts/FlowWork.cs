using Elsa.Workflows;

namespace ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

/// <summary>What runs, waits or is queued in an execution of a flowchart, by the positions of its activities.</summary>
internal sealed class FlowWork(ActivityExecutionContext flow, FlowGraph graph, ActivityCompletionCallback callback)
{
    /// <summary>True if anything of the flowchart is left to run or to wait for.</summary>
    public bool IsAnyActive => flow.ChildSet.Any(static child => !child.IsCompleted) || flow.WorkflowExecutionContext.Queue.HasWorkInside(flow);

    /// <summary>True if the activity runs, waits or is queued.</summary>
    public bool IsActive(int activity) => IsActive(position => position == activity);

    /// <summary>True if an activity that fits runs, waits or is queued.</summary>
    public bool IsActive(Func<int, bool> predicate)
    {
        foreach (var child in flow.ChildSet)
        {
            if (!child.IsCompleted && graph.Positions.TryGetValue(child.Activity, out var position) && predicate(position))
                return true;
        }

        foreach (var item in flow.WorkflowExecutionContext.Queue.Items)
        {
            if (item.Owner == flow && graph.Positions.TryGetValue(item.Node.Activity, out var position) && predicate(position))
                return true;
        }

        return false;
    }

    /// <summary>Queues an activity.</summary>
    public ValueTask ScheduleAsync(int activity, string? tag = null) => flow.ScheduleActivityAsync(graph.Activities[activity], callback, tag);

    /// <summary>Cancels activities, also where they are only queued.</summary>
    public async ValueTask CancelAsync(HashSet<int> activities)
    {
        flow.WorkflowExecutionContext.Queue.RemoveWhere(item =>
            item.Owner == flow && item.Existing is null && graph.Positions.TryGetValue(item.Node.Activity, out var position) && activities.Contains(position));

        foreach (var child in flow.ChildSet.ToArray())
        {
            if (graph.Positions.TryGetValue(child.Activity, out var position) && activities.Contains(position))
                await child.CancelAsync();
        }
    }
}
