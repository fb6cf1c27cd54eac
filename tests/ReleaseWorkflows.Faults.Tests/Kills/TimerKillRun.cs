using System.Globalization;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Kills;

/// <summary>
/// A server that dies close to the moment at which timers are due (R19): instances wait three times for 50 ms, and the process dies in one of the windows of
/// 10 ms around these moments. Whatever was confirmed comes to its end, after exactly four commits.
/// </summary>
/// <param name="seed">The windows follow from it.</param>
internal sealed class TimerKillRun(int seed)
{
    private const int InstancesPerLife = 6;
    private const int Windows = 22;

    private readonly Random _random = new(seed);
    private readonly List<string> _violations = [];
    private int _deaths;
    private int _instances;

    /// <summary>What was found wrong; empty: nothing.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Kills a server so often.</summary>
    public async Task RunAsync(int deaths, Action<string>? progress = null)
    {
        using var data = await PreparedData.CopyAsync();
        string[] settings = [Definitions.CopyTo(data.Combine("definitions"))];
        var (history, owed) = (new History(), new Queue<Operation>());
        while (_deaths < deaths && _violations.Count == 0)
        {
            await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = settings }))
            {
                using var client = new Client(server.Address!, data.Path, history);
                for (var i = 0; i < InstancesPerLife; i++)
                    owed.Enqueue(Operation.Timers($"{seed}-{_deaths}-{i}"));
                var asking = AskAsync(client, owed);
                // From the first confirmation on, the timers of all instances are due within the next fifth of a second.
                await Task.WhenAny(asking, Task.Delay(TimeSpan.FromSeconds(20)));
                await Task.Delay(TimeSpan.FromMilliseconds(10 * _random.Next(Windows)));
                await server.KillAsync();
                await asking;
            }
            _deaths++;
            Check(data, isAtEnd: false);
            progress?.Invoke(ToString());
        }
        await using (var server = await TestServer.StartAsync(folder: data.Path, settings: settings))
        {
            using var client = new Client(server.Http.BaseAddress!, data.Path, history);
            await AskAsync(client, owed);
            await Eventually.BeTrueAsync(() => Rows.Count(data, "SELECT count(*) FROM timers WHERE instance_id IS NOT NULL") == 0, "all timers to have fired");
        }
        _instances = history.Operations.Count(operation => operation.IsAccepted);
        Check(data, isAtEnd: true);
    }

    /// <summary>The figures of the run.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {_deaths} deaths, {_instances} instances, {_violations.Count} violations")
        + string.Concat(_violations.Take(10).Select(violation => "\n  VIOLATION " + violation));

    private static async Task AskAsync(Client client, Queue<Operation> owed)
    {
        try
        {
            while (owed.TryPeek(out var operation))
            {
                await client.SendAsync(operation);
                owed.Dequeue();
            }
        }
        catch (HttpRequestException)
        {
            // It died; the next one is asked the same under the same key.
        }
    }

    private void Check(DataDirectory data, bool isAtEnd)
    {
        _violations.AddRange(DatabaseCheck.Run(data.DatabasePath).Findings.Select(finding => $"after death {_deaths}: {finding.Check}: {finding.Sentence}"));
        if (!isAtEnd)
            return;
        var (there, done) = (
            Rows.Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers'"),
            Rows.Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers' AND sub_status = 'Finished' AND version = 4"));
        if (there != _instances || done != _instances)
            _violations.Add($"{_instances} instances were confirmed, {there} are there, {done} came to their end after four commits.");
    }
}

public sealed class TimerKillTests(Xunit.Abstractions.ITestOutputHelper output)
{
    [Fact]
    public async Task Timers_fire_once_however_close_to_their_moment_the_server_dies()
    {
        var run = new TimerKillRun(Random.Shared.Next());

        await run.RunAsync(deaths: 3);

        output.WriteLine(run.ToString());
        Assert.True(run.Violations.Count == 0, run.ToString());
    }
}
