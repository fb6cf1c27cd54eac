using Elsa.Workflows.Activities.Flowchart.Models;

namespace ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

/// <summary>How far an execution of a flowchart has come. A property of the execution, kept with the instance.</summary>
/// <remarks>Positions are those of activities and connections in the definition; an instance keeps its version, so they stay right.</remarks>
internal sealed class FlowScope
{
    /// <summary>Position of the activity it started at.</summary>
    public int Start { get; set; }

    /// <summary>By activity: how often it was run or passed over, rounds of a loop that begin at it not counted.</summary>
    public int[] Visits { get; set; } = [];

    /// <summary>By connection: how often the activity it leaves has ended.</summary>
    public int[] Arrivals { get; set; } = [];

    /// <summary>By connection: whether it was followed the last time.</summary>
    public bool[] Followed { get; set; } = [];

    /// <summary>Connections out of a loop that were not followed while the loop goes on: they may be in a later round.</summary>
    public List<int> Deferred { get; set; } = [];

    /// <summary>How the execution is moved on.</summary>
    public FlowchartExecutionMode Mode { get; set; }

    /// <summary>Connections with a token that has not let its target run yet, in the order they came; of the token-based mode.</summary>
    public List<int> Tokens { get; set; } = [];

    /// <summary>A copy, to come back to if working out what comes next fails.</summary>
    public FlowScope Copy() => new()
    {
        Start = Start,
        Visits = [.. Visits],
        Arrivals = [.. Arrivals],
        Followed = [.. Followed],
        Deferred = [.. Deferred],
        Mode = Mode,
        Tokens = [.. Tokens],
    };

    public static FlowScope Create(FlowGraph graph, FlowchartExecutionMode mode)
    {
        var scope = new FlowScope
        {
            Mode = mode,
            Start = graph.Start,
            Visits = new int[graph.Activities.Count],
            Arrivals = new int[graph.Edges.Count],
            Followed = new bool[graph.Edges.Count],
        };
        scope.Visits[graph.Start] = 1;
        return scope;
    }
}
