using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Commits;

namespace ReleaseWorkflows.Faults.Tests.Processes;

/// <summary>A server that breaks one promise on purpose. A check that does not notice one of these is worth nothing.</summary>
internal enum BrokenPromise
{
    /// <summary>None: the server as it is.</summary>
    None,

    /// <summary>Each statement commits by itself.</summary>
    NoTransaction,

    /// <summary>A row that has moved on meanwhile is overwritten.</summary>
    NoGuards,

    /// <summary>The database allows two releases of one version, two on their way, two answers to one key.</summary>
    NoUniqueness,

    /// <summary>The answer to a request is not remembered.</summary>
    NoIdempotency,

    /// <summary>What has to be done after a commit is kept in memory alone.</summary>
    NoOutbox,

    /// <summary>An instance waits in memory alone.</summary>
    NoBookmarks,

    /// <summary>The release is stored, its log is not.</summary>
    NoLog,

    /// <summary>A commit does not wait for the disk, whatever the settings say.</summary>
    NoSync,

    /// <summary>A second server is let into the folder.</summary>
    NoFolderLock,
}

/// <summary>Reaches into the writer: dies where it is told, and breaks what it is told.</summary>
internal sealed class FaultProbe(KillSwitch kill, BrokenPromise broken) : CommitProbe
{
    /// <summary>Names the promise to break.</summary>
    public const string Variable = "RELEASEWORKFLOWS_TEST_BREAK";

    private const string Nothing = "SELECT 1";

    public static BrokenPromise FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text ? Enum.Parse<BrokenPromise>(text) : BrokenPromise.None;

    public override bool MindsGuards => broken is not (BrokenPromise.NoGuards or BrokenPromise.NoBookmarks or BrokenPromise.NoLog);

    public override bool KeepsOthersOut => broken != BrokenPromise.NoFolderLock;

    public override void Reached(CommitPoint point, SqliteConnection? connection, string? statement)
    {
        if (point == CommitPoint.Opened)
            BreakDatabase(connection!);
        foreach (var name in NamesOf(point, statement))
            kill.Reached(name);
    }

    public override string Prepare(string statement) => broken switch
    {
        BrokenPromise.NoTransaction when statement.Split(' ')[0] is "BEGIN" or "COMMIT" or "ROLLBACK" or "SAVEPOINT" or "RELEASE" => Nothing,
        BrokenPromise.NoGuards => statement
            .Replace("AND version = $version", "AND $version = $version", StringComparison.Ordinal)
            .Replace("AND revision = $stored_revision", "AND $stored_revision = $stored_revision", StringComparison.Ordinal)
            .Replace("INSERT INTO release_log", "INSERT OR REPLACE INTO release_log", StringComparison.Ordinal),
        BrokenPromise.NoIdempotency => Without(statement, "INSERT INTO idempotency_records"),
        BrokenPromise.NoOutbox => Without(statement, "INSERT INTO outbox"),
        BrokenPromise.NoBookmarks => Without(statement, "INSERT INTO bookmarks"),
        BrokenPromise.NoLog => Without(statement, "INSERT INTO release_log"),
        _ => statement,
    };

    // The arguments stay, the effect goes.
    private static string Without(string statement, string beginning) => statement.StartsWith(beginning, StringComparison.Ordinal)
        ? "SELECT " + string.Join(", ", new ReleaseWorkflows.Persistence.Database.SqlStatement(statement).Parameters)
        : statement;

    private static IEnumerable<string> NamesOf(CommitPoint point, string? statement)
    {
        switch (point)
        {
            case CommitPoint.BeforeBegin:
                yield return "before-begin";
                break;
            case CommitPoint.AfterStatement:
                yield return "after-statement";
                if (statement!.StartsWith("DELETE FROM timers WHERE id = ", StringComparison.Ordinal) || statement.StartsWith("DELETE FROM timers WHERE id IN (SELECT value", StringComparison.Ordinal))
                    yield return "timer-claim";
                if (statement.Contains("INTO workflow_definitions", StringComparison.Ordinal))
                    yield return "publish";
                if (statement.Contains("DELETE FROM idempotency_records", StringComparison.Ordinal))
                    yield return "purge";
                break;
            case CommitPoint.BeforeCommit:
                yield return "before-commit";
                break;
            case CommitPoint.AfterCommit:
                yield return "after-commit";
                break;
            case CommitPoint.BeforeCheckpoint:
                yield return "before-checkpoint";
                break;
            case CommitPoint.AfterCheckpoint:
                yield return "after-checkpoint";
                break;
            case CommitPoint.AfterMigration:
                yield return "after-migration";
                break;
            case CommitPoint.BeforeBackupIsKept:
                yield return "backup";
                break;
        }
    }

    private void BreakDatabase(SqliteConnection connection)
    {
        string[] statements = broken switch
        {
            BrokenPromise.NoUniqueness => ["DROP INDEX IF EXISTS ux_releases_active", "DROP INDEX IF EXISTS ux_releases_target", "DROP INDEX IF EXISTS ux_idempotency_records_account_request_key"],
            BrokenPromise.NoSync => ["PRAGMA synchronous=NORMAL"],
            _ => [],
        };
        foreach (var statement in statements)
        {
            using var command = connection.CreateCommand();
            // CA2100: the statements are the constants above.
#pragma warning disable CA2100
            command.CommandText = statement;
#pragma warning restore CA2100
            command.ExecuteNonQuery();
        }
    }
}
