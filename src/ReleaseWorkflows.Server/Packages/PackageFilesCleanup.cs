using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Server.Packages;

/// <summary>
/// Removes files of unfinished uploads and builds, at the start and once a day. Only files older than
/// <see cref="PackageFilesOptions.AbandonedAfter"/>, since another server may be writing to the same directory.
/// </summary>
internal sealed partial class PackageFilesCleanup(
    PackageFiles files, IOptions<PackageFilesOptions> options, TimeProvider time, ILogger<PackageFilesCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>One round.</summary>
    /// <returns>Number of files removed.</returns>
    public int RunOnce()
    {
        var removed = files.RemoveAbandoned(time.GetUtcNow() - options.Value.AbandonedAfter);
        if (removed > 0)
        {
            LogRemoved(removed);
        }

        return removed;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                RunOnce();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Space that is not freed today is freed tomorrow; the server serves releases meanwhile.
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Count} abandoned package files.")]
    private partial void LogRemoved(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Abandoned package files could not be removed; trying again in a day.")]
    private partial void LogFailed(Exception exception);
}
