using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests.Commits;

public sealed class CommitWriterTests
{
    private static readonly SqlStatement InsertInstance = new("""
        INSERT INTO workflow_instances (id, definition_id, definition_version_id, definition_version, status, sub_status, incident_count, created_at, updated_at, version)
        VALUES ($id, 'd', 'v', 1, 'Running', 'Suspended', 0, 0, 0, 1)
        """);

    private static readonly SqlStatement RenameMissing = new("UPDATE workflow_instances SET name = $name WHERE id = 'missing'");
    private static readonly SqlStatement Nonsense = new("INSERT INTO no_such_table VALUES (1)");
    private static readonly SqlStatement InsertIncomplete = new("INSERT INTO workflow_instances (id) VALUES ($id)");

    [Fact]
    public async Task Units_of_64_concurrent_callers_are_all_durable_and_share_transactions()
    {
        await using var database = await TestDatabase.OpenAsync();
        var writer = database.Services.GetRequiredService<CommitWriter>();
        var groups = new ConcurrentQueue<int>();
        using var listener = ListenToGroups(database, groups);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < 10; i++)
                await writer.CommitAsync(Insert($"{caller}-{i}"), CancellationToken.None);
        })));

        Assert.Equal(640, database.Count("SELECT count(*) FROM workflow_instances"));
        Assert.Equal(640, groups.Sum());
        Assert.True(groups.Count < 640, "no two units shared a transaction");
    }

    [Fact]
    public async Task A_refused_unit_leaves_its_neighbours_in_the_group_intact()
    {
        await using var database = await TestDatabase.OpenAsync();
        using var connection = new WriterConnection(database.Services.GetRequiredService<DatabaseFile>().OpenWriter());
        var refused = Insert("refused");
        refused.AddGuarded("Instance missing has moved on.", RenameMissing, "x");

        connection.Begin();
        var before = connection.Apply(Insert("before"));
        var conflict = connection.Apply(refused);
        var duplicate = connection.Apply(Insert("before"));
        var mistake = connection.Apply(Mistake());
        var after = connection.Apply(Insert("after"));
        connection.Commit();

        Assert.Null(before);
        Assert.Null(after);
        Assert.Equal("Instance missing has moved on.", Assert.IsType<ConcurrencyConflictException>(conflict).Message);
        Assert.Contains("workflow_instances.id", Assert.IsType<ConcurrencyConflictException>(duplicate).Message, StringComparison.Ordinal);
        Assert.IsType<SqliteException>(mistake);
        Assert.Equal(2, database.Count("SELECT count(*) FROM workflow_instances"));

        static WriteBatch Mistake()
        {
            var batch = Insert("mistake");
            batch.Add(Nonsense);
            return batch;
        }
    }

    [Fact]
    public async Task Units_that_share_a_commit_with_a_refused_one_are_all_durable_and_only_that_one_hears_no()
    {
        using var gate = new FirstGroupWaits();
        await using var database = await TestDatabase.OpenAsync(probe: gate);
        var writer = database.Services.GetRequiredService<CommitWriter>();
        var groups = new ConcurrentQueue<int>();
        using var listener = ListenToGroups(database, groups);
        var refused = Insert("refused");
        refused.AddGuarded("Instance missing has moved on.", RenameMissing, "x");

        var first = writer.CommitAsync(Insert("first"), CancellationToken.None);
        gate.WaitUntilReached();
        var before = writer.CommitAsync(Insert("before"), CancellationToken.None);
        var no = writer.CommitAsync(refused, CancellationToken.None);
        var after = writer.CommitAsync(Insert("after"), CancellationToken.None);
        gate.Open();
        await Task.WhenAll(first, before, after);

        Assert.Equal("Instance missing has moved on.", (await Assert.ThrowsAsync<ConcurrencyConflictException>(() => no)).Message);
        Assert.Equal([1, 3], groups);
        Assert.Equal(3, database.Count("SELECT count(*) FROM workflow_instances WHERE id IN ('first', 'before', 'after')"));
        Assert.Equal(0, database.Count("SELECT count(*) FROM workflow_instances WHERE id = 'refused'"));
    }

    [Fact]
    public async Task A_row_that_breaks_the_schema_is_a_mistake_not_a_lost_race()
    {
        await using var database = await TestDatabase.OpenAsync();
        var batch = new WriteBatch();
        batch.Add(InsertIncomplete, "a");

        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(
            () => database.Services.GetRequiredService<CommitWriter>().CommitAsync(batch, CancellationToken.None));

        Assert.Contains("NOT NULL", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_16_units_that_use_the_same_bookmark_exactly_one_wins()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store =>
        {
            store.SaveInstance(Samples.Instance("a"));
            store.AddBookmark(Samples.Bookmark("b", "a"));
        });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            await using var scope = database.Begin();
            scope.ServiceProvider.GetRequiredService<IWorkflowStore>().RemoveBookmark("a", "b");
            return await Record.ExceptionAsync(() => scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(CancellationToken.None));
        })));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Equal(15, outcomes.OfType<ConcurrencyConflictException>().Count());
    }

    [Fact]
    public async Task What_was_confirmed_is_in_the_files_and_survives_the_loss_of_the_process()
    {
        await using var database = await TestDatabase.OpenAsync();
        await database.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        using var copy = new TemporaryFolder();

        // What a killed process leaves behind: database and log as they are now, without any closing.
        foreach (var file in new[] { database.Path, database.Path + "-wal" })
            File.Copy(file, Path.Combine(copy.Path, Path.GetFileName(file)));

        Assert.Equal(1, TestDatabase.Count(copy.DatabasePath, "SELECT count(*) FROM workflow_instances"));
    }

    [Fact]
    public async Task The_log_is_moved_into_the_database_when_it_has_grown()
    {
        await using var database = await TestDatabase.OpenAsync(options => (options.CheckpointPages, options.ForcedCheckpointPages) = (50, 100));
        var writer = database.Services.GetRequiredService<CommitWriter>();
        for (var i = 0; i < 200; i++)
            await writer.CommitAsync(Insert($"{i:D200}"), CancellationToken.None);

        var walPages = new FileInfo(database.Path + "-wal").Length / 4096;

        // 200 commits of at least three pages each would make 600 and more without reuse.
        Assert.InRange(walPages, 1, 200);
    }

    [Fact]
    public async Task A_database_locked_by_another_program_is_reported_and_recovers_when_it_is_free_again()
    {
        await using var database = await TestDatabase.OpenAsync();
        var writer = database.Services.GetRequiredService<CommitWriter>();
        using (var other = new SqliteConnection($"Data Source={database.Path};Pooling=False"))
        {
            other.Open();
            DatabaseFile.Execute(other, "BEGIN IMMEDIATE");

            var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => writer.CommitAsync(Insert("a"), CancellationToken.None));

            Assert.Equal(DatabaseFailure.Locked, failure.Failure);
            Assert.True(failure.IsTransient);
            var status = database.Services.GetRequiredService<DatabaseStatus>();
            Assert.Equal(DatabaseFailure.Locked, status.LastFailure?.Failure);
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => status.EnsureWritableAsync(CancellationToken.None));
            DatabaseFile.Execute(other, "ROLLBACK");
        }
        await writer.CommitAsync(Insert("a"), CancellationToken.None);
        await database.Services.GetRequiredService<DatabaseStatus>().EnsureWritableAsync(CancellationToken.None);
        Assert.Null(writer.LastFailure);
    }

    [Fact]
    public async Task A_full_disk_is_reported_writes_nothing_and_the_writer_goes_on_once_there_is_space()
    {
        await using var database = await TestDatabase.OpenAsync();
        var file = database.Services.GetRequiredService<DatabaseFile>();
        using var connection = new WriterConnection(LimitedTo(file, morePages: 2));
        var big = new WriteBatch();
        for (var i = 0; i < 100; i++)
            big.Add(InsertInstance, $"{i:D1000}");

        connection.Begin();
        var failure = Assert.Throws<SqliteException>(() => connection.Apply(big));
        connection.Rollback();

        Assert.Equal(DatabaseFailure.DiskFull, DatabaseUnavailableException.From(failure, file.Path).Failure);
        Assert.Equal(0, database.Count("SELECT count(*) FROM workflow_instances"));
        connection.Begin();
        Assert.Null(connection.Apply(Insert("small")));
        connection.Commit();
        Assert.Equal(1, database.Count("SELECT count(*) FROM workflow_instances"));
    }

    [Fact]
    public async Task A_commit_after_the_stop_is_refused_with_a_reason()
    {
        var database = await TestDatabase.OpenAsync();
        var writer = database.Services.GetRequiredService<CommitWriter>();
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => writer.CommitAsync(Insert("late"), CancellationToken.None));
    }

    private static WriteBatch Insert(string id)
    {
        var batch = new WriteBatch();
        batch.Add(InsertInstance, id);
        return batch;
    }

    private static SqliteConnection LimitedTo(DatabaseFile file, int morePages)
    {
        var connection = file.OpenWriter();
        var pages = (long)DatabaseFile.Scalar(connection, "PRAGMA page_count")!;
        DatabaseFile.Execute(connection, $"PRAGMA max_page_count={pages + morePages}");
        return connection;
    }

    // Measurements of other tests' databases arrive too; the meter of this one is told apart by its scope.
    private static MeterListener ListenToGroups(TestDatabase database, ConcurrentQueue<int> groups)
    {
        var meter = database.Services.GetRequiredService<PersistenceMetrics>().Meter;
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, meter) && instrument.Name == "releaseworkflows.commit.group_size")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, size, _, _) => groups.Enqueue(size));
        listener.Start();
        return listener;
    }

    /// <summary>Holds the first commit back until the test has queued what is to share the next one.</summary>
    private sealed class FirstGroupWaits : CommitProbe, IDisposable
    {
        private readonly ManualResetEventSlim _isReached = new();
        private readonly ManualResetEventSlim _isOpen = new();

        public void WaitUntilReached() => Assert.True(_isReached.Wait(TimeSpan.FromSeconds(30)));

        public void Open() => _isOpen.Set();

        public override void Reached(CommitPoint point, SqliteConnection? connection, string? statement)
        {
            if (point != CommitPoint.BeforeBegin)
                return;
            _isReached.Set();
            _isOpen.Wait(TimeSpan.FromSeconds(30));
        }

        public void Dispose()
        {
            _isReached.Dispose();
            _isOpen.Dispose();
        }
    }
}
