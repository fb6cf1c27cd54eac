using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>Removes what bursts of ended instances did. Scoped: a part of the unit of work.</summary>
public interface IJournalRemover
{
    /// <summary>Collects the removal of some rows, those of the instances that ended first.</summary>
    /// <param name="endedBefore">Only instances that ended before this time.</param>
    /// <param name="endedFrom">Where an earlier call has left off: only instances that ended at this time or later.</param>
    /// <param name="limit">Largest number of rows.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    ValueTask<JournalRemoval> CollectAsync(DateTimeOffset endedBefore, DateTimeOffset endedFrom, int limit, CancellationToken cancellationToken);
}

/// <summary>What a call of <see cref="IJournalRemover"/> collected.</summary>
/// <param name="Count">Number of rows; 0: nothing is left to remove.</param>
/// <param name="EndedFrom">Where to go on.</param>
public readonly record struct JournalRemoval(int Count, DateTimeOffset EndedFrom);

/// <summary>
/// Lets the journals of ended instances go when their time is over, a little at a time: each commit removes a bounded number of rows, so that nobody
/// who commits beside it waits for long.
/// </summary>
internal sealed class JournalRetention(IUnitOfWorkRunner units, IOptions<JournalRetentionOptions> options, TimeProvider time)
{
    /// <summary>Removes everything whose time is over. Answers the number of rows.</summary>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var settings = options.Value;
        if (settings.KeepFor == TimeSpan.Zero)
            return 0;

        var endedBefore = time.GetUtcNow() - settings.KeepFor;
        var removed = 0L;
        var endedFrom = DateTimeOffset.UnixEpoch;
        while (true)
        {
            var removal = await units.RunAsync(
                async (services, token) => UnitOfWorkResult.Commit(
                    await services.GetRequiredService<IJournalRemover>().CollectAsync(endedBefore, endedFrom, settings.BatchSize, token)),
                cancellationToken);
            if (removal.Count == 0)
                return removed;

            removed += removal.Count;
            endedFrom = removal.EndedFrom;
        }
    }
}

/// <summary>Runs <see cref="JournalRetention"/> from time to time.</summary>
internal sealed partial class JournalRetentionHost(
    JournalRetention retention, IOptions<JournalRetentionOptions> options, TimeProvider time, BackgroundLoops loops, ILogger<JournalRetentionHost> logger) : BackgroundService
{
    private readonly BackgroundLoop _loop = loops.Find("journal-retention");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _loop.Begin(options.Value.Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(options.Value.Interval, time, stoppingToken);
                if (await retention.RunAsync(stoppingToken) is > 0 and var removed)
                    LogRemoved(removed);
                _loop.Worked();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            // CA1031: a store that is down, or a lost race, must not end the loop; the next round tries again.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _loop.Failed(exception);
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} bursts from the journals of instances that ended long ago.")]
    private partial void LogRemoved(long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The journals of ended instances could not be cleared; it is tried again later.")]
    private partial void LogFailed(Exception exception);
}
