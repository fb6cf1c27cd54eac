using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Persistence.RuntimeTables;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// Looks at one committed state of a database and names every promise that it does not keep: that the file is whole, that the rows of engine and
/// domain agree, that everything that waits has a row, and that each release is what its log says (<see cref="ReleaseLogCheck"/>). Whatever
/// happens to a server, the database it leaves behind passes.
/// </summary>
internal static class DatabaseCheck
{
    private const int MostPerCheck = 100;

    private const string RowsOfInstance = $"(SELECT count(*) FROM bookmarks t WHERE {RuntimeSchema.RowsOfInstance})";

    private const string StateOfInstance = SqlFunctions.TextOf + "(s.state)";

    // Each row of an answer is one finding; its column names what it is about.
    private static readonly SqlCheck[] Checks =
    [
        new("integrity", "PRAGMA integrity_check(100)", "The file is damaged: {0}. Restore the newest backup.") { Sound = "ok" },
        new("foreign-keys", "SELECT \"table\" || ' row ' || rowid || ' without its ' || parent FROM pragma_foreign_key_check", "Rows do not belong together: {0}."),
        new("one-release-per-version-and-target",
            "SELECT min(id) || ' and ' || max(id) FROM releases GROUP BY mini_program, version, app, environment HAVING count(*) > 1",
            "Releases {0} are of one version for one target (I4)."),
        new("one-active-release-per-target",
            $"SELECT min(id) || ' and ' || max(id) FROM releases WHERE {DomainSchema.IsActive} GROUP BY mini_program, app, environment HAVING count(*) > 1",
            "Releases {0} are on their way to one target (A22)."),
        new("one-live-release-per-target",
            $"SELECT min(id) || ' and ' || max(id) FROM releases WHERE {DomainSchema.IsLive} GROUP BY mini_program, app, environment HAVING count(*) > 1",
            "Releases {0} are live on one target (T22)."),
        new("one-answer-per-key",
            "SELECT request_key FROM idempotency_records GROUP BY account, request_key HAVING count(*) > 1",
            "Idempotency key {0} has two answers."),
        new("one-published-version",
            "SELECT definition_id FROM workflow_definitions WHERE is_published = 1 GROUP BY definition_id HAVING count(*) > 1",
            "Definition {0} has two published versions."),
        new("bookmark-of-running-instance",
            $"SELECT t.id FROM bookmarks t LEFT JOIN workflow_instances i ON {RuntimeSchema.InstanceOfRow} WHERE i.key IS NULL OR i.status <> 'Running'",
            "Bookmark {0} belongs to no running instance."),
        new("running-instance-waits",
            $"SELECT i.id FROM workflow_instances i WHERE i.status = 'Running' AND {RowsOfInstance} = 0",
            "Instance {0} runs and waits for nothing."),
        new("state-of-instance",
            "SELECT i.id FROM workflow_instances i LEFT JOIN workflow_instance_states s ON s.instance_key = i.key WHERE i.status = 'Running' AND s.instance_key IS NULL",
            "Instance {0} has no state."),
        new("state-is-readable",
            $"""
            SELECT i.id FROM workflow_instances i JOIN workflow_instance_states s ON s.instance_key = i.key
            WHERE i.status = 'Running' AND json_valid({StateOfInstance}) IS NOT 1
            """,
            "The state of instance {0} is damaged."),
        new("bookmarks-of-state",
            $"""
            SELECT i.id FROM workflow_instances i JOIN workflow_instance_states s ON s.instance_key = i.key
            WHERE i.status = 'Running' AND json_valid({StateOfInstance}) AND (
              (SELECT count(*) FROM json_each({StateOfInstance}, '$.bookmarks')) <> {RowsOfInstance}
              OR EXISTS (SELECT json_extract(b.value, '$.id') FROM json_each({StateOfInstance}, '$.bookmarks') b
                WHERE json_extract(b.value, '$.id') NOT IN (SELECT t.id FROM bookmarks t WHERE {RuntimeSchema.RowsOfInstance})))
            """,
            "The bookmarks of instance {0} are not those of its state."),
        new("timer-of-bookmark",
            "SELECT m.id FROM timers m WHERE m.bookmark_id IS NOT NULL AND m.bookmark_id NOT IN (SELECT id FROM bookmarks)",
            "Timer {0} belongs to a bookmark that is gone."),
        new("timer-of-trigger",
            "SELECT m.id FROM timers m WHERE m.trigger_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM triggers t WHERE t.id = m.trigger_id)",
            "Timer {0} belongs to a trigger that is gone."),
        new("job-of-bookmark",
            "SELECT j.id FROM outside_jobs j WHERE j.id NOT IN (SELECT id FROM bookmarks)",
            "Nobody waits for the outside job {0}."),
        new("version-of-instance",
            """
            SELECT i.id FROM workflow_instances i LEFT JOIN workflow_definitions d ON d.id = i.definition_version_id
            WHERE i.status = 'Running' AND (d.id IS NULL OR d.version <> i.definition_version)
            """,
            "Instance {0} runs on a version of its definition that is not there."),
        new("workflow-of-release",
            """
            SELECT r.id FROM releases r LEFT JOIN workflow_instances i ON i.id = r.workflow_instance_id
            WHERE r.status NOT IN ('FullRelease', 'Canceled', 'Archived') AND (i.id IS NULL OR (i.status <> 'Running' AND i.sub_status = 'Finished'))
            """,
            "Release {0} is on its way and no workflow carries it."),
    ];

    /// <summary>Checks a database.</summary>
    /// <param name="path">The file; it is only read.</param>
    /// <param name="isOutboxComplete">True if no message was ever purged, so that each decision must have its e-mail (I9).</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="DatabaseUnavailableException">The file is missing, is no database, or cannot be read.</exception>
    public static CheckReport Run(string path, bool isOutboxComplete = false, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path))
            throw new DatabaseUnavailableException(DatabaseFailure.Missing, $"There is no database at {path}.");
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            SqlFunctions.AddTo(connection);
            // All questions look at one state, whatever a server commits meanwhile.
            using var snapshot = connection.BeginTransaction(deferred: true);
            var findings = new List<CheckFinding>();
            foreach (var check in Checks)
            {
                cancellationToken.ThrowIfCancellationRequested();
                findings.AddRange(check.Run(connection).Take(MostPerCheck));
            }
            var logs = new ReleaseLogCheck(connection, isOutboxComplete);
            findings.AddRange(logs.Run(cancellationToken).Take(MostPerCheck));
            var instances = (long)DatabaseFile.Scalar(connection, "SELECT count(*) FROM workflow_instances")!;
            return new CheckReport(findings, logs.Releases, logs.Events, instances);
        }
        catch (SqliteException exception)
        {
            throw DatabaseUnavailableException.From(exception, path);
        }
    }

    private sealed record SqlCheck(string Name, string Query, string Sentence)
    {
        /// <summary>The answer that is no finding, where a question always has one.</summary>
        public string? Sound { get; init; }

        public IEnumerable<CheckFinding> Run(SqliteConnection connection)
        {
            using var command = connection.CreateCommand();
            // CA2100: the queries are the constants above.
#pragma warning disable CA2100
            command.CommandText = Query;
#pragma warning restore CA2100
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                var subject = rows.GetString(0);
                if (subject != Sound)
                    yield return new CheckFinding(Name, string.Format(System.Globalization.CultureInfo.InvariantCulture, Sentence, subject));
            }
        }
    }
}
