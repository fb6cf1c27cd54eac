using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>
/// Tells stored stimuli to the bookmarks that waited for them, a bounded number in one commit (<see cref="WorkflowRuntimeOptions.ResumptionsPerUnit"/>). What the
/// bookmarks move and how far the stimulus has come commit together: each hears it once, and those left after a crash hear it at the next start.
/// </summary>
/// <remarks>
/// A bookmark that cannot be told is set aside and tried again, later each time; after <see cref="WorkflowRuntimeOptions.ResumptionAttempts"/> it is given up and
/// listed (<see cref="IUnheardStimuli"/>). A store that is down counts as nobody's attempt: the loop pauses, longer each time, up to a minute.
/// </remarks>
internal sealed partial class FanOutPump(
    IUnitOfWorkRunner units, FanOutSignal signal, TimeProvider time, IOptions<WorkflowRuntimeOptions> options, BackgroundLoops loops, ILogger<FanOutPump> logger)
{
    // While one part waits for the disk, the other runs. More would only take the processors from callers.
    private const int Parallelism = 2;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // For the case that the clock is set.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly BackgroundLoop _loop = loops.Find("fan-outs");

    /// <summary>Tells everything that is due now.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        while (await FindAsync(cancellationToken) is { Count: > 0 } open)
            await Task.WhenAll(open.Select(fanOut => TellAsync(fanOut.Id, cancellationToken)));
    }

    /// <summary>Works until cancelled, and then ends quietly.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _loop.Begin(Timeout.InfiniteTimeSpan);
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
            try
            {
                await RunOnceAsync(cancellationToken);
                (failures, var pause) = (0, await UntilNextAsync(cancellationToken));
                _loop.Worked();
                await LoopPause.WaitAsync(time, woken, pause, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // The host stops. Who has not heard it yet hears it when it runs again.
                return;
            }
            catch (Exception exception)
            {
                var pause = Backoff.After(++failures, FirstPause, LongestPause);
                _loop.Failed(exception);
                Log.TellingFailed(logger, exception, pause);
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken cancellationToken)
    {
        var next = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().FindNextFanOutAsync(token)), cancellationToken);
        var until = next - time.GetUtcNow();
        return until is not { } wait || wait > LongestWait ? LongestWait : wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private Task<IReadOnlyList<FanOutRecord>> FindAsync(CancellationToken cancellationToken) => units.RunAsync(
        async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().FindFanOutsAsync(time.GetUtcNow(), Parallelism, token)),
        cancellationToken);

    private async Task TellAsync(string id, CancellationToken cancellationToken)
    {
        var together = options.Value.ResumptionsPerUnit;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                if (!await units.RunAsync((services, token) => TellAsync(id, together, services, token), cancellationToken))
                    return;
                together = Math.Min(2 * together, options.Value.ResumptionsPerUnit);
            }
            catch (Exception exception) when (exception is not (StoreUnavailableException or OutOfMemoryException) && !cancellationToken.IsCancellationRequested)
            {
                // Others move some of them all the time, or one of them cannot be told. One by one the rest comes through.
                if (together == 1 && !await SetAsideAsync(id, exception, cancellationToken))
                    return;
                together = 1;
            }
        }
    }

    /// <returns>False if nobody is left who could be told now.</returns>
    private async Task<bool> SetAsideAsync(string id, Exception exception, CancellationToken cancellationToken)
    {
        var failed = await units.RunAsync(
            async (services, token) => await services.GetRequiredService<IWorkflowStore>().FindFanOutAsync(id, token) is { } fanOut
                ? UnitOfWorkResult.Commit<FanOutRecord?>(await services.GetRequiredService<FanOuts>().SetAsideAsync(fanOut, exception, token))
                : UnitOfWorkResult.Discard<FanOutRecord?>(null),
            cancellationToken);
        if (failed is null)
            return false;

        if (failed.DeadAt is null)
            Log.AttemptFailed(logger, exception, failed.Id, failed.Range.Last, failed.Attempts, failed.DueAt);
        else
            Log.GivenUp(logger, exception, failed.Id, failed.Range.Last, failed.Attempts);
        return failed.Id != id;
    }

    /// <returns>False if nobody is left.</returns>
    private async Task<UnitOfWorkResult<bool>> TellAsync(string id, int atMost, IServiceProvider services, CancellationToken cancellationToken)
    {
        // Read again in this unit: an attempt after a lost race goes on where the stimulus stands now.
        var store = services.GetRequiredService<IWorkflowStore>();
        if (await store.FindFanOutAsync(id, cancellationToken) is not { } fanOut)
            return UnitOfWorkResult.Discard(false);

        var engine = services.GetRequiredService<IWorkflowEngine>();
        var input = services.GetRequiredService<FanOuts>().InputOf(fanOut);
        var found = await store.FindBookmarksAsync(fanOut.Range, atMost, cancellationToken);
        foreach (var (bookmark, _) in found)
        {
            if (!fanOut.ExceptInstances.Contains(bookmark.InstanceId))
                await ResumeAsync(engine, bookmark, input, cancellationToken);
        }

        var isLeft = found.Count == atMost;
        store.MoveFanOut(fanOut, isLeft ? found[^1].Number!.Value : fanOut.Range.Last);
        return UnitOfWorkResult.Commit(isLeft);
    }

    private async Task ResumeAsync(IWorkflowEngine engine, BookmarkRecord bookmark, IReadOnlyDictionary<string, object?>? input, CancellationToken cancellationToken)
    {
        try
        {
            await engine.ResumeAsync(bookmark.InstanceId, bookmark.Id, input, cancellationToken);
        }
        catch (Exception exception) when (exception is WorkflowNotFoundException or InstanceUnreadableException)
        {
            // Whoever waits beside it must not suffer. It goes on waiting, and is told of when it is addressed by itself.
            Log.Unreadable(logger, exception, bookmark.InstanceId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The instance {InstanceId} heard a stimulus and could not go on")]
        public static partial void Unreadable(ILogger logger, Exception exception, string instanceId);

        [LoggerMessage(2, LogLevel.Error, "Telling a stimulus to those that wait for it failed; it is tried again in {Pause}")]
        public static partial void TellingFailed(ILogger logger, Exception exception, TimeSpan pause);

        [LoggerMessage(3, LogLevel.Warning, "The stimulus {FanOutId} could not be told to the bookmark with number {Number} (attempt {Attempt}); next try at {DueAt}")]
        public static partial void AttemptFailed(ILogger logger, Exception exception, string fanOutId, long number, int attempt, DateTimeOffset dueAt);

        [LoggerMessage(4, LogLevel.Error, "The stimulus {FanOutId} was given up for the bookmark with number {Number} after {Attempts} attempts; it is listed as a dead letter")]
        public static partial void GivenUp(ILogger logger, Exception exception, string fanOutId, long number, int attempts);
    }
}

/// <summary>Runs the <see cref="FanOutPump"/> as long as the host runs.</summary>
internal sealed class FanOutPumpHost(FanOutPump pump) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => pump.RunAsync(stoppingToken);
}
