using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Activities.Flowchart.Models;

namespace ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

/// <summary>
/// Moves a flowchart on when one of its activities has ended: counts arrivals, decides what runs next and what is passed over.
/// </summary>
/// <remarks>
/// <para>
/// Every activity that ends arrives at all activities its connections lead to, over a followed connection or a dead one. What has several
/// connections coming in waits until each has brought an arrival; then it runs if one was followed (a join may ask for all), and is passed over
/// otherwise, which makes its own connections dead. So a branch that is not taken never keeps a join waiting.
/// </para>
/// <para>
/// A dead connection out of a loop is held back while the loop goes on, because a later round may follow it. It is delivered when
/// nothing inside the loop is left to run.
/// </para>
/// </remarks>
internal sealed class FlowProgress(ActivityExecutionContext flow, FlowGraph graph, FlowScope scope, FlowWork work)
{
    /// <summary>Tag of an activity that a backward connection leads to.</summary>
    public const string Backward = "BackwardConnection";

    private static readonly string?[] Nothing = [];

    /// <summary>An activity has ended with outcomes.</summary>
    public async ValueTask LeaveAsync(int activity, string?[] outcomes)
    {
        await DeliverAsync(activity, outcomes);
        await DeliverDeferredAsync();
    }

    // A way that is not taken is followed to its end, however long it is: by a list of what is to be delivered, not by calls inside each other.
    private async ValueTask DeliverAsync(int activity, string?[] outcomes)
    {
        var open = new Stack<Delivery>([new Delivery(activity, outcomes, 0)]);
        while (open.TryPop(out var delivery))
        {
            var edges = graph.Outbound(delivery.Activity);
            for (var next = delivery.Next; next < edges.Count; next++)
            {
                if (!await DeliverAsync(edges[next], delivery.Outcomes))
                    continue;

                open.Push(delivery with { Next = next + 1 });
                open.Push(new Delivery(edges[next].Target, Nothing, 0));
                break;
            }
        }
    }

    // True if the target is passed over, so that its own connections are dead.
    private async ValueTask<bool> DeliverAsync(FlowEdge edge, string?[] outcomes)
    {
        var isFollowed = Array.IndexOf(outcomes, edge.Port) >= 0;
        if (edge.IsBackward)
        {
            if (isFollowed)
                await GoBackAsync(edge);
            return false;
        }

        if (!isFollowed && edge.ExitedLoops.Count > 0)
        {
            if (!scope.Deferred.Contains(edge.Index))
                scope.Deferred.Add(edge.Index);
            return false;
        }

        scope.Deferred.Remove(edge.Index);
        return await ArriveAsync(edge, isFollowed);
    }

    // Passing an activity over may make further connections dead, and those may leave loops that are over too.
    private async ValueTask DeliverDeferredAsync()
    {
        for (var i = 0; i < scope.Deferred.Count;)
        {
            var edge = graph.Edges[scope.Deferred[i]];
            if (edge.ExitedLoops.Any(loop => work.IsActive(loop.Body.Contains)))
            {
                i++;
                continue;
            }

            scope.Deferred.RemoveAt(i);
            if (await ArriveAsync(edge, isFollowed: false))
                await DeliverAsync(edge.Target, Nothing);
            i = 0;
        }
    }

    private ValueTask GoBackAsync(FlowEdge edge) => edge.IsValid
        ? work.ScheduleAsync(edge.Target, Backward)
        : throw new InvalidOperationException(
            $"Invalid backward connection from '{graph.Activities[edge.Source].Id}' to '{graph.Activities[edge.Target].Id}': the circle it closes can "
            + "be entered elsewhere than at its target.");

    private async ValueTask<bool> ArriveAsync(FlowEdge edge, bool isFollowed)
    {
        scope.Arrivals[edge.Index]++;
        scope.Followed[edge.Index] = isFollowed;

        var target = edge.Target;
        var mode = graph.Activities[target] is FlowJoin join ? await join.GetModeAsync(flow) : FlowJoinMode.WaitAllActive;

        if (mode == FlowJoinMode.WaitAny)
            return await ArriveAtFirstComeAsync(target, isFollowed);
        if (!AllHaveArrived(target))
            return false;

        scope.Visits[target]++;
        if (!IsWanted(target, mode))
            return true;

        await work.ScheduleAsync(target);
        return false;
    }

    // The first branch wins: the others are cancelled, also where they are only queued, so that none of them arrives later.
    private async ValueTask<bool> ArriveAtFirstComeAsync(int target, bool isFollowed)
    {
        if (!isFollowed)
        {
            if (!AllHaveArrived(target) || IsWanted(target, FlowJoinMode.WaitAllActive))
                return false;

            scope.Visits[target]++;
            return true;
        }

        if (work.IsActive(target))
            return false;

        await work.CancelAsync(graph.ForwardAncestors(target));
        var round = graph.ForwardInbound(target).Max(edge => scope.Arrivals[edge.Index]);
        foreach (var edge in graph.ForwardInbound(target))
            scope.Arrivals[edge.Index] = round;
        scope.Visits[target] = round;
        await work.ScheduleAsync(target);
        return false;
    }

    private bool AllHaveArrived(int target)
    {
        foreach (var edge in graph.ForwardInbound(target))
        {
            if (scope.Arrivals[edge.Index] <= scope.Visits[target])
                return false;
        }

        return true;
    }

    private bool IsWanted(int target, FlowJoinMode mode)
    {
        var inbound = graph.ForwardInbound(target);

        // Two exits of one activity are one branch: a decision takes one of them, and the branch was taken.
        if (mode == FlowJoinMode.WaitAll)
            return inbound.GroupBy(static edge => edge.Source).All(branch => branch.Any(edge => scope.Followed[edge.Index]));

        var latest = inbound.Max(edge => scope.Arrivals[edge.Index]);
        return inbound.Any(edge => scope.Arrivals[edge.Index] == latest && scope.Followed[edge.Index]);
    }

    private readonly record struct Delivery(int Activity, string?[] Outcomes, int Next);
}
