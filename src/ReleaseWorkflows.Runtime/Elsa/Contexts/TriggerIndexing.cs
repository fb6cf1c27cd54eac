using Elsa.Expressions.Models;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Execution;

namespace Elsa.Workflows;

/// <summary>The workflow whose triggers are read, at publication.</summary>
public class WorkflowIndexingContext
{
    private readonly Dictionary<ITrigger, MemoryRegister> _registers = [];

    /// <summary>Creates the context.</summary>
    public WorkflowIndexingContext(Workflow workflow, CancellationToken cancellationToken)
    {
        Workflow = workflow;
        CancellationToken = cancellationToken;
    }

    /// <summary>The workflow.</summary>
    public Workflow Workflow { get; }

    /// <summary>The evaluated inputs of each trigger.</summary>
    public IDictionary<ITrigger, MemoryRegister> Registers => _registers;

    /// <summary>Ends the work.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>The memory of a trigger.</summary>
    public MemoryRegister GetOrCreateRegister(ITrigger activity)
    {
        if (!_registers.TryGetValue(activity, out var register))
            _registers[activity] = register = new MemoryRegister();

        return register;
    }
}

/// <summary>A trigger whose stimuli are read, at publication. There is no instance: variables have their defaults.</summary>
public class TriggerIndexingContext
{
    /// <summary>Creates the context.</summary>
    public TriggerIndexingContext(
        WorkflowIndexingContext workflowIndexingContext,
        ExpressionExecutionContext expressionExecutionContext,
        ITrigger trigger,
        CancellationToken cancellationToken)
    {
        WorkflowIndexingContext = workflowIndexingContext;
        ExpressionExecutionContext = expressionExecutionContext;
        Trigger = trigger;
        CancellationToken = cancellationToken;
        TriggerName = trigger.Type;
    }

    /// <summary>The workflow.</summary>
    public WorkflowIndexingContext WorkflowIndexingContext { get; }

    /// <summary>Where the inputs of the trigger were evaluated.</summary>
    public ExpressionExecutionContext ExpressionExecutionContext { get; }

    /// <summary>The trigger.</summary>
    public ITrigger Trigger { get; }

    /// <summary>Ends the work.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>Kind of stimulus. Default: the type name of the activity.</summary>
    public string TriggerName { get; set; }

    /// <summary>The value of an input.</summary>
    public T? Get<T>(Input<T>? input) =>
        input is not null && ExpressionExecutionContext.TryGet(input.MemoryBlockReference(), out var value)
            ? Values.To<T>(value)
            : default;
}
