using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Server.Outbox;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Server.Tests.Hosting;

/// <summary>Readiness tells the truth: about the database, its schema, the loops in the background and the disk.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task Everything_that_has_to_work_is_looked_at_and_every_loop_tells_how_it_is_doing()
    {
        await using var server = await TestServer.StartAsync();
        AwaitLoops(server);

        var ready = (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);

        Assert.Equal(["database", "disk", "loops", "schema"], ready.Json.GetProperty("checks").EnumerateObject().Select(check => check.Name).Order(StringComparer.Ordinal));
        var loops = server.Services.GetRequiredService<BackgroundLoops>();
        Assert.Equal(["fan-outs", "journal-retention", "outbox", "outside-work", "retention", "timers"], loops.All.Select(loop => loop.Name));
        Assert.All(loops.All, loop => Assert.Equal(LoopState.Working, loop.State));
    }

    [Fact]
    public async Task A_loop_that_has_ended_makes_the_server_unready_though_it_answers_requests()
    {
        await using var server = await TestServer.StartAsync();
        AwaitLoops(server);

        await server.Services.GetServices<IHostedService>().OfType<OutboxPump>().Single().StopAsync(CancellationToken.None);

        await IsUnreadyBecauseOfAsync(server, "loops");
    }

    [Fact]
    public async Task A_loop_that_fails_again_and_again_makes_the_server_unready_until_it_works()
    {
        await using var server = await TestServer.StartAsync();
        var loop = server.Services.GetRequiredService<BackgroundLoops>().Find("made-up");
        loop.Begin(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 3; i++)
            loop.Failed(new IOException("The tape is full."));

        await IsUnreadyBecauseOfAsync(server, "loops");

        Assert.Contains(server.Log.Errors, line => line.Contains("The loop made-up is Failing: The tape is full.", StringComparison.Ordinal));
        loop.Worked();
        (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_schema_that_another_version_changes_meanwhile_makes_the_server_unready()
    {
        await using var server = await TestServer.StartAsync();
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(server.DataFolder, "release-workflows.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO __EFMigrationsHistory VALUES ('9999_from_the_future', '99')";
        await command.ExecuteNonQueryAsync();

        await IsUnreadyBecauseOfAsync(server, "schema");
    }

    [Fact]
    public async Task A_disk_that_gets_full_is_told_of_before_it_is()
    {
        await using var server = await TestServer.StartAsync(settings: $"--ReleaseWorkflows:Health:LowDiskBytes={long.MaxValue}");

        var ready = (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);

        Assert.Equal(("Degraded", "Degraded"), (ready.Text("status"), ready.Json.GetProperty("checks").GetProperty("disk").GetString()));
    }

    [Fact]
    public async Task A_damaged_log_that_is_kept_is_told_of_until_it_is_moved_away()
    {
        await using var server = await TestServer.StartAsync();
        var kept = Path.Combine(server.DataFolder, "release-workflows.db-wal.damaged-0123456789abcdef");
        await File.WriteAllTextAsync(kept, "As it was.");

        var ready = (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);
        Assert.Equal(("Degraded", "Degraded"), (ready.Text("status"), ready.Json.GetProperty("checks").GetProperty("database").GetString()));

        File.Delete(kept);
        Assert.Equal("Healthy", (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK).Text("status"));
    }

    // The host begins them on threads of their own, which a busy machine gives them after the first request.
    private static void AwaitLoops(TestServer server) =>
        Assert.True(SpinWait.SpinUntil(() => server.Services.GetRequiredService<BackgroundLoops>().All is { Count: 6 } loops && loops.All(loop => loop.State != LoopState.NotStarted), TimeSpan.FromSeconds(30)));

    private static async Task IsUnreadyBecauseOfAsync(TestServer server, string check)
    {
        var ready = await server.Anonymous.GetAsync("/health/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.Status);
        Assert.Equal([check], ready.Json.GetProperty("checks").EnumerateObject().Where(entry => entry.Value.GetString() != "Healthy").Select(entry => entry.Name));
        (await server.Anonymous.GetAsync("/health/live")).Is(HttpStatusCode.OK);
    }
}
