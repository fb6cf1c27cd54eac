using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Maintenance;

/// <summary>How long things are kept that nothing refers to for ever: <c>ReleaseWorkflows:Retention</c>.</summary>
internal sealed class RetentionOptions
{
    /// <summary>Where the settings are.</summary>
    public const string Section = "ReleaseWorkflows:Retention";

    /// <summary>How long a repeat of a command gets the first answer. Default: 7 days; a day to a year.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Answers { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long e-mails and builds that are done, or were given up, stay in the ledger of their release. Default: 180 days; a day to ten years.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3660.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Messages { get; set; } = TimeSpan.FromDays(180);

    /// <summary>How often is looked for what is too old. Default: an hour; a minute to a week.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Rows that one commit removes at most, so that nobody waits long for the writer. Default: 200; 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int Piece { get; set; } = 200;
}

/// <summary>Removes what is too old, in small pieces with pauses between them.</summary>
internal sealed partial class RetentionLoop(
    IUnitOfWorkRunner units, IOptions<RetentionOptions> options, TimeProvider clock, BackgroundLoops loops, ILogger<RetentionLoop> logger) : BackgroundService
{
    private readonly BackgroundLoop _loop = loops.Find("retention");
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>One round.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var answers = 0;
        while (await RunAsync(retention => retention.RemoveAnswers(now - options.Value.Answers, options.Value.Piece), cancellationToken) is > 0 and var removed)
        {
            answers += removed;
            await Task.Delay(Pause, clock, cancellationToken);
        }

        for (long? position = 0; position is not null;)
        {
            var from = position.Value;
            position = await RunAsync(retention => retention.RemoveMessages(from, now - options.Value.Messages, options.Value.Piece), cancellationToken);
            await Task.Delay(Pause, clock, cancellationToken);
        }

        if (answers > 0)
        {
            LogRemoved(answers);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _loop.Begin(options.Value.Interval);
        using var timer = new PeriodicTimer(options.Value.Interval, clock);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                _loop.Worked();
            }
            catch (Exception exception) when (exception is StoreUnavailableException or ConcurrencyConflictException)
            {
                // What is not removed now is removed in the next round.
                _loop.Failed(exception);
                LogFailed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Task<T> RunAsync<T>(Func<IRetention, T> remove, CancellationToken cancellationToken) => units.RunAsync(
        (services, _) => Task.FromResult(UnitOfWorkResult.Commit(remove(services.GetRequiredService<IRetention>()))), cancellationToken);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removed {Answers} answers that are too old to be repeated")]
    private partial void LogRemoved(int answers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is too old could not be removed; trying again later")]
    private partial void LogFailed(Exception exception);
}
