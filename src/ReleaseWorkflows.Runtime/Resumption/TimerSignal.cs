namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Wakes the loop that works off timers when a unit of work has stored one.</summary>
internal sealed class TimerSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next call of <see cref="Wake"/>. Take it before looking for timers, so that none is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Wake() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
