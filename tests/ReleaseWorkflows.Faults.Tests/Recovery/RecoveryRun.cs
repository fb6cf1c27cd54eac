using System.Globalization;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;

namespace ReleaseWorkflows.Faults.Tests.Recovery;

/// <summary>
/// How long a server takes from its start to its first request after it was killed, with instances that wait and a log that was never moved into the
/// database. Beside it, the start of the same program on a database that was left in good order.
/// </summary>
/// <param name="Instances">Instances that wait.</param>
/// <param name="LogBytes">Size of the log that the killed server left.</param>
/// <param name="AfterKill">Starts after a death, the shortest first.</param>
/// <param name="InGoodOrder">Starts on the prepared data, the shortest first.</param>
internal sealed record RecoveryRun(long Instances, long LogBytes, IReadOnlyList<TimeSpan> AfterKill, IReadOnlyList<TimeSpan> InGoodOrder)
{
    private const int Repetitions = 5;
    private const int Callers = 32;

    /// <summary>Makes the instances and measures.</summary>
    public static async Task<RecoveryRun> MeasureAsync(int instances)
    {
        using var data = await PreparedData.CopyAsync();
        // The log is never moved, so that all of it is there when the server dies.
        var settings = new ServerSettings
        {
            Folder = data.Path,
            Settings = [Definitions.CopyTo(data.Combine("definitions"), "01:00:00"), "--ReleaseWorkflows:Database:CheckpointPages=100000000", "--ReleaseWorkflows:Database:ForcedCheckpointPages=200000000"],
        };
        var inGoodOrder = new List<TimeSpan>();
        for (var i = 0; i < Repetitions; i++)
        {
            await using var server = await ServerProcess.StartAsync(settings);
            inGoodOrder.Add(server.StartTime);
            await server.StopAsync();
        }
        await using (var server = await ServerProcess.StartAsync(settings))
        {
            var next = 0;
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
            {
                using var client = new Client(server.Address!, data.Path, new History());
                for (var i = Interlocked.Increment(ref next); i <= instances; i = Interlocked.Increment(ref next))
                    await client.SendAsync(Operation.Timers($"t{i}"));
            }));
            await server.KillAsync();
        }
        var log = new FileInfo(data.DatabasePath + "-wal").Length;
        var afterKill = new List<TimeSpan>();
        for (var i = 0; i < Repetitions; i++)
        {
            // It dies again with the log as it is: nothing was moved.
            await using var server = await ServerProcess.StartAsync(settings);
            afterKill.Add(server.StartTime);
            await server.KillAsync();
        }
        var waiting = Rows.Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers' AND status = 'Running'");
        if (DatabaseCheck.Run(data.DatabasePath) is { IsSound: false } report)
            throw new InvalidOperationException(report.ToString());
        return new RecoveryRun(waiting, log, [.. afterKill.Order()], [.. inGoodOrder.Order()]);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Instances} waiting instances, {LogBytes / 1_048_576.0:0.0} MB of log: start after a kill {Show(AfterKill)}; in good order {Show(InGoodOrder)}");

    private static string Show(IReadOnlyList<TimeSpan> times) =>
        string.Create(CultureInfo.InvariantCulture, $"p50 {times[times.Count / 2].TotalMilliseconds:0} ms, longest {times[^1].TotalMilliseconds:0} ms");
}
