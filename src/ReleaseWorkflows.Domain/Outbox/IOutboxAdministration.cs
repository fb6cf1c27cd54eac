namespace ReleaseWorkflows.Domain.Outbox;

/// <summary>How much is left to do after commits.</summary>
/// <param name="Pending">Messages that wait for their turn or their next attempt.</param>
/// <param name="Dead">Messages that were given up and wait for somebody to send them again.</param>
public readonly record struct OutboxBacklog(long Pending, long Dead);

/// <summary>One page of messages.</summary>
/// <param name="Items">The messages, the latest first.</param>
/// <param name="Next">Where to go on; null on the last page.</param>
public sealed record OutboxPage(IReadOnlyList<OutboxMessage> Items, long? Next);

/// <summary>What operators see of the outbox and do with it, within one unit of work.</summary>
public interface IOutboxAdministration
{
    /// <summary>The message with this key, or null.</summary>
    ValueTask<OutboxMessage?> FindAsync(string key, CancellationToken cancellationToken);

    /// <summary>Messages that were given up, the latest first, at most <paramref name="limit"/> of them.</summary>
    ValueTask<IReadOnlyList<OutboxMessage>> ListDeadAsync(int limit, CancellationToken cancellationToken);

    /// <summary>E-mails or webhooks as they were asked for, done or not, the latest first.</summary>
    /// <param name="kind"><see cref="OutboxKinds.Email"/> or <see cref="OutboxKinds.Webhook"/>.</param>
    /// <param name="app">Only webhooks of this app, among the latest 1,000 of all; null: all.</param>
    /// <param name="after">Where the last page ended; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Stops it.</param>
    ValueTask<OutboxPage> ListLatestAsync(string kind, string? app, long? after, int limit, CancellationToken cancellationToken);

    /// <summary>How much is left to do.</summary>
    ValueTask<OutboxBacklog> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Has a message that was given up sent again, with as many attempts as a new one and under the same key. The commit fails if another unit
    /// was faster.
    /// </summary>
    void SendAgain(OutboxMessage message, DateTimeOffset now);
}
