using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Platform;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>Counts in the database what the callers were told. A run whose counts differ has no figures.</summary>
internal static class Verification
{
    public static Task OfStepsAsync(Bench bench, Catalogue catalogue, IReadOnlyList<ReleaseWalk> walks)
    {
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var told = walks.Sum(walk => walk.Steps);
        var stored = Catalogue.Scalar(database, "SELECT count(*) FROM idempotency_records");
        Require(stored == told, $"{told} steps were confirmed, {stored} are stored.");
        Require(Catalogue.Scalar(database, "SELECT count(*) FROM releases r WHERE revision <> (SELECT count(*) FROM release_log WHERE release_key = r.key)") == 0,
            "A release has another revision than lines in its log.");
        Require(Catalogue.Scalar(database, "SELECT count(*) FROM (SELECT 1 FROM releases WHERE status = 'FullRelease' GROUP BY mini_program, app, environment HAVING count(*) <> 1)") == 0,
            "A target has more than one live release.");
        Require(Catalogue.Scalar(database, "SELECT count(*) FROM workflow_instances WHERE sub_status = 'Faulted'") == 0, "An instance has failed.");
        Require(Catalogue.Scalar(database, """
            SELECT count(*) FROM workflow_instances i WHERE sub_status = 'Suspended' AND NOT EXISTS (SELECT 1 FROM bookmarks b WHERE b.key >= i.key << 24 AND b.key < (i.key + 1) << 24)
            """) == 0, "An instance waits for nothing.");
        foreach (var (release, commands) in walks.SelectMany(walk => walk.Progress))
            Require(Catalogue.Scalar(database, $"SELECT revision FROM releases WHERE id = '{release}'") >= commands + 2, $"Release {release} has lost a step.");
        bench.Report.Notice($"Verified: {told} steps were confirmed, and as many are in the database; logs, live releases and waiting instances agree.");
        return Task.CompletedTask;
    }

    public static void Require(bool holds, string sentence)
    {
        if (!holds)
            throw new InvalidOperationException(sentence);
    }
}
