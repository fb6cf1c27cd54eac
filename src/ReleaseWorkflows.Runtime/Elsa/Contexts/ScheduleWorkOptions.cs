using Elsa.Workflows.Memory;

namespace Elsa.Workflows.Options;

/// <summary>How an activity is scheduled.</summary>
public class ScheduleWorkOptions
{
    /// <summary>A method of the scheduling activity's class, run when the activity has completed.</summary>
    public ActivityCompletionCallback? CompletionCallback { get; set; }

    /// <summary>Data handed to the execution and to the callback.</summary>
    public object? Tag { get; set; }

    /// <summary>Variables declared for this execution only.</summary>
    public ICollection<Variable>? Variables { get; set; }

    /// <summary>An execution to run again, instead of a new one.</summary>
    public ActivityExecutionContext? ExistingActivityExecutionContext { get; set; }

    /// <summary>True if nothing happens when the activity is scheduled already.</summary>
    public bool PreventDuplicateScheduling { get; set; }

    /// <summary>Inputs that replace those of the definition.</summary>
    public IDictionary<string, object>? Input { get; set; }

    /// <summary>Execution that is recorded as the one that scheduled. Default: the calling one.</summary>
    public string? SchedulingActivityExecutionId { get; set; }

    /// <summary>Instance that is recorded as the one that scheduled.</summary>
    public string? SchedulingWorkflowInstanceId { get; set; }
}
