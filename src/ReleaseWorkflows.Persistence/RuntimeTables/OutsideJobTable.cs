using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Jobs outside the process, by the time they are due. Claiming and completing compare the number of attempts, so one worker owns a job.</summary>
internal sealed class OutsideJobTable : IOutsideJobStore, IPendingWrites
{
    private const string Columns =
        "SELECT id, instance_id, kind, request, idempotency_key, attempts, created_at, due_at, last_error, trace_parent, addressee FROM outside_jobs";

    private static readonly SqlStatement FindById = new(Columns + " WHERE id = $id");
    private const string IsFree = "kind NOT IN (SELECT value FROM json_each($kinds)) "
        + "AND (addressee IS NULL OR kind || ' ' || addressee NOT IN (SELECT value FROM json_each($addressees)))";

    private static readonly SqlStatement FindDue = new($"{Columns} WHERE due_at <= $now AND {IsFree} ORDER BY due_at LIMIT $limit");
    private static readonly SqlStatement FindEarliest = new($"{Columns} WHERE {IsFree} ORDER BY due_at LIMIT $limit");
    private static readonly SqlStatement Delete = new("DELETE FROM outside_jobs WHERE id = $id");
    private static readonly SqlStatement DeleteOwned = new("DELETE FROM outside_jobs WHERE id = $id AND attempts = $attempts");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO outside_jobs (id, instance_id, kind, request, idempotency_key, attempts, created_at, due_at, last_error, trace_parent, addressee)
        VALUES ($id, $instance_id, $kind, $request, $idempotency_key, $attempts, $created_at, $due_at, $last_error, $trace_parent, $addressee)
        """);

    private static readonly SqlStatement UpdateOwned = new("""
        UPDATE outside_jobs SET attempts = $attempts, due_at = $due_at, last_error = $last_error WHERE id = $id AND attempts = $read_attempts
        """);

    private readonly DatabaseReader _reader;
    private readonly Dictionary<string, OutsideJobRecord> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (OutsideJobRecord Job, int ReadAttempts)> _updated = new(StringComparer.Ordinal);

    // The attempts at which the job has to be found; null if it may be gone already.
    private readonly Dictionary<string, int?> _removed = new(StringComparer.Ordinal);

    public OutsideJobTable(UnitOfWork unit, DatabaseReader reader)
    {
        _reader = reader;
        unit.Enlist(this);
    }

    public void Add(OutsideJobRecord job) => _added[job.Id] = job;

    public ValueTask<OutsideJobRecord?> FindAsync(string jobId, CancellationToken cancellationToken)
    {
        if (_added.TryGetValue(jobId, out var added))
            return new(added);
        if (_removed.ContainsKey(jobId))
            return new((OutsideJobRecord?)null);
        return new(_updated.TryGetValue(jobId, out var updated) ? updated.Job : _reader.Find(FindById, Read, jobId));
    }

    public ValueTask<IReadOnlyList<OutsideJobRecord>> FindDueAsync(DateTimeOffset now, int limit, BusyPlaces busy, CancellationToken cancellationToken)
    {
        var stored = _reader.List(FindDue, Read, now.ToMicroseconds(), AsJson(busy.Kinds), AsJson(busy.Addressees), limit + _updated.Count + _removed.Count);
        return new([.. WithPending(stored).Where(job => job.DueAt <= now && !busy.Include(job)).Take(limit)]);
    }

    public ValueTask<DateTimeOffset?> FindNextDueAsync(BusyPlaces busy, CancellationToken cancellationToken)
    {
        var stored = _reader.List(FindEarliest, Read, AsJson(busy.Kinds), AsJson(busy.Addressees), 1 + _updated.Count + _removed.Count);
        return new(WithPending(stored).FirstOrDefault(job => !busy.Include(job))?.DueAt);
    }

    public void Update(OutsideJobRecord job, int readAttempts) => _updated[job.Id] = (job, readAttempts);

    public void Complete(string jobId, int readAttempts) => _removed[jobId] = readAttempts;

    // A job of this very unit has no row yet: it never needs one.
    public void Drop(string jobId)
    {
        if (!_added.Remove(jobId))
            _removed.TryAdd(jobId, null);
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (id, attempts) in _removed)
        {
            if (attempts is null)
                batch.Add(Delete, id);
            else
                batch.AddGuarded($"Job {id} belongs to another attempt by now, or is gone.", DeleteOwned, id, attempts);
        }

        foreach (var (job, readAttempts) in _updated.Values)
        {
            if (!_removed.ContainsKey(job.Id))
            {
                batch.AddGuarded($"Job {job.Id} belongs to another attempt by now, or is gone.", UpdateOwned,
                    job.Attempts, job.DueAt.ToMicroseconds(), job.LastError, job.Id, readAttempts);
            }
        }

        foreach (var job in _added.Values)
        {
            batch.Add(Insert, job.Id, job.InstanceId, job.Kind, job.RequestJson, job.IdempotencyKey, job.Attempts,
                job.CreatedAt.ToMicroseconds(), job.DueAt.ToMicroseconds(), job.LastError, job.TraceParent, job.Addressee);
        }
    }

    public void Clear()
    {
        _added.Clear();
        _updated.Clear();
        _removed.Clear();
    }

    private static string AsJson(IReadOnlyCollection<string> names) => names.Count == 0 ? "[]" : JsonSerializer.Serialize(names);

    private IEnumerable<OutsideJobRecord> WithPending(List<OutsideJobRecord> stored)
    {
        if (_added.Count == 0 && _updated.Count == 0 && _removed.Count == 0)
            return stored;
        return stored.Where(job => !_removed.ContainsKey(job.Id) && !_updated.ContainsKey(job.Id))
            .Concat(_updated.Values.Select(update => update.Job).Where(job => !_removed.ContainsKey(job.Id)))
            .Concat(_added.Values)
            .OrderBy(job => job.DueAt);
    }

    private static OutsideJobRecord Read(SqlRow row) => new()
    {
        Id = row.GetString(0),
        InstanceId = row.GetString(1),
        Kind = row.GetString(2),
        RequestJson = row.GetString(3),
        IdempotencyKey = row.GetString(4),
        Attempts = row.GetInt32(5),
        CreatedAt = row.GetTime(6),
        DueAt = row.GetTime(7),
        LastError = row.GetStringOrNull(8),
        TraceParent = row.GetStringOrNull(9),
        Addressee = row.GetStringOrNull(10),
    };
}
