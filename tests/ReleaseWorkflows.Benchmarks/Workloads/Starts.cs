using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>B11: from the start of the process to readiness, the first step, and memory at rest, beside an empty web server.</summary>
internal static class Starts
{
    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(8, 8);
        var (ready, memory, starts, firsts) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        var (emptyStart, emptyMemory) = (0.0, 0.0);
        for (var repetition = 0; repetition < bench.Repetitions + 2; repetition++)
        {
            await using var bare = await ServerProcess.StartBareAsync(null);
            await using var product = await ServerProcess.StartProductAsync(catalogue.Folder);
            await Task.Delay(1_000);
            (emptyStart, emptyMemory) = (bare.TimeToReady.TotalMilliseconds, bare.ResidentMegabytes);
            ready.Add(product.TimeToReady.TotalMilliseconds / emptyStart);
            memory.Add(product.ResidentMegabytes / emptyMemory);
            starts.Add(product.TimeToReady.TotalMilliseconds);
            var first = await LoadGenerator.ClosedAsync(product.Port, [new LimitedCaller(WalkingCaller.Of(1, catalogue.Walks.ToList())[0], 1)], TimeSpan.FromSeconds(10));
            firsts.Add(first.Latencies.P50);
            Console.WriteLine($"      start {starts[^1]:F0} ms, {product.ResidentMegabytes:F0} MB; empty {emptyStart:F0} ms, {emptyMemory:F0} MB; first step {firsts[^1]:F0} ms");
        }

        bench.Report.AtMost("B11", "process start to ready", $"{Reports.Report.Median(starts):F0} ms", ready, 3, $"empty Kestrel {emptyStart:F0} ms");
        bench.Report.AtMost("B11", "memory at rest", $"{memory[^1] * emptyMemory:F0} MB", memory, 2, $"empty Kestrel {emptyMemory:F0} MB");
        bench.Report.AtMost("B11", "first step after the start", $"{Reports.Report.Median(firsts):F0} ms", firsts, 200, unit: "ms");
    }
}
