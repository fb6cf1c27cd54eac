using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>What is kept for a while only: answers to repeat, and messages that are done. Removed in small pieces, one unit of work each.</summary>
public interface IRetention
{
    /// <summary>Removes the oldest answers given before <paramref name="before"/>, at most <paramref name="limit"/>.</summary>
    /// <returns>How many; 0: there are no more.</returns>
    int RemoveAnswers(DateTimeOffset before, int limit);

    /// <summary>Looks at the next messages after <paramref name="position"/> and removes those done, or given up, before <paramref name="before"/>.</summary>
    /// <param name="position">Where the last call ended; 0 in the beginning.</param>
    /// <param name="before">What was done before is removed; what is still to be done never is.</param>
    /// <param name="limit">How many messages are looked at.</param>
    /// <returns>The position for the next call; null: the rest is younger.</returns>
    long? RemoveMessages(long position, DateTimeOffset before, int limit);
}

/// <summary>Both tables grow at one end, so the oldest rows come first by their keys, and no index is needed.</summary>
internal sealed class RetentionTable : IRetention, IPendingWrites
{
    private static readonly SqlStatement LastAnswer = new("""
        SELECT coalesce(max(key), 0), count(*) FROM (SELECT key, created_at FROM idempotency_records ORDER BY key LIMIT $limit) WHERE created_at < $before
        """);

    private static readonly SqlStatement LastMessage = new("""
        SELECT coalesce(max(key), 0), count(*) FROM (SELECT key, created_at FROM outbox WHERE key > $position ORDER BY key LIMIT $limit) WHERE created_at < $before
        """);

    private static readonly SqlStatement DeleteAnswers = new("DELETE FROM idempotency_records WHERE key <= $last AND created_at < $before");
    private static readonly SqlStatement DeleteMessages = new("""
        DELETE FROM outbox WHERE key > $position AND key <= $last AND (completed_at < $before OR dead_at < $before)
        """);

    private readonly DatabaseReader _reader;
    private readonly List<(SqlStatement Statement, object?[] Arguments)> _deletions = [];

    public RetentionTable(UnitOfWork unit, DatabaseReader reader)
    {
        _reader = reader;
        unit.Enlist(this);
    }

    public int RemoveAnswers(DateTimeOffset before, int limit)
    {
        var (last, count) = _reader.List(LastAnswer, row => (row.GetInt64(0), row.GetInt32(1)), limit, before.ToMicroseconds())[0];
        if (count > 0)
            _deletions.Add((DeleteAnswers, [last, before.ToMicroseconds()]));
        return count;
    }

    public long? RemoveMessages(long position, DateTimeOffset before, int limit)
    {
        var (last, count) = _reader.List(LastMessage, row => (row.GetInt64(0), row.GetInt32(1)), position, limit, before.ToMicroseconds())[0];
        if (count == 0)
            return null;
        _deletions.Add((DeleteMessages, [position, last, before.ToMicroseconds()]));
        return last;
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (statement, arguments) in _deletions)
            batch.Add(statement, arguments);
    }

    public void Clear() => _deletions.Clear();
}
