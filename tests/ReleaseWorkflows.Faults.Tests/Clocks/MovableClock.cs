namespace ReleaseWorkflows.Faults.Tests.Clocks;

/// <summary>Runs on, and can be put anywhere. Waiting goes by the real time.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _moved;

    /// <summary>How far it was put forward, or back.</summary>
    public TimeSpan MovedBy => TimeSpan.FromTicks(Interlocked.Read(ref _moved));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + MovedBy;

    public void Move(TimeSpan by) => Interlocked.Add(ref _moved, by.Ticks);
}
