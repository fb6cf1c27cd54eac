using System.Collections.Concurrent;
using Elsa.Workflows.Management.Activities.WorkflowDefinitionActivity;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.LogPersistence;

namespace Elsa.Workflows.Models;

/// <summary>The place of an activity in a compiled workflow. Immutable and shared by all instances.</summary>
public sealed class ActivityNode
{
    private readonly ConcurrentDictionary<string, Delegate?> _callbacks = new(StringComparer.Ordinal);

    internal ActivityNode(IActivity activity, ActivityDescriptor descriptor, ActivityNode? parent, string? port)
    {
        Activity = activity;
        Descriptor = descriptor;
        Parent = parent;
        Port = port;
        NodeId = parent is null ? activity.Id : $"{parent.NodeId}:{activity.Id}";
        activity.NodeId = NodeId;
        parent?.ChildList.Add(this);
        LogPersistence = LogPersistencePlan.Of(activity);
        EmbeddedIn = parent?.Activity is WorkflowDefinitionActivity ? parent : parent?.EmbeddedIn;
        HasOwnCompletion = (activity as Activity)?.CompletesByItself ?? false;
    }

    /// <summary>Ids from the workflow down to the activity, joined with a colon.</summary>
    public string NodeId { get; }

    /// <summary>The activity.</summary>
    public IActivity Activity { get; }

    /// <summary>What is known about the activity's class.</summary>
    public ActivityDescriptor Descriptor { get; }

    /// <summary>Place of the container; null for the workflow itself.</summary>
    public ActivityNode? Parent { get; }

    /// <summary>Port of the container that holds the activity.</summary>
    public string? Port { get; }

    /// <summary>The places inside this one.</summary>
    public IReadOnlyList<ActivityNode> Children => ChildList;

    /// <summary>Id of the activity.</summary>
    public string ActivityId => Activity.Id;

    /// <summary>Place of the nearest workflow used as an activity that this one is inside of; null if it belongs to the workflow itself.</summary>
    internal ActivityNode? EmbeddedIn { get; }

    /// <summary>
    /// What the state names this place by: the id of the activity, which is unique in its workflow; inside a workflow used as an activity the node id.
    /// </summary>
    internal string Key => EmbeddedIn is null ? Activity.Id : NodeId;

    internal List<ActivityNode> ChildList { get; } = [];

    /// <summary>The inputs that are set, ready to be evaluated.</summary>
    internal InputBinding[] Inputs { get; set; } = [];

    /// <summary>The outputs that are bound.</summary>
    internal OutputBinding[] Outputs { get; set; } = [];

    /// <summary>What the definition says about records of executions; null if nothing.</summary>
    internal LogPersistencePlan? LogPersistence { get; }

    /// <summary>True for activities that complete by themselves.</summary>
    internal bool HasOwnCompletion { get; }

    /// <summary>The method of the activity with this name, as a bound delegate; null if there is none.</summary>
    internal ExecuteActivityDelegate? FindResumeCallback(string methodName) =>
        (ExecuteActivityDelegate?)_callbacks.GetOrAdd(
            methodName,
            static (name, activity) => CallbackNames.Find<ExecuteActivityDelegate>(activity, name, typeof(ActivityExecutionContext)),
            Activity);

    /// <summary>The method of the activity with this name, as a bound delegate; null if there is none.</summary>
    internal ActivityCompletionCallback? FindCompletionCallback(string methodName) =>
        (ActivityCompletionCallback?)_callbacks.GetOrAdd(
            "+" + methodName,
            static (name, activity) =>
                CallbackNames.Find<ActivityCompletionCallback>(activity, name[1..], typeof(ActivityCompletedContext)),
            Activity);
}
