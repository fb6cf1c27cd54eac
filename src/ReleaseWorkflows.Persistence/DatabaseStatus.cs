using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Persistence.Migrations;

namespace ReleaseWorkflows.Persistence;

/// <summary>Tells whether the database can do its work now: what a readiness probe asks.</summary>
public sealed class DatabaseStatus
{
    // Writes the value that is there already: a commit of one page that means nothing, and all the way to the disk.
    private static readonly SqlStatement WriteNothing = new("PRAGMA user_version = 0");

    private static readonly SqlStatement ListMigrations = new("SELECT MigrationId FROM __EFMigrationsHistory");

    private readonly DatabaseFile _file;
    private readonly CommitWriter _writer;
    private readonly DatabaseReader _reader;
    private readonly Lock _lock = new();
    private Task? _underWay;

    internal DatabaseStatus(DatabaseFile file, CommitWriter writer, DatabaseReader reader)
    {
        _file = file;
        _writer = writer;
        _reader = reader;
    }

    /// <summary>Why the last commits failed as a whole; null once one succeeded again. Costs nothing.</summary>
    public DatabaseUnavailableException? LastFailure => _file.Damage ?? _writer.LastFailure;

    /// <summary>
    /// What somebody has to look at although the database works: a log that was found damaged at a start and is kept beside the database, or a shared memory file
    /// that is gone while the server runs; null if there is no such thing.
    /// </summary>
    public string? FindConcern() =>
        DamagedLog.IsKept(_file.Path) ? $"A damaged log is kept beside {_file.Path}. What was confirmed in it may be lost: see the log of the start, then move the file away."
        : SharedMemoryFile.IsLost(_file.Path) ? $"{_file.Path}-shm was removed while the server runs. The server goes on without it, but another program that reads the database does not see what it does: start the server again before the next backup."
        : null;

    /// <summary>Commits something that means nothing, and returns when it is on the disk.</summary>
    /// <remarks>Whoever asks while somebody else's question is under way shares its answer: asking often costs one commit at a time.</remarks>
    /// <exception cref="DatabaseUnavailableException">The disk is full, the database locked, damaged or read-only.</exception>
    public Task EnsureWritableAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_underWay is null or { IsCompleted: true })
            {
                var batch = new WriteBatch();
                batch.Add(WriteNothing);
                _underWay = _writer.CommitAsync(batch, CancellationToken.None);
            }
            return _underWay.WaitAsync(cancellationToken);
        }
    }

    /// <summary>True if the schema is still the one that this program knows: another version may have changed it meanwhile.</summary>
    /// <exception cref="DatabaseUnavailableException">The database cannot be read.</exception>
    public bool HasKnownSchema() => KnownMigrations.Names.SetEquals(_reader.List(ListMigrations, static row => row.GetString(0)));
}
