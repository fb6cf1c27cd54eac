using System.Globalization;
using ReleaseWorkflows.Faults.Tests.Fuzz;
using ReleaseWorkflows.Faults.Tests.Kills;
using ReleaseWorkflows.Faults.Tests.PowerLoss;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Faults.Tests.Recovery;
using ReleaseWorkflows.Faults.Tests.Simulation;

namespace ReleaseWorkflows.Faults.Tests;

/// <summary>
/// The long forms, one command each: <c>dotnet run -c Release --project tests/ReleaseWorkflows.Faults.Tests -- kills 1000 [seed]</c>. Also the
/// server process that the tests kill. <c>dotnet test</c> runs the short forms.
/// </summary>
internal static class Program
{
    private const string Usage = "kills <deaths> [seed] | timers <deaths> [seed] | cuts <cuts> [seed] | simulation <steps> [seed] | fuzz <cases> [seed] | recovery [instances] | controls [seed]";

    public static async Task<int> Main(string[] args)
    {
        if (args is ["server", .. var settings])
            return await FaultyServer.RunAsync(settings);
        var seed = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : Random.Shared.Next();
        switch (args)
        {
            case ["kills", var deaths, ..]:
                var run = new KillRun(seed);
                await run.RunAsync(int.Parse(deaths, CultureInfo.InvariantCulture), Console.WriteLine);
                Console.WriteLine(run);
                return run.Violations.Count == 0 ? 0 : 1;
            case ["cuts", var cuts, ..]:
                var losses = new PowerLossRun(seed);
                await losses.RunAsync(int.Parse(cuts, CultureInfo.InvariantCulture), Console.WriteLine);
                return losses.Violations.Count == 0 ? 0 : 1;
            case ["simulation", var steps, ..]:
                var stories = new SimulationRun(seed);
                await Task.Run(() => stories.Run(long.Parse(steps, CultureInfo.InvariantCulture), Console.WriteLine));
                return stories.Violations.Count == 0 ? 0 : 1;
            case ["timers", var deaths, ..]:
                var timers = new TimerKillRun(seed);
                await timers.RunAsync(int.Parse(deaths, CultureInfo.InvariantCulture), Console.WriteLine);
                Console.WriteLine(timers);
                return timers.Violations.Count == 0 ? 0 : 1;
            case ["fuzz", var cases, ..]:
                var fuzz = new FuzzRun(seed);
                await fuzz.RunAsync(int.Parse(cases, CultureInfo.InvariantCulture), Console.WriteLine);
                Console.WriteLine(fuzz);
                return fuzz.Violations.Count == 0 ? 0 : 1;
            case ["recovery", ..]:
                var recovery = await RecoveryRun.MeasureAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000);
                Console.WriteLine(recovery);
                return 0;
            case ["controls", ..]:
                return await ControlsAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : seed);
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }

    private static async Task<int> ControlsAsync(int seed)
    {
        var missed = 0;
        foreach (var broken in BrokenServers.CaughtByKills)
        {
            var run = new KillRun(seed, broken);
            await run.RunAsync(200);
            Console.WriteLine(run);
            missed += run.Violations.Count == 0 ? 1 : 0;
        }
        return missed;
    }
}
