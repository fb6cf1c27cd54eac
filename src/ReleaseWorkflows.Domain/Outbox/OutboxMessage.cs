namespace ReleaseWorkflows.Domain.Outbox;

/// <summary>
/// Something to be done after the commit, outside the transaction: build a package, send a mail. Committed with its cause, worked off at
/// least once, and told apart by its key, so that a repeat does no harm.
/// </summary>
/// <param name="Key">Stable and unique: asking twice for the same effect asks once.</param>
/// <param name="Kind">Which handler does it: one of <see cref="OutboxKinds"/>.</param>
/// <param name="ReleaseId">The release it belongs to, if any.</param>
/// <param name="PayloadJson">What the handler needs, as JSON.</param>
/// <param name="CreatedAt">When it was asked for.</param>
public sealed record OutboxMessage(string Key, string Kind, string? ReleaseId, string PayloadJson, DateTimeOffset CreatedAt)
{
    /// <summary>Failed attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>Not to be tried before this time.</summary>
    public DateTimeOffset DueAt { get; init; } = CreatedAt;

    /// <summary>What the last attempt complained about.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was done; null while it is pending or dead.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The request it comes from, as a W3C <c>traceparent</c>; null if it is not known.</summary>
    public string? TraceParent { get; init; }

    /// <summary>When it was given up after too many attempts; null otherwise.</summary>
    public DateTimeOffset? DeadAt { get; init; }
}

/// <summary>The kinds of work in the outbox.</summary>
public static class OutboxKinds
{
    /// <summary>Build the package of a release; the payload is a <c>PackageBuildRequest</c>.</summary>
    public const string PackageBuild = "package-build";

    /// <summary>Send an e-mail; the payload is an <c>EmailMessage</c>.</summary>
    public const string Email = "email";

    /// <summary>Tell a super app who has which version; the payload is a <c>WebhookMessage</c>.</summary>
    public const string Webhook = "webhook";
}

/// <summary>The outbox within one unit of work.</summary>
public interface IOutbox
{
    /// <summary>Adds a message. If one with this key exists already, done or not, nothing is added.</summary>
    void Add(OutboxMessage message);

    /// <summary>Pending messages of a kind due at or before <paramref name="now"/>, the longest due first.</summary>
    ValueTask<IReadOnlyList<OutboxMessage>> FindDueAsync(string kind, DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>When the first pending message falls due after <paramref name="now"/>; null if there is none.</summary>
    ValueTask<DateTimeOffset?> FindNextDueAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The messages of a release, the oldest first.</summary>
    ValueTask<IReadOnlyList<OutboxMessage>> ListAsync(string releaseId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores what became of a pending message. The commit fails if another unit has completed it, so that its consequences are stored once.
    /// </summary>
    void Update(OutboxMessage message);
}

/// <summary>Hears of messages that were added or came a step further, after the commit. Called on the thread that committed; must be quick and must not fail.</summary>
public interface IOutboxObserver
{
    /// <summary>A message as it was handed to the commit.</summary>
    void Changed(OutboxMessage message);
}
