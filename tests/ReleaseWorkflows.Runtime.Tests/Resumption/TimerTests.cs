using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

public sealed class TimerTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_delay_goes_on_when_it_is_over_and_not_before()
    {
        await _host.PublishAsync(Flow.Of("f", [Delay("d", "01:00:00"), Flow.Step("a")], "d -> a"));
        var run = await _host.StartAsync("f");

        _host.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await _host.Timers.RunOnceAsync(default));
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await _host.Timers.RunOnceAsync(default));

        Assert.Equal(["a"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Database.Committed.Timers);
    }

    [Fact]
    public async Task What_became_due_while_nothing_ran_is_worked_off_in_the_order_it_was_due()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("d", "Elsa.Delay", ("timeSpan", Flow.Expression("Input", new { name = "For" }))), Flow.Activity("a", "Test.Step", ("text", Flow.Script("getInput('For').toString()")))],
            "d -> a"));
        await _host.StartAsync("f", new { For = "03:00:00" });
        await _host.StartAsync("f", new { For = "01:00:00" });
        await _host.StartAsync("f", new { For = "02:00:00" });

        _host.Clock.Advance(TimeSpan.FromDays(400));
        await _host.Timers.RunOnceAsync(default);

        Assert.Equal(["01:00:00", "02:00:00", "03:00:00"], _host.Trace.Lines);
    }

    [Fact]
    public async Task More_timers_than_one_batch_are_all_worked_off()
    {
        using var host = new EngineHost(options => options.TimerBatchSize = 2);
        await host.PublishAsync(Flow.Of("f", [Delay("d", "00:00:01"), Flow.Step("a")], "d -> a"));
        for (var i = 0; i < 5; i++)
            await host.StartAsync("f");

        host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(5, await host.Timers.RunOnceAsync(default));
    }

    [Fact]
    public async Task Timers_that_are_due_together_share_a_commit()
    {
        using var host = new EngineHost(options => options.TimersPerCommit = 3);
        await host.PublishAsync(Flow.Of("f", [Delay("d", "00:00:01"), Flow.Step("a")], "d -> a"));
        for (var i = 0; i < 7; i++)
            await host.StartAsync("f");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        var before = host.Database.Commits;

        await host.Timers.RunOnceAsync(default);

        Assert.Equal(7, host.Trace.Lines.Count);
        Assert.Equal(3, host.Database.Commits - before);
    }

    [Fact]
    public async Task Two_timers_of_one_instance_that_are_due_together_both_act()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Step("go"), Delay("d1", "00:00:01"), Delay("d2", "00:00:02"), Flow.Step("a"), Flow.Step("b")], "go -> d1", "go -> d2", "d1 -> a", "d2 -> b"));
        var run = await _host.StartAsync("f");

        _host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await _host.Timers.RunOnceAsync(default));

        Assert.Equal(["go", "a", "b"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_timer_that_cannot_act_keeps_no_other_from_acting()
    {
        await _host.PublishAsync(Flow.Of("f", [Delay("d", "00:00:01"), Flow.Step("a")], "d -> a"));
        var broken = await _host.StartAsync("f");
        await _host.StartAsync("f");
        await _host.StartAsync("f");
        // A state that no program can read.
        var instances = _host.Database.Committed.Instances;
        instances[broken.InstanceId] = instances[broken.InstanceId] with { State = "{}"u8.ToArray() };

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await _host.Timers.RunOnceAsync(default));

        Assert.Equal(["a", "a"], _host.Trace.Lines);
        Assert.Single(_host.Database.Committed.Timers);
    }

    [Fact]
    public async Task A_timer_that_cannot_act_is_tried_again_later_each_time_and_acts_once_it_can()
    {
        using var host = new EngineHost(options => options.TimerBatchSize = 1, services => services.AddSingleton<Misfortune>());
        await host.PublishAsync(Flow.Of("f", [Delay("d", "00:00:01"), Flow.Activity("u", "Test.Unlucky")], "d -> u"));
        var misfortune = host.Get<Misfortune>();
        misfortune.Of = (await host.StartAsync("f")).InstanceId;
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        await host.Timers.RunOnceAsync(default);
        var perAttempt = misfortune.Count;
        await host.Timers.RunOnceAsync(default);
        Assert.Equal(perAttempt, misfortune.Count);

        // An hour of looks at each second: ten attempts until the pauses last ten minutes, and then six an hour.
        for (var second = 0; second < 3600; second++)
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            await host.Timers.RunOnceAsync(default);
        }

        Assert.InRange(misfortune.Count / perAttempt, 10, 17);

        // Another one, due later, does not wait for it.
        var other = await host.StartAsync("f");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await host.Timers.RunOnceAsync(default);
        Assert.Equal("Finished", host.Instance(other.InstanceId).SubStatus);

        var unlucky = misfortune.Of;
        misfortune.Of = null;
        host.Clock.Advance(TimeSpan.FromMinutes(12));
        Assert.Equal(1, await host.Timers.RunOnceAsync(default));
        Assert.Equal("Finished", host.Instance(unlucky).SubStatus);
    }

    [Fact]
    public async Task A_store_that_is_down_makes_no_timer_wait_longer()
    {
        await _host.PublishAsync(Flow.Of("f", [Delay("d", "00:00:01"), Flow.Step("a")], "d -> a"));
        await _host.StartAsync("f");
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        _host.Database.BeforeCommit = () => throw new StoreUnavailableException("The disk is full.");
        for (var i = 0; i < 9; i++)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => _host.Timers.RunOnceAsync(default));

        _host.Database.BeforeCommit = null;

        Assert.Equal(1, await _host.Timers.RunOnceAsync(default));
    }

    [Fact]
    public async Task A_delay_whose_branch_was_cancelled_does_nothing()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Delay("d", "00:01:00"), Flow.Wait("w"), Flow.Join("j", "WaitAny"), Flow.Wait("later")],
            "s -> d", "s -> w", "d -> j", "w -> j", "j -> later"));
        await _host.StartAsync("f");
        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        _host.Clock.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_host.Database.Committed.Timers);
        Assert.Equal(0, await _host.Timers.RunOnceAsync(default));
    }

    [Fact]
    public async Task A_timer_and_a_command_that_come_at_once_act_once()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Delay("d", "00:01:00"), Flow.Wait("w"), Flow.Join("j", "WaitAny"), Flow.Step("end")],
            "s -> d", "s -> w", "d -> j", "w -> j", "j -> end"));
        await _host.StartAsync("f");
        _host.Clock.Advance(TimeSpan.FromMinutes(1));

        _host.Database.BeforeCommit = () =>
        {
            _host.Database.BeforeCommit = null;
            Task.Run(() => _host.SignalAsync("Test.Wait", new WaitStimulus("w"))).Wait();
        };
        await _host.Timers.RunOnceAsync(default);

        Assert.Single(_host.Database.Committed.Journal, entry => entry is { ActivityId: "end", EventName: "Completed" });
        Assert.Equal("Finished", _host.Database.Committed.Instances.Values.Single().SubStatus);
    }

    [Fact]
    public async Task A_recurring_timer_starts_again_and_leaves_out_what_it_missed()
    {
        var timer = Flow.Activity("t", "Elsa.Timer", ("interval", Flow.Literal("01:00:00")));
        timer["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        await _host.PublishAsync(Flow.Of("f", [timer, Flow.Step("a")], "t -> a"));

        _host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await _host.Timers.RunOnceAsync(default));
        _host.Clock.Advance(TimeSpan.FromHours(10.5));
        Assert.Equal(1, await _host.Timers.RunOnceAsync(default));

        Assert.Equal(["a", "a"], _host.Trace.Lines);
        Assert.Equal(_host.Clock.GetUtcNow() + TimeSpan.FromMinutes(30), Assert.Single(_host.Database.Committed.Timers.Values).DueAt);
    }

    [Fact]
    public async Task A_new_version_replaces_the_timer_of_the_old_one()
    {
        var timer = Flow.Activity("t", "Elsa.Timer", ("interval", Flow.Literal("01:00:00")));
        timer["customProperties"] = new JsonObject { ["canStartWorkflow"] = true };
        await _host.PublishAsync(Flow.Of("f", [timer, Flow.Step("a")], "t -> a"));

        await _host.PublishAsync(Flow.Of("f", [Flow.Step("a")]));

        Assert.Empty(_host.Database.Committed.Timers);
    }

    [Fact]
    public async Task The_pump_wakes_when_a_timer_is_stored()
    {
        await _host.PublishAsync(Flow.Of("f", [Delay("d", "00:00:00"), Flow.Activity("a", "Test.Announce")], "d -> a"));
        using var cancellation = new CancellationTokenSource();
        var pump = _host.Timers.RunAsync(cancellation.Token);

        await _host.StartAsync("f");
        await _host.Get<Announcement>().Heard.WaitAsync(TimeSpan.FromSeconds(10));

        await cancellation.CancelAsync();
        await pump;
    }

    [Fact]
    public async Task A_timer_that_becomes_due_while_the_pump_looks_is_worked_off_at_once()
    {
        var clock = new SlowReads();
        using var host = new EngineHost(more: services => services
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<IUnitOfWorkRunner>(provider => new SlowRunner(ActivatorUtilities.CreateInstance<InMemoryUnitOfWorkRunner>(provider), clock)));
        await host.PublishAsync(Flow.Of("f", [Delay("d", "00:01:00"), Flow.Activity("a", "Test.Announce")], "d -> a"));
        await host.StartAsync("f");
        // The first look finds nothing; a minute later, when it asks for the next timer, that one is due.
        clock.PassesWithEachUnit = TimeSpan.FromSeconds(59);

        using var cancellation = new CancellationTokenSource();
        var pump = host.Timers.RunAsync(cancellation.Token);
        await host.Get<Announcement>().Heard.WaitAsync(TimeSpan.FromSeconds(10));

        await cancellation.CancelAsync();
        await pump;
    }

    private static JsonObject Delay(string id, string duration) => Flow.Activity(id, "Elsa.Delay", ("timeSpan", Flow.Literal(duration)));

    /// <summary>A clock that moves with the work, and whose timers never ring: whoever waits on one waits for ever.</summary>
    private sealed class SlowReads : TimeProvider
    {
        private DateTimeOffset _now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

        public TimeSpan PassesWithEachUnit { get; set; }

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silent();

        public void Pass() => _now += PassesWithEachUnit;

        private sealed class Silent : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    private sealed class SlowRunner(IUnitOfWorkRunner inner, SlowReads clock) : IUnitOfWorkRunner
    {
        public async Task<T> RunAsync<T>(Func<IServiceProvider, CancellationToken, Task<UnitOfWorkResult<T>>> work, CancellationToken cancellationToken)
        {
            var result = await inner.RunAsync(work, cancellationToken);
            clock.Pass();
            return result;
        }
    }
}
