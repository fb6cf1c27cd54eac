using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Telemetry;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>
/// Does the jobs that are due: claims them, has them done outside any transaction, and hands each result to the activity that waits, in the unit
/// of work that removes the job.
/// </summary>
/// <remarks>
/// A claim moves the due time to the end of a lease and counts an attempt. Whoever comes back with a result, but finds another number of attempts,
/// was too slow: its result is dropped, since another attempt owns the job. Each kind of work has its own places
/// (<see cref="OutsideWorkOptions.Parallelism"/>): a mail server that does not answer keeps no request from being sent. Within a kind nobody holds more places
/// than are free (<see cref="BusyPlaces"/>): a host that does not answer keeps no other from being called.
/// </remarks>
internal sealed partial class OutsideWorkPump(
    IUnitOfWorkRunner units,
    IEnumerable<IOutsideWorkHandler> handlers,
    OutsideWorkSignal signal,
    TimeProvider time,
    IOptions<OutsideWorkOptions> options,
    BackgroundLoops loops,
    ILogger<OutsideWorkPump> logger)
{
    private const int DeliveryAttempts = 3;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    private readonly BackgroundLoop _loop = loops.Find("outside-work");
    private readonly Dictionary<string, IOutsideWorkHandler> _handlers = handlers.ToDictionary(static handler => handler.Kind, StringComparer.Ordinal);

    /// <summary>Does everything that is due now.</summary>
    /// <returns>Number of attempts made.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var made = 0;
        while (await ClaimAsync([], cancellationToken) is { Count: > 0 } jobs)
        {
            await Task.WhenAll(jobs.Select(job => WorkOffAsync(job, cancellationToken)));
            made += jobs.Count;
        }

        return made;
    }

    /// <summary>Does jobs until cancelled, and then ends quietly. A slow job holds up no other as long as its kind has free places.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _loop.Begin(options.Value.PollInterval);
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
        var underWay = new List<UnderWay>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var woken = signal.Next;
            var pause = options.Value.PollInterval;
            try
            {
                underWay.AddRange((await ClaimAsync(underWay, cancellationToken)).Select(job => new UnderWay(job.Kind, job.Addressee, WorkOffAsync(job, cancellationToken))));
                pause = await UntilNextAsync(pause, BusyPlaces.Of(PlacesOf(underWay), options.Value.Parallelism), cancellationToken);
                _loop.Worked();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                _loop.Failed(exception);
                Log.LookFailed(logger, exception);
            }

            await LoopPause.WaitAsync(time, Task.WhenAny([.. underWay.Select(static job => job.Work), woken]), pause, cancellationToken);
            underWay.RemoveAll(static job => job.Work.IsCompleted);
        }

        await Task.WhenAll(underWay.Select(static job => job.Work));
    }

    // One look finds the jobs of one host perhaps, and more than it has places for; the next one leaves that host out.
    private Task<List<OutsideJobRecord>> ClaimAsync(List<UnderWay> underWay, CancellationToken cancellationToken) => units.RunAsync(
        async (services, token) =>
        {
            var store = services.GetRequiredService<IOutsideJobStore>();
            var now = time.GetUtcNow();
            var claimed = new List<OutsideJobRecord>();
            var taken = PlacesOf(underWay);
            var busy = BusyPlaces.Of(taken, options.Value.Parallelism);
            bool isMore;
            do
            {
                isMore = false;
                foreach (var job in await store.FindDueAsync(now, options.Value.Parallelism, busy, token))
                {
                    if (busy.Include(job))
                        continue;

                    taken.Add((job.Kind, job.Addressee));
                    busy = BusyPlaces.Of(taken, options.Value.Parallelism);
                    var claim = job with { Attempts = job.Attempts + 1, DueAt = now + options.Value.Lease };
                    store.Update(claim, job.Attempts);
                    claimed.Add(claim);
                    isMore = true;
                }
            }
            while (isMore);

            return new UnitOfWorkResult<List<OutsideJobRecord>>(claimed, IsCommitted: claimed.Count > 0);
        },
        cancellationToken);

    private static List<(string Kind, string? Addressee)> PlacesOf(List<UnderWay> underWay) => [.. underWay.Select(static job => (job.Kind, job.Addressee))];

    private async Task WorkOffAsync(OutsideJobRecord job, CancellationToken cancellationToken)
    {
        using var span = Traces.Source.Continue($"outside work {job.Kind}", job.TraceParent);
        span.SetTag("workflow.instance", job.InstanceId).SetTag("outside.attempt", job.Attempts);
        try
        {
            // From here on the host may stop: what has happened outside is still recorded.
            if (await PerformAsync(job, cancellationToken) is { } result)
                await DeliverAsync(job, result);
        }
        catch (Exception exception)
        {
            Log.NotRecorded(logger, exception, job.Kind, job.Id, job.InstanceId);
        }
    }

    /// <summary>Makes an attempt.</summary>
    /// <returns>The result to hand over; null if there will be another attempt.</returns>
    private async Task<OutsideWorkResult?> PerformAsync(OutsideJobRecord job, CancellationToken cancellationToken)
    {
        var attempts = options.Value.MaximumAttempts;
        if (job.Attempts > attempts)
            return Failed(job, job.LastError ?? "no attempt came to an end.");

        using var limit = new CancellationTokenSource(options.Value.TimeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var handler = _handlers.GetValueOrDefault(job.Kind) ?? throw new OutsideWorkRefusedException($"Nothing here does work of the kind '{job.Kind}'.");
            return new OutsideWorkResult(await handler.PerformAsync(new OutsideWorkCall(job.IdempotencyKey, job.RequestJson, job.Attempts), either.Token), null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops. The next one need not wait for the end of the lease.
            await PostponeAsync(job, job.LastError, time.GetUtcNow());
            return null;
        }
        catch (OutsideWorkRefusedException exception)
        {
            return new OutsideWorkResult(null, exception.Message);
        }
        catch (Exception exception)
        {
            var error = limit.IsCancellationRequested ? $"the attempt took longer than {options.Value.TimeLimit}." : exception.Message;
            if (job.Attempts >= attempts)
            {
                Log.GivenUp(logger, exception, job.Kind, job.Id, job.InstanceId, job.Attempts);
                return Failed(job, error);
            }

            var delay = Backoff.After(job.Attempts, options.Value.FirstDelay, LongestDelay);
            Log.AttemptFailed(logger, exception, job.Kind, job.Id, job.InstanceId, job.Attempts, delay);
            await PostponeAsync(job, error, time.GetUtcNow() + delay);
            return null;
        }
    }

    private Task<bool> PostponeAsync(OutsideJobRecord job, string? error, DateTimeOffset dueAt) => units.RunAsync(
        async (services, token) =>
        {
            var store = services.GetRequiredService<IOutsideJobStore>();
            if (await store.FindAsync(job.Id, token) is not { } stored || stored.Attempts != job.Attempts)
                return UnitOfWorkResult.Discard(false);

            store.Update(stored with { LastError = error, DueAt = dueAt }, job.Attempts);
            return UnitOfWorkResult.Commit(true);
        },
        CancellationToken.None);

    // The work is done: losing a race against another branch of the instance must not repeat it.
    private async Task DeliverAsync(OutsideJobRecord job, OutsideWorkResult result)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await units.RunAsync((services, token) => DeliverAsync(job, result, services, token), CancellationToken.None);
                return;
            }
            catch (ConcurrencyConflictException) when (attempt < DeliveryAttempts)
            {
                // The next attempt reads fresh rows.
            }
        }
    }

    private static async Task<UnitOfWorkResult<bool>> DeliverAsync(
        OutsideJobRecord job, OutsideWorkResult result, IServiceProvider services, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IOutsideJobStore>();
        if (await store.FindAsync(job.Id, cancellationToken) is not { } stored || stored.Attempts != job.Attempts)
            return UnitOfWorkResult.Discard(false);

        await services.GetRequiredService<IWorkflowEngine>().ResumeAsync(
            job.InstanceId, job.Id, new Dictionary<string, object?> { [OutsideWorkResult.InputName] = result }, cancellationToken);
        store.Complete(job.Id, job.Attempts);
        return UnitOfWorkResult.Commit(true);
    }

    private OutsideWorkResult Failed(OutsideJobRecord job, string error) => new(null, string.Create(
        CultureInfo.InvariantCulture, $"Given up after {Math.Min(job.Attempts, options.Value.MaximumAttempts)} attempts: {error}"));

    private async Task<TimeSpan> UntilNextAsync(TimeSpan atMost, BusyPlaces busy, CancellationToken cancellationToken)
    {
        var next = await units.RunAsync(
            async (services, token) => UnitOfWorkResult.Discard(await services.GetRequiredService<IOutsideJobStore>().FindNextDueAsync(busy, token)),
            cancellationToken);
        if (next is null)
            return atMost;

        var until = next.Value - time.GetUtcNow();
        return until <= TimeSpan.Zero ? TimeSpan.Zero : until < atMost ? until : atMost;
    }

    private sealed record UnderWay(string Kind, string? Addressee, Task Work);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Outside work {Kind} {JobId} of instance {InstanceId} failed (attempt {Attempt}); next try in {Delay}")]
        public static partial void AttemptFailed(
            ILogger logger, Exception exception, string kind, string jobId, string instanceId, int attempt, TimeSpan delay);

        [LoggerMessage(2, LogLevel.Error, "Outside work {Kind} {JobId} of instance {InstanceId} was given up after {Attempts} attempts")]
        public static partial void GivenUp(ILogger logger, Exception exception, string kind, string jobId, string instanceId, int attempts);

        [LoggerMessage(3, LogLevel.Error, "What became of outside work {Kind} {JobId} could not be recorded in instance {InstanceId}; it is repeated later")]
        public static partial void NotRecorded(ILogger logger, Exception exception, string kind, string jobId, string instanceId);

        [LoggerMessage(4, LogLevel.Error, "Looking for due outside work failed; it is tried again")]
        public static partial void LookFailed(ILogger logger, Exception exception);
    }
}

/// <summary>Runs the <see cref="OutsideWorkPump"/> as long as the host runs.</summary>
internal sealed class OutsideWorkPumpHost(OutsideWorkPump pump, IOptions<OutsideWorkOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.IsEnabled)
            await pump.RunAsync(stoppingToken);
    }
}
