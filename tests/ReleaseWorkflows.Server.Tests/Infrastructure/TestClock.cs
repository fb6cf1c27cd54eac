namespace ReleaseWorkflows.Server.Tests.Infrastructure;

/// <summary>
/// A clock that runs on and can be turned forward. Timers made from it fire when the clock has reached their time, whether it ran there or
/// was turned there.
/// </summary>
public sealed class TestClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<Timer> _timers = [];
    private TimeSpan _turned;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Turned;

    /// <summary>Turns the clock forward and fires what has become due.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        Timer[] timers;
        lock (_lock)
        {
            _turned += by;
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Rearm();
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private TimeSpan Turned
    {
        get
        {
            lock (_lock)
            {
                return _turned;
            }
        }
    }

    private sealed class Timer : ITimer
    {
        private readonly TestClock _clock;
        private readonly ITimer _timer;
        private readonly Lock _lock = new();
        private DateTimeOffset? _due;
        private TimeSpan _period;

        public Timer(TestClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _timer = System.CreateTimer(
                _ =>
                {
                    if (TakeTurn())
                    {
                        callback(state);
                    }
                },
                null,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _due = dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetUtcNow() + dueTime;
                _period = period;
            }

            lock (_clock._lock)
            {
                _clock._timers.Add(this);
            }

            return Rearm();
        }

        public bool Rearm()
        {
            lock (_lock)
            {
                var wait = _due - _clock.GetUtcNow();
                return _timer.Change(wait is null ? Timeout.InfiniteTimeSpan : wait.Value < TimeSpan.Zero ? TimeSpan.Zero : wait.Value, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (_clock._lock)
            {
                _clock._timers.Remove(this);
            }

            _timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private bool TakeTurn()
        {
            lock (_lock)
            {
                if (_due is null || _due > _clock.GetUtcNow())
                {
                    Rearm();
                    return false;
                }

                _due = _period <= TimeSpan.Zero ? null : _clock.GetUtcNow() + _period;
            }

            Rearm();
            return true;
        }
    }
}
