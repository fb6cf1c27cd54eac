using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Faults.Tests.Simulation;

/// <summary>
/// What outlives the processes of a simulation: the database, written by the product's own statements, one unit of work at a time, whenever it gets
/// its turn. Now and then it fails: before anything was written, or after everything was and before anybody heard.
/// </summary>
internal sealed class Disk : ICommitQueue, IDisposable
{
    private readonly WriterConnection _connection;
    private readonly Random _random;

    public Disk(string folder, Random random, BrokenPromise broken)
    {
        _random = random;
        var options = Options.Create(new PersistenceOptions { DataDirectory = folder, Synchronous = SynchronousLevel.Normal });
        _connection = new WriterConnection(new DatabaseFile(options).OpenWriter(), new FaultProbe(KillSwitch.FromEnvironment(), broken));
    }

    /// <summary>False: nothing fails any more.</summary>
    public bool Fails { get; set; } = true;

    /// <summary>Commits, failures included.</summary>
    public int Commits { get; private set; }

    public async Task CommitAsync(WriteBatch batch, CancellationToken cancellationToken)
    {
        await Task.Yield();
        Commits++;
        if (Fails && _random.Next(150) == 0)
        {
            batch.Settle(isCommitted: false);
            throw new DatabaseUnavailableException(DatabaseFailure.DiskFull, "The disk is full.");
        }
        _connection.Begin();
        var refusal = _connection.Apply(batch);
        batch.Committing();
        _connection.Commit();
        if (_connection.WalPages > 2_000)
            _connection.Checkpoint();
        var isHeardOf = !Fails || _random.Next(300) != 0;
        batch.Settle(isCommitted: refusal is null && isHeardOf);
        await Task.Yield();
        if (refusal is not null)
            throw refusal;
        if (!isHeardOf)
            throw new DatabaseUnavailableException(DatabaseFailure.InputOutput, "The disk failed at the very end.");
    }

    /// <summary>Runs a statement before the story begins.</summary>
    public static void Prepare(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "release-workflows.db")};Pooling=False");
        connection.Open();
        DatabaseFile.Execute(connection, sql);
    }

    /// <summary>True if no message is left to be done and no instance waits for a timer.</summary>
    public static bool IsQuiet(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "release-workflows.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        return DatabaseFile.Scalar(connection, """
            SELECT (SELECT count(*) FROM outbox WHERE completed_at IS NULL AND dead_at IS NULL) + (SELECT count(*) FROM timers WHERE instance_id IS NOT NULL)
            """) is 0L;
    }

    public void Dispose() => _connection.Dispose();
}
