using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <summary>
/// One execution of an activity: what it may read, change, schedule and wait for. A loop that runs an activity three times has three of them.
/// </summary>
/// <remarks>
/// Life: pending → running → completed, cancelled or faulted. A running execution is either inside its code or waits, for its bookmarks or
/// for activities it scheduled. Not safe for concurrent use: a burst runs one activity at a time.
/// </remarks>
public sealed partial class ActivityExecutionContext : IExecutionContext, IDisposable
{
    private readonly HashSet<ActivityExecutionContext> _children = [];
    private List<Variable>? _dynamicVariables;

    internal ActivityExecutionContext(
        string id,
        WorkflowExecutionContext workflowExecutionContext,
        ActivityExecutionContext? parent,
        ActivityNode node,
        DateTimeOffset startedAt)
    {
        Id = id;
        WorkflowExecutionContext = workflowExecutionContext;
        ParentActivityExecutionContext = parent;
        ActivityNode = node;
        Activity = node.Activity;
        StartedAt = startedAt;
        ExpressionExecutionContext = new ExpressionExecutionContext(
            workflowExecutionContext.ServiceProvider,
            new MemoryRegister(),
            parent?.ExpressionExecutionContext ?? workflowExecutionContext.ExpressionExecutionContext,
            cancellationToken: workflowExecutionContext.CancellationToken)
        {
            Activity = this,
            Workflow = workflowExecutionContext,
        };
        parent?._children.Add(this);
    }

    /// <summary>Id of this execution.</summary>
    public string Id { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; internal set; }

    /// <summary>When it ended; null while it runs or waits.</summary>
    public DateTimeOffset? CompletedAt { get; internal set; }

    /// <summary>Data given when the activity was scheduled; in a completion callback, the data of the child that has completed.</summary>
    public object? Tag { get; set; }

    /// <summary>True if the activity has completed, or was cancelled.</summary>
    public bool IsCompleted => Status is ActivityStatus.Completed or ActivityStatus.Canceled;

    /// <summary>True while the activity's own code runs.</summary>
    public bool IsExecuting { get; internal set; }

    /// <summary>Where the execution stands.</summary>
    public ActivityStatus Status { get; internal set; }

    /// <summary>Why it failed, in the burst in which it failed.</summary>
    public Exception? Exception { get; internal set; }

    /// <summary>Faults of this execution and of everything below it.</summary>
    public int AggregateFaultCount { get; internal set; }

    /// <summary>The burst.</summary>
    public WorkflowExecutionContext WorkflowExecutionContext { get; }

    /// <summary>Execution of the container; null for the workflow itself.</summary>
    public ActivityExecutionContext? ParentActivityExecutionContext { get; }

    /// <summary>Executions of the activities inside this one that have not completed.</summary>
    public ISet<ActivityExecutionContext> Children => _children;

    /// <summary>The activity.</summary>
    public IActivity Activity { get; }

    /// <summary>The place of the activity in the compiled workflow.</summary>
    public ActivityNode ActivityNode { get; }

    /// <summary>Ids from the workflow down to the activity, joined with a colon.</summary>
    public string NodeId => ActivityNode.NodeId;

    /// <summary>What is known about the activity's class.</summary>
    public ActivityDescriptor ActivityDescriptor => ActivityNode.Descriptor;

    /// <summary>Where expressions of this execution are evaluated.</summary>
    public ExpressionExecutionContext ExpressionExecutionContext { get; }

    /// <summary>Ends the burst.</summary>
    public CancellationToken CancellationToken => WorkflowExecutionContext.CancellationToken;

    /// <summary>Number of times the code of the activity ran in this execution.</summary>
    public long ExecutionCount { get; internal set; }

    /// <summary>Execution that scheduled this one.</summary>
    public string? SchedulingActivityExecutionId { get; internal set; }

    /// <summary>Activity that scheduled this one.</summary>
    public string? SchedulingActivityId { get; internal set; }

    /// <summary>Instance that scheduled this one; null unless a schedule names one.</summary>
    public string? SchedulingWorkflowInstanceId { get; internal set; }

    /// <summary>Number of executions between the workflow and this one.</summary>
    public int CallStackDepth => (ParentActivityExecutionContext?.CallStackDepth ?? -1) + 1;

    /// <summary>Variables declared here: those of the activity, if it is a container, and dynamic ones.</summary>
    public IEnumerable<Variable> Variables
    {
        get
        {
            if (Activity is IVariableContainer container)
            {
                foreach (var variable in container.Variables)
                    yield return variable;
            }

            if (_dynamicVariables is null)
                yield break;

            foreach (var variable in _dynamicVariables)
                yield return variable;
        }
    }

    /// <summary>Variables declared while the workflow runs.</summary>
    public ICollection<Variable> DynamicVariables => _dynamicVariables ??= [];

    /// <summary>Inputs of the workflow: those of the start, and over them those of the stimulus that began this burst.</summary>
    public IDictionary<string, object> WorkflowInput => WorkflowExecutionContext.Input;

    /// <summary>Inputs given when the activity was scheduled; they replace those of the definition.</summary>
    public IDictionary<string, object> ActivityInput => _activityInput ??= [];

    /// <summary>Data written to the record of this execution, for people.</summary>
    public IDictionary<string, object> JournalData => _journalData ??= [];

    /// <summary>The evaluated inputs, by name.</summary>
    public IDictionary<string, object> ActivityState => _activityState ??= [];

    /// <summary>True if the execution changed since its record was last written.</summary>
    public bool IsDirty { get; private set; } = true;

    /// <summary>Who is told when this execution completes.</summary>
    internal CompletionCallback? Completion { get; set; }

    /// <summary>True if its own code threw, and not a callback; it runs from its beginning when the instance is tried again.</summary>
    internal bool HasFailedItself { get; set; }

    /// <summary>Callbacks of this execution that threw; they are called again when the instance is tried again.</summary>
    internal List<CallbackCall>? FailedCallbacks { get; set; }

    /// <summary>What the record of this execution keeps; null: not decided in this burst, everything.</summary>
    internal ActivityLogPersistenceModeMap? LogPersistence { get; set; }

    internal Dictionary<string, object>? _activityInput;
    internal Dictionary<string, object>? _journalData;
    internal Dictionary<string, object>? _activityState;

    /// <summary>The children without the cost of an interface.</summary>
    internal HashSet<ActivityExecutionContext> ChildSet => _children;

    /// <summary>The dynamic variables, or null if there are none.</summary>
    internal List<Variable>? DynamicVariableList => _dynamicVariables;

    /// <summary>Marks the execution as changed.</summary>
    public void Taint() => IsDirty = true;

    /// <summary>Marks the execution as recorded.</summary>
    public void ClearTaint() => IsDirty = false;

    /// <summary>Sets the status.</summary>
    public void TransitionTo(ActivityStatus status)
    {
        Status = status;
        Taint();
    }

    /// <summary>A service of the current unit of work.</summary>
    public T GetRequiredService<T>()
        where T : notnull => WorkflowExecutionContext.ServiceProvider.GetRequiredService<T>();

    /// <summary>A service of the current unit of work.</summary>
    public object GetRequiredService(Type serviceType) => WorkflowExecutionContext.ServiceProvider.GetRequiredService(serviceType);

    /// <summary>A service of the current unit of work, or a new object if it is not registered.</summary>
    public T GetOrCreateService<T>()
        where T : notnull => ActivatorUtilities.GetServiceOrCreateInstance<T>(WorkflowExecutionContext.ServiceProvider);

    /// <summary>A service of the current unit of work, or a new object if it is not registered.</summary>
    public object GetOrCreateService(Type serviceType) =>
        ActivatorUtilities.GetServiceOrCreateInstance(WorkflowExecutionContext.ServiceProvider, serviceType);

    /// <summary>A service of the current unit of work, or null.</summary>
    public T? GetService<T>() => WorkflowExecutionContext.ServiceProvider.GetService<T>();

    /// <summary>A service of the current unit of work, or null.</summary>
    public object? GetService(Type serviceType) => WorkflowExecutionContext.ServiceProvider.GetService(serviceType);

    /// <summary>All services of a type in the current unit of work.</summary>
    public IEnumerable<T> GetServices<T>() => WorkflowExecutionContext.ServiceProvider.GetServices<T>();

    /// <summary>Writes a line into the journal of the instance.</summary>
    /// <param name="eventName">What happened, in one or two words.</param>
    /// <param name="message">A sentence for people.</param>
    /// <param name="source">Where it was written.</param>
    /// <param name="payload">Further data; written as JSON.</param>
    public WorkflowExecutionLogEntry AddExecutionLogEntry(
        string eventName, string? message = null, string? source = null, object? payload = null) =>
        WorkflowExecutionContext.Log(this, eventName, message, source, payload);

    /// <summary>Does nothing: an execution holds no resources.</summary>
    public void Dispose()
    {
    }
}
