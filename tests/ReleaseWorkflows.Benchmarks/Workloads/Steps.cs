using System.Globalization;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;
using ReleaseWorkflows.Benchmarks.Probes;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>
/// B1 and B2: one step of a release over HTTP, authenticated, guarded, audited, with an idempotency key, committed before the answer; by 1, 8, 32 and
/// 128 callers on distinct releases. Probes and product take turns within the same minute.
/// </summary>
internal static class Steps
{
    private const int MiniPrograms = 256;
    private static readonly int[] Callers = [1, 8, 32, 128];

    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(MiniPrograms, bench.IsShort ? 40 : 120);
        var walks = catalogue.Walks.ToList();
        var runs = Callers.ToDictionary(callers => callers, _ => new List<(LoadResult Bare, LoadResult Product, double Processor)>());
        var (ones, groups, empty) = (new List<LoadResult>(), new List<LoadResult>(), new List<LoadResult>());
        LoadResult open;

        await using (var product = await ServerProcess.StartProductAsync(catalogue.Folder))
        await using (var bare = await ServerProcess.StartBareAsync(bench.Folder))
        {
            await WarmUpAsync(product, walks);
            await BareAsync(bare, 8, bench.Slice);
            for (var repetition = 0; repetition < bench.Repetitions; repetition++)
            {
                foreach (var callers in Callers)
                {
                    var reference = await BareAsync(bare, callers, bench.Slice);
                    var before = product.ProcessorTime;
                    var steps = await StepAsync(product, walks, callers, bench.Slice);
                    var processor = (product.ProcessorTime - before).TotalMicroseconds / Math.Max(1, steps.Calls);
                    runs[callers].Add((reference, steps, processor));
                    Console.WriteLine($"      {callers,3} callers  E {reference}\n                   B {steps}  {processor:F0} µs processor time each");
                }

                ones.Add(RawProbes.MeasureOne(bench.Folder, bench.Slice / 2));
                groups.Add(await RawProbes.MeasureGroupedAsync(bench.Folder, 32, bench.Slice / 2));
                empty.Add(await LoadGenerator.ClosedAsync(bare.Port, Repeat.Of(32, HttpConnection.Request("POST", BareServer.Empty, null, null, BareServer.Body)), bench.Slice / 2));
                Console.WriteLine($"      L1 {ones[^1]}\n      L32 {groups[^1]}\n      H {empty[^1]}");
            }

            var capacity = Reports.Report.Median([.. runs[32].Select(run => run.Product.PerSecond)]);
            open = await LoadGenerator.OpenAsync(product.Port, WalkingCaller.Of(32, walks), bench.Slice * 4, capacity / 4);
        }

        await Verification.OfStepsAsync(bench, catalogue, walks);
        Tell(bench, runs, ones, groups, empty, open);
    }

    private static void Tell(
        Bench bench, Dictionary<int, List<(LoadResult Bare, LoadResult Product, double Processor)>> runs, List<LoadResult> ones, List<LoadResult> groups, List<LoadResult> empty, LoadResult open)
    {
        var report = bench.Report;
        bench.L1 = Middle(ones);
        bench.L32 = Middle(groups);
        report.Show("L1", "raw steps, one after the other", $"{bench.L1:F0}/s, p50 {ones[0].Latencies.P50:F3} ms, p99 {ones[0].Latencies.P99:F3} ms");
        report.Show("L32", "raw steps, 32 callers in groups", $"{bench.L32:F0}/s, p50 {groups[0].Latencies.P50:F3} ms, p99 {groups[0].Latencies.P99:F3} ms");
        report.Show("H", "bare POST of 4 KB without a store, 32 callers", $"{Middle(empty):F0}/s");

        var single = runs[1];
        report.AtMost("B1", "p50 of a step, one caller", Milliseconds(single, run => run.Product.Latencies.P50),
            [.. single.Select(run => run.Product.Latencies.P50 / run.Bare.Latencies.P50)], 2, "E1 " + Milliseconds(single, run => run.Bare.Latencies.P50));
        report.AtMost("B1", "p99 of a step, one caller", Milliseconds(single, run => run.Product.Latencies.P99),
            [.. single.Select(run => run.Product.Latencies.P99 / run.Product.Latencies.P50)], 10, "its own p50");
        report.AtMost("B1", "p99 of a step at a quarter of the capacity (open loop)", $"{open.Latencies.P99:F2} ms, p99.9 {open.Latencies.P999:F2} ms",
            [open.Latencies.P99 / open.Latencies.P50], 10, $"its own p50 {open.Latencies.P50:F2} ms");
        foreach (var (callers, list) in runs)
        {
            report.AtLeast("B2", $"steps/s, {callers} callers", $"{Middle([.. list.Select(run => run.Product)]):F0}/s, p50 {list[0].Product.Latencies.P50:F2} ms, {list.Average(run => run.Processor):F0} µs processor time",
                [.. list.Select(run => run.Product.PerSecond / run.Bare.PerSecond)], 0.5, $"E{callers} {Middle([.. list.Select(run => run.Bare)]):F0}/s");
            if (callers >= 8)
                report.AtLeast("B2", $"steps/s, {callers} callers", $"{Middle([.. list.Select(run => run.Product)]):F0}/s", [.. list.Zip(ones, (run, one) => run.Product.PerSecond / one.PerSecond)], 0.5, $"L1 {bench.L1:F0}/s");
        }
    }

    private static Task<LoadResult> BareAsync(ServerProcess bare, int callers, TimeSpan duration) =>
        LoadGenerator.ClosedAsync(bare.Port, Repeat.Of(callers, HttpConnection.Request("POST", BareServer.Step, null, null, BareServer.Body)), duration);

    /// <summary>Until the runtime has compiled the hot path for good.</summary>
    internal static Task WarmUpAsync(ServerProcess product, IReadOnlyList<ReleaseWalk> walks) =>
        LoadGenerator.ClosedAsync(product.Port, [.. WalkingCaller.Of(8, walks).Select(caller => new LimitedCaller(caller, 1_000))], TimeSpan.FromSeconds(20));

    internal static async Task<LoadResult> StepAsync(ServerProcess product, IReadOnlyList<ReleaseWalk> walks, int callers, TimeSpan duration)
    {
        var result = await LoadGenerator.ClosedAsync(product.Port, WalkingCaller.Of(callers, walks), duration);
        if (result.Others.Count > 0)
            throw new InvalidOperationException($"Steps were refused: {WalkingCaller.Refusal}");
        if (result.Elapsed < duration * 0.95)
            throw new InvalidOperationException("There were too few releases for this machine; make the catalogue larger.");
        return result;
    }

    private static double Middle(IReadOnlyList<LoadResult> results) => Reports.Report.Median([.. results.Select(result => result.PerSecond)]);

    private static string Milliseconds<T>(IEnumerable<T> runs, Func<T, double> of) =>
        string.Create(CultureInfo.InvariantCulture, $"{Reports.Report.Median([.. runs.Select(of)]):0.000} ms");
}
