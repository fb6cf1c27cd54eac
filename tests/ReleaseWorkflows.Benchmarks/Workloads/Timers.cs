using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Benchmarks.Load;
using ReleaseWorkflows.Benchmarks.Platform;
using ReleaseWorkflows.Benchmarks.Probes;

namespace ReleaseWorkflows.Benchmarks.Workloads;

/// <summary>B7, B8 and B9: timers that became due while the server was down, timers on time, and one event that many wait for.</summary>
internal static class Timers
{
    public static async Task RunStormAsync(Bench bench)
    {
        var overdue = bench.IsShort ? 10_000 : 100_000;
        var (catalogue, definitions) = await CreateAsync(bench, Definitions.Timer, overdue, (now, i) => now - ((overdue - i) * 1_000L));
        var walks = catalogue.Walks.ToList();
        double rate;
        LoadResult during, normal, grouped;
        await using (var product = await ServerProcess.StartProductAsync(catalogue.Folder, "Production", definitions))
        {
            var began = Stopwatch.GetTimestamp();
            // As long as the storm lasts, or nearly.
            var load = LoadGenerator.OpenAsync(product.Port, WalkingCaller.Of(8, walks), TimeSpan.FromSeconds(Math.Max(overdue / 6_000.0, 2)), 50);
            await DrainAsync(catalogue, "SELECT count(*) FROM timers WHERE bookmark_id IS NOT NULL");
            rate = overdue / (Stopwatch.GetElapsedTime(began) + product.TimeToReady).TotalSeconds;
            during = await load;
            grouped = await RawProbes.MeasureGroupedAsync(bench.Folder, 32, bench.Slice);
            normal = await LoadGenerator.OpenAsync(product.Port, WalkingCaller.Of(8, walks), bench.Slice * 2, 50);
        }

        RequireOnce(catalogue, Definitions.Timer, overdue);
        bench.Report.AtLeast("B7", $"{overdue:N0} overdue timers per second, from the start of the process", $"{rate:F0}/s", [rate / grouped.PerSecond], 0.3, $"L32 {grouped.PerSecond:F0}/s");
        bench.Report.AtMost("B7", "p99 of a step meanwhile", $"{during.Latencies.P99:F1} ms", [during.Latencies.P99 / normal.Latencies.P99], 5, $"normally {normal.Latencies.P99:F1} ms");
    }

    public static async Task RunOnTimeAsync(Bench bench)
    {
        const int PerSecond = 100;
        var timers = PerSecond * (bench.IsShort ? 4 : 10);
        // Due from some seconds after the start on, ten milliseconds apart.
        var (catalogue, definitions) = await CreateAsync(bench, Definitions.Timer, timers, (now, i) => now + 6_000_000 + (i * 1_000_000L / PerSecond));
        await using (await ServerProcess.StartProductAsync(catalogue.Folder, "Production", definitions))
        {
            await DrainAsync(catalogue, "SELECT count(*) FROM timers WHERE bookmark_id IS NOT NULL");
        }

        RequireOnce(catalogue, Definitions.Timer, timers);
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var lags = new Latencies();
        using var command = database.CreateCommand();
        command.CommandText = $"SELECT finished_at - created_at FROM workflow_instances WHERE definition_id = '{Definitions.Timer}' AND finished_at IS NOT NULL";
        using var rows = command.ExecuteReader();
        while (rows.Read())
            lags.Add(TimeSpan.FromMicroseconds(rows.GetInt64(0)));
        Verification.Require(lags.Percentile(0) >= 0, "A timer came before its time.");
        bench.Report.AtMost("B8", $"lateness of {PerSecond} timers a second, p99", $"p50 {lags.P50:F1} ms, p99 {lags.P99:F1} ms", [lags.P99], 100, unit: "ms");
    }

    public static async Task RunFanOutAsync(Bench bench)
    {
        var waiting = bench.IsShort ? 2_000 : 10_000;
        var (catalogue, definitions) = await CreateAsync(bench, Definitions.Wait, waiting, null);
        var walks = catalogue.Walks.ToList();
        TimeSpan call;
        double rate;
        LoadResult grouped;
        await using (var product = await ServerProcess.StartProductAsync(catalogue.Folder, "Production", definitions))
        {
            await LoadGenerator.ClosedAsync(product.Port, [.. WalkingCaller.Of(8, walks).Select(caller => new LimitedCaller(caller, 100))], TimeSpan.FromSeconds(10));
            using var http = await HttpConnection.OpenAsync(product.Port);
            var began = Stopwatch.GetTimestamp();
            await Catalogue.SendAsync(http, "POST", Definitions.PathOf(Definitions.Publish), catalogue.Developer);
            call = Stopwatch.GetElapsedTime(began);
            await DrainAsync(catalogue, $"SELECT count(*) FROM workflow_instances WHERE definition_id = '{Definitions.Wait}' AND status = 'Running'");
            rate = waiting / Stopwatch.GetElapsedTime(began).TotalSeconds;
            grouped = await RawProbes.MeasureGroupedAsync(bench.Folder, 32, bench.Slice);
        }

        RequireOnce(catalogue, Definitions.Wait, waiting);
        bench.Report.AtLeast("B9", $"instances per second that one event wakes, of {waiting:N0}", $"{rate:F0}/s, call {call.TotalMilliseconds:F0} ms", [rate / grouped.PerSecond], 0.3, $"L32 {grouped.PerSecond:F0}/s");
    }

    private static async Task<(Catalogue Catalogue, string Setting)> CreateAsync(Bench bench, string definition, int count, Func<long, long, long>? dueAt)
    {
        var catalogue = await Catalogue.CreateAsync(bench.Folder);
        catalogue.AddMiniPrograms(64, 20);
        var setting = Definitions.WriteTo(bench.Folder);
        string instance;
        await using (var server = await ServerProcess.StartProductAsync(catalogue.Folder, "Production", setting))
        {
            using var http = await HttpConnection.OpenAsync(server.Port);
            await Catalogue.SendAsync(http, "POST", Definitions.PathOf(definition), catalogue.Developer);
            using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
            using var command = database.CreateCommand();
            command.CommandText = $"SELECT id FROM workflow_instances WHERE definition_id = '{definition}'";
            instance = (string)command.ExecuteScalar()!;
        }

        using var open = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadWrite);
        var template = Template.Read(open, null, instance);
        using var transaction = open.BeginTransaction();
        using var writer = template.WriteTo(open);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000;
        for (var i = 1L; i <= count; i++)
        {
            // Where a time of being due counts, the instance remembers it as its beginning.
            var due = dueAt?.Invoke(now, i);
            var number = i;
            writer.Write(1_000_000 + i, (table, column, value) => (table, column) is ("bookmarks", "number") ? number : due is not null && (table, column) is ("timers", "due_at") or ("workflow_instances", "created_at") ? due ?? value : value);
        }

        transaction.Commit();
        using var remove = open.CreateCommand();
        // The first of its kind is in nobody's way.
        remove.CommandText = $"DELETE FROM timers WHERE instance_id = '{instance}'";
        remove.ExecuteNonQuery();
        return (catalogue, setting);
    }

    private static async Task DrainAsync(Catalogue catalogue, string remaining)
    {
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var patience = Stopwatch.GetTimestamp();
        while (Catalogue.Scalar(database, remaining) > 1)
        {
            if (Stopwatch.GetElapsedTime(patience) > TimeSpan.FromMinutes(3))
                throw new InvalidOperationException($"After three minutes {Catalogue.Scalar(database, remaining)} are left.");
            await Task.Delay(20);
        }
    }

    private static void RequireOnce(Catalogue catalogue, string definition, int count)
    {
        using var database = Catalogue.Open(catalogue.Database, SqliteOpenMode.ReadOnly);
        var finished = Catalogue.Scalar(database, $"SELECT count(*) FROM workflow_instances WHERE definition_id = '{definition}' AND status = 'Finished' AND version = 2");
        Verification.Require(finished >= count, $"{finished} of {count} instances have gone on exactly once.");
    }
}
