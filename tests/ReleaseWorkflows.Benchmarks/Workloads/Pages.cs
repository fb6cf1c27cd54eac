using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>What the page of a release costs the server when there are 100,000 of them: a different release with each call, from one caller.</summary>
internal static class Pages
{
    private const int Releases = 100_000;
    private const int Calls = 300;
    private const int WarmUp = 100;

    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(64, 60);
        catalogue.AddWaiting(Releases);
        var ids = new List<string>();
        using (var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly))
        using (var command = database.CreateCommand())
        {
            command.CommandText = "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS total FROM releases) WHERE place % (total / $calls) = 0 LIMIT $calls";
            command.Parameters.AddWithValue("$calls", Calls);
            using var rows = command.ExecuteReader();
            while (rows.Read())
                ids.Add(rows.GetString(0));
        }

        await using var product = await ServerProcess.StartProductAsync(catalogue.Folder);
        using var http = await HttpConnection.OpenAsync(product.Port);
        await MeasureAsync("with its log", "");
        await MeasureAsync("with its reports", "?tab=reports");

        async Task MeasureAsync(string what, string query)
        {
            var (latencies, bytes) = (new Latencies(), 0L);
            for (var call = 0; call < Calls + WarmUp; call++)
            {
                var began = TimeProvider.System.GetTimestamp();
                var status = await http.SendAsync(HttpConnection.Request("GET", $"/releases/{ids[call % ids.Count]}{query}", catalogue.Developer));
                // The first answers compile the path.
                if (call >= WarmUp)
                    latencies.Add(TimeProvider.System.GetElapsedTime(began));
                bytes = http.Body.Length;
                Verification.Require(status == 200, string.Create(CultureInfo.InvariantCulture, $"The page of a release was answered {status}."));
            }

            bench.Report.AtMost("pages", $"page of a release, {what}, p50 at {Releases:N0} releases", $"p50 {latencies.P50:F2} ms, p99 {latencies.P99:F2} ms, {bytes / 1024:N0} KB", [latencies.P50], 20, unit: "ms");
        }
    }
}
