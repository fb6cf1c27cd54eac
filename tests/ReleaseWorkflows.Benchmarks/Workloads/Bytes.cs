using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>
/// Not a measurement: a database of waiting releases for whoever wants to know where the bytes are. Runs only when it is named, and leaves
/// <c>waiting.db</c> beside the results; SQLite's own <c>dbstat</c> tells the bytes of each table and index.
/// </summary>
internal static class Bytes
{
    private const int Waiting = 10_000;

    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        var before = catalogue.MeasureBytes();
        catalogue.AddWaiting(Waiting);
        var bytes = (catalogue.MeasureBytes() - before) / (double)Waiting;
        File.Copy(catalogue.Database, Path.Combine(bench.Folder, "..", "waiting.db"), overwrite: true);
        bench.Report.Notice($"{Waiting:N0} waiting releases take {bytes:N0} bytes each.");
    }
}
