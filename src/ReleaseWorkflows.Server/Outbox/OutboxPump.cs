using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Server.Outbox;

/// <summary>
/// Works the outbox off: takes what is due, has it done outside any transaction, and commits its completion with what follows from it.
/// A crash between the two repeats the work, never its consequences. Failures are tried again, later each time, and given up in the end;
/// what was given up stays in the table with its last error.
/// </summary>
internal sealed partial class OutboxPump(
    IUnitOfWorkRunner units,
    IEnumerable<IOutboxHandler> handlers,
    OutboxSignal signal,
    IOptions<OutboxOptions> options,
    TimeProvider clock,
    ILogger<OutboxPump> logger) : BackgroundService
{
    private readonly Dictionary<string, IOutboxHandler> _handlers = handlers.ToDictionary(handler => handler.Kind);

    /// <summary>Does everything that is due now.</summary>
    /// <returns>How many messages were taken.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var due = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(
                await services.GetRequiredService<IOutbox>().FindDueAsync(clock.GetUtcNow(), 100, token)),
            cancellationToken);
        await Parallel.ForEachAsync(
            due,
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallelism, CancellationToken = cancellationToken },
            async (message, token) => await HandleAsync(message, token));
        return due.Count;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await RunOnceAsync(stoppingToken) == 0)
                {
                    await signal.WaitAsync(await TimeToNextAsync(stoppingToken), clock, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The database was not to be had; the messages are still there.
                LogLoopFailed(error);
                await signal.WaitAsync(options.Value.FirstDelay, clock, stoppingToken);
            }
        }
    }

    private async Task<TimeSpan> TimeToNextAsync(CancellationToken cancellationToken)
    {
        var next = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IOutbox>().FindNextDueAsync(token)),
            cancellationToken);
        var wait = next is null ? options.Value.IdleInterval : next.Value - clock.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < options.Value.IdleInterval ? wait : options.Value.IdleInterval;
    }

    private async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            var handler = _handlers.GetValueOrDefault(message.Kind)
                ?? throw new InvalidOperationException($"Nothing handles “{message.Kind}”.");
            var completion = await handler.HandleAsync(message, cancellationToken);
            await CommitAsync(message with { CompletedAt = clock.GetUtcNow(), LastError = null }, completion, cancellationToken);
        }
        catch (Exception error) when (error is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            var (next, completion) = AfterFailure(message, error);
            await CommitAsync(next, completion, cancellationToken);
        }
    }

    private Task<bool> CommitAsync(OutboxMessage message, OutboxCompletion? completion, CancellationToken cancellationToken) => units.RunAsync(
        async (services, token) =>
        {
            services.GetRequiredService<IOutbox>().Update(message);
            if (completion is not null)
            {
                await completion(services, token);
            }

            return UnitOfWorkResult.Commit(true);
        },
        cancellationToken);

    private (OutboxMessage Next, OutboxCompletion? Completion) AfterFailure(OutboxMessage message, Exception error)
    {
        var attempts = message.Attempts + 1;
        if (attempts >= options.Value.MaximumAttempts)
        {
            LogGivenUp(message.Key, attempts, error);
            return (
                message with { Attempts = attempts, LastError = error.Message, DeadAt = clock.GetUtcNow() },
                _handlers.GetValueOrDefault(message.Kind)?.GiveUp(message, error));
        }

        var delay = options.Value.FirstDelay * Math.Pow(2, attempts - 1) * (1 + (Random.Shared.NextDouble() / 5));
        LogFailed(message.Key, attempts, delay, error);
        return (message with { Attempts = attempts, LastError = error.Message, DueAt = clock.GetUtcNow() + delay }, null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox message {Key} failed (attempt {Attempt}); next try in {Delay}.")]
    private partial void LogFailed(string key, int attempt, TimeSpan delay, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Outbox message {Key} was given up after {Attempts} attempts.")]
    private partial void LogGivenUp(string key, int attempts, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be read or written; trying again.")]
    private partial void LogLoopFailed(Exception error);
}
