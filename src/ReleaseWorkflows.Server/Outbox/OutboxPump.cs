using System.Diagnostics;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Telemetry;

namespace ReleaseWorkflows.Server.Outbox;

/// <summary>
/// Works the outbox off: takes what is due, has it done outside any transaction, and commits its completion with what follows from it.
/// A crash between the two repeats the work, never its consequences. Failures are tried again, later each time, and given up in the end;
/// what was given up stays in the table with its last error.
/// </summary>
/// <remarks>
/// Each kind of work has its own places (<see cref="OutboxOptions.Parallelism"/>), and a place that becomes free is taken at once: a mail
/// server that does not answer keeps no package from being built, and an app that does not answer keeps no other app from hearing.
/// </remarks>
internal sealed partial class OutboxPump(
    IUnitOfWorkRunner units,
    IEnumerable<IOutboxHandler> handlers,
    OutboxSignal signal,
    IOptions<OutboxOptions> options,
    TimeProvider clock,
    ServerTelemetry telemetry,
    BackgroundLoops loops,
    ILogger<OutboxPump> logger) : BackgroundService
{
    private readonly BackgroundLoop _loop = loops.Find("outbox");
    private readonly Dictionary<string, IOutboxHandler> _handlers = handlers.ToDictionary(handler => handler.Kind);

    // So many messages are looked at for each place, to find some for others than those who have their share of the places.
    private const int LookedAtPerPlace = 16;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    // What is being done, by key. Only the loop touches it.
    private readonly Dictionary<string, (string Kind, string? Addressee, Task Work)> _underWay = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _loop.Begin(options.Value.IdleInterval);
        try
        {
            await LoopAsync(stoppingToken);
        }
        finally
        {
            _loop.End();
        }
    }

    private async Task LoopAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var now = clock.GetUtcNow();
                var hasStarted = await StartDueAsync(now, stoppingToken);
                _loop.Worked();
                if (!hasStarted)
                {
                    await signal.WaitAsync(await TimeToNextAsync(now, stoppingToken), clock, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The database was not to be had; the messages are still there.
                _loop.Failed(error);
                LogLoopFailed(error);
                await signal.WaitAsync(options.Value.FirstDelay, clock, stoppingToken);
            }
        }

        await Task.WhenAll(_underWay.Values.Select(message => message.Work));
    }

    private async Task<bool> StartDueAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Before the rows are read: what is forgotten here was committed, so that the rows no longer show it as pending.
        foreach (var (key, _) in _underWay.Where(message => message.Value.Work.IsCompleted).ToList())
        {
            _underWay.Remove(key);
        }

        var due = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await FindDueAsync(services.GetRequiredService<IOutbox>(), now, token)),
            cancellationToken);
        foreach (var message in due)
        {
            var work = Task.Run(() => WorkAsync(message, cancellationToken), CancellationToken.None);
            _underWay.Add(message.Key, (message.Kind, _handlers[message.Kind].AddresseeOf(message), work));
            _ = work.ContinueWith(_ => signal.Wake(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        return due.Count > 0;
    }

    private async Task<IReadOnlyList<OutboxMessage>> FindDueAsync(IOutbox outbox, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new List<OutboxMessage>();
        foreach (var kind in _handlers.Keys)
        {
            var free = options.Value.Parallelism - _underWay.Values.Count(message => message.Kind == kind);
            if (free > 0)
            {
                var due = await outbox.FindDueAsync(kind, now, options.Value.Parallelism * LookedAtPerPlace, cancellationToken);
                found.AddRange(Fairly(due.Where(message => !_underWay.ContainsKey(message.Key))).Take(free));
            }
        }

        return found;
    }

    // Passes over those whose addressee has its share of the places already.
    private IEnumerable<OutboxMessage> Fairly(IEnumerable<OutboxMessage> due)
    {
        var share = Math.Max(1, options.Value.Parallelism / 2);
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var message in due)
        {
            if (_handlers[message.Kind].AddresseeOf(message) is { } addressee)
            {
                var places = taken.GetValueOrDefault(addressee, -1);
                if (places < 0)
                {
                    places = _underWay.Values.Count(work => work.Kind == message.Kind && work.Addressee == addressee);
                }

                taken[addressee] = places + 1;
                if (places >= share)
                {
                    continue;
                }
            }

            yield return message;
        }
    }

    // What is due already is under way, or waits for a place and is looked at when one becomes free.
    private async Task<TimeSpan> TimeToNextAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var next = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IOutbox>().FindNextDueAsync(now, token)),
            cancellationToken);
        var wait = next is null ? options.Value.IdleInterval : next.Value - clock.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < options.Value.IdleInterval ? wait : options.Value.IdleInterval;
    }

    private async Task WorkAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await HandleAsync(message, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The server stops; the message is still there.
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What became of it could not be stored. The message keeps its place for a while, or the loop would run hot.
            LogNotStored(message.Key, error);
            await Task.Delay(options.Value.FirstDelay, clock, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private async Task HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        using var activity = ServerTelemetry.Continue($"outbox {message.Kind}", message.TraceParent);
        activity.SetTag("outbox.key", message.Key);
        try
        {
            var completion = await _handlers[message.Kind].HandleAsync(message, cancellationToken);
            await CommitAsync(message with { CompletedAt = clock.GetUtcNow(), LastError = null }, completion, cancellationToken);
            telemetry.Attempted(message.Kind, "done");
            telemetry.Acknowledged(message.Kind, clock.GetUtcNow() - message.CreatedAt);
        }
        catch (Exception error) when (!IsAboutTheStore(error) && !cancellationToken.IsCancellationRequested)
        {
            activity.SetStatus(ActivityStatusCode.Error, error.Message);
            var (next, completion) = AfterFailure(message, error);
            telemetry.Attempted(message.Kind, next.DeadAt is null ? "failed" : "given_up");
            await CommitAsync(next, completion, cancellationToken);
        }
    }

    // Says nothing about the message, so it is no attempt of it.
    private static bool IsAboutTheStore(Exception error) => error is StoreUnavailableException or ConcurrencyConflictException or OutOfMemoryException;

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
        if (error is OutsideWorkRefusedException || attempts >= Math.Min(options.Value.MaximumAttempts, _handlers[message.Kind].MostAttempts))
        {
            LogGivenUp(message.Key, attempts, error);
            return (
                message with { Attempts = attempts, LastError = error.Message, DeadAt = clock.GetUtcNow() },
                _handlers.GetValueOrDefault(message.Kind)?.GiveUp(message, error));
        }

        var delay = Backoff.After(attempts, options.Value.FirstDelay, LongestDelay);
        LogFailed(message.Key, attempts, delay, error);
        return (message with { Attempts = attempts, LastError = error.Message, DueAt = clock.GetUtcNow() + delay }, null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox message {Key} failed (attempt {Attempt}); next try in {Delay}.")]
    private partial void LogFailed(string key, int attempt, TimeSpan delay, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Outbox message {Key} was given up after {Attempts} attempts.")]
    private partial void LogGivenUp(string key, int attempts, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "What became of outbox message {Key} could not be stored; it is done again.")]
    private partial void LogNotStored(string key, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outbox could not be read; trying again.")]
    private partial void LogLoopFailed(Exception error);
}
