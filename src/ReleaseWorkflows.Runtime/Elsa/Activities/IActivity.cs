using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;

namespace Elsa.Workflows;

/// <summary>One step of a workflow. The object belongs to the definition and is shared by all instances: what changes lives in contexts.</summary>
public interface IActivity
{
    /// <summary>Id, unique in the workflow.</summary>
    string Id { get; set; }

    /// <summary>Ids from the workflow down to this activity, joined with a colon. Set when the workflow is compiled.</summary>
    string NodeId { get; set; }

    /// <summary>Name used by expressions, if any.</summary>
    string? Name { get; set; }

    /// <summary>Type name.</summary>
    string Type { get; set; }

    /// <summary>Version of the type.</summary>
    int Version { get; set; }

    /// <summary>Engine settings such as <c>canStartWorkflow</c>, and free data.</summary>
    IDictionary<string, object> CustomProperties { get; set; }

    /// <summary>Inputs and outputs of activities whose members are described by data.</summary>
    IDictionary<string, object> SyntheticProperties { get; set; }

    /// <summary>Data of the designer.</summary>
    IDictionary<string, object> Metadata { get; set; }

    /// <summary>Asked before each execution; false leaves the activity pending.</summary>
    ValueTask<bool> CanExecuteAsync(ActivityExecutionContext context);

    /// <summary>Runs the activity.</summary>
    ValueTask ExecuteAsync(ActivityExecutionContext context);
}

/// <summary>An activity with a main output.</summary>
public interface IActivityWithResult
{
    /// <summary>The main output.</summary>
    Output? Result { get; set; }
}

/// <summary>An activity with a main output of a known type.</summary>
/// <typeparam name="T">Type of the output.</typeparam>
public interface IActivityWithResult<T> : IActivityWithResult
{
    /// <summary>The main output.</summary>
    new Output<T>? Result { get; set; }
}

/// <summary>An activity that can start a workflow.</summary>
public interface ITrigger : IActivity
{
    /// <summary>The stimuli that start the workflow. Called when a version is published, without an instance.</summary>
    ValueTask<IEnumerable<object>> GetTriggerPayloadsAsync(TriggerIndexingContext context);
}

/// <summary>A trigger fired by an event.</summary>
public interface IEventGenerator : ITrigger;

/// <summary>An activity that ends its flowchart.</summary>
public interface ITerminalNode;

/// <summary>An activity at which a flowchart begins.</summary>
public interface IStartNode;

/// <summary>An activity that declares variables for those inside it.</summary>
public interface IVariableContainer : IActivity
{
    /// <summary>The variables.</summary>
    ICollection<Variable> Variables { get; }
}

/// <summary>An activity that wraps one other.</summary>
public interface IComposite : IActivity
{
    /// <summary>Fills the activity before it is compiled.</summary>
    void Setup();
}

/// <summary>Reacts to signals that travel from an activity up through the ones around it.</summary>
public interface ISignalHandler
{
    /// <summary>Offers a signal.</summary>
    ValueTask ReceiveSignalAsync(object signal, SignalContext context);
}

/// <summary>A reusable addition to an activity.</summary>
public interface IBehavior : ISignalHandler
{
    /// <summary>The activity it belongs to.</summary>
    IActivity Owner { get; }

    /// <summary>Runs after the activity.</summary>
    ValueTask ExecuteAsync(ActivityExecutionContext context);
}

/// <summary>Code that an activity runs.</summary>
public delegate ValueTask ExecuteActivityDelegate(ActivityExecutionContext context);

/// <summary>Code that an activity runs when one it scheduled has completed.</summary>
public delegate ValueTask ActivityCompletionCallback(ActivityCompletedContext context);
