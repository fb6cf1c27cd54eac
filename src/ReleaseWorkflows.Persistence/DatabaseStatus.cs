using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence;

/// <summary>Tells whether the database can do its work now: what a readiness probe asks.</summary>
public sealed class DatabaseStatus
{
    // Writes the value that is there already: a commit of one page that means nothing, and all the way to the disk.
    private static readonly SqlStatement WriteNothing = new("PRAGMA user_version = 0");

    private readonly CommitWriter _writer;

    internal DatabaseStatus(CommitWriter writer) => _writer = writer;

    /// <summary>Why the last commits failed as a whole; null once one succeeded again. Costs nothing.</summary>
    public DatabaseUnavailableException? LastFailure => _writer.LastFailure;

    /// <summary>Commits something that means nothing, and returns when it is on the disk.</summary>
    /// <exception cref="DatabaseUnavailableException">The disk is full, the database locked, damaged or read-only.</exception>
    public Task EnsureWritableAsync(CancellationToken cancellationToken)
    {
        var batch = new WriteBatch();
        batch.Add(WriteNothing);
        return _writer.CommitAsync(batch, cancellationToken);
    }
}
