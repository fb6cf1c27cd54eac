namespace Elsa.Workflows;

/// <summary>Tells an activity that one it scheduled has completed.</summary>
/// <param name="TargetContext">Execution of the activity that is told.</param>
/// <param name="ChildContext">Execution that has completed.</param>
/// <param name="Result">Its result: outcomes, or null for Done.</param>
public record ActivityCompletedContext(
    ActivityExecutionContext TargetContext, ActivityExecutionContext ChildContext, object? Result = null)
{
    /// <summary>The burst.</summary>
    public WorkflowExecutionContext WorkflowExecutionContext => TargetContext.WorkflowExecutionContext;

    /// <summary>Ends the burst.</summary>
    public CancellationToken CancellationToken => TargetContext.CancellationToken;

    /// <summary>A service of the current unit of work.</summary>
    public T GetRequiredService<T>()
        where T : notnull => TargetContext.GetRequiredService<T>();

    /// <summary>Completes the activity that is told.</summary>
    public ValueTask CompleteActivityAsync(object? result = null) => TargetContext.CompleteActivityAsync(result);

    /// <summary>Completes the activity that is told, with outcomes.</summary>
    public ValueTask CompleteActivityWithOutcomesAsync(params string[] outcomes) =>
        TargetContext.CompleteActivityWithOutcomesAsync(outcomes);
}
