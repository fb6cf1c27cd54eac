using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.Tests.Database;

public sealed class DatabaseInitializerTests
{
    [Theory]
    [InlineData(SynchronousLevel.Full, 2)]
    [InlineData(SynchronousLevel.Normal, 1)]
    public async Task The_writer_runs_with_the_configured_durability(SynchronousLevel configured, long expected)
    {
        await using var database = await TestDatabase.OpenAsync(options => options.Synchronous = configured);
        await using var connection = database.Services.GetRequiredService<DatabaseFile>().OpenWriter();

        Assert.Equal("wal", DatabaseFile.Scalar(connection, "PRAGMA journal_mode"));
        Assert.Equal(expected, DatabaseFile.Scalar(connection, "PRAGMA synchronous"));
        Assert.Equal(0L, DatabaseFile.Scalar(connection, "PRAGMA wal_autocheckpoint"));
    }

    [Fact]
    public async Task A_database_that_cannot_keep_a_write_ahead_log_is_refused()
    {
        // A database in memory has no log; it stands for a file system that cannot share memory.
        var file = new DatabaseFile(Options.Create(new PersistenceOptions { DataDirectory = "/" }), ":memory:");

        var failure = Assert.Throws<DatabaseUnavailableException>(() => file.OpenWriter(create: true));

        Assert.Equal(DatabaseFailure.WrongSettings, failure.Failure);
        Assert.Contains("journal_mode=memory instead of wal", failure.Message, StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Data_survives_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using (var first = TestDatabase.Over(folder.Path))
        {
            await first.InitializeAsync();
            await first.CommitAsync(store => store.SaveInstance(Samples.Instance("a")));
        }

        await using var second = TestDatabase.Over(folder.Path);
        await second.InitializeAsync();

        Assert.NotNull(await second.AskAsync(store => store.FindInstanceAsync("a", CancellationToken.None)));
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_kept_out_until_the_first_stops()
    {
        using var folder = new TemporaryFolder();
        var first = TestDatabase.Over(folder.Path);
        await first.InitializeAsync();
        await using var second = TestDatabase.Over(folder.Path);

        var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(second.InitializeAsync);

        Assert.Equal(DatabaseFailure.Locked, failure.Failure);
        Assert.Contains("Another server", failure.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await second.InitializeAsync();
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await using var database = await TestDatabase.OpenAsync();
        using var folder = new TemporaryFolder();
        await CopyAsync(database, folder);
        await using (var connection = new SqliteConnection($"Data Source={folder.DatabasePath};Pooling=False"))
        {
            await connection.OpenAsync();
            DatabaseFile.Execute(connection, "INSERT INTO __EFMigrationsHistory VALUES ('9999_from_the_future', '10')");
        }
        await using var older = TestDatabase.Over(folder.Path);

        var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(older.InitializeAsync);

        Assert.Equal(DatabaseFailure.NewerSchema, failure.Failure);
        Assert.Contains("9999_from_the_future", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_database_is_not_replaced_by_an_empty_one()
    {
        using var folder = new TemporaryFolder();
        await using (var first = TestDatabase.Over(folder.Path))
            await first.InitializeAsync();
        File.Delete(folder.DatabasePath);
        await using var second = TestDatabase.Over(folder.Path);

        var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(second.InitializeAsync);

        Assert.Equal(DatabaseFailure.Missing, failure.Failure);
        Assert.False(File.Exists(folder.DatabasePath));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.DatabasePath, new string('x', 8_192));
        await using var database = TestDatabase.Over(folder.Path);

        var failure = await Assert.ThrowsAsync<DatabaseUnavailableException>(database.InitializeAsync);

        Assert.Equal(DatabaseFailure.Corrupt, failure.Failure);
    }

    [Fact]
    public async Task A_migration_that_a_killed_process_left_locked_does_not_hold_up_the_next_start()
    {
        using var folder = new TemporaryFolder();
        await using (var connection = new SqliteConnection($"Data Source={folder.DatabasePath};Pooling=False"))
        {
            await connection.OpenAsync();
            DatabaseFile.Execute(connection, """
                CREATE TABLE "__EFMigrationsLock" ("Id" INTEGER NOT NULL CONSTRAINT "PK___EFMigrationsLock" PRIMARY KEY, "Timestamp" TEXT NOT NULL);
                INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
                """);
        }
        await using var database = TestDatabase.Over(folder.Path);

        await database.InitializeAsync().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(0, database.Count("SELECT count(*) FROM workflow_instances"));
    }

    [Fact]
    public async Task Commits_before_the_database_is_open_are_a_mistake()
    {
        using var folder = new TemporaryFolder();
        await using var database = TestDatabase.Over(folder.Path);

        await Assert.ThrowsAsync<InvalidOperationException>(() => database.CommitAsync(store => store.SaveInstance(Samples.Instance("a"))));
    }

    public static TheoryData<string, Action<PersistenceOptions>> InvalidOptions => new()
    {
        { "DataDirectory must name a folder.", options => options.DataDirectory = " " },
        { "Synchronous must be Full or Normal.", options => options.Synchronous = (SynchronousLevel)7 },
        { "LockTimeout must be a whole number of seconds, at least one.", options => options.LockTimeout = TimeSpan.FromMilliseconds(1_500) },
        { "MaximumGroupSize must be between 1 and 1024.", options => options.MaximumGroupSize = 0 },
        { "QueueCapacity must be between 1 and 65536.", options => options.QueueCapacity = 0 },
        { "MaximumAttempts must be between 1 and 20.", options => options.MaximumAttempts = 0 },
        { "CheckpointPages must be at least 1.", options => options.CheckpointPages = 0 },
        { "ForcedCheckpointPages must be above CheckpointPages.", options => options.ForcedCheckpointPages = options.CheckpointPages },
    };

    [Theory]
    [MemberData(nameof(InvalidOptions))]
    public void Settings_that_cannot_work_are_refused_with_a_sentence(string sentence, Action<PersistenceOptions> mistake)
    {
        var options = new PersistenceOptions();
        mistake(options);

        Assert.Equal([sentence], new PersistenceOptionsValidator().Validate(null, options).Failures);
    }

    private static async Task CopyAsync(TestDatabase database, TemporaryFolder folder)
    {
        await using var source = new SqliteConnection($"Data Source={database.Path};Pooling=False");
        await using var target = new SqliteConnection($"Data Source={folder.DatabasePath};Pooling=False");
        await source.OpenAsync();
        await target.OpenAsync();
        source.BackupDatabase(target);
    }
}
