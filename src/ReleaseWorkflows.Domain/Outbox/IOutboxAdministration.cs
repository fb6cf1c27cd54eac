namespace ReleaseWorkflows.Domain.Outbox;

/// <summary>How much is left to do after commits.</summary>
/// <param name="Pending">Messages that wait for their turn or their next attempt.</param>
/// <param name="Dead">Messages that were given up and wait for somebody to send them again.</param>
public readonly record struct OutboxBacklog(long Pending, long Dead);

/// <summary>What operators see of the outbox and do with it, within one unit of work.</summary>
public interface IOutboxAdministration
{
    /// <summary>The message with this key, or null.</summary>
    ValueTask<OutboxMessage?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Messages that were given up, the latest first, at most <paramref name="limit"/> of them.</summary>
    ValueTask<IReadOnlyList<OutboxMessage>> ListDeadAsync(int limit, CancellationToken cancellationToken);

    /// <summary>How much is left to do.</summary>
    ValueTask<OutboxBacklog> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Has a message that was given up sent again, with as many attempts as a new one and under the same key. The commit fails if another unit
    /// was faster.
    /// </summary>
    void SendAgain(OutboxMessage message, DateTimeOffset now);
}
