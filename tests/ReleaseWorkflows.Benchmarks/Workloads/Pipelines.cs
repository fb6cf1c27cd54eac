using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>B4: whole releases to production, from the application over pilot and percentages to everyone, by 8 callers; and what they commit.</summary>
internal static class Pipelines
{
    public static async Task RunAsync(Bench bench)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(128, bench.IsShort ? 20 : 60);
        var walks = catalogue.Walks.ToList();
        long burstsBefore;
        int stepsBefore, completedBefore;
        LoadResult result;
        await using (var product = await ServerProcess.StartProductAsync(catalogue.Folder))
        {
            await Steps.WarmUpAsync(product, walks);
            (burstsBefore, stepsBefore, completedBefore) = (CountBursts(catalogue), walks.Sum(walk => walk.Steps), walks.Sum(walk => walk.Completed));
            result = await Steps.StepAsync(product, walks, 8, bench.Slice * 2);
        }

        var phases = walks.Sum(walk => walk.Steps) - stepsBefore;
        var completed = walks.Sum(walk => walk.Completed) - completedBefore;
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var bursts = CountBursts(catalogue) - burstsBefore;
        // Each letter is sent outside the step that asked for it, and that it was sent is a commit of its own.
        var letters = Catalogue.Scalar(database, "SELECT count(*) FROM outbox WHERE kind <> 'package-build' AND completed_at IS NOT NULL") * phases / (double)walks.Sum(walk => walk.Steps);
        bench.Report.Show("B4", "releases to production per second, 8 callers", $"{completed / result.Elapsed.TotalSeconds:F0}/s of {ReleaseWalk.Further.Count} phases");
        bench.Report.AtMost("B4", "commits of a workflow per phase", $"{bursts} for {phases} phases", [(double)bursts / phases], 1.2, unit: "");
        bench.Report.Show("B4", "commits per phase with those of the letters", $"{(bursts + letters) / phases:F2}");
    }

    private static long CountBursts(Catalogue catalogue)
    {
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        return Catalogue.Scalar(database, "SELECT sum(version) FROM workflow_instances");
    }
}
