using System.Text.Json;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;

namespace ReleaseWorkflows.Faults.Tests.Driving;

/// <summary>
/// Compares what clients were told with what the database says happened. Per release: every accepted command left its event exactly once, every
/// event has its command, answers came in an order that one server working one command at a time could have given, and no read or refusal
/// speaks of a state that the release was not in between question and answer.
/// </summary>
internal sealed class HistoryCheck
{
    // What a command leaves in the log. A command that may change nothing leaves at most that.
    private static readonly Dictionary<string, (Predicate<ReleaseEvent> Leaves, bool Always)> Effects = new()
    {
        ["create"] = (happened => happened is ReleaseCreated, true),
        ["apply"] = (happened => happened is ApplicationSubmitted, true),
        ["withdraw"] = (happened => happened is RequestWithdrawn, true),
        ["approve"] = (happened => happened is RequestApproved { IsAutomatic: false }, true),
        ["reject"] = (happened => happened is RequestRejected, true),
        ["complete-pilot"] = (happened => happened is PilotCompleted, true),
        ["cancel"] = (happened => happened is ReleaseCanceled, true),
        ["configuration"] = (happened => happened is ConfigurationEdited, true),
        ["testers"] = (happened => happened is TestersChanged, false),
    };

    private readonly List<string> _violations = [];
    private readonly History _history;
    private readonly string _folder;
    private readonly SqliteConnection _connection;

    private HistoryCheck(History history, string folder, SqliteConnection connection)
    {
        _history = history;
        _folder = folder;
        _connection = connection;
    }

    /// <summary>Judges a history whose last answers are in, on the data of a server that has stopped with nothing left to do.</summary>
    /// <param name="history">What was asked and answered.</param>
    /// <param name="folder">The data directory.</param>
    /// <param name="versionsBefore">Versions that no client has uploaded, beside the demo's.</param>
    /// <returns>What is wrong; empty: nothing.</returns>
    public static IReadOnlyList<string> Run(History history, string folder, int versionsBefore = 0)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "release-workflows.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        var check = new HistoryCheck(history, folder, connection);
        check.CheckAll(versionsBefore);
        return check._violations;
    }

    private void CheckAll(int versionsBefore)
    {
        _violations.AddRange(_history.Oddities);
        var operations = _history.Operations.ToList();
        var lives = ReadLives();
        foreach (var release in operations.Where(operation => operation is { IsAccepted: true, Kind: "create" }).Select(operation => operation.Release!).Distinct())
            Require(lives.ContainsKey(release), $"Release {release} was confirmed and is not there.");
        foreach (var (release, life) in lives)
            CheckRelease(release, life, [.. operations.Where(operation => operation.Release == release)]);
        CheckCount("upload", operations, $"SELECT count(*) - {versionsBefore} FROM mini_program_versions WHERE number <> '1.0.0'");
        CheckCount("mini-program", operations, "SELECT count(*) FROM mini_programs WHERE id <> 'coffee'");
        CheckTimers(operations);
        CheckMails();
    }

    private void CheckRelease(string release, Life life, List<Operation> operations)
    {
        var commands = operations.Where(operation => operation is { IsAccepted: true, Key: not null })
            .GroupBy(operation => operation.Key!)
            .Select(same => new Command(same.First().Kind, same.Min(operation => operation.InvokedAt), same.Min(operation => operation.CompletedAt), same.First().Revision, [.. same]))
            .ToList();
        foreach (var command in commands)
        {
            Require(command.Answers.Select(answer => (answer.Status, answer.Revision, answer.Answer)).Distinct().Count() == 1,
                $"One key got different answers: {string.Join(" | ", command.Answers)}");
            if (command.Kind != "create" && command.Answers[0].ReleaseStatus is not null)
                Require(life.StatusAt(command.Revision) == command.Answers[0].ReleaseStatus, $"The release never stood as this answer says: {command.Answers[0]}");
        }
        foreach (var (kind, (leaves, always)) in Effects)
        {
            var (told, happened) = (commands.Count(command => command.Kind == kind), life.Events.Count(happened => leaves(happened)));
            Require(always ? told == happened : told >= happened, $"Release {release}: {told} confirmed commands “{kind}”, {happened} in the log.");
        }
        CheckRollout(release, life, commands);
        CheckOrder(life, commands);
        foreach (var operation in operations.Where(operation => operation.Kind == "read" || (!operation.IsAccepted && operation.ReleaseStatus is not null)))
            CheckSight(life, commands, operation);
    }

    // Both commands can make a release live for everyone, and the choice of Grayscale may change nothing (T16 to T19).
    private void CheckRollout(string release, Life life, List<Command> commands)
    {
        var (chosen, raised) = (commands.Count(command => command.Kind == "go-live"), commands.Count(command => command.Kind == "grayscale"));
        var choices = life.Events.Count(happened => happened is GrayscaleChosen);
        var raises = life.Events.Count(happened => happened is PercentageRaised or WentLive { Mode: ReleaseMode.Direct or ReleaseMode.AfterGrayscale });
        Require(raised <= raises && choices + raises <= chosen + raised, $"Release {release}: {chosen} confirmed choices and {raised} confirmed percentages, {choices} and {raises} in the log.");
    }

    // What was confirmed before another command was sent comes before it.
    private void CheckOrder(Life life, List<Command> commands)
    {
        foreach (var earlier in commands)
        {
            foreach (var later in commands.Where(later => later.InvokedAt > earlier.CompletedAt && later.Revision < earlier.Revision))
                Require(false, $"Confirmed out of order: {earlier.Answers[0]} and then {later.Answers[0]} in a log of {life.Events.Count} lines.");
        }
    }

    // What a client saw lies between what was confirmed before it asked and what was asked after it had its answer.
    private void CheckSight(Life life, List<Command> commands, Operation seen)
    {
        var from = commands.Where(command => command.CompletedAt < seen.InvokedAt && command.Revision > 0).Select(command => command.Revision).DefaultIfEmpty(1).Max();
        var to = life.Events.Count;
        if (seen.Kind == "read" && seen.IsAccepted)
            Require(seen.Revision >= from && life.StatusAt(seen.Revision) == seen.ReleaseStatus, $"A read went back behind revision {from}, or saw what never was: {seen}");
        else if (!seen.IsAccepted)
            Require(Enumerable.Range(from, to - from + 1).Any(revision => life.StatusAt(revision) == seen.ReleaseStatus), $"A refusal speaks of a state after revision {from} that never was: {seen}");
    }

    private void CheckCount(string kind, List<Operation> operations, string query)
    {
        var (told, there) = (operations.Where(operation => operation.IsAccepted && operation.Kind == kind).Select(operation => operation.Key).Distinct().Count(), Count(query));
        Require(told == there, $"{told} confirmed operations “{kind}”, {there} in the database.");
    }

    // Each starts an instance, which waits three times: four commits, no more, no less.
    private void CheckTimers(List<Operation> operations)
    {
        CheckCount("timers", operations, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers'");
        var odd = Count("SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers' AND (sub_status <> 'Finished' OR version <> 4)");
        Require(odd == 0, $"{odd} instances with timers are not at their end after four commits.");
    }

    private void CheckMails()
    {
        var decisions = Count("SELECT count(*) FROM outbox WHERE kind = 'email'");
        var pending = Count("SELECT count(*) FROM outbox WHERE completed_at IS NULL");
        var mails = Directory.Exists(Path.Combine(_folder, "mail")) ? Directory.EnumerateFiles(Path.Combine(_folder, "mail"), "*.eml").Count() : 0;
        Require(pending == 0, $"{pending} outbox messages were never done.");
        Require(decisions == mails, $"{decisions} decisions, {mails} e-mails.");
    }

    private Dictionary<string, Life> ReadLives()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT r.id, l.document FROM releases r JOIN release_log l ON l.release_key = r.key ORDER BY r.key, l.revision";
        using var rows = command.ExecuteReader();
        var lives = new Dictionary<string, Life>();
        while (rows.Read())
        {
            if (!lives.TryGetValue(rows.GetString(0), out var life))
                lives.Add(rows.GetString(0), life = new Life());
            life.Add(JsonSerializer.Deserialize(CompressedJson.Read(rows.GetFieldValue<byte[]>(1)).Span, DomainJson.Default.ReleaseEvent)!);
        }
        return lives;
    }

    private long Count(string query)
    {
        using var command = _connection.CreateCommand();
        // CA2100: the queries are constants of this class.
#pragma warning disable CA2100
        command.CommandText = query;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    private void Require(bool holds, string violation)
    {
        if (!holds)
            _violations.Add(violation);
    }

    /// <summary>An accepted command, with every answer that its key got.</summary>
    private sealed record Command(string Kind, long InvokedAt, long CompletedAt, int Revision, IReadOnlyList<Operation> Answers);

    /// <summary>A release as its log tells it.</summary>
    private sealed class Life
    {
        private readonly List<ReleaseEvent> _events = [];
        private readonly List<string> _statuses = [];
        private Release? _state;

        public List<ReleaseEvent> Events => _events;

        public void Add(ReleaseEvent happened)
        {
            _state = _state is null ? Release.Begin((ReleaseCreated)happened) : _state.Apply(happened);
            _events.Add(happened);
            _statuses.Add(_state.Status.ToString());
        }

        /// <summary>Where the release stood after so many events; null if there never were so many.</summary>
        public string? StatusAt(int revision) => revision >= 1 && revision <= _statuses.Count ? _statuses[revision - 1] : null;
    }
}
