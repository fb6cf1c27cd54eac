using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Runtime;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Clocks;

/// <summary>The clock jumps, the process stands still, the hour changes (R6): each timer fires once, none before its time, and nothing is made up for in a storm.</summary>
public sealed class ClockTests
{
    private const int Instances = 5;
    private const string Every = "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers'";
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(30);

    [Theory]
    [InlineData(-60)]
    [InlineData(-10 * 365 * 24 * 60)]
    public async Task Behind_a_clock_that_was_put_back_nothing_is_due_until_its_time_comes_again(int minutes)
    {
        using var data = await PreparedData.CopyAsync();
        var clock = new MovableClock();
        await using var server = await StartAsync(data, clock);
        await StartInstancesAsync(server);
        var due = clock.GetUtcNow() + Delay;

        clock.Move(TimeSpan.FromMinutes(minutes));
        await server.RestartAsync();
        Assert.Equal(0, await FireAsync(server));
        Assert.Equal(0, Rows.Count(data, Every + " AND version > 1"));

        clock.Move(due - clock.GetUtcNow() + TimeSpan.FromMinutes(1));
        await FinishAsync(server, clock, data);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(10 * 365 * 24 * 60)]
    public async Task Past_a_clock_that_was_put_forward_each_timer_fires_once_and_the_next_one_counts_from_then(int minutes)
    {
        using var data = await PreparedData.CopyAsync();
        var clock = new MovableClock();
        await using var server = await StartAsync(data, clock);
        await StartInstancesAsync(server);

        clock.Move(TimeSpan.FromMinutes(minutes));
        await server.RestartAsync();

        await FinishAsync(server, clock, data);
    }

    [Fact]
    public async Task A_schedule_that_missed_ten_years_starts_one_instance_and_not_ten_years_of_them()
    {
        using var data = await PreparedData.CopyAsync();
        var clock = new MovableClock();
        var folder = Definitions.CopyTo(data.Combine("definitions"));
        await File.WriteAllTextAsync(data.Combine("definitions/hourly.json"), Hourly);
        await using var server = await StartAsync(data, clock, folder);

        clock.Move(TimeSpan.FromDays(3_650));

        Assert.Equal(1, await FireAsync(server));
        Assert.Equal(0, await FireAsync(server));
        Assert.Equal(1, Rows.Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'hourly'"));
        clock.Move(TimeSpan.FromHours(1));
        Assert.Equal(1, await FireAsync(server));
    }

    [Fact]
    public async Task A_server_that_is_suspended_over_the_change_of_the_hour_goes_on_where_it_was_and_fires_each_timer_once()
    {
        using var data = await PreparedData.CopyAsync();
        // In Berlin this night has no hour from 2 to 3.
        var change = new DateTimeOffset(2032, 3, 28, 1, 0, 0, TimeSpan.Zero);
        await using var server = await ServerProcess.StartAsync(new ServerSettings
        {
            Folder = data.Path,
            Settings = [Definitions.CopyTo(data.Combine("definitions"), "00:00:01")],
            TimeZone = "Europe/Berlin",
            ClockIsAheadBy = change - TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(5),
        });
        using var client = new Client(server.Address!, data.Path, new History());
        for (var i = 0; i < Instances; i++)
            await client.SendAsync(Operation.Timers($"t{i}"));

        server.Signal("STOP");
        var asked = Operation.NewMiniProgram("tea");
        var answer = client.SendAsync(asked);
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False(answer.IsCompleted);
        server.Signal("CONT");
        await answer;

        Assert.True(asked.IsAccepted, asked.ToString());
        await Eventually.BeTrueAsync(() => Rows.Count(data, Every + " AND sub_status = 'Finished' AND version = 4") == Instances, "every instance to be at its end");
        Assert.Equal(0, Rows.Count(data, "SELECT count(*) FROM timers WHERE instance_id IS NOT NULL"));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    private static Task<TestServer> StartAsync(DataDirectory data, MovableClock clock, string? definitions = null) => TestServer.StartAsync(
        builder => Prepare(builder, clock), data.Path, definitions ?? Definitions.CopyTo(data.Combine("definitions"), Delay.ToString()));

    // Timers fire when the test says so.
    private static void Prepare(WebApplicationBuilder builder, MovableClock clock)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
        builder.Services.Configure<WorkflowRuntimeOptions>(options => options.RunsTimers = false);
    }

    private static async Task StartInstancesAsync(TestServer server)
    {
        for (var i = 0; i < Instances; i++)
            Assert.Equal(HttpStatusCode.Accepted, (await server.As(Role.DeveloperAdmin).PostAsync("/workflows/timers", new { })).Status);
    }

    private static Task<int> FireAsync(TestServer server) => server.Services.GetRequiredService<TimerPump>().RunOnceAsync(CancellationToken.None);

    // Three waits each: what is due fires, and nothing more until the next wait is over.
    private static async Task FinishAsync(TestServer server, MovableClock clock, DataDirectory data)
    {
        for (var wait = 1; wait <= 3; wait++)
        {
            Assert.Equal(Instances, await FireAsync(server));
            Assert.Equal(0, await FireAsync(server));
            clock.Move(Delay - TimeSpan.FromMinutes(1));
            Assert.Equal(0, await FireAsync(server));
            clock.Move(TimeSpan.FromMinutes(2));
        }
        Assert.Equal(Instances, Rows.Count(data, Every + " AND sub_status = 'Finished' AND version = 4"));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    private const string Hourly = """
        {
          "id": "hourly-1", "definitionId": "hourly", "name": "Hourly", "version": 1, "isLatest": true, "isPublished": true,
          "root": {
            "id": "flow", "type": "Elsa.Flowchart", "version": 1,
            "activities": [
              {
                "id": "start", "type": "Elsa.Cron", "version": 1, "customProperties": { "canStartWorkflow": true },
                "cronExpression": { "typeName": "String", "expression": { "type": "Literal", "value": "0 0 * * * *" } }
              }
            ],
            "connections": []
          }
        }
        """;
}
