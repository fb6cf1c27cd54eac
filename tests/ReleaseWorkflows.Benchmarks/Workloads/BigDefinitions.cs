using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>B15: 500 activities in a row, a fork of 200 branches, a loop of 1,300 rounds, each in one burst behind an HTTP endpoint.</summary>
internal static class BigDefinitions
{
    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        await using var product = await ServerProcess.StartProductAsync(catalogue.Folder, "Production", Definitions.WriteTo(bench.Folder));
        foreach (var (definition, what, activities) in new[]
        {
            (Definitions.Long, "500 activities in a row", 500), (Definitions.Wide, "a fork of 200 branches", 200), (Definitions.Loop, "a loop of 1,300 rounds", 1_300),
        })
        {
            var caller = new Repeat(HttpConnection.Request("POST", Definitions.PathOf(definition), catalogue.Developer, null, "{}"));
            await LoadGenerator.ClosedAsync(product.Port, [new LimitedCaller(caller, 30)], TimeSpan.FromSeconds(10));
            var result = await LoadGenerator.ClosedAsync(product.Port, [new LimitedCaller(caller, 30)], TimeSpan.FromSeconds(10));
            Verification.Require(result.Others.Count == 0 && result.Calls > 0, $"{definition} was answered {string.Join(", ", result.Others.Keys)}.");
            bench.Report.AtMost("B15", $"{what}, p50", $"{result.Latencies.P50:F1} ms, {result.Latencies.P50 * 1000 / activities:F0} µs per activity", [result.Latencies.P50], 500, unit: "ms");
        }
    }
}
