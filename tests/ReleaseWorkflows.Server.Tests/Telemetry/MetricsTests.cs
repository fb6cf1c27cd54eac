using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Server.Telemetry;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Telemetry;

public sealed class MetricsTests
{
    [Fact]
    public async Task The_metrics_tell_of_commits_requests_and_what_is_left_to_do()
    {
        await using var server = await TestServer.StartAsync();
        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" })).Is(HttpStatusCode.Created);

        var answer = await server.As(Role.Administrator).GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var text = Encoding.UTF8.GetString(answer.Bytes);
        Assert.Contains("# TYPE releaseworkflows_commit_duration_seconds histogram", text, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count{", text, StringComparison.Ordinal);
        Assert.Contains("releaseworkflows_outbox_pending 0", text, StringComparison.Ordinal);
        Assert.Contains("releaseworkflows_outbox_dead 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_metrics_are_for_administrators_unless_they_are_opened()
    {
        await using var closed = await TestServer.StartAsync();
        await using var open = await TestServer.StartAsync(settings: "--ReleaseWorkflows:Metrics:IsOpen=true");

        (await closed.Anonymous.GetAsync("/metrics")).Is(HttpStatusCode.Unauthorized);
        (await closed.As(Role.Developer).GetAsync("/metrics")).Is(HttpStatusCode.Forbidden);
        Assert.Equal(HttpStatusCode.OK, (await open.Anonymous.GetAsync("/metrics")).Status);
    }

    [Fact]
    public void Counters_gauges_and_histograms_are_written_as_Prometheus_reads_them()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("ReleaseWorkflows.Test");
        var counter = meter.CreateCounter<long>("test.things", "{thing}", "Things.");
        var histogram = meter.CreateHistogram<double>("test.time", "s", "Time.");
        meter.CreateObservableGauge("test.level", () => 7, description: "Level.");

        counter.Add(2, new KeyValuePair<string, object?>("kind", "a \"b\"\\c\n"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a \"b\"\\c\n"));
        histogram.Record(0.002);
        histogram.Record(0.0025);
        histogram.Record(7_000);
        var text = metrics.Write();

        Assert.Contains("# HELP test_things_total Things.\n# TYPE test_things_total counter\ntest_things_total{kind=\"a \\\"b\\\"\\\\c\\n\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE test_level gauge\ntest_level 7\n", text, StringComparison.Ordinal);
        Assert.Contains("test_time_seconds_bucket{le=\"0.001\"} 0\ntest_time_seconds_bucket{le=\"0.0025\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("test_time_seconds_bucket{le=\"600\"} 2\ntest_time_seconds_bucket{le=\"+Inf\"} 3\ntest_time_seconds_sum 7000.0045\ntest_time_seconds_count 3\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_somebody_makes_up_do_not_fill_the_memory()
    {
        using var metrics = new PrometheusMetrics();
        using var meter = new Meter("ReleaseWorkflows.Flood");
        var counter = meter.CreateCounter<long>("flood");

        for (var i = 0; i < 10_000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("name", i));

        Assert.InRange(metrics.Write().Split('\n').Count(line => line.StartsWith("flood_total{", StringComparison.Ordinal)), 100, 1_000);
    }

    [Fact]
    public void Work_goes_on_with_the_trace_of_its_request()
    {
        using var work = ServerTelemetry.Continue("work", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", work.TraceId.ToHexString());
        Assert.Same(work, System.Diagnostics.Activity.Current);
    }

    [Fact]
    public async Task A_collector_that_is_no_address_stops_the_start()
    {
        var refused = await Assert.ThrowsAsync<ReleaseWorkflows.Server.Hosting.StartException>(() => TestServer.StartAsync(settings: "--OTEL_EXPORTER_OTLP_ENDPOINT=nowhere"));

        Assert.Contains("http://localhost:4317", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_gets_traces_and_one_that_is_away_disturbs_nobody()
    {
        await using var server = await TestServer.StartAsync(settings: "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9");

        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" })).Is(HttpStatusCode.Created);
    }
}
