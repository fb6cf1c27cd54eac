using System.Diagnostics;
using ReleaseWorkflows.Benchmarks.Load;

namespace ReleaseWorkflows.Benchmarks.Probes;

/// <summary>The machine's own limits: steps per second of one writer without anything around it.</summary>
internal static class RawProbes
{
    /// <summary>L1: one step, one commit, one after the other.</summary>
    public static LoadResult MeasureOne(string folder, TimeSpan duration)
    {
        using var store = new ReferenceStore(Path.Combine(folder, $"l1-{Guid.NewGuid():n}.db"));
        var latencies = new Latencies();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var begun = Stopwatch.GetTimestamp();
            store.Begin();
            store.Step(Random.Shared.Next(ReferenceStore.Instances));
            store.Commit();
            latencies.Add(Stopwatch.GetElapsedTime(begun));
        }

        return new LoadResult(latencies.Count, new Dictionary<int, int>(), Stopwatch.GetElapsedTime(started), latencies);
    }

    /// <summary>L32: so many callers share the commits of one writer thread.</summary>
    public static async Task<LoadResult> MeasureGroupedAsync(string folder, int callers, TimeSpan duration)
    {
        using var writer = new ReferenceWriter(Path.Combine(folder, $"l{callers}-{Guid.NewGuid():n}.db"));
        var started = Stopwatch.GetTimestamp();
        var parts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var part = new Latencies();
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var begun = Stopwatch.GetTimestamp();
                await writer.StepAsync(Random.Shared.Next(ReferenceStore.Instances));
                part.Add(Stopwatch.GetElapsedTime(begun));
            }

            return part;
        })));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var latencies = new Latencies();
        foreach (var part in parts)
            latencies.AddAll(part);
        return new LoadResult(latencies.Count, new Dictionary<int, int>(), elapsed, latencies);
    }
}
