namespace Elsa.Workflows.Signals;

/// <summary>Ends the nearest loop.</summary>
public record BreakSignal;

/// <summary>Tells an activity that it was cancelled.</summary>
public record CancelSignal;

/// <summary>Completes the nearest composite activity or workflow.</summary>
/// <param name="Value">Its result, usually outcomes.</param>
public record CompleteCompositeSignal(object? Value = null);

/// <summary>Tells the activities around one that it has completed.</summary>
/// <param name="Result">Its result, usually outcomes.</param>
public record ActivityCompleted(object? Result = null);

/// <summary>Tells the activities around one that it has failed.</summary>
/// <param name="Exception">Why.</param>
/// <param name="FaultedContext">The execution that failed.</param>
public record FaultSignal(Exception Exception, ActivityExecutionContext FaultedContext);

/// <summary>Asks a container to run one of its activities.</summary>
public class ScheduleChildActivity
{
    /// <summary>Asks for a new execution.</summary>
    public ScheduleChildActivity(IActivity activity, IDictionary<string, object>? input = null)
    {
        Activity = activity;
        Input = input;
    }

    /// <summary>Asks for an existing execution to run again.</summary>
    public ScheduleChildActivity(ActivityExecutionContext activityExecutionContext, IDictionary<string, object>? input = null)
    {
        ActivityExecutionContext = activityExecutionContext;
        Activity = activityExecutionContext.Activity;
        Input = input;
    }

    /// <summary>The activity to run.</summary>
    public IActivity Activity { get; set; }

    /// <summary>Inputs that replace those of the definition.</summary>
    public IDictionary<string, object>? Input { get; set; }

    /// <summary>The execution to run again.</summary>
    public ActivityExecutionContext? ActivityExecutionContext { get; set; }
}
