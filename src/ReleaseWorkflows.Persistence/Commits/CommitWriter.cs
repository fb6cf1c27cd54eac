using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>
/// The one writer. Units of work queue; the writer takes all that wait, applies them in one transaction (with a savepoint each once one is refused), waits for the disk
/// once, and answers each of them. So the price of durability is shared by whoever waits at the same time, and nobody waits for a timer.
/// </summary>
/// <remarks>
/// The write-ahead log is moved into the database by the writer itself: when it has nothing else to do and the log has grown, and under
/// load only when the log has grown much.
/// </remarks>
internal sealed partial class CommitWriter : ICommitQueue, IDisposable
{
    // Shorter gaps between two commits are not used for a checkpoint: it takes longer than they last, and the next commit would wait.
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(20);

    private readonly DatabaseFile _file;
    private readonly PersistenceOptions _options;
    private readonly ILogger<CommitWriter> _logger;
    private readonly PersistenceMetrics _metrics;
    private readonly CommitProbe? _probe;
    private readonly Channel<CommitRequest> _queue;
    private readonly Thread _thread;
    private WriterConnection? _connection;
    private int _checkpointAtPages;
    private bool _isStarted;
    private bool _isReplaced;

    public CommitWriter(DatabaseFile file, IOptions<PersistenceOptions> options, PersistenceMetrics metrics, ILogger<CommitWriter> logger, CommitProbe? probe = null)
    {
        _file = file;
        _options = options.Value;
        _metrics = metrics;
        _logger = logger;
        _probe = probe;
        _checkpointAtPages = _options.ForcedCheckpointPages;
        // Whoever queues wakes the writer itself, instead of asking the thread pool to do it; all that runs then is the end of a wait.
        _queue = Channel.CreateBounded<CommitRequest>(new BoundedChannelOptions(_options.QueueCapacity) { SingleReader = true, AllowSynchronousContinuations = true });
        // A thread of its own: it waits for the disk, and a busy thread pool must not delay the commits that would make it less busy.
        _thread = new Thread(Run) { Name = "Commit writer", IsBackground = true };
    }

    /// <summary>Why the last group of commits failed as a whole; null once one succeeded again.</summary>
    public DatabaseUnavailableException? LastFailure { get; private set; }

    /// <summary>Units of work that wait for the writer.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Opens the database and begins to serve.</summary>
    /// <exception cref="DatabaseUnavailableException">It cannot be opened, or not as durably as configured.</exception>
    public void Start()
    {
        if (_isStarted)
            return;
        _connection = Open();
        _isStarted = true;
        _thread.Start();
    }

    /// <inheritdoc/>
    public async Task CommitAsync(WriteBatch batch, CancellationToken cancellationToken)
    {
        if (!_isStarted)
            throw new InvalidOperationException($"The database is not open yet: call {nameof(DatabaseInitializer)}.{nameof(DatabaseInitializer.InitializeAsync)} at start.");
        var request = new CommitRequest(batch);
        try
        {
            await _queue.Writer.WriteAsync(request, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(CommitWriter), "The server is stopping; nothing was written.");
        }
        await request.Answer;
    }

    /// <summary>Commits what has been queued, then closes the database.</summary>
    public void Dispose()
    {
        if (_queue.Writer.TryComplete() && _isStarted)
            _thread.Join();
        _connection?.Dispose();
        _connection = null;
    }

    private void Run()
    {
        var group = new List<CommitRequest>(_options.MaximumGroupSize);
        while (WaitForWork())
        {
            while (group.Count < _options.MaximumGroupSize && _queue.Reader.TryRead(out var request))
                group.Add(request);
            Commit(group);
            group.Clear();
            if (_connection?.WalPages >= _checkpointAtPages)
                Checkpoint(_connection);
        }
    }

    private bool WaitForWork()
    {
        var isThereWork = _queue.Reader.WaitToReadAsync().AsTask();
        if (_connection is { } connection && connection.WalPages >= _options.CheckpointPages && !isThereWork.Wait(IdlePause))
            Checkpoint(connection);
        return isThereWork.GetAwaiter().GetResult();
    }

    private void Commit(List<CommitRequest> group)
    {
        var started = Stopwatch.GetTimestamp();
        int pages;
        try
        {
            if (_isReplaced)
                throw LastFailure!;
            if (_file.Damage is { } damage)
                throw new DatabaseUnavailableException(damage.Failure, damage.Message, damage);
            var connection = _connection ??= Open();
            connection.Begin();
            if (group is [var alone])
            {
                alone.Refusal = connection.ApplyAlone(alone.Batch);
                alone.Batch.Committing();
                pages = alone.Refusal is null ? connection.Commit() : 0;
            }
            else
            {
                Apply(connection, group);
                foreach (var request in group)
                    request.Batch.Committing();
                pages = connection.Commit();
            }

            _file.RequireInPlace(connection);
            LastFailure = null;
        }
        // CA1031: whatever went wrong, each caller of the group gets an answer, and the writer lives on for the next.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            GiveUp(group, Explain(exception));
            return;
        }
        _metrics.GroupCommitted(group.Count, pages, Stopwatch.GetElapsedTime(started));
        // All caches first: an answer may make its caller ask for what a neighbour has written.
        foreach (var request in group)
            request.Batch.Settle(request.Refusal is null);
        foreach (var request in group)
        {
            if (request.Refusal is ConcurrencyConflictException)
                _metrics.ConflictFound();
            request.Complete();
        }
    }

    // Hardly ever is a unit refused, so they are applied without savepoints, for which SQLite would copy every page they change. Once one is refused,
    // everything begins again, with a savepoint for each.
    private static void Apply(WriterConnection connection, List<CommitRequest> group)
    {
        if (group.TrueForAll(request => connection.ApplyAlone(request.Batch) is null))
            return;
        connection.Begin();
        foreach (var request in group)
            request.Refusal = connection.Apply(request.Batch);
    }

    // Every unit of the group is told, also one that was refused: what it collided with has not been written either.
    private void GiveUp(List<CommitRequest> group, DatabaseUnavailableException failure)
    {
        LastFailure = failure;
        LogGroupFailed(failure, group.Count);
        Reset(failure.Failure);
        foreach (var request in group)
            request.Batch.Settle(isCommitted: false);
        foreach (var request in group)
        {
            request.Refusal = new DatabaseUnavailableException(failure.Failure, failure.Message, failure);
            request.Complete();
        }
    }

    private DatabaseUnavailableException Explain(Exception exception) => exception switch
    {
        DatabaseUnavailableException unavailable => unavailable,
        SqliteException sqlite => _file.Explain(sqlite),
        _ => new DatabaseUnavailableException(DatabaseFailure.Other, "The commit failed for a reason that is not the database's; see the inner exception.", exception),
    };

    private void Reset(DatabaseFailure failure)
    {
        try
        {
            _connection?.Rollback();
            if (failure is DatabaseFailure.DiskFull or DatabaseFailure.Locked)
                return;
            if (failure is DatabaseFailure.Missing && _connection is { } connection)
                Rescue(connection);
        }
        catch (SqliteException exception)
        {
            LogRollbackFailed(exception);
        }
        // After an error of the disk nothing the connection remembers is trusted; the next group opens the file anew.
        _connection?.Dispose();
        _connection = null;
    }

    // The log may be gone from its folder, but it is still open: what it holds goes into the database. A database that is not the one that was
    // opened is left alone for good: the log beside it belongs to another one.
    private void Rescue(WriterConnection connection)
    {
        _isReplaced = DatabaseFile.IsReplaced(connection);
        if (!_isReplaced)
            connection.Checkpoint();
    }

    private void Checkpoint(WriterConnection connection)
    {
        try
        {
            connection.Checkpoint();
            if (connection.WalPages >= 128 * _options.ForcedCheckpointPages)
                LogLogKeepsGrowing(connection.WalPages);
        }
        catch (SqliteException exception)
        {
            // The commits are durable in the log; only its length suffers.
            LogCheckpointFailed(exception);
        }
        // What a long-running reader keeps in the log is tried again after as many new pages, not after every commit.
        _checkpointAtPages = connection.WalPages + _options.ForcedCheckpointPages;
    }

    private WriterConnection Open() => new(_file.OpenWriter(), _probe);

    [LoggerMessage(Level = LogLevel.Error, Message = "A group of {Units} commits failed; nothing of it was confirmed.")]
    private partial void LogGroupFailed(Exception exception, int units);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The failed transaction could not be rolled back; the connection is replaced.")]
    private partial void LogRollbackFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log could not be moved into the database; it is tried again later.")]
    private partial void LogCheckpointFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The write-ahead log holds {Pages} pages because a reader does not let go of an old state.")]
    private partial void LogLogKeepsGrowing(int pages);

    private sealed class CommitRequest(WriteBatch batch)
    {
        // The caller goes on elsewhere: its continuation must not run on the writer's thread.
        private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public WriteBatch Batch => batch;

        public Exception? Refusal { get; set; }

        public Task Answer => _answer.Task;

        public void Complete()
        {
            if (Refusal is null)
                _answer.SetResult();
            else
                _answer.SetException(Refusal);
        }
    }
}
