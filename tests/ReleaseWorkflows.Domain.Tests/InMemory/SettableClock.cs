namespace ReleaseWorkflows.Domain.Tests.InMemory;

/// <summary>A clock that stands still until it is turned.</summary>
internal sealed class SettableClock : TimeProvider
{
    public static DateTimeOffset Start { get; } = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public DateTimeOffset Now { get; private set; } = Start;

    public override DateTimeOffset GetUtcNow() => Now;

    public void Advance(TimeSpan time) => Now += time;
}
