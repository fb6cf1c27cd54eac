using ReleaseWorkflows.Runtime.Loops;

namespace ReleaseWorkflows.Runtime.Tests.Loops;

public sealed class BackgroundLoopTests
{
    private readonly Clock _clock = new();
    private readonly BackgroundLoop _loop;

    public BackgroundLoopTests() => _loop = new BackgroundLoops(_clock).Find("work");

    [Fact]
    public void A_loop_that_does_not_run_here_is_not_missed() => Assert.Equal(LoopState.NotStarted, _loop.State);

    [Fact]
    public void Three_failures_in_a_row_count_and_a_round_that_works_ends_them()
    {
        _loop.Begin(TimeSpan.FromSeconds(30));
        _loop.Failed(new IOException("The disk is full."));
        _loop.Failed(new IOException("The disk is full."));
        Assert.Equal(LoopState.Working, _loop.State);

        _loop.Failed(new IOException("The disk is full."));
        Assert.Equal((LoopState.Failing, "The disk is full."), (_loop.State, _loop.LastError));

        _loop.Worked();
        Assert.Equal((LoopState.Working, null), (_loop.State, _loop.LastError));
    }

    [Fact]
    public void A_loop_that_gives_no_sign_for_twice_its_longest_pause_and_a_minute_is_silent()
    {
        _loop.Begin(TimeSpan.FromSeconds(30));

        _clock.Pass(TimeSpan.FromSeconds(120));
        Assert.Equal(LoopState.Working, _loop.State);
        _clock.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(LoopState.Silent, _loop.State);
        _loop.Worked();
        Assert.Equal(LoopState.Working, _loop.State);
    }

    [Fact]
    public void A_loop_that_waits_until_it_is_woken_may_be_silent()
    {
        _loop.Begin(Timeout.InfiniteTimeSpan);

        _clock.Pass(TimeSpan.FromDays(1));

        Assert.Equal(LoopState.Working, _loop.State);
    }

    [Fact]
    public void A_loop_that_ended_is_missed()
    {
        _loop.Begin(TimeSpan.FromSeconds(30));
        _loop.End();

        Assert.Equal(LoopState.Ended, _loop.State);
    }

    [Fact]
    public async Task The_timers_tell_that_they_work_and_that_they_have_ended()
    {
        using var host = new EngineHost();
        using var stop = new CancellationTokenSource();
        var timers = host.Get<BackgroundLoops>().Find("timers");
        Assert.Equal(LoopState.NotStarted, timers.State);

        var running = host.Timers.RunAsync(stop.Token);
        Assert.Equal(LoopState.Working, timers.State);
        await stop.CancelAsync();
        await running;

        Assert.Equal(LoopState.Ended, timers.State);
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
