using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>
/// B5, B6 and B12: what a platform full of waiting releases costs: start, memory and a step beside a nearly empty one, lists, and bytes on disk.
/// </summary>
internal static class Volume
{
    private const int Few = 1_000;

    public static async Task RunAsync(Bench bench)
    {
        var many = bench.IsShort ? 100_000 : 1_000_000;
        var small = await CreateAsync(bench, Few);
        var (before, started) = (small.MeasureBytes(), TimeProvider.System.GetTimestamp());
        var large = await CreateAsync(bench, many);
        var bytes = (large.MeasureBytes() - before) / (double)(many - Few);
        bench.Report.Notice($"B5: {many:N0} waiting releases were written in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F0} s, {small.Waiting.Rows} rows each.");
        bench.Report.AtMost("B5", "bytes on disk of a waiting release, with log and journal", $"{bytes:F0} bytes", [bytes / 1024], 4, unit: "KB");

        var (few, full) = (new List<Sample>(), new List<Sample>());
        for (var repetition = 0; repetition < bench.Repetitions; repetition++)
        {
            few.Add(await MeasureAsync(bench, small));
            full.Add(await MeasureAsync(bench, large));
        }

        Compare("start to ready", sample => sample.Ready.TotalMilliseconds, "ms");
        Compare("resident memory after the start", sample => sample.Memory, "MB");
        Compare("p50 of a step, one caller", sample => sample.Step.P50, "ms");
        await ListAsync(bench, large, many);
        await JournalAsync(bench, large);

        void Compare(string what, Func<Sample, double> of, string unit) => bench.Report.AtMost("B5", $"{what}: {many:N0} to {Few:N0} releases",
            $"{Reports.Report.Median([.. full.Select(of)]):0.##} {unit}", [.. full.Zip(few, (l, s) => of(l) / of(s))], 1.1, $"{Reports.Report.Median([.. few.Select(of)]):0.##} {unit}");
    }

    private static async Task<Catalogue> CreateAsync(Bench bench, int waiting)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(64, 60);
        catalogue.AddWaiting(waiting);
        return catalogue;
    }

    private static async Task<Sample> MeasureAsync(Bench bench, Catalogue catalogue)
    {
        var walks = catalogue.Walks.ToList();
        await using var product = await ServerProcess.StartProductAsync(catalogue.Folder);
        await Task.Delay(500);
        var memory = product.ResidentMegabytes;
        await LoadGenerator.ClosedAsync(product.Port, [.. WalkingCaller.Of(8, walks).Select(caller => new LimitedCaller(caller, 250))], TimeSpan.FromSeconds(10));
        var steps = await LoadGenerator.ClosedAsync(product.Port, WalkingCaller.Of(1, walks), bench.Slice);
        return new Sample(product.TimeToReady, memory, steps.Latencies);
    }

    private static async Task ListAsync(Bench bench, Catalogue catalogue, int many)
    {
        await using var product = await ServerProcess.StartProductAsync(catalogue.Folder);
        using var http = await HttpConnection.OpenAsync(product.Port);
        var deep = "";
        using (var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly))
        using (var command = database.CreateCommand())
        {
            command.CommandText = "SELECT id FROM releases ORDER BY id DESC LIMIT 1 OFFSET $offset";
            command.Parameters.AddWithValue("$offset", many / 2);
            deep = (string)command.ExecuteScalar()!;
        }

        var first = await PagesAsync("first page", "/api/releases?limit=50", catalogue.Developer);
        var far = await PagesAsync("page in the middle", $"/api/releases?limit=50&cursor={deep}", catalogue.Developer);
        await PagesAsync("first page of an administrator", "/api/releases?limit=50", catalogue.Administrator);
        await PagesAsync("first page of one mini program", "/api/releases?limit=50&miniProgram=idle-0007", catalogue.Developer);
        await PagesAsync("first page of a status that few have", "/api/releases?limit=50&status=PilotTesting", catalogue.Developer);
        await PagesAsync("first page of a reviewer", "/api/releases?limit=50&status=UnderReview", catalogue.Reviewer);
        bench.Report.AtMost("B6", "page in the middle to first page, p50", $"{far.P50:F2} ms", [far.P50 / first.P50], 2, $"{first.P50:F2} ms");

        async Task<Latencies> PagesAsync(string what, string path, string key)
        {
            var request = HttpConnection.Request("GET", path, key);
            var latencies = new Latencies();
            for (var i = 0; i < 220; i++)
            {
                var began = TimeProvider.System.GetTimestamp();
                var status = await http.SendAsync(request);
                // The first answers compile the path.
                if (i >= 20)
                    latencies.Add(TimeProvider.System.GetElapsedTime(began));
                Verification.Require(status == 200, string.Create(CultureInfo.InvariantCulture, $"{path} was answered {status}."));
                if (i == 0 && TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(1))
                    bench.Report.Notice($"B6: {path} took {TimeProvider.System.GetElapsedTime(began).TotalSeconds:F1} s the first time.");
            }

            bench.Report.AtMost("B6", $"{what}, p99 at {many:N0} releases", $"p50 {latencies.P50:F2} ms, p99 {latencies.P99:F2} ms", [latencies.P99], 20, unit: "ms");
            return latencies;
        }
    }

    private static Task JournalAsync(Bench bench, Catalogue catalogue)
    {
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var steps = Catalogue.Scalar(database, "SELECT count(*) FROM idempotency_records");
        var journal = Catalogue.Scalar(database, "SELECT sum(length(record)) FROM bursts");
        var rows = Catalogue.Scalar(database, "SELECT count(*) FROM bursts");
        bench.Report.AtMost("B12", "journal per burst", $"{rows:N0} bursts, {steps:N0} of them steps of this run", [journal / (double)Math.Max(1, rows) / 1024], 1.5, unit: "KB");
        return Task.CompletedTask;
    }

    private sealed record Sample(TimeSpan Ready, double Memory, Latencies Step);
}
