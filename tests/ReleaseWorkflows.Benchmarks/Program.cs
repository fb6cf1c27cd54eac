using System.Globalization;
using System.Runtime.CompilerServices;
using ReleaseWorkflows.Benchmarks;
using ReleaseWorkflows.Benchmarks.Platform;
using ReleaseWorkflows.Benchmarks.Probes;
using ReleaseWorkflows.Benchmarks.Reports;
using ReleaseWorkflows.Benchmarks.Workloads;
using ReleaseWorkflows.Persistence;

// dotnet run -c Release --project tests/ReleaseWorkflows.Benchmarks -- [names] [--short] [--server=FOLDER] [--output=FOLDER]
if (args is [BareServer.Command, var port, .. var rest])
{
    await BareServer.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), rest.FirstOrDefault());
    return 0;
}

const string OnlyWhenNamed = "-";
(string Names, Func<Bench, Task> RunAsync)[] workloads =
[
    ("probes B1 B2 steps", Steps.RunAsync),
    ("B3", HotRelease.RunAsync),
    ("B4", Pipelines.RunAsync),
    ("B7", Timers.RunStormAsync),
    ("B8", Timers.RunOnTimeAsync),
    ("B9", Timers.RunFanOutAsync),
    ("B11", Starts.RunAsync),
    ("B15", BigDefinitions.RunAsync),
    ("delivery", Delivery.RunAsync),
    ("pages", Pages.RunAsync),
    ("B5 B6 B12 volume", Volume.RunAsync),
    (OnlyWhenNamed + " load", SteadyLoad.RunAsync),
    (OnlyWhenNamed + " bytes", Bytes.RunAsync),
];

// The product's SQLite comes with its persistence.
RuntimeHelpers.RunModuleConstructor(typeof(PersistenceOptions).Module.ModuleHandle);
var names = args.Where(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
var isShort = args.Contains("--short");
var output = Option("--output=") ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "benchmarks"));
ServerProcess.ProductFolder = Option("--server=") ?? ServerProcess.ProductFolder;

var folder = Path.Combine(output, $"run-{Environment.ProcessId}");
Directory.CreateDirectory(folder);
var report = new Report(Machine.Describe(isShort, TimeProvider.System));
var bench = new Bench(isShort, folder, report);
try
{
    foreach (var (known, runAsync) in workloads)
    {
        if (names.Count == 0 ? known.StartsWith(OnlyWhenNamed, StringComparison.Ordinal) : !names.Exists(name => known.Split(' ').Contains(name, StringComparer.OrdinalIgnoreCase)))
            continue;
        try
        {
            await runAsync(bench);
        }
        // CA1031: one workload that fails is told, and the others still run.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            report.Notice($"FAILED {known}: {exception.Message}");
            await Console.Error.WriteLineAsync(exception.ToString());
        }
    }

    report.WriteTo(output);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

return report.IsGood ? 0 : 1;

string? Option(string name) => args.FirstOrDefault(argument => argument.StartsWith(name, StringComparison.Ordinal))?[name.Length..];
