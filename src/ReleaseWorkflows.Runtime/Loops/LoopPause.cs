namespace ReleaseWorkflows.Runtime.Loops;

/// <summary>What a loop does between two rounds.</summary>
internal static class LoopPause
{
    /// <summary>Waits until there is something to do, at most for a pause; leaves no timer behind. Ends without an exception when it is cancelled.</summary>
    /// <param name="time">The clock of the pause.</param>
    /// <param name="woken">Ends when there is something to do.</param>
    /// <param name="pause">The longest time to wait.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task WaitAsync(TimeProvider time, Task woken, TimeSpan pause, CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(woken, Task.Delay(pause, time, cancellation.Token));
        await cancellation.CancelAsync();
    }
}
