using Elsa.Workflows.Activities;

namespace Elsa.Workflows.Models;

/// <summary>A compiled workflow: every activity with its place. Immutable and shared by all instances of a version.</summary>
public sealed class WorkflowGraph
{
    private readonly Dictionary<string, ActivityNode> _byId;
    private readonly Dictionary<string, ActivityNode> _byNodeId;
    private readonly Dictionary<(ActivityNode? EmbeddedIn, string Id), ActivityNode> _inside = [];
    private readonly Dictionary<(ActivityNode? EmbeddedIn, string Name), ActivityNode> _byName = [];
    private readonly Dictionary<IActivity, ActivityNode> _byActivity;

    internal WorkflowGraph(Workflow workflow, ActivityNode root, IReadOnlyList<ActivityNode> nodes)
    {
        Workflow = workflow;
        Root = root;
        Nodes = nodes;
        _byActivity = nodes.ToDictionary(node => node.Activity, ReferenceEqualityComparer.Instance as IEqualityComparer<IActivity>);
        _byNodeId = new Dictionary<string, ActivityNode>(StringComparer.Ordinal);
        _byId = new Dictionary<string, ActivityNode>(StringComparer.Ordinal);

        foreach (var node in nodes)
        {
            // Ids may contain colons; two paths that look alike are told apart by nobody, so the first one counts.
            _byNodeId.TryAdd(node.NodeId, node);
            if (node.EmbeddedIn is null)
                _byId.TryAdd(node.ActivityId, node);
            else
                _inside.TryAdd((node.EmbeddedIn, node.ActivityId), node);
            if (node.Activity.Name is { Length: > 0 } name)
                _byName.TryAdd((node.EmbeddedIn, name), node);

            HasLogPersistence |= node.LogPersistence is not null;
            HasSignalHandlers |= node.Activity is not Activity activity || activity.HasSignalHandlers
                || ReleaseWorkflows.Runtime.Definitions.ActivityTypeNames.OverridesSignals(activity.GetType());
        }
    }

    /// <summary>The workflow.</summary>
    public Workflow Workflow { get; }

    /// <summary>Place of the workflow itself.</summary>
    public ActivityNode Root { get; }

    /// <summary>All places, containers before what they hold.</summary>
    public IReadOnlyList<ActivityNode> Nodes { get; }

    /// <summary>True if the definition says anything about records of executions.</summary>
    internal bool HasLogPersistence { get; }

    /// <summary>True if any activity could react to a signal.</summary>
    internal bool HasSignalHandlers { get; }

    /// <summary>The place of an activity.</summary>
    /// <exception cref="InvalidOperationException">The activity is not part of this workflow.</exception>
    public ActivityNode NodeOf(IActivity activity)
    {
        // The place is remembered on the activity itself, which belongs to one workflow; the table serves other implementations.
        if (activity is Activity { Node: { } node } || _byActivity.TryGetValue(activity, out node))
            return node;

        throw new InvalidOperationException(
            $"The activity '{activity.Id}' of type '{activity.Type}' is not part of the workflow '{Workflow.Identity.DefinitionId}'. "
            + "Only activities of the definition can be scheduled.");
    }

    /// <summary>The place of the activity with this id, or null. Activities inside a workflow that is used as an activity are not looked at.</summary>
    public ActivityNode? FindByActivityId(string activityId) => _byId.GetValueOrDefault(activityId);

    /// <summary>The place with this node id, or null.</summary>
    public ActivityNode? FindByNodeId(string nodeId) => _byNodeId.GetValueOrDefault(nodeId);

    /// <summary>The place of the activity with this id, or else with this name, or null.</summary>
    public ActivityNode? FindByIdOrName(string idOrName) => FindByIdOrName(idOrName, null);

    /// <summary>
    /// The place of the activity with this id, or else with this name, in the workflow that a place belongs to: the one used as an activity that it is
    /// inside of, else the whole.
    /// </summary>
    internal ActivityNode? FindByIdOrName(string idOrName, ActivityNode? from)
    {
        var inside = from?.EmbeddedIn;
        return (inside is null ? _byId.GetValueOrDefault(idOrName) : _inside.GetValueOrDefault((inside, idOrName)))
            ?? _byName.GetValueOrDefault((inside, idOrName));
    }

    /// <summary>The place that a state names by this key, or null.</summary>
    internal ActivityNode? FindByKey(string key) => _byId.GetValueOrDefault(key) ?? _byNodeId.GetValueOrDefault(key);
}
