namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>Takes the writes of units of work. The product has one, <see cref="CommitWriter"/>; the simulation of the tests has its own.</summary>
internal interface ICommitQueue
{
    /// <summary>Commits, and returns when the writes are durable.</summary>
    /// <param name="batch">The writes. They belong to the queue until this returns.</param>
    /// <param name="cancellationToken">Ends the wait for a place in the queue. A commit that has its place is not interrupted.</param>
    Task CommitAsync(WriteBatch batch, CancellationToken cancellationToken);
}
