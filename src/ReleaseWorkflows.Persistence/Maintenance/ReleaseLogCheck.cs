using System.Text.Json;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;

namespace ReleaseWorkflows.Persistence.Maintenance;

/// <summary>
/// Replays the log of each release and compares: the state of a release is nothing but its events, numbered without a gap, and the events of a
/// life keep the rules whoever wrote them (I1, I3, I4, I9, I10).
/// </summary>
internal sealed class ReleaseLogCheck(SqliteConnection connection, bool isOutboxComplete)
{
    private const string Query = $"""
        SELECT r.id, r.status, r.revision, r.mini_program || ' ' || r.version || ' ' || r.app || ' ' || r.environment, {SqlFunctions.TextOf}(r.document), l.revision, {SqlFunctions.TextOf}(l.document),
          (SELECT count(*) FROM testers t WHERE t.release_key = r.key)
        FROM releases r LEFT JOIN release_log l ON l.release_key = r.key ORDER BY r.key, l.revision
        """;

    /// <summary>Releases looked at so far.</summary>
    public long Releases { get; private set; }

    /// <summary>Lines of logs looked at so far.</summary>
    public long Events { get; private set; }

    public IEnumerable<CheckFinding> Run(CancellationToken cancellationToken)
    {
        var messages = Outbox.Read(connection);
        using var command = connection.CreateCommand();
        command.CommandText = Query;
        using var rows = command.ExecuteReader();
        Life? life = null;
        while (rows.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var id = rows.GetString(0);
            if (life?.Id != id)
            {
                foreach (var finding in life?.End(messages, isOutboxComplete) ?? [])
                    yield return finding;
                life = new Life(id, rows);
                Releases++;
            }
            if (!rows.IsDBNull(5))
            {
                life.Add(rows.GetInt32(5), TextOf(rows, 6));
                Events++;
            }
        }
        foreach (var finding in life?.End(messages, isOutboxComplete) ?? [])
            yield return finding;
    }

    // What is damaged is no text, and is told as unreadable.
    private static string TextOf(SqliteDataReader row, int ordinal) => row.IsDBNull(ordinal) ? "" : row.GetString(ordinal);

    /// <summary>What the logs are compared with: which messages there are, and whose packages are still to be built.</summary>
    private sealed record Outbox(HashSet<string> Keys, HashSet<string> ReleasesToBuild)
    {
        public static Outbox Read(SqliteConnection connection)
        {
            var outbox = new Outbox(new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT message_key, kind = '{OutboxKinds.PackageBuild}' AND {DomainSchema.IsPending}, release_id FROM outbox WHERE release_id IS NOT NULL";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                outbox.Keys.Add(rows.GetString(0));
                if (rows.GetBoolean(1))
                    outbox.ReleasesToBuild.Add(rows.GetString(2));
            }
            return outbox;
        }
    }

    /// <summary>One release with its log.</summary>
    private sealed class Life(string id, SqliteDataReader row)
    {
        private readonly string _status = row.GetString(1);
        private readonly int _revision = row.GetInt32(2);
        private readonly string _key = row.GetString(3);
        private readonly string _document = TextOf(row, 4);
        private readonly long _testers = row.GetInt64(7);
        private readonly List<CheckFinding> _findings = [];
        private readonly List<string> _decisions = [];
        private Release? _state;
        private int _lines;

        public string Id => id;

        public void Add(int revision, string document)
        {
            _lines++;
            if (revision != _lines)
                Found("log-without-gap", $"Line {_lines} of the log of release {id} has the number {revision} (I10).");
            try
            {
                var happened = JsonSerializer.Deserialize(document, DomainJson.Default.ReleaseEvent)!;
                CheckRules(happened);
                _state = _state is null ? Release.Begin((ReleaseCreated)happened) : _state.Apply(happened);
                if (happened is RequestRejected or RequestApproved { IsAutomatic: false } && _state.Request is { ApplicantEmail: not null } request)
                    _decisions.Add($"decision:{request.Id}");
            }
            // CA1031: whatever a damaged line makes the replay throw is a finding about the line.
#pragma warning disable CA1031
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Found("log-is-readable", $"Line {_lines} of the log of release {id} cannot be replayed: {exception.Message}");
            }
        }

        public List<CheckFinding> End(Outbox messages, bool isOutboxComplete)
        {
            if (_state is null)
            {
                Found("log-is-state", $"Release {id} has no log (I10).");
                return _findings;
            }
            if (ReadDocument() is not { } stored)
            {
                Found("document-is-readable", $"The document of release {id} is damaged.");
                return _findings;
            }
            if (Write(stored) != Write(_state))
                Found("log-is-state", $"Release {id} is not what its log says: {Write(stored)} instead of {Write(_state)}.");
            if (_status != stored.Status.ToString() || _revision != stored.Revision || _revision != _lines
                || _key != $"{stored.Key.MiniProgram} {stored.Key.Version} {stored.Key.App} {stored.Key.Environment}")
            {
                Found("columns-are-document", $"The columns of release {id} ({_status}, revision {_revision}, {_lines} log lines) do not say what its document says.");
            }
            if (stored.Status == ReleaseStatus.PilotTesting && stored.TesterCount != _testers)
                Found("testers-are-counted", $"Release {id} has {_testers} testers and counts {stored.TesterCount} (T12).");
            if (stored is { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.Building } && !messages.ReleasesToBuild.Contains(id))
                Found("build-is-under-way", $"Release {id} waits for a package that nobody builds (T2).");
            foreach (var decision in _decisions.Where(decision => isOutboxComplete && !messages.Keys.Contains(decision)))
                Found("decision-is-told", $"The decision {decision} on release {id} has no e-mail (I9).");
            return _findings;
        }

        private Release? ReadDocument()
        {
            try
            {
                return JsonSerializer.Deserialize(_document, DomainJson.Default.Release);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        private void CheckRules(ReleaseEvent happened)
        {
            switch (_state?.Status)
            {
                case ReleaseStatus.Canceled or ReleaseStatus.Archived:
                case ReleaseStatus.FullRelease when happened is not (ReleaseArchived or TakenOffline):
                    Found("the-end-is-the-end", $"Release {id} was {_state.Status}, and then came {happened.GetType().Name} (I4).");
                    break;
            }
            if (happened is PercentageRaised raised && (raised.Percentage <= (_state?.Percentage ?? 0) || raised.Percentage > 99))
                Found("percentages-rise", $"Release {id} went from {_state?.Percentage ?? 0} % to {raised.Percentage} % (I3).");
            if (happened is PilotStarted or ReleasePrepared or GrayscaleChosen or PercentageRaised or WentLive
                && _state is { Policy.GoesLiveManually: true } && !(_state.IsApprovedAsIs && _state.Request is { Mode: Domain.Apps.ReviewMode.Manual, Outcome: ReviewOutcome.Approved }))
            {
                Found("approved-before-live", $"Release {id} reached users without the approval of what goes out: {happened.GetType().Name} at line {_lines} (I1).");
            }
        }

        private void Found(string check, string sentence) => _findings.Add(new CheckFinding(check, sentence));

        private static string Write(Release release) => JsonSerializer.Serialize(
            release with { WorkflowInstanceId = null, WorkflowDefinitionId = null, WorkflowDefinitionVersion = null }, DomainJson.Default.Release);
    }
}
