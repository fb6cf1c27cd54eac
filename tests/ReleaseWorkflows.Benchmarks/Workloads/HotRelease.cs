using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;
using ReleaseWorkflows.Benchmarks.Probes;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>B3: 32 callers change one release at the same time. Each is told the truth, and no change is lost.</summary>
internal static class HotRelease
{
    private const int Callers = 32;

    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(64, 20);
        var walks = catalogue.Walks.ToList();
        var release = walks[^1].Releases[0];
        var editors = Enumerable.Range(0, Callers).Select(caller => new Editor(catalogue.Developer, release, caller)).ToList();
        var (ratios, results) = (new List<double>(), new List<LoadResult>());
        await using (var product = await ServerProcess.StartProductAsync(catalogue.Folder))
        {
            await Steps.WarmUpAsync(product, walks[..^1]);
            await LoadGenerator.ClosedAsync(product.Port, editors, bench.Slice);
            for (var repetition = 0; repetition < bench.Repetitions; repetition++)
            {
                var one = RawProbes.MeasureOne(bench.Folder, bench.Slice / 2);
                results.Add(await LoadGenerator.ClosedAsync(product.Port, editors, bench.Slice));
                ratios.Add(results[^1].PerSecond / one.PerSecond);
                Console.WriteLine($"      L1 {one}\n      B3 {results[^1]}");
            }
        }

        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var stored = Catalogue.Scalar(database, $"SELECT revision FROM releases WHERE id = '{release}'");
        var accepted = editors.Sum(editor => editor.Accepted);
        Verification.Require(stored == accepted + 2, $"{accepted} changes were confirmed, the release has had {stored - 2}.");
        var odd = results.SelectMany(result => result.Others.Keys).Where(status => status != 409).ToList();
        Verification.Require(odd.Count == 0, $"A loser was answered {string.Join(", ", odd)} instead of 409.");
        bench.Report.AtLeast("B3", "changes/s of one release by 32 callers", $"{Reports.Report.Median([.. results.Select(result => result.PerSecond)]):F0}/s, losers {results.Sum(result => result.Others.Values.Sum())}",
            ratios, 0.3, "L1");
        bench.Report.Notice($"B3: {accepted} changes were confirmed and are in the log, none twice and none lost.");
    }

    private sealed class Editor(string key, string release, int caller) : ICaller
    {
        private int _number;

        public int Accepted { get; private set; }

        public byte[]? Next() => HttpConnection.Request("PUT", $"/api/releases/{release}/basic-information", key,
            string.Create(CultureInfo.InvariantCulture, $"{release}-{caller}-{++_number}"),
            $$"""{"name":"Coffee","description":"Order coffee ahead.","category":"Food and drink","releaseNotes":"Edit {{_number}} of caller {{caller}}."}""");

        public void Answered(int status, ReadOnlyMemory<byte> body) => Accepted += status == 200 ? 1 : 0;
    }
}
