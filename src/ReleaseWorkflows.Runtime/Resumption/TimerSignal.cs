namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Wakes the loop that works off timers when a unit of work has stored one.</summary>
internal sealed class TimerSignal : WakeSignal;

/// <summary>Wakes a loop. A call that comes while nobody waits is not lost, if the loop takes <see cref="Next"/> before it looks for work.</summary>
internal abstract class WakeSignal
{
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next call of <see cref="Wake"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Wake() =>
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
