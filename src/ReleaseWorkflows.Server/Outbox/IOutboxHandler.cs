using ReleaseWorkflows.Domain.Outbox;

namespace ReleaseWorkflows.Server.Outbox;

/// <summary>Does one kind of work from the outbox.</summary>
internal interface IOutboxHandler
{
    /// <summary>The kind, one of <see cref="OutboxKinds"/>.</summary>
    string Kind { get; }

    /// <summary>
    /// Does the work, outside any transaction. It can be asked again for the same message, after a crash or a failure: whatever it does
    /// must then come to the same.
    /// </summary>
    /// <returns>What is to be committed together with the message's completion; null for nothing.</returns>
    /// <exception cref="Exception">The attempt failed; the message is tried again later.</exception>
    Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken);

    /// <summary>What is to be committed when the message is given up after too many failures; null for nothing.</summary>
    OutboxCompletion? GiveUp(OutboxMessage message, Exception lastError) => null;
}

/// <summary>Follows from a piece of work, in the unit of work that completes its message.</summary>
/// <param name="services">The services of that unit.</param>
/// <param name="cancellationToken">Stops it.</param>
internal delegate Task OutboxCompletion(IServiceProvider services, CancellationToken cancellationToken);
