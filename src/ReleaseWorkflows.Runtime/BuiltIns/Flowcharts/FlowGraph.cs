using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Models;

namespace ReleaseWorkflows.Runtime.BuiltIns.Flowcharts;

/// <summary>A connection of a flowchart, by the positions of its ends.</summary>
/// <param name="Index">Its position among the connections.</param>
/// <param name="Source">Position of the activity it leaves.</param>
/// <param name="Target">Position of the activity it enters.</param>
/// <param name="Port">The exit it belongs to; null: the one without a name.</param>
internal sealed record FlowEdge(int Index, int Source, int Target, string? Port)
{
    /// <summary>True if it closes a circle: following it begins another round of a loop.</summary>
    public bool IsBackward { get; set; }

    /// <summary>False if it closes a circle that can be entered elsewhere than at its target; such a circle has no meaning.</summary>
    public bool IsValid { get; set; } = true;

    /// <summary>The loops that following it leaves.</summary>
    public IReadOnlyList<FlowLoop> ExitedLoops { get; set; } = [];
}

/// <summary>A loop: its first activity and everything that can come back to it.</summary>
/// <param name="Header">Position of the first activity.</param>
/// <param name="Body">Positions of all its activities, the first included.</param>
internal sealed record FlowLoop(int Header, HashSet<int> Body);

/// <summary>
/// A flowchart seen from where it starts: what can be reached, which connections go back, which loops there are. Immutable; computed once per
/// flowchart and start.
/// </summary>
internal sealed class FlowGraph
{
    private readonly List<FlowEdge>[] _outbound;
    private readonly List<FlowEdge>[] _forwardInbound;
    private readonly List<FlowEdge>[] _inbound;
    private readonly bool[] _isReachable;

    public FlowGraph(IReadOnlyList<IActivity> activities, IReadOnlyList<Connection> connections, int start)
    {
        Activities = activities;
        Start = start;
        Positions = new Dictionary<IActivity, int>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < activities.Count; i++)
            Positions[activities[i]] = i;

        Edges = [.. connections.Select((connection, index) => new FlowEdge(
            index, Positions[connection.Source.Activity], Positions[connection.Target.Activity], connection.Source.Port))];
        _outbound = Lists(activities.Count);
        _inbound = Lists(activities.Count);
        _forwardInbound = Lists(activities.Count);
        _isReachable = new bool[activities.Count];

        foreach (var edge in Edges)
        {
            _outbound[edge.Source].Add(edge);
            _inbound[edge.Target].Add(edge);
        }

        Walk();
        FindLoops();
    }

    public IReadOnlyList<IActivity> Activities { get; }

    public IReadOnlyList<FlowEdge> Edges { get; }

    public Dictionary<IActivity, int> Positions { get; }

    public int Start { get; }

    /// <summary>The loops that can be entered at their first activity only.</summary>
    public IReadOnlyCollection<FlowLoop> Loops { get; private set; } = [];

    /// <summary>The connections that leave an activity, in the order they are defined.</summary>
    public IReadOnlyList<FlowEdge> Outbound(int activity) => _outbound[activity];

    /// <summary>The connections that enter an activity on the way from the start, without those that go back.</summary>
    public IReadOnlyList<FlowEdge> ForwardInbound(int activity) => _forwardInbound[activity];

    /// <summary>True if the activity can be reached from the start.</summary>
    public bool IsReachable(int activity) => _isReachable[activity];

    /// <summary>Everything that can be reached from some activities, themselves included.</summary>
    public HashSet<int> ReachableFrom(IEnumerable<int> activities)
    {
        var found = new HashSet<int>(activities);
        var open = new Stack<int>(found);
        while (open.TryPop(out var current))
        {
            foreach (var edge in _outbound[current])
            {
                if (found.Add(edge.Target))
                    open.Push(edge.Target);
            }
        }

        return found;
    }

    /// <summary>Everything from which the activity can be reached without going back.</summary>
    public HashSet<int> ForwardAncestors(int activity)
    {
        var found = new HashSet<int>();
        var open = new Stack<int>([activity]);
        while (open.TryPop(out var current))
        {
            foreach (var edge in _forwardInbound[current])
            {
                if (found.Add(edge.Source))
                    open.Push(edge.Source);
            }
        }

        return found;
    }

    // Breadth first from the start. A connection to something that leads here already closes a circle.
    private void Walk()
    {
        var open = new Queue<int>([Start]);
        _isReachable[Start] = true;
        while (open.TryDequeue(out var current))
        {
            foreach (var edge in _outbound[current])
            {
                edge.IsBackward = edge.Target == current || (_isReachable[edge.Target] && IsForwardAncestor(edge.Target, current));
                if (edge.IsBackward)
                    continue;

                _forwardInbound[edge.Target].Add(edge);
                if (!_isReachable[edge.Target])
                {
                    _isReachable[edge.Target] = true;
                    open.Enqueue(edge.Target);
                }
            }
        }
    }

    private bool IsForwardAncestor(int ancestor, int activity)
    {
        var found = new HashSet<int> { activity };
        var open = new Stack<int>(found);
        while (open.TryPop(out var current))
        {
            foreach (var edge in _forwardInbound[current])
            {
                if (edge.Source == ancestor)
                    return true;
                if (found.Add(edge.Source))
                    open.Push(edge.Source);
            }
        }

        return false;
    }

    private void FindLoops()
    {
        var loops = new Dictionary<int, FlowLoop>();
        foreach (var edge in Edges)
        {
            if (!edge.IsBackward)
                continue;

            edge.IsValid = !CanReach(Start, edge.Source, avoiding: edge.Target);
            if (!edge.IsValid)
                continue;

            if (!loops.TryGetValue(edge.Target, out var loop))
                loops[edge.Target] = loop = new FlowLoop(edge.Target, [edge.Target]);
            AddBody(loop, edge.Source);
        }

        Loops = loops.Values;
        foreach (var edge in Edges)
            edge.ExitedLoops = [.. loops.Values.Where(loop => loop.Body.Contains(edge.Source) && !loop.Body.Contains(edge.Target))];
    }

    // Everything that leads to the source of the backward connection without passing the loop's first activity.
    private void AddBody(FlowLoop loop, int source)
    {
        var open = new Stack<int>([source]);
        while (open.TryPop(out var current))
        {
            if (!loop.Body.Add(current))
                continue;

            foreach (var edge in _inbound[current])
            {
                if (_isReachable[edge.Source])
                    open.Push(edge.Source);
            }
        }
    }

    private bool CanReach(int from, int to, int avoiding)
    {
        if (from == avoiding)
            return false;

        var found = new HashSet<int> { from };
        var open = new Stack<int>([from]);
        while (open.TryPop(out var current))
        {
            if (current == to)
                return true;

            foreach (var edge in _outbound[current])
            {
                if (edge.Target != avoiding && found.Add(edge.Target))
                    open.Push(edge.Target);
            }
        }

        return false;
    }

    private static List<FlowEdge>[] Lists(int count)
    {
        var lists = new List<FlowEdge>[count];
        for (var i = 0; i < count; i++)
            lists[i] = [];
        return lists;
    }
}
