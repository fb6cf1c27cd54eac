using System.Reflection;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.IncidentStrategies;
using Elsa.Workflows.LogPersistence;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime;

/// <summary>Settings of the workflow engine. Checked when the host starts.</summary>
public sealed class WorkflowRuntimeOptions
{
    private readonly List<Type> _activityTypes = [];
    private readonly List<Type> _workflowTypes = [];
    private readonly HashSet<Type> _removedActivityTypes = [];

    /// <summary>
    /// Most activities that one burst may run before it counts as going round in a circle. The instance faults then. Default: 10,000; at least 1.
    /// </summary>
    public int MaxActivitiesPerBurst { get; set; } = 10_000;

    /// <summary>Most workflows that may start or wake each other inside one unit of work. Default: 32; at least 1.</summary>
    public int MaxNestedBursts { get; set; } = 32;

    /// <summary>Folder whose definitions are loaded when the host starts. Default: none.</summary>
    public string? DefinitionsFolder { get; set; }

    /// <summary>Incident strategy of workflows that name none. Default: <see cref="FaultStrategy"/>.</summary>
    public Type DefaultIncidentStrategy { get; set; } = typeof(FaultStrategy);

    /// <summary>
    /// Whether the records of executions keep inputs, outputs and internal state where neither workflow nor activity says so. Default: they do.
    /// </summary>
    public LogPersistenceMode LogPersistenceMode { get; set; } = LogPersistenceMode.Include;

    /// <summary>
    /// How flowcharts of new instances are moved on. An instance whose property <c>Flowchart:ExecutionMode</c> names a mode keeps to that.
    /// Default: by counting arrivals.
    /// </summary>
    public FlowchartExecutionMode FlowchartMode { get; set; } = FlowchartExecutionMode.CounterBased;

    /// <summary>True if timers fire in this process. Default: true.</summary>
    public bool RunsTimers { get; set; } = true;

    /// <summary>Most due timers that are read at a time. Default: 256; at least 1.</summary>
    public int TimerBatchSize { get; set; } = 256;

    /// <summary>
    /// Most timers that share one commit. More of them cost less each, and hold up other commits longer. Default: 32; at least 1.
    /// </summary>
    public int TimersPerCommit { get; set; } = 32;

    /// <summary>
    /// Most waiting instances that one stimulus moves in the unit of work that sends it, and in each later one: where more wait, the stimulus is stored and told to
    /// them afterwards, so many at a time. Default: 32; at least 1.
    /// </summary>
    public int ResumptionsPerUnit { get; set; } = 32;

    /// <summary>
    /// How often telling an instance a stored stimulus is tried before it is given up and listed as a dead letter. The pauses between grow from a second to an hour.
    /// Default: 20, which is more than half a day; 1 to 100.
    /// </summary>
    public int ResumptionAttempts { get; set; } = 20;

    /// <summary>
    /// Longest time between two looks for due timers, for the case that a wake-up call was lost. Default: 1 minute; between 1 second and 1 day.
    /// </summary>
    public TimeSpan TimerPollInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Activity classes that definitions may use, besides the built-in ones.</summary>
    public IReadOnlyList<Type> ActivityTypes => _activityTypes;

    /// <summary>Classes of workflows that are written in code; published when the host starts.</summary>
    public IReadOnlyList<Type> WorkflowTypes => _workflowTypes;

    /// <summary>Adds a workflow that is written in code.</summary>
    public WorkflowRuntimeOptions AddWorkflow<T>()
        where T : IWorkflow => AddWorkflow(typeof(T));

    /// <summary>Adds the public workflows of an assembly that are written in code.</summary>
    public WorkflowRuntimeOptions AddWorkflowsFrom(Assembly assembly)
    {
        foreach (var type in assembly.GetExportedTypes())
        {
            if (type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && type.IsAssignableTo(typeof(IWorkflow)))
                AddWorkflow(type);
        }

        return this;
    }

    /// <summary>Adds the public workflows of the assembly of a type that are written in code.</summary>
    public WorkflowRuntimeOptions AddWorkflowsFrom<TMarker>() => AddWorkflowsFrom(typeof(TMarker).Assembly);

    /// <summary>Takes an activity class out again, also a built-in one. Definitions that use it are refused, and stored ones cannot run.</summary>
    public WorkflowRuntimeOptions RemoveActivity<T>()
        where T : IActivity
    {
        _removedActivityTypes.Add(typeof(T));
        return this;
    }

    /// <summary>Activity classes that definitions may not use.</summary>
    internal IReadOnlySet<Type> RemovedActivityTypes => _removedActivityTypes;

    private WorkflowRuntimeOptions AddWorkflow(Type type)
    {
        _workflowTypes.Add(type);
        return this;
    }

    /// <summary>Lets definitions use the public activity classes of an assembly.</summary>
    public WorkflowRuntimeOptions AddActivitiesFrom(Assembly assembly)
    {
        _activityTypes.AddRange(Definitions.ActivityRegistry.ActivitiesOf(assembly));
        return this;
    }

    /// <summary>Lets definitions use the public activity classes of the assembly of a type.</summary>
    public WorkflowRuntimeOptions AddActivitiesFrom<TMarker>() => AddActivitiesFrom(typeof(TMarker).Assembly);

    /// <summary>Lets definitions use an activity class.</summary>
    public WorkflowRuntimeOptions AddActivity<T>()
        where T : IActivity
    {
        _activityTypes.Add(typeof(T));
        return this;
    }
}

/// <summary>Refuses settings that cannot work.</summary>
internal sealed class WorkflowRuntimeOptionsValidation : IValidateOptions<WorkflowRuntimeOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkflowRuntimeOptions options)
    {
        var complaints = new List<string>();
        if (options.MaxActivitiesPerBurst < 1)
            complaints.Add($"{nameof(options.MaxActivitiesPerBurst)} is {options.MaxActivitiesPerBurst}; it has to be at least 1.");
        if (options.MaxNestedBursts < 1)
            complaints.Add($"{nameof(options.MaxNestedBursts)} is {options.MaxNestedBursts}; it has to be at least 1.");
        if (options.TimerBatchSize < 1)
            complaints.Add($"{nameof(options.TimerBatchSize)} is {options.TimerBatchSize}; it has to be at least 1.");
        if (options.TimersPerCommit < 1)
            complaints.Add($"{nameof(options.TimersPerCommit)} is {options.TimersPerCommit}; it has to be at least 1.");
        if (options.ResumptionsPerUnit < 1)
            complaints.Add($"{nameof(options.ResumptionsPerUnit)} is {options.ResumptionsPerUnit}; it has to be at least 1.");
        if (options.ResumptionAttempts is < 1 or > 100)
            complaints.Add($"{nameof(options.ResumptionAttempts)} is {options.ResumptionAttempts}; it has to be between 1 and 100.");
        if (options.TimerPollInterval < TimeSpan.FromSeconds(1) || options.TimerPollInterval > TimeSpan.FromDays(1))
            complaints.Add($"{nameof(options.TimerPollInterval)} is {options.TimerPollInterval}; it has to be between 1 second and 1 day.");
        if (!options.DefaultIncidentStrategy.IsAssignableTo(typeof(IIncidentStrategy)))
            complaints.Add($"{nameof(options.DefaultIncidentStrategy)} is {options.DefaultIncidentStrategy.Name}, which is no incident strategy.");

        return complaints.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(complaints);
    }
}
