using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;
using ReleaseWorkflows.Benchmarks.Probes;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>What apps ask most: which version a user gets. Beside an endpoint that does nothing.</summary>
internal static class Delivery
{
    private const string Address = "/api/delivery/superapp-a/Production/coffee?userId=benchmark";

    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        await using var product = await ServerProcess.StartProductAsync(catalogue.Folder);
        using (var http = await HttpConnection.OpenAsync(product.Port))
        {
            if (await http.SendAsync(HttpConnection.Request("GET", Address, catalogue.Developer)) is var status and not 200)
            {
                bench.Report.Notice($"The delivery endpoint was skipped: GET {Address} is answered {status}.");
                return;
            }
        }

        await using var bare = await ServerProcess.StartBareAsync(null);
        var (ratios, results) = (new List<double>(), new List<LoadResult>());
        for (var repetition = 0; repetition <= bench.Repetitions; repetition++)
        {
            var empty = await LoadGenerator.ClosedAsync(bare.Port, Repeat.Of(32, HttpConnection.Request("GET", BareServer.Text)), bench.Slice);
            var result = await LoadGenerator.ClosedAsync(product.Port, Repeat.Of(32, HttpConnection.Request("GET", Address, catalogue.Developer)), bench.Slice);
            // The first round compiles both.
            if (repetition == 0)
                continue;
            results.Add(result);
            ratios.Add(result.PerSecond / empty.PerSecond);
        }

        bench.Report.AtLeast("delivery", "answers/s, 32 callers", $"{Reports.Report.Median([.. results.Select(result => result.PerSecond)]):F0}/s", ratios, 0.7, "empty endpoint");
    }
}
