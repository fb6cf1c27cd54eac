using Elsa.Common;
using Elsa.Expressions.Models;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <summary>One instance during one burst: restored from its state, changed by the activities that run, and recorded at the end.</summary>
/// <remarks>Not safe for concurrent use: a burst runs one activity at a time.</remarks>
public sealed partial class WorkflowExecutionContext : IExecutionContext
{
    private readonly List<ActivityExecutionContext> _activityExecutionContexts = [];
    private Dictionary<string, object>? _properties;
    private Dictionary<object, object>? _transientProperties;

    internal WorkflowExecutionContext(
        EngineServices engine, IServiceProvider serviceProvider, WorkflowGraph graph, string id, CancellationToken cancellationToken)
    {
        Engine = engine;
        ServiceProvider = serviceProvider;
        Graph = graph;
        Id = id;
        CancellationToken = cancellationToken;
        ExpressionExecutionContext = new ExpressionExecutionContext(serviceProvider, new MemoryRegister(), cancellationToken: cancellationToken)
        {
            Workflow = this,
        };
    }

    /// <summary>Id of the instance.</summary>
    public string Id { get; }

    /// <summary>Services of the current unit of work.</summary>
    public IServiceProvider ServiceProvider { get; }

    /// <summary>The compiled workflow.</summary>
    public WorkflowGraph WorkflowGraph => Graph;

    /// <summary>The workflow.</summary>
    public Workflow Workflow => Graph.Workflow;

    /// <summary>The workflow, as an activity.</summary>
    public IActivity Activity => Workflow;

    /// <summary>Running or finished.</summary>
    public WorkflowStatus Status => SubStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled or WorkflowSubStatus.Faulted
        ? WorkflowStatus.Finished
        : WorkflowStatus.Running;

    /// <summary>Where the instance stands, in detail.</summary>
    public WorkflowSubStatus SubStatus { get; internal set; }

    /// <summary>True while the burst runs.</summary>
    public bool IsExecuting { get; internal set; }

    /// <summary>Free key that groups instances and filters stimuli.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>Human name of the instance.</summary>
    public string? Name { get; set; }

    /// <summary>Instance that started this one, if any.</summary>
    public string? ParentWorkflowInstanceId { get; internal set; }

    /// <summary>When the instance was started.</summary>
    public DateTimeOffset CreatedAt { get; internal set; }

    /// <summary>When the instance was last recorded.</summary>
    public DateTimeOffset UpdatedAt { get; internal set; }

    /// <summary>When the instance ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; internal set; }

    /// <summary>The clock.</summary>
    public ISystemClock SystemClock => Engine.Clock;

    /// <summary>Makes ids.</summary>
    public IIdentityGenerator IdentityGenerator => Engine.Ids;

    /// <summary>The activity types that definitions may use.</summary>
    public IActivityRegistry ActivityRegistry => Engine.Registry;

    /// <summary>Inputs of the workflow: those of the start, and over them those of the stimulus that began this burst.</summary>
    public IDictionary<string, object> Input { get; internal set; } = new Dictionary<string, object>();

    /// <summary>Outputs of the workflow.</summary>
    public IDictionary<string, object> Output { get; internal set; } = new Dictionary<string, object>();

    /// <summary>Data of the instance that survives suspensions. Values are kept as JSON.</summary>
    public IDictionary<string, object> Properties => _properties ??= [];

    /// <summary>Values that live no longer than the burst.</summary>
    public IDictionary<object, object> TransientProperties => _transientProperties ??= [];

    /// <summary>What went wrong so far.</summary>
    public ICollection<ActivityIncident> Incidents { get; internal set; } = [];

    /// <summary>What the instance waits for.</summary>
    public ICollection<Bookmark> Bookmarks => BookmarkList;

    /// <summary>Id of the activity at which the burst started; null if it was not started by a trigger.</summary>
    public string? TriggerActivityId { get; internal set; }

    /// <summary>Ends the burst; nothing of it is kept then.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Executions that have not ended, and those that ended in this burst.</summary>
    public IReadOnlyCollection<ActivityExecutionContext> ActivityExecutionContexts => _activityExecutionContexts;

    /// <summary>Lines written to the journal in this burst.</summary>
    public ICollection<WorkflowExecutionLogEntry> ExecutionLog => LogEntries;

    /// <summary>Number of the next line of the journal.</summary>
    public long ExecutionLogSequence { get; internal set; }

    /// <summary>Where expressions outside any activity are evaluated.</summary>
    public ExpressionExecutionContext ExpressionExecutionContext { get; }

    /// <summary>Memory of the workflow.</summary>
    public MemoryRegister MemoryRegister => ExpressionExecutionContext.Memory;

    /// <summary>Variables of the workflow.</summary>
    public IEnumerable<Variable> Variables => Workflow.Variables;

    internal EngineServices Engine { get; }

    internal WorkflowGraph Graph { get; }

    internal WorkQueue Queue { get; } = new();

    /// <summary>Number of calls of activities' code that are under way inside each other.</summary>
    internal int NestedCalls { get; set; }

    internal List<Bookmark> BookmarkList { get; } = [];

    internal List<WorkflowExecutionLogEntry> LogEntries { get; } = [];

    internal OutputRegister Outputs { get; } = new();

    internal List<ActivityExecutionContext> Contexts => _activityExecutionContexts;

    internal Dictionary<string, object>? PropertyTable => _properties;

    /// <summary>Key that no other running instance can have; null if it has none.</summary>
    internal string? ActivationKey { get; init; }

    /// <summary>Values that variables of the workflow have at the start, by name.</summary>
    internal IDictionary<string, object>? InitialVariables { get; init; }

    /// <summary>Inputs of the start; what the state keeps.</summary>
    internal IDictionary<string, object> StartInput { get; set; } = new Dictionary<string, object>();

    /// <summary>Execution that was begun by the trigger of this burst.</summary>
    internal ActivityExecutionContext? TriggeredContext { get; set; }

    /// <summary>Execution of the workflow itself.</summary>
    internal ActivityExecutionContext? RootContext { get; set; }

    /// <summary>Cancels the instance: what has not run does not run any more.</summary>
    public void Cancel() => SubStatus = WorkflowSubStatus.Cancelled;

    /// <summary>A property, or the default of its type.</summary>
    public T? GetProperty<T>(string key) => PropertyBag.Get<T>(_properties, key);

    /// <summary>Sets a property. The value has to be serialisable as JSON.</summary>
    public void SetProperty<T>(string key, T? value) => PropertyBag.Set(Properties, key, value);

    /// <summary>Changes a property and returns its new value.</summary>
    public T UpdateProperty<T>(string key, Func<T?, T> updater)
    {
        var value = updater(GetProperty<T>(key));
        SetProperty(key, value);
        return value;
    }

    /// <summary>True if there is such a property.</summary>
    public bool HasProperty(string name) => _properties?.ContainsKey(name) ?? false;

    /// <summary>A service of the current unit of work.</summary>
    public T GetRequiredService<T>()
        where T : notnull => ServiceProvider.GetRequiredService<T>();

    /// <summary>A service of the current unit of work.</summary>
    public object GetRequiredService(Type serviceType) => ServiceProvider.GetRequiredService(serviceType);

    /// <summary>A service of the current unit of work, or a new object if it is not registered.</summary>
    public T GetOrCreateService<T>()
        where T : notnull => ActivatorUtilities.GetServiceOrCreateInstance<T>(ServiceProvider);

    /// <summary>A service of the current unit of work, or null.</summary>
    public T? GetService<T>() => ServiceProvider.GetService<T>();

    /// <summary>A service of the current unit of work, or null.</summary>
    public object? GetService(Type serviceType) => ServiceProvider.GetService(serviceType);

    /// <summary>All services of a type in the current unit of work.</summary>
    public IEnumerable<T> GetServices<T>() => ServiceProvider.GetServices<T>();

    /// <summary>A service of the current unit of work, or a new object if it is not registered.</summary>
    public object GetOrCreateService(Type serviceType) => ActivatorUtilities.GetServiceOrCreateInstance(ServiceProvider, serviceType);

    /// <summary>All places of the workflow, containers before what they hold.</summary>
    public IReadOnlyCollection<ActivityNode> Nodes => (IReadOnlyCollection<ActivityNode>)Graph.Nodes;

    /// <summary>The activity that a handle names, or null.</summary>
    public IActivity? FindActivity(ActivityHandle handle) =>
        handle.ActivityId is { } id ? FindActivityById(id)
        : handle.ActivityNodeId is { } nodeId ? FindActivityByNodeId(nodeId)
        : handle.ActivityInstanceId is { } instanceId ? FindActivityByInstanceId(instanceId)
        : null;

    /// <summary>Executions that run or wait.</summary>
    public IEnumerable<ActivityExecutionContext> GetActiveActivityExecutionContexts() =>
        _activityExecutionContexts.Where(static context => !context.IsCompleted);

    /// <summary>The activity with this id, or null.</summary>
    public IActivity? FindActivityById(string activityId) => Graph.FindByActivityId(activityId)?.Activity;

    /// <summary>The activity with this node id, or null.</summary>
    public IActivity? FindActivityByNodeId(string nodeId) => Graph.FindByNodeId(nodeId)?.Activity;

    /// <summary>The activity of this execution, or null.</summary>
    public IActivity? FindActivityByInstanceId(string activityInstanceId) => FindContext(activityInstanceId)?.Activity;

    /// <summary>The place of the activity with this id, or null.</summary>
    public ActivityNode? FindNodeByActivityId(string activityId) => Graph.FindByActivityId(activityId);

    /// <summary>The place with this node id, or null.</summary>
    public ActivityNode? FindNodeById(string nodeId) => Graph.FindByNodeId(nodeId);

    /// <summary>The place of the activity, or null.</summary>
    public ActivityNode? FindNodeByActivity(IActivity activity) => Graph.FindByActivityId(activity.Id);

    /// <summary>The last main output that an activity set; null if none did.</summary>
    public object? GetLastActivityResult() => Outputs.LastResult;

    /// <summary>Writes a line about the workflow into the journal.</summary>
    public WorkflowExecutionLogEntry? AddExecutionLogEntry(string eventName, string? message = null, object? payload = null) =>
        RootContext is null ? null : Log(RootContext, eventName, message, null, payload);

    /// <summary>Does nothing: a burst is committed whole, with everything it changed, when it ends.</summary>
    public Task CommitAsync() => Task.CompletedTask;
}
