using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.Operations;

/// <summary>A server that is told to stop (R21) answers what it has begun, keeps nobody waiting for long, and loses nothing.</summary>
public sealed class StopTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_server_that_is_told_to_stop_under_load_answers_what_it_has_begun_and_loses_nothing()
    {
        using var data = await PreparedData.CopyAsync();
        string[] settings = [Definitions.CopyTo(data.Combine("definitions"))];
        var (history, seed) = (new History(), Random.Shared.Next());
        var driver = new Driver(history, seed);
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = settings }))
        {
            using var stop = new CancellationTokenSource();
            var work = driver.RunAsync(server.Address!, data.Path, operations: 1_000, stop.Token);
            await Eventually.BeTrueAsync(() => history.Operations.Count > 40, "some work to be under way");
            var took = await server.StopAsync();
            await stop.CancelAsync();
            await work;

            output.WriteLine($"seed {seed}: stopped after {took.TotalMilliseconds:0} ms, {history.Operations.Count} operations, {history.Unknown} without answer");
            Assert.Equal(0, server.ExitCode);
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        }
        await using (var server = await TestServer.StartAsync(folder: data.Path, settings: settings))
            await driver.FinishAsync(server.Http.BaseAddress!, data.Path);
        var report = DatabaseCheck.Run(data.DatabasePath, isOutboxComplete: true);
        Assert.True(report.IsSound, $"seed {seed}: {report}");
    }

    [Fact]
    public async Task Somebody_who_never_ends_a_request_keeps_a_server_from_stopping_no_longer_than_the_limit()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(folder: data.Path, settings: "--ReleaseWorkflows:Stop:Timeout=00:00:00.500");
        using var slow = new TcpClient();
        await slow.ConnectAsync(server.Http.BaseAddress!.Host, server.Http.BaseAddress.Port);
        await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n"));
        // The server asks for the body, so the request is under way.
        Assert.NotEqual(0, await slow.GetStream().ReadAsync(new byte[100]));

        var watch = Stopwatch.StartNew();
        await server.StopAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_request_that_waits_for_its_commit_gets_its_answer_though_the_server_stops()
    {
        using var data = await PreparedData.CopyAsync();
        using var disk = new SlowDisk();
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<CommitProbe>(disk), data.Path);
        using var http = new HttpClient { BaseAddress = server.Http.BaseAddress };
        var developer = new ApiClient(() => http, "ApiKey " + server.DemoUser(Role.DeveloperAdmin).ApiKey);
        disk.IsSlow = true;
        var asked = developer.PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" });
        await disk.IsReached;

        var stop = server.StopAsync();
        disk.Release();

        (await asked).Is(HttpStatusCode.Created);
        await stop;
        Assert.Equal(1, Rows.Count(data, "SELECT count(*) FROM mini_programs WHERE id = 'tea'"));
    }

    [Fact]
    public async Task The_limit_is_four_seconds_unless_a_setting_says_otherwise()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(folder: data.Path);

        Assert.Equal(TimeSpan.FromSeconds(4), server.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    /// <summary>Holds the next commit up until it is released.</summary>
    private sealed class SlowDisk : CommitProbe, IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public volatile bool IsSlow;

        public Task IsReached => _reached.Task;

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();

        public override void Reached(CommitPoint point, SqliteConnection? connection, string? statement)
        {
            if (!IsSlow || point != CommitPoint.BeforeCommit)
                return;
            _reached.TrySetResult();
            _released.Wait(TimeSpan.FromSeconds(20));
        }
    }
}
