using Elsa.Expressions.Models;
using Elsa.Extensions;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Definitions;

namespace Elsa.Workflows;

/// <summary>Base class of activities. An activity ends when it completes itself, see <see cref="CompleteAsync"/>; <see cref="CodeActivity"/> does so by itself.</summary>
public abstract class Activity : IActivity, ISignalHandler
{
    private List<KeyValuePair<Type, Func<object, SignalContext, ValueTask>>>? _signalHandlers;
    private IDictionary<string, object>? _customProperties;
    private IDictionary<string, object>? _syntheticProperties;
    private IDictionary<string, object>? _metadata;
    private List<IBehavior>? _behaviors;

    /// <summary>Creates an activity; its type name comes from <c>[Activity]</c>.</summary>
    protected Activity(string? source = null, int? line = null)
    {
        (Type, Version) = ActivityTypeNames.Of(GetType());
        SetSource(source, line);
    }

    /// <summary>Creates an activity with a type name of its own.</summary>
    protected Activity(string activityType, int version = 1, string? source = null, int? line = null)
    {
        Type = activityType;
        Version = version;
        SetSource(source, line);
    }

    /// <inheritdoc />
    public string Id { get; set; } = null!;

    /// <inheritdoc />
    public string NodeId { get; set; } = null!;

    /// <inheritdoc />
    public string? Name { get; set; }

    /// <inheritdoc />
    public string Type { get; set; }

    /// <inheritdoc />
    public int Version { get; set; }

    /// <summary>True if the workflow may start at this activity.</summary>
    public bool CanStartWorkflow
    {
        get => this.GetCanStartWorkflow();
        set => this.SetCanStartWorkflow(value);
    }

    /// <summary>True if the activity is to run outside the burst.</summary>
    public bool? RunAsynchronously
    {
        get => this.GetRunAsynchronously();
        set => this.SetRunAsynchronously(value);
    }

    /// <summary>Name of a commit strategy. Read and kept; a burst commits once, at its end.</summary>
    public string? CommitStrategy
    {
        get => this.GetCommitStrategy();
        set => this.SetCommitStrategy(value);
    }

    /// <inheritdoc />
    public IDictionary<string, object> CustomProperties
    {
        get => _customProperties ??= new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        set => _customProperties = value;
    }

    /// <inheritdoc />
    public IDictionary<string, object> SyntheticProperties
    {
        get => _syntheticProperties ??= new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        set => _syntheticProperties = value;
    }

    /// <inheritdoc />
    public IDictionary<string, object> Metadata
    {
        get => _metadata ??= new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        set => _metadata = value;
    }

    /// <summary>Additions that run after the activity and see its signals.</summary>
    public ICollection<IBehavior> Behaviors => _behaviors ??= [];

    /// <summary>The place of this activity in the compiled workflow.</summary>
    internal ActivityNode? Node { get; set; }

    /// <summary>True if the activity completes by itself once its code has run and it has nothing to wait for.</summary>
    internal virtual bool CompletesByItself => false;

    /// <summary>True if offering a signal to this activity can have an effect.</summary>
    internal bool HasSignalHandlers => _signalHandlers is not null || _behaviors is not null;

    ValueTask<bool> IActivity.CanExecuteAsync(ActivityExecutionContext context) => CanExecuteAsync(context);

    async ValueTask IActivity.ExecuteAsync(ActivityExecutionContext context)
    {
        await ExecuteAsync(context);

        if (_behaviors is not null)
        {
            foreach (var behavior in _behaviors)
                await behavior.ExecuteAsync(context);
        }
    }

    async ValueTask ISignalHandler.ReceiveSignalAsync(object signal, SignalContext context)
    {
        await OnSignalReceivedAsync(signal, context);

        if (_signalHandlers is not null)
        {
            foreach (var (type, handler) in _signalHandlers)
            {
                if (type.IsInstanceOfType(signal))
                    await handler(signal, context);
            }
        }

        if (_behaviors is not null)
        {
            foreach (var behavior in _behaviors)
                await behavior.ReceiveSignalAsync(signal, context);
        }
    }

    /// <summary>Asked before each execution; false leaves the activity pending. Calls <see cref="CanExecute"/>.</summary>
    protected virtual ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context) => ValueTask.FromResult(CanExecute(context));

    /// <summary>Asked before each execution; false leaves the activity pending. True by default.</summary>
    protected virtual bool CanExecute(ActivityExecutionContext context) => true;

    /// <summary>Runs the activity. Calls <see cref="Execute"/>.</summary>
    protected virtual ValueTask ExecuteAsync(ActivityExecutionContext context)
    {
        Execute(context);
        return ValueTask.CompletedTask;
    }

    /// <summary>Runs the activity. Does nothing by default.</summary>
    protected virtual void Execute(ActivityExecutionContext context)
    {
    }

    /// <summary>Receives each signal that passes this activity. Calls <see cref="OnSignalReceived(object,SignalContext)"/>.</summary>
    protected virtual ValueTask OnSignalReceivedAsync(object signal, SignalContext context)
    {
        OnSignalReceived(signal, context);
        return ValueTask.CompletedTask;
    }

    /// <summary>Receives each signal that passes this activity. Does nothing by default.</summary>
    protected virtual void OnSignalReceived(object signal, SignalContext context)
    {
    }

    /// <summary>Registers a handler for signals of a type. Call it in the constructor.</summary>
    protected void OnSignalReceived(Type signalType, Func<object, SignalContext, ValueTask> handler) =>
        (_signalHandlers ??= []).Add(new(signalType, handler));

    /// <summary>Registers a handler for signals of a type. Call it in the constructor.</summary>
    protected void OnSignalReceived<T>(Func<T, SignalContext, ValueTask> handler) =>
        OnSignalReceived(typeof(T), (signal, context) => handler((T)signal, context));

    /// <summary>Registers a handler for signals of a type. Call it in the constructor.</summary>
    protected void OnSignalReceived<T>(Action<T, SignalContext> handler) =>
        OnSignalReceived(
            typeof(T),
            (signal, context) =>
            {
                handler((T)signal, context);
                return ValueTask.CompletedTask;
            });

    /// <summary>Completes the activity with the outcome Done.</summary>
    protected ValueTask CompleteAsync(ActivityExecutionContext context) => context.CompleteActivityAsync();

    private void SetSource(string? source, int? line)
    {
        if (source is not null && line is not null)
            ActivityPropertyExtensions.SetSource(this, source, line);
    }
}

/// <summary>An activity with a main output.</summary>
/// <typeparam name="T">Type of the output.</typeparam>
public abstract class Activity<T> : Activity, IActivityWithResult<T>
{
    /// <summary>Creates an activity; its type name comes from <c>[Activity]</c>.</summary>
    protected Activity(string? source = null, int? line = null)
        : base(source, line)
    {
    }

    /// <summary>Creates an activity with a type name of its own.</summary>
    protected Activity(string activityType, int version = 1, string? source = null, int? line = null)
        : base(activityType, version, source, line)
    {
    }

    /// <summary>Creates an activity whose output is bound to a place in memory.</summary>
    protected Activity(MemoryBlockReference? output, string? source = null, int? line = null)
        : base(source, line) => Result = output is null ? null : new Output<T>(output);

    /// <summary>Creates an activity with an output.</summary>
    protected Activity(Output<T>? output, string? source = null, int? line = null)
        : base(source, line) => Result = output;

    /// <summary>The main output.</summary>
    public Output<T>? Result { get; set; }

    Output? IActivityWithResult.Result
    {
        get => Result;
        set => Result = (Output<T>?)value;
    }
}
