using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.RuntimeTables;

namespace ReleaseWorkflows.Persistence.Effects;

/// <summary>How far something that leaves the platform has come.</summary>
public enum EffectState
{
    /// <summary>Committed with its cause, not tried yet.</summary>
    Planned,

    /// <summary>Tried, and not acknowledged: it is tried again, under the same key.</summary>
    Sent,

    /// <summary>Acknowledged by whoever was called; never done again.</summary>
    Acknowledged,

    /// <summary>Given up after too many attempts; somebody can send it again.</summary>
    Dead,
}

/// <summary>One thing that leaves the platform because of a release: an e-mail, a build, a call of its workflow.</summary>
/// <param name="Key">Stable and unique: every attempt carries it.</param>
/// <param name="Kind">What is done.</param>
/// <param name="State">How far it has come.</param>
/// <param name="PlannedAt">When it was committed.</param>
/// <param name="DueAt">When it is tried next; null if it is not.</param>
/// <param name="Attempts">Failed attempts; of calls of a workflow: attempts begun.</param>
/// <param name="LastError">What the last attempt complained about; null if nothing.</param>
/// <param name="AcknowledgedAt">When it was acknowledged.</param>
/// <param name="GivenUpAt">When it was given up.</param>
/// <param name="TraceParent">The request it comes from (W3C); null if it is not known.</param>
public sealed record Effect(
    string Key,
    string Kind,
    EffectState State,
    DateTimeOffset PlannedAt,
    DateTimeOffset? DueAt,
    int Attempts,
    string? LastError,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? GivenUpAt,
    string? TraceParent);

/// <summary>
/// What a release has set off outside the platform: planned, sent, acknowledged. Messages of the outbox stay as long as they are kept; calls that its
/// workflow waits for are shown while it waits, afterwards they are in the journal of the workflow.
/// </summary>
public sealed class EffectLedger
{
    private const int Most = 500;

    private static readonly SqlStatement OfRelease = new("""
        SELECT message_key, kind, created_at, due_at, attempts, last_error, completed_at, dead_at, trace_parent FROM outbox
        WHERE release_id IS NOT NULL AND release_id = $release_id ORDER BY key DESC LIMIT $limit
        """);

    // A job has the id of the bookmark that waits for it.
    private static readonly SqlStatement OfInstance = new($"""
        SELECT j.idempotency_key, j.kind, j.created_at, j.due_at, j.attempts, j.last_error, NULL, NULL, j.trace_parent
        FROM workflow_instances i JOIN bookmarks t ON {RuntimeSchema.RowsOfInstance} JOIN outside_jobs j ON j.id = t.id
        WHERE i.id = $instance_id ORDER BY t.key DESC LIMIT $limit
        """);

    private readonly DatabaseReader _reader;

    internal EffectLedger(DatabaseReader reader) => _reader = reader;

    /// <summary>The effects of a release and of the instance that carries it, the latest first; at most 500 of each.</summary>
    public IReadOnlyList<Effect> List(string releaseId, string? instanceId)
    {
        var effects = _reader.List(OfRelease, Read, releaseId, Most);
        if (instanceId is not null)
            effects.AddRange(_reader.List(OfInstance, Read, instanceId, Most));
        return [.. effects.OrderByDescending(effect => effect.PlannedAt)];
    }

    private static Effect Read(SqlRow row)
    {
        var (attempts, completedAt, deadAt) = (row.GetInt32(4), row.GetTimeOrNull(6), row.GetTimeOrNull(7));
        var state = completedAt is not null ? EffectState.Acknowledged : deadAt is not null ? EffectState.Dead : attempts > 0 ? EffectState.Sent : EffectState.Planned;
        return new Effect(row.GetString(0), row.GetString(1), state, row.GetTime(2), state is EffectState.Planned or EffectState.Sent ? row.GetTime(3) : null,
            attempts, row.GetStringOrNull(5), completedAt, deadAt, row.GetStringOrNull(8));
    }
}
