using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Activities;
using Elsa.Workflows.Activities.Flowchart.Models;

namespace ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

/// <summary>
/// Moves a flowchart on by tokens: an activity that ends puts a token on each connection that is followed, and what a connection leads to
/// runs when its merge mode is content with the tokens before it. The alternative to <see cref="FlowProgress"/>.
/// </summary>
/// <remarks>
/// A merge waits for branches that can still arrive. When nothing is left to run and tokens still wait, what they wait for cannot come any
/// more; the foremost of them is let through then, so that a branch that is not taken never leaves the workflow stuck.
/// </remarks>
internal sealed class TokenProgress(ActivityExecutionContext flow, FlowGraph graph, FlowScope scope, FlowWork work)
{
    private const string MergeModeProperty = "mergeMode";

    /// <summary>An activity has ended with outcomes.</summary>
    public async ValueTask LeaveAsync(int activity, string?[] outcomes)
    {
        foreach (var edge in graph.Outbound(activity))
        {
            if (Array.IndexOf(outcomes, edge.Port) >= 0)
                await ArriveAsync(edge);
        }

        foreach (var target in scope.Tokens.Select(token => graph.Edges[token].Target).Distinct().ToList())
        {
            if (await IsReadyAsync(target))
                await RunAsync(target);
        }

        if (scope.Tokens.Count > 0 && !work.IsAnyActive)
            await RunAsync(Foremost());
    }

    private async ValueTask ArriveAsync(FlowEdge edge)
    {
        switch (await ModeOfAsync(edge.Target))
        {
            case MergeMode.Cascade:
                await work.ScheduleAsync(edge.Target);
                break;
            case MergeMode.Race:
                await RaceAsync(edge.Target);
                break;
            default:
                scope.Tokens.Add(edge.Index);
                break;
        }
    }

    // The first token wins; what could bring another one is cancelled.
    private async ValueTask RaceAsync(int target)
    {
        if (work.IsActive(target))
            return;

        var ancestors = graph.ForwardAncestors(target);
        scope.Tokens.RemoveAll(token => ancestors.Contains(graph.Edges[token].Target));
        await work.CancelAsync(ancestors);
        await work.ScheduleAsync(target);
    }

    private async ValueTask<bool> IsReadyAsync(int target)
    {
        var forward = graph.ForwardInbound(target);
        return await ModeOfAsync(target) switch
        {
            MergeMode.Merge => HasTokensOfAll(forward),
            MergeMode.Converge => HasTokensOfAll([.. graph.Edges.Where(edge => edge.Target == target && graph.IsReachable(edge.Source))]),
            _ => !forward.Any(edge => work.IsActive(edge.Source) || scope.Tokens.Exists(token => graph.Edges[token].Target == edge.Source)),
        };
    }

    // Two exits of one activity are one branch: a decision takes one of them.
    private bool HasTokensOfAll(IReadOnlyList<FlowEdge> inbound) =>
        inbound.GroupBy(static edge => edge.Source).All(branch => branch.Any(edge => scope.Tokens.Contains(edge.Index)));

    // Forward connections make no circle, so one of those that wait has none of the others before it.
    private int Foremost()
    {
        var waiting = scope.Tokens.Select(token => graph.Edges[token].Target).Distinct().ToList();
        return waiting.First(target => !graph.ForwardAncestors(target).Overlaps(waiting));
    }

    private async ValueTask RunAsync(int target)
    {
        scope.Tokens.RemoveAll(token => graph.Edges[token].Target == target);
        await work.ScheduleAsync(target);
    }

    private async ValueTask<MergeMode> ModeOfAsync(int activity)
    {
        var target = graph.Activities[activity];
        if (target is FlowJoin join)
            return await join.GetModeAsync(flow) == FlowJoinMode.WaitAny ? MergeMode.Race : MergeMode.Merge;
        if (!target.CustomProperties.TryGetValue(MergeModeProperty, out var mode))
            return MergeMode.None;

        var name = mode is JsonElement element ? element.ToString() : mode.ToString();
        return Enum.TryParse<MergeMode>(name, ignoreCase: true, out var known) ? known : MergeMode.None;
    }
}
