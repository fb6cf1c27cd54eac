using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>
/// Not a measurement: steps without end, for whoever looks at the server with a profiler. Runs only when it is named, prints the process id and,
/// now and then, the rate and the processor time of a step.
/// </summary>
internal static class SteadyLoad
{
    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(256, bench.IsShort ? 60 : 200);
        var walks = catalogue.Walks.ToList();
        await using var product = await ServerProcess.StartProductAsync(catalogue.Folder);
        Console.WriteLine($"      process {product.Id}");
        LoadResult result;
        do
        {
            var before = product.ProcessorTime;
            result = await LoadGenerator.ClosedAsync(product.Port, WalkingCaller.Of(32, walks), bench.Slice);
            Console.WriteLine($"      {result}  {(product.ProcessorTime - before).TotalMicroseconds / Math.Max(1, result.Calls):F0} µs processor time each, {product.ResidentMegabytes:F0} MB");
        }
        while (result.Elapsed > bench.Slice * 0.95);
    }
}
