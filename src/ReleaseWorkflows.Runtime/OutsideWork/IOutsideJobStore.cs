using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.OutsideWork;

/// <summary>The jobs inside one unit of work. As with <see cref="IWorkflowStore"/>, writes are collected until the commit.</summary>
/// <remarks>Defined by <c>OutsideJobStoreConformance</c> in the tests: each implementation passes the same suite.</remarks>
public interface IOutsideJobStore
{
    /// <summary>Stores a new job. The commit fails with a <see cref="ConcurrencyConflictException"/> if there is one with this id.</summary>
    void Add(OutsideJobRecord job);

    /// <summary>The job with this id, or null.</summary>
    ValueTask<OutsideJobRecord?> FindAsync(string jobId, CancellationToken cancellationToken);

    /// <summary>
    /// Jobs due at or before <paramref name="now"/> without those that <paramref name="busy"/> includes, the earliest first, at most
    /// <paramref name="limit"/> of them.
    /// </summary>
    ValueTask<IReadOnlyList<OutsideJobRecord>> FindDueAsync(DateTimeOffset now, int limit, BusyPlaces busy, CancellationToken cancellationToken);

    /// <summary>When the next job is due without those that <paramref name="busy"/> includes; null if there is none.</summary>
    ValueTask<DateTimeOffset?> FindNextDueAsync(BusyPlaces busy, CancellationToken cancellationToken);

    /// <summary>
    /// Changes attempts, due time and last error of a job. The commit fails with a <see cref="ConcurrencyConflictException"/> if the stored job is gone
    /// or has another number of attempts than <paramref name="readAttempts"/>.
    /// </summary>
    void Update(OutsideJobRecord job, int readAttempts);

    /// <summary>
    /// Removes a job whose result the current unit of work hands over. The commit fails with a <see cref="ConcurrencyConflictException"/> if the
    /// stored job is gone or has another number of attempts than <paramref name="readAttempts"/>.
    /// </summary>
    void Complete(string jobId, int readAttempts);

    /// <summary>Removes a job that nobody waits for any more; there may be none.</summary>
    void Drop(string jobId);
}

/// <summary>Work outside the process that an instance waits for.</summary>
public sealed record OutsideJobRecord
{
    /// <summary>Unique id; that of the bookmark that waits for the result.</summary>
    public required string Id { get; init; }

    /// <summary>Instance that waits.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Kind of work; see <see cref="IOutsideWorkHandler.Kind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Whom the work has to reach, for example a host; null if there is no such thing. Jobs of one addressee leave places to others: see <see cref="BusyPlaces"/>.</summary>
    public string? Addressee { get; init; }

    /// <summary>The request as JSON. It may carry credentials.</summary>
    public required string RequestJson { get; init; }

    /// <summary>The same for every attempt: <c>{instanceId}:{activityInstanceId}</c>.</summary>
    public required string IdempotencyKey { get; init; }

    /// <summary>
    /// Attempts begun so far, those that a crash ended included. A worker owns the job as long as this number is the one it has set.
    /// </summary>
    public int Attempts { get; init; }

    /// <summary>When the work was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it may be claimed; while an attempt is under way, when it counts as lost.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Why the last attempt failed; null if none has.</summary>
    public string? LastError { get; init; }

    /// <summary>The request that the burst belonged to, as a W3C <c>traceparent</c>; null if it is not known.</summary>
    public string? TraceParent { get; init; }
}
