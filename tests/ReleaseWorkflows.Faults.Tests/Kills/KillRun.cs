using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;

namespace ReleaseWorkflows.Faults.Tests.Kills;

/// <summary>
/// A server that dies again and again, each time at a moment of its own, while clients work with it (R1, R3, R4, R5, R19, R23). After each death
/// the database is checked; when the clients have all their answers, so is what they were told.
/// </summary>
/// <param name="seed">Everything that is chosen follows from it.</param>
/// <param name="broken">The promise that the server breaks, for a run that has to fail.</param>
internal sealed class KillRun(int seed, BrokenPromise broken = BrokenPromise.None)
{
    private const int OperationsPerLife = 15;

    // What only the end of a history tells, a broken server is to be told soon.
    private readonly int _deathsPerFolder = broken == BrokenPromise.None ? 25 : 5;
    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _deaths = new(StringComparer.Ordinal);
    private readonly List<TimeSpan> _starts = [];
    private readonly List<string> _violations = [];
    private int _operations;
    private int _unknown;
    private int _replays;
    private int _checks;

    /// <summary>What was found wrong; empty: nothing.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Times the server died.</summary>
    public int Deaths => _deaths.Values.Sum();

    /// <summary>Kills a server so often, or until something is found.</summary>
    public async Task RunAsync(int deaths, Action<string>? progress = null)
    {
        for (var round = 0; Deaths < deaths && _violations.Count == 0; round++)
        {
            await RunFolderAsync(round, Math.Min(_deathsPerFolder, deaths - Deaths));
            progress?.Invoke($"{Deaths} deaths, {_operations} operations, {_violations.Count} violations");
        }
    }

    /// <summary>The figures of the run.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}, {broken}: {Deaths} deaths, {_checks} checks, {_operations} operations, {_unknown} lost answers, {_replays} replays, {_violations.Count} violations"));
        if (_starts.Count > 0)
        {
            var starts = _starts.Order().ToList();
            text.Append(string.Create(CultureInfo.InvariantCulture, $"; start p50 {starts[starts.Count / 2].TotalMilliseconds:0} ms, p99 {starts[starts.Count * 99 / 100].TotalMilliseconds:0} ms, longest {starts[^1].TotalMilliseconds:0} ms"));
        }
        foreach (var (point, count) in _deaths)
            text.Append(CultureInfo.InvariantCulture, $"\n  {point}: {count}");
        foreach (var violation in _violations.Take(20))
            text.Append("\n  VIOLATION ").Append(violation);
        return text.ToString();
    }

    private async Task RunFolderAsync(int round, int deaths)
    {
        using var data = new DataDirectory();
        string[] settings = [Definitions.CopyTo(data.Combine("definitions")), "--ReleaseWorkflows:Database:CheckpointPages=40", "--ReleaseWorkflows:Database:ForcedCheckpointPages=120"];
        var history = new History();
        var driver = new Driver(history, unchecked((seed * 31) + round));
        for (var life = 0; life < deaths && _violations.Count == 0; life++)
            await LiveAndDieAsync(new ServerSettings { Folder = data.Path, Broken = broken, Settings = settings }, driver, $"round {round}, life {life}");
        if (_violations.Count == 0)
            await EndAsync(new ServerSettings { Folder = data.Path, Broken = broken, Settings = settings }, driver, round);
        _operations += history.Operations.Count;
        _unknown += history.Unknown;
        _replays += history.Replays;
        data.IsKept = _violations.Count > 0 && broken == BrokenPromise.None;
        if (data.IsKept)
            _violations.Add($"The data are kept in {data.Path}.");
    }

    private async Task LiveAndDieAsync(ServerSettings settings, Driver driver, string where)
    {
        // One in eight dies from outside, at any moment; the others where they are told.
        var (point, most) = _random.Next(8) == 0 ? ("outside", 1) : KillSwitch.Points[_random.Next(KillSwitch.Points.Count)];
        var count = 1 + _random.Next(most);
        await using var server = await ServerProcess.StartAsync(settings with { Kill = $"{point}:{count}" });
        if (server.Address is { } address)
        {
            _starts.Add(server.StartTime);
            using var stop = new CancellationTokenSource();
            var (history, unknown) = (driver.History, driver.History.Unknown);
            var work = driver.RunAsync(address, settings.Folder, OperationsPerLife, stop.Token);
            if (point == "outside")
                await Task.WhenAny(work, Task.Delay(_random.Next(20, 600), CancellationToken.None));
            else
                await Task.WhenAny(work, server.WaitAsync());
            // Clients may notice the death of the server before its parent does.
            if (work.IsCompleted && history.Unknown > unknown)
                await Task.WhenAny(server.WaitAsync(), Task.Delay(1_000, CancellationToken.None));
            var wasTold = server.HasExited;
            await server.KillAsync();
            await stop.CancelAsync();
            await work;
            Died(wasTold ? point : "outside");
        }
        else if (server.ExitCode == 1)
        {
            _violations.Add($"{where}: the server does not start: {server.Output}");
            return;
        }
        else
        {
            Died(point);
        }
        Check(settings.Folder, $"{where}, died at {point}:{count}");
    }

    private async Task EndAsync(ServerSettings settings, Driver driver, int round)
    {
        await using var server = await ServerProcess.StartAsync(settings);
        if (server.Address is not { } address)
        {
            _violations.Add($"round {round}: the server does not start: {server.Output}");
            return;
        }
        await driver.FinishAsync(address, settings.Folder);
        await WaitForQuietAsync(settings.Folder);
        await server.StopAsync();
        Check(settings.Folder, $"round {round}, at the end");
        _violations.AddRange(HistoryCheck.Run(driver.History, settings.Folder).Select(violation => $"round {round}: {violation}"));
    }

    private void Check(string folder, string where)
    {
        _checks++;
        var database = Path.Combine(folder, "release-workflows.db");
        // A server that died before its first commit leaves nothing to check.
        if (!File.Exists(database) || !HasSchema(database))
            return;
        _violations.AddRange(DatabaseCheck.Run(database, isOutboxComplete: true).Findings.Select(finding => $"{where}: {finding.Check}: {finding.Sentence}"));
    }

    private static bool HasSchema(string database) => Read(database, "SELECT count(*) FROM sqlite_master WHERE name = 'idempotency_records'") > 0;

    // Until timers have fired and the outbox is empty; a broken server may never get there.
    private static async Task WaitForQuietAsync(string folder)
    {
        for (var i = 0; i < 200; i++)
        {
            if (Read(Path.Combine(folder, "release-workflows.db"), "SELECT (SELECT count(*) FROM outbox WHERE completed_at IS NULL) + (SELECT count(*) FROM timers WHERE instance_id IS NOT NULL)") == 0)
                return;
            await Task.Delay(50);
        }
    }

    private static long Read(string database, string query)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        // CA2100: the queries are constants of this class.
#pragma warning disable CA2100
        command.CommandText = query;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    private void Died(string point) => _deaths[point] = _deaths.GetValueOrDefault(point) + 1;
}
