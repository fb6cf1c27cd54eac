using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Persistence.Migrations;

namespace ReleaseWorkflows.Persistence;

/// <summary>
/// Opens the database at start: makes the folder, keeps a second server out, brings the schema up to date, checks that commits are as
/// durable as configured, and starts the writer.
/// </summary>
public sealed partial class DatabaseInitializer : IDisposable
{
    private const string HasHistory = "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsHistory'";
    private const string HasMigrationLock = "SELECT count(*) FROM sqlite_master WHERE name = '__EFMigrationsLock'";

    private readonly DatabaseFile _file;
    private readonly CommitWriter _writer;
    private readonly ILogger<DatabaseInitializer> _logger;
    private readonly CommitProbe? _probe;
    private FileStream? _lock;

    internal DatabaseInitializer(DatabaseFile file, CommitWriter writer, ILogger<DatabaseInitializer> logger, CommitProbe? probe = null)
    {
        _file = file;
        _writer = writer;
        _logger = logger;
        _probe = probe;
    }

    /// <summary>Does all of it; later calls do nothing. Until it returns, commits are refused.</summary>
    /// <exception cref="DatabaseUnavailableException">The database cannot be used; the message says why and what to do.</exception>
    public async Task InitializeAsync(CancellationToken cancellationToken)
    {
        if (_lock is not null)
            return;
        _lock = FolderLock.Take(_file.Path, _probe?.KeepsOthersOut ?? true);
        try
        {
            FolderLock.RefuseLostDatabase(_lock, _file.Path);
            if (_file.ExamineLog() is { } sentence)
                LogDamagedLog(sentence);
            await using (var connection = _file.OpenWriter(create: true))
                await MigrateAsync(connection, cancellationToken);
            _probe?.Reached(CommitPoint.AfterMigration, null, null);
            FolderLock.Remember(_lock);
            _writer.Start();
        }
        catch
        {
            await _lock.DisposeAsync();
            _lock = null;
            throw;
        }
    }

    /// <summary>Stops the writer after what is queued, then lets another server in.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _lock?.Dispose();
        _lock = null;
    }

    private async Task MigrateAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var applied = ReadAppliedMigrations(connection);
            var known = KnownMigrations.Names;
            if (applied.Except(known, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
            {
                throw new DatabaseUnavailableException(DatabaseFailure.NewerSchema,
                    $"A newer version of this program has changed the database ({string.Join(", ", unknown)}). Start that version, or restore a backup made before the change. Database: {_file.Path}.");
            }
            // The usual start finds nothing to do and spares loading EF Core and building its model.
            if (applied.Count == known.Count)
                return;
            LogMigrating(_file.Path, known.Count - applied.Count);
            ReleaseAbandonedLock(connection);
            SqlFunctions.AddTo(connection);
            await ApplyMigrationsAsync(connection, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw DatabaseUnavailableException.From(exception, _file.Path);
        }
    }

    // A method of its own: the types a method names are loaded when it is compiled.
    private static async Task ApplyMigrationsAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await using var db = new ReleaseWorkflowsDb(CreateOptions(connection));
        await db.Database.MigrateAsync(cancellationToken);
    }

    private static HashSet<string> ReadAppliedMigrations(SqliteConnection connection)
    {
        var applied = new HashSet<string>(StringComparer.Ordinal);
        if (DatabaseFile.Scalar(connection, HasHistory) is not 1L)
            return applied;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT MigrationId FROM __EFMigrationsHistory";
        using var rows = command.ExecuteReader();
        while (rows.Read())
            applied.Add(rows.GetString(0));
        return applied;
    }

    // EF Core waits without end for a lock that a killed process left in the database. Our own lock on the folder proves that nobody migrates.
    private static void ReleaseAbandonedLock(SqliteConnection connection)
    {
        if (DatabaseFile.Scalar(connection, HasMigrationLock) is 1L)
            DatabaseFile.Execute(connection, "DELETE FROM __EFMigrationsLock");
    }

    internal static DbContextOptions<ReleaseWorkflowsDb> CreateOptions(SqliteConnection connection) =>
        new DbContextOptionsBuilder<ReleaseWorkflowsDb>()
            .UseSqlite(connection)
            // Migrations are SQL written by hand, without the snapshot this warning compares with. A test compares the migrated schema with the model.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning))
            .Options;

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Sentence}")]
    private partial void LogDamagedLog(string sentence);

    [LoggerMessage(Level = LogLevel.Information, Message = "Bringing the schema of {Path} up to date: {Count} migrations")]
    private partial void LogMigrating(string path, int count);
}
