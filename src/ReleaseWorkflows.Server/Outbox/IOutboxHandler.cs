using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Runtime.OutsideWork;

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
    /// <exception cref="OutsideWorkRefusedException">However often it is tried, it cannot be done; the message is given up at once.</exception>
    /// <exception cref="Exception">The attempt failed; the message is tried again later.</exception>
    Task<OutboxCompletion?> HandleAsync(OutboxMessage message, CancellationToken cancellationToken);

    /// <summary>Failures after which a message of this kind is given up, if the settings do not say fewer. Default: as many as the settings say.</summary>
    int MostAttempts => int.MaxValue;

    /// <summary>
    /// Whom the message is for, if one who does not answer must not take all places of this kind; null: it does not matter. One addressee gets at most half
    /// of the places.
    /// </summary>
    string? AddresseeOf(OutboxMessage message) => null;

    /// <summary>What is to be committed when the message is given up after too many failures; null for nothing.</summary>
    OutboxCompletion? GiveUp(OutboxMessage message, Exception lastError) => null;
}

/// <summary>Follows from a piece of work, in the unit of work that completes its message.</summary>
/// <param name="services">The services of that unit.</param>
/// <param name="cancellationToken">Stops it.</param>
internal delegate Task OutboxCompletion(IServiceProvider services, CancellationToken cancellationToken);
