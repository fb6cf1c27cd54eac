using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Elsa.Extensions;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Attributes;
using ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

namespace Elsa.Workflows.Activities.Flowchart.Activities;

/// <summary>
/// Runs activities along connections: an activity that completes with an outcome is followed by what this exit is connected to.
/// Completes when nothing is left to run or to wait for, or when an activity that ends it has run.
/// </summary>
[Activity("Elsa", "Flow", "A flowchart is a collection of activities and connections between them.")]
[Browsable(false)]
public class Flowchart : Container
{
    private const string ScopeProperty = "Flowchart:Scope";
    private const string ModeProperty = "Flowchart:ExecutionMode";

    private readonly ConcurrentDictionary<int, FlowGraph> _graphs = new();

    /// <summary>Creates a flowchart.</summary>
    public Flowchart([CallerFilePath] string? source = null, [CallerLineNumber] int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Activity to begin with; of flowcharts built in code. Default: found by what the activities say about themselves.</summary>
    [Port]
    [Browsable(false)]
    public IActivity? Start { get; set; }

    /// <summary>The connections, in the order in which they are followed.</summary>
    public ICollection<Connection> Connections { get; set; } = [];

    /// <inheritdoc />
    protected override async ValueTask ScheduleChildrenAsync(ActivityExecutionContext context)
    {
        if (Activities.Count == 0)
        {
            await context.CompleteActivityAsync();
            return;
        }

        var graph = GraphFrom(StartOf(context));
        context.SetProperty(ScopeProperty, FlowScope.Create(graph, ModeOf(context.WorkflowExecutionContext)));
        await context.ScheduleActivityAsync(graph.Activities[graph.Start], OnChildCompletedAsync);
    }

    /// <summary>The flowchart seen from where it starts when no trigger says otherwise.</summary>
    internal FlowGraph GraphFromStart() => GraphFrom(StartOf(null));

    /// <summary>Where the flowchart starts by what its activities say about themselves.</summary>
    internal IActivity ImplicitStart() => ImplicitStart([.. Activities]);

    /// <summary>Goes on after an activity inside was cancelled by another one.</summary>
    internal async ValueTask OnChildCanceledAsync(ActivityExecutionContext flow, ActivityExecutionContext child)
    {
        if (flow.Status == ActivityStatus.Running && !await CompleteIfDoneAsync(flow))
            await GoOnAsync(flow, child.Activity, Outcomes.Empty);
    }

    private async ValueTask OnChildCompletedAsync(ActivityCompletedContext context)
    {
        var flow = context.TargetContext;
        if (context.ChildContext.Activity is ITerminalNode)
            await flow.CompleteActivityAsync();
        else
            await GoOnAsync(flow, context.ChildContext.Activity, context.Result as Outcomes ?? Outcomes.Default);
    }

    private async ValueTask GoOnAsync(ActivityExecutionContext flow, IActivity child, Outcomes outcomes)
    {
        var scope = flow.GetProperty<FlowScope>(ScopeProperty)
            ?? throw new InvalidOperationException($"The flowchart '{Id}' has no record of how far it has come.");
        var graph = GraphFrom(scope.Start);

        if (!graph.Positions.TryGetValue(child, out var position) || !graph.IsReachable(position))
            throw new InvalidOperationException($"The activity '{child.Id}' has completed, but the flowchart '{Id}' does not lead to it.");

        flow.Taint();
        var work = new FlowWork(flow, graph, OnChildCompletedAsync);
        var before = scope.Copy();
        try
        {
            await (scope.Mode == FlowchartExecutionMode.TokenBased
                ? new TokenProgress(flow, graph, scope, work).LeaveAsync(position, outcomes.Names)
                : new FlowProgress(flow, graph, scope, work).LeaveAsync(position, outcomes.Names));
        }
        catch
        {
            // What is to come next could not be worked out, for example the mode of a join. It is worked out anew when the instance is tried again.
            flow.SetProperty(ScopeProperty, before);
            throw;
        }

        await CompleteIfDoneAsync(flow);
    }

    private static async ValueTask<bool> CompleteIfDoneAsync(ActivityExecutionContext flow)
    {
        if (flow.Status != ActivityStatus.Running || flow.ChildSet.Any(static child => !child.IsCompleted))
            return false;
        if (flow.WorkflowExecutionContext.Queue.HasWorkInside(flow))
            return false;

        await flow.CompleteActivityAsync();
        return true;
    }

    // An execution keeps the mode it began with, whatever the setting is later.
    private static FlowchartExecutionMode ModeOf(WorkflowExecutionContext workflow) =>
        Enum.TryParse<FlowchartExecutionMode>(workflow.GetProperty<string>(ModeProperty), ignoreCase: true, out var mode)
            ? mode
            : workflow.Engine.FlowchartMode;

    private FlowGraph GraphFrom(int start) => _graphs.GetOrAdd(
        start, static (position, flowchart) => new FlowGraph([.. flowchart.Activities], [.. flowchart.Connections], position), this);

    private int StartOf(ActivityExecutionContext? context)
    {
        var activities = Activities.ToList();
        var start = (context is null ? null : TriggerOf(context, activities))
            ?? Start
            ?? ImplicitStart(activities);
        return activities.FindIndex(activity => ReferenceEquals(activity, start));
    }

    private IActivity ImplicitStart(List<IActivity> activities) =>
        activities.Find(static activity => activity is IStartNode)
        ?? activities.Find(static activity => activity.GetCanStartWorkflow())
        ?? activities.Find(activity => !Connections.Any(connection => ReferenceEquals(connection.Target.Activity, activity)))
        ?? activities[0];

    // The activity that the burst was triggered at, or the one that holds it.
    private static IActivity? TriggerOf(ActivityExecutionContext context, List<IActivity> activities)
    {
        var workflow = context.WorkflowExecutionContext;
        if (workflow.TriggeredContext is not null || workflow.TriggerActivityId is not { } triggerId)
            return null;

        for (var node = workflow.FindNodeByActivityId(triggerId); node is not null; node = node.Parent)
        {
            if (activities.Find(activity => ReferenceEquals(activity, node.Activity)) is { } found)
                return found;
        }

        return null;
    }
}
