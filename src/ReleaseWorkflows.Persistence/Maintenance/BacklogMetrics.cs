using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// What waits to be done, how long the longest has been due, what was given up, and how large the files are: measurements of the meter
/// <c>ReleaseWorkflows.Persistence</c>, read from the database when somebody asks for them.
/// </summary>
public sealed class BacklogMetrics
{
    private static readonly SqlStatement Outbox = new($"SELECT 'outbox/' || kind, count(*), min(due_at) FROM outbox WHERE {DomainSchema.IsPending} GROUP BY kind");
    private static readonly SqlStatement OutsideJobs = new("SELECT 'outside-work/' || kind, count(*), min(due_at) FROM outside_jobs GROUP BY kind");
    private static readonly SqlStatement DueTimers = new("SELECT 'due-timers', count(*), min(due_at) FROM timers WHERE due_at <= $now");
    private static readonly SqlStatement Stimuli = new("SELECT 'stimuli', count(*), min(due_at) FROM fan_outs WHERE dead_at IS NULL");
    private static readonly SqlStatement DeadStimuli = new("SELECT 'stimuli', count(*), NULL FROM fan_outs WHERE dead_at IS NOT NULL");
    private static readonly SqlStatement DeadLetters = new("SELECT 'outbox/' || kind, count(*), NULL FROM outbox WHERE dead_at IS NOT NULL GROUP BY kind");

    private readonly DatabaseReader _reader;
    private readonly TimeProvider _time;

    // A queue that was seen once is told of with 0 when it is empty: without a new value the old one would stand.
    private readonly ConcurrentDictionary<string, byte> _queues = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _letters = new(StringComparer.Ordinal);

    internal BacklogMetrics(DatabaseReader reader, DatabaseFile file, CommitWriter writer, PersistenceMetrics metrics, TimeProvider time)
    {
        _reader = reader;
        _time = time;
        var meter = metrics.Meter;
        meter.CreateObservableGauge("releaseworkflows.queue.length", () => Measure(_queues, Queues(), static queue => (double)queue.Count), "{item}", "What waits to be done, or to be tried again; of timers, those that are due.");
        meter.CreateObservableGauge("releaseworkflows.queue.overdue", () => Measure(_queues, Queues(), Overdue), "s", "How long the longest in the queue has been due.");
        meter.CreateObservableGauge("releaseworkflows.dead_letters", () => Measure(_letters, [.. List(DeadLetters), .. List(DeadStimuli)], static queue => (double)queue.Count), "{message}", "Messages that were given up and wait for somebody to send them again.");
        meter.CreateObservableGauge("releaseworkflows.commit.waiting", () => writer.Waiting, "{unit}", "Units of work that wait for the writer.");
        meter.CreateObservableGauge("releaseworkflows.log.size", () => SizeOf(file.Path + "-wal"), "By", "Size of the write-ahead log.");
        meter.CreateObservableGauge("releaseworkflows.database.size", () => SizeOf(file.Path), "By", "Size of the database without its log.");
    }

    private static List<Measurement<double>> Measure(ConcurrentDictionary<string, byte> known, List<Queue> queues, Func<Queue, double> value)
    {
        foreach (var queue in queues)
            known[queue.Name] = 0;
        var measured = queues.ToDictionary(queue => queue.Name, value, StringComparer.Ordinal);
        return [.. known.Keys.Select(name => new Measurement<double>(measured.GetValueOrDefault(name), new KeyValuePair<string, object?>("queue", name)))];
    }

    private List<Queue> Queues() => [.. List(Outbox), .. List(OutsideJobs), .. List(Stimuli), .. List(DueTimers, _time.GetUtcNow().ToMicroseconds())];

    private double Overdue(Queue queue) => queue.EarliestDue is { } due && _time.GetUtcNow() is var now && due < now ? (now - due).TotalSeconds : 0;

    // A database that cannot be read has other ways to say so than a measurement that fails.
    private List<Queue> List(SqlStatement statement, params ReadOnlySpan<object?> arguments)
    {
        try
        {
            return _reader.List(statement, static row => new Queue(row.GetString(0), row.GetInt64(1), row.GetTimeOrNull(2)), arguments);
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or ObjectDisposedException)
        {
            return [];
        }
    }

    private static long SizeOf(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private readonly record struct Queue(string Name, long Count, DateTimeOffset? EarliestDue);
}
