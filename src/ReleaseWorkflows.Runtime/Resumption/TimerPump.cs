using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>
/// Works off due timers, the earliest first: taking a timer and what it moves commit together, so it acts once, and again after a crash that came
/// before the commit.
/// </summary>
/// <remarks>
/// After a time of not running, whatever has become due is worked off in the order it was due, one after the other, a bounded number in one
/// commit (<see cref="WorkflowRuntimeOptions.TimersPerCommit"/>). A timer whose work throws stays and is tried again, later each time, up to ten minutes; those that
/// would have shared its commit then get one each and do not wait for it. A store that is down is the failure of no timer.
/// </remarks>
internal sealed partial class TimerPump(
    IUnitOfWorkRunner units, TimerSignal signal, TimeProvider time, IOptions<WorkflowRuntimeOptions> options, BackgroundLoops loops, ILogger<TimerPump> logger)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(10);

    private readonly BackgroundLoop _loop = loops.Find("timers");

    // Timers that could not act: how often, and when they are tried again. Not stored: the next process may have what this one lacks.
    private readonly Dictionary<string, (int Failures, DateTimeOffset TryAt)> _failing = new(StringComparer.Ordinal);

    /// <summary>Works off what is due now.</summary>
    /// <returns>Number of timers that acted.</returns>
    public Task<int> RunOnceAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    /// <summary>Works off timers until cancelled, and then ends quietly: when one becomes due, when one was stored, and now and then in any case.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _loop.Begin(options.Value.TimerPollInterval);
        try
        {
            await WorkAsync(cancellationToken);
        }
        finally
        {
            _loop.End();
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var woken = signal.Next;
            var pause = options.Value.TimerPollInterval;
            try
            {
                await LookAsync(cancellationToken);
                pause = await UntilNextAsync(pause, cancellationToken);
                _loop.Worked();
                failures = 0;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The host stops. What is due now fires when it runs again.
                return;
            }
            catch (Exception exception)
            {
                pause = Backoff.After(++failures, FirstDelay, pause);
                _loop.Failed(exception);
                Log.LookFailed(logger, exception, pause);
            }

            await LoopPause.WaitAsync(time, woken, pause, cancellationToken);
        }
    }

    private async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        var acted = 0;
        var now = time.GetUtcNow();
        var passed = _failing.Where(timer => timer.Value.TryAt > now).Select(static timer => timer.Key).ToHashSet(StringComparer.Ordinal);
        var failed = new HashSet<string>(StringComparer.Ordinal);

        while (true)
        {
            var due = await FindDueAsync(options.Value.TimerBatchSize + passed.Count + failed.Count, cancellationToken);
            var open = due.Where(timer => !passed.Contains(timer.Id) && !failed.Contains(timer.Id)).ToList();
            if (open.Count == 0)
            {
                Remember(failed, now);
                return acted;
            }

            // While some wait for the disk, the next ones run. Where they meet at one instance, the later ones lose the race and run again.
            var before = Task.FromResult<List<string>>([]);
            foreach (var together in open.Chunk(options.Value.TimersPerCommit))
            {
                var current = WorkOffAsync(together, cancellationToken);
                failed.UnionWith(await before);
                before = current;
                _loop.Worked();
            }

            failed.UnionWith(await before);
            acted += open.Count(timer => !failed.Contains(timer.Id));
        }
    }

    private void Remember(HashSet<string> failed, DateTimeOffset now)
    {
        foreach (var id in failed)
        {
            var failures = _failing.GetValueOrDefault(id).Failures + 1;
            _failing[id] = (failures, now + Backoff.After(failures, FirstDelay, LongestDelay));
        }

        // What was to be tried and has not failed again has acted, or is gone.
        foreach (var (id, _) in _failing.Where(timer => timer.Value.TryAt <= now).ToList())
            _failing.Remove(id);
    }

    /// <returns>Ids of the timers that could not act.</returns>
    private async Task<List<string>> WorkOffAsync(TimerRecord[] together, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var failed = new List<string>();
        if (together.Length > 1 && await TryFireTogetherAsync(together, cancellationToken))
            return failed;

        foreach (var timer in together)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await TryFireAsync(timer, cancellationToken))
                failed.Add(timer.Id);
        }

        return failed;
    }

    private async Task<bool> TryFireTogetherAsync(IReadOnlyList<TimerRecord> timers, CancellationToken cancellationToken)
    {
        var isFirstAttempt = true;
        try
        {
            await units.RunAsync(
                async (services, token) =>
                {
                    // They have just been read; taking one that is gone loses the race. An attempt after that must not act on it again.
                    var store = services.GetRequiredService<IWorkflowStore>();
                    var still = isFirstAttempt ? timers : await StillDueAsync(store, timers, token);
                    isFirstAttempt = false;
                    foreach (var timer in still)
                    {
                        token.ThrowIfCancellationRequested();
                        await FireAsync(timer, store, services.GetRequiredService<IWorkflowEngine>(), token);
                    }

                    return UnitOfWorkResult.Commit(true);
                },
                cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StoreUnavailableException))
        {
            // One of them cannot act, or others move its instance all the time. Nothing was kept; each is tried by itself, and tells what is wrong.
            return false;
        }
    }

    private async Task<IReadOnlyList<TimerRecord>> StillDueAsync(IWorkflowStore store, IReadOnlyList<TimerRecord> timers, CancellationToken cancellationToken)
    {
        // Before them are at most those of the look that found them.
        var due = await store.FindDueTimersAsync(time.GetUtcNow(), options.Value.TimerBatchSize + _failing.Count, cancellationToken);
        var ids = due.Select(static timer => timer.Id).ToHashSet(StringComparer.Ordinal);
        return [.. timers.Where(timer => ids.Contains(timer.Id))];
    }

    private async Task<bool> TryFireAsync(TimerRecord timer, CancellationToken cancellationToken)
    {
        try
        {
            await units.RunAsync(async (services, token) => await FireAsync(timer, services, token), cancellationToken);
            return true;
        }
        catch (ConcurrencyConflictException)
        {
            // Another process took it, or something else moved the instance on; if the timer is still there, the next look finds it.
            return false;
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or StoreUnavailableException))
        {
            Log.TimerFailed(logger, exception, timer.Id, timer.InstanceId ?? timer.TriggerId);
            return false;
        }
    }

    private async Task<UnitOfWorkResult<bool>> FireAsync(TimerRecord timer, IServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IWorkflowStore>();
        var engine = services.GetRequiredService<IWorkflowEngine>();

        // Read again in this unit: an attempt after a lost race must not act on a timer that is gone.
        if (!await IsStillThereAsync(store, timer, cancellationToken))
            return UnitOfWorkResult.Discard(false);

        await FireAsync(timer, store, engine, cancellationToken);
        return UnitOfWorkResult.Commit(true);
    }

    private async Task FireAsync(TimerRecord timer, IWorkflowStore store, IWorkflowEngine engine, CancellationToken cancellationToken)
    {
        if (timer is { InstanceId: { } instanceId, BookmarkId: { } bookmarkId })
        {
            // A bookmark that is used up takes its timer along. One that stays, or that nobody waits at any more, leaves it to be cleared away.
            var run = await engine.ResumeAsync(instanceId, bookmarkId, cancellationToken: cancellationToken);
            if (run is null || (run.Status == WorkflowStatus.Running && run.Bookmarks.Any(bookmark => bookmark.Id == bookmarkId)))
                store.RemoveTimer(timer.Id);
        }
        else
        {
            await FireTriggerAsync(timer, store, engine, cancellationToken);
        }
    }

    private async Task FireTriggerAsync(TimerRecord timer, IWorkflowStore store, IWorkflowEngine engine, CancellationToken cancellationToken)
    {
        store.RemoveTimer(timer.Id);
        if (await TimedTriggers.FindAsync(store, timer.TriggerId!, cancellationToken) is not { } trigger)
            return;

        try
        {
            await engine.StartAsync(
                new StartWorkflow { VersionId = trigger.DefinitionVersionId, TriggerActivityId = trigger.ActivityId }, cancellationToken);
        }
        catch (WorkflowNotStartedException)
        {
            // An instance still runs, and the definition wants one at a time. The next time may find it ended.
        }

        if (TimedTriggers.NextAfter(trigger, timer.DueAt, time.GetUtcNow()) is { } next)
            store.SetTimer(timer with { DueAt = next });
    }

    private async Task<bool> IsStillThereAsync(IWorkflowStore store, TimerRecord timer, CancellationToken cancellationToken)
    {
        if (timer.InstanceId is null)
            return true;

        var bookmarks = await store.FindInstanceBookmarksAsync(timer.InstanceId, cancellationToken);
        return bookmarks.Any(bookmark => bookmark.Id == timer.BookmarkId) || await IsDueAsync(store, timer, cancellationToken);
    }

    private async Task<bool> IsDueAsync(IWorkflowStore store, TimerRecord timer, CancellationToken cancellationToken) =>
        (await store.FindDueTimersAsync(time.GetUtcNow(), options.Value.TimerBatchSize + _failing.Count, cancellationToken)).Any(other => other.Id == timer.Id);

    private Task<IReadOnlyList<TimerRecord>> FindDueAsync(int limit, CancellationToken cancellationToken) => units.RunAsync(
        async (services, token) =>
            UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().FindDueTimersAsync(time.GetUtcNow(), limit, token)),
        cancellationToken);

    private async Task<TimeSpan> UntilNextAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var next = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().FindNextTimerAsync(token)),
            cancellationToken);
        if (next is null)
            return atMost;

        var until = next.Value - time.GetUtcNow();
        if (until > TimeSpan.Zero)
            return until < atMost ? until : atMost;

        // What is due already became due during the look, or has failed; then a second keeps the loop from spinning on it.
        return _failing.Count > 0 ? FirstDelay : TimeSpan.Zero;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Timer {TimerId} of {Owner} failed; it is tried again, later each time")]
        public static partial void TimerFailed(ILogger logger, Exception exception, string timerId, string? owner);

        [LoggerMessage(2, LogLevel.Error, "Looking for due timers failed; it is tried again in {Pause}")]
        public static partial void LookFailed(ILogger logger, Exception exception, TimeSpan pause);
    }
}

/// <summary>Runs the <see cref="TimerPump"/> as long as the host runs.</summary>
internal sealed class TimerPumpHost(TimerPump pump, IOptions<WorkflowRuntimeOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.RunsTimers)
            await pump.RunAsync(stoppingToken);
    }
}
