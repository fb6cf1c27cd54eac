using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using Xunit.Abstractions;

namespace ReleaseWorkflows.Faults.Tests.Operations;

/// <summary>A server in a process of its own meets what an operator meets: each has a defined end and a sentence that says what to do (R6 to R9, R20, R21).</summary>
public sealed class OperationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task A_server_that_is_told_to_stop_under_load_answers_what_it_has_begun_and_loses_nothing()
    {
        using var data = new DataDirectory();
        var settings = new ServerSettings { Folder = data.Path, Settings = [Definitions.CopyTo(data.Combine("definitions"))] };
        var (history, seed) = (new History(), Random.Shared.Next());
        var driver = new Driver(history, seed);
        await using (var server = await ServerProcess.StartAsync(settings))
        {
            using var stop = new CancellationTokenSource();
            var work = driver.RunAsync(server.Address!, data.Path, operations: 1_000, stop.Token);
            await Task.Delay(1_500);
            var took = await server.StopAsync();
            await stop.CancelAsync();
            await work;

            output.WriteLine($"seed {seed}: stopped after {took.TotalMilliseconds:0} ms, {history.Operations.Count} operations, {history.Unknown} without answer");
            Assert.Equal(0, server.ExitCode);
            Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        }
        await using (var server = await ServerProcess.StartAsync(settings))
        {
            await driver.FinishAsync(server.Address!, data.Path);
            await server.StopAsync();
        }
        var report = DatabaseCheck.Run(data.DatabasePath, isOutboxComplete: true);
        Assert.True(report.IsSound, $"seed {seed}: {report}");
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_does_not_start_and_says_why()
    {
        using var data = new DataDirectory();
        await using var first = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });

        await using var second = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });

        Assert.Null(second.Address);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains("Another server uses this data directory", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_lock_that_is_broken_on_purpose_is_caught()
    {
        using var data = new DataDirectory();
        await using var first = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Broken = BrokenPromise.NoFolderLock });

        await using var second = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Broken = BrokenPromise.NoFolderLock });

        // What the test above forbids is what happens now: it would fail.
        Assert.NotNull(second.Address);
    }

    public static TheoryData<string, string> DamagedFiles => new()
    {
        { "header", "no database" },
        { "newer", "A newer version of this program" },
        { "gone", "existed before and is gone" },
    };

    [Theory]
    [MemberData(nameof(DamagedFiles))]
    public async Task A_database_that_cannot_be_used_stops_the_start_and_is_left_as_it_is(string damage, string sentence)
    {
        using var data = new DataDirectory();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path }))
            await server.StopAsync();
        Damage(data, damage);
        var before = File.Exists(data.DatabasePath) ? await File.ReadAllBytesAsync(data.DatabasePath) : null;

        await using var refused = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });

        Assert.Null(refused.Address);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(sentence, refused.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.Exists(data.DatabasePath) ? await File.ReadAllBytesAsync(data.DatabasePath) : null);
    }

    [Fact]
    public async Task A_full_disk_refuses_with_507_keeps_what_was_confirmed_and_is_over_once_there_is_space()
    {
        using var data = new DataDirectory();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path }))
            await server.StopAsync();
        var (history, confirmed) = (new History(), 0);
        // The log may not outgrow this, so the disk is full after some commits.
        var small = new ServerSettings { Folder = data.Path, LargestFile = Math.Max(new FileInfo(data.DatabasePath).Length, 1 << 20) + 65_536 };
        Operation? refused = null;
        await using (var server = await ServerProcess.StartAsync(small))
        {
            using var client = new Client(server.Address!, data.Path, history);
            for (var i = 0; i < 2_000 && refused is null; i++)
            {
                var operation = NewMiniProgram($"m{i}");
                await client.SendAsync(operation);
                if (operation.IsAccepted)
                    confirmed++;
                else
                    refused = operation;
            }
        }
        Assert.NotNull(refused);
        Assert.True(refused.Status is 503 or 507, refused.ToString());
        Assert.NotNull(refused.Code);

        await using var again = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });
        using var next = new Client(again.Address!, data.Path, history);
        await next.SendAsync(refused);
        Assert.True(refused.IsAccepted, refused.ToString());
        Assert.Equal(confirmed + 1, Count(data, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'"));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    [Fact]
    public async Task A_database_that_somebody_locks_refuses_with_503_and_goes_on_by_itself()
    {
        using var data = new DataDirectory();
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = ["--ReleaseWorkflows:Database:LockTimeout=00:00:01"] });
        using var client = new Client(server.Address!, data.Path, new History());
        var operation = NewMiniProgram("tea");
        await using (var intruder = new SqliteConnection($"Data Source={data.DatabasePath};Pooling=False"))
        {
            await intruder.OpenAsync();
            await using var transaction = await intruder.BeginTransactionAsync();
            await client.SendAsync(operation);
            Assert.Equal((503, "database-unavailable"), (operation.Status, operation.Code));
        }

        await client.SendAsync(operation);

        Assert.True(operation.IsAccepted, operation.ToString());
    }

    [Fact]
    public async Task A_reader_that_never_lets_go_makes_the_log_grow_and_stops_nobody()
    {
        using var data = new DataDirectory();
        await using var server = await ServerProcess.StartAsync(new ServerSettings
        {
            Folder = data.Path,
            Settings = ["--ReleaseWorkflows:Database:CheckpointPages=10", "--ReleaseWorkflows:Database:ForcedCheckpointPages=20"],
        });
        using var client = new Client(server.Address!, data.Path, new History());
        await using var reader = new SqliteConnection($"Data Source={data.DatabasePath};Mode=ReadOnly;Pooling=False");
        await reader.OpenAsync();
        await using var transaction = reader.BeginTransaction(deferred: true);
        await using var command = reader.CreateCommand();
        command.CommandText = "SELECT count(*) FROM mini_programs";
        await command.ExecuteScalarAsync();

        for (var i = 0; i < 60; i++)
        {
            var operation = NewMiniProgram($"m{i}");
            await client.SendAsync(operation);
            Assert.True(operation.IsAccepted, operation.ToString());
        }
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(60)]
    [InlineData(10 * 365 * 24 * 60)]
    public async Task A_clock_that_jumps_between_two_starts_fires_each_timer_once_and_breaks_nothing(int minutes)
    {
        using var data = new DataDirectory();
        string[] settings = [Definitions.CopyTo(data.Combine("definitions"))];
        var history = new History();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = settings, Kill = "timer-claim:1" }))
        {
            using var client = new Client(server.Address!, data.Path, history);
            try
            {
                for (var i = 0; i < 5; i++)
                    await client.SendAsync(Timers($"t{i}"));
            }
            catch (HttpRequestException)
            {
                // It died at the first timer; what was confirmed counts.
            }
            await server.WaitAsync();
        }
        var started = Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers'");

        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = settings, ClockIsAheadBy = TimeSpan.FromMinutes(minutes) }))
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            if (minutes < 0)
            {
                // By a clock that is an hour behind nothing is due for an hour.
                Assert.Equal(0, Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers' AND status = 'Finished'"));
            }
            await server.StopAsync();
        }
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = settings, ClockIsAheadBy = TimeSpan.FromMinutes(Math.Max(minutes, 0)) }))
        {
            for (var i = 0; i < 200 && Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers' AND status = 'Finished'") < started; i++)
                await Task.Delay(50);
            await server.StopAsync();
        }
        Assert.True(started > 0);
        Assert.Equal(started, Count(data, "SELECT count(*) FROM workflow_instances WHERE definition_id = 'timers' AND sub_status = 'Finished' AND version = 4"));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    [Fact]
    public async Task A_server_that_was_suspended_goes_on_where_it_was()
    {
        using var data = new DataDirectory();
        await using var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });
        using var client = new Client(server.Address!, data.Path, new History());
        server.Signal("STOP");
        var operation = NewMiniProgram("tea");
        var answer = client.SendAsync(operation);
        await Task.Delay(500);
        Assert.False(answer.IsCompleted);

        server.Signal("CONT");
        await answer;

        Assert.True(operation.IsAccepted, operation.ToString());
    }

    private static Operation NewMiniProgram(string key) => new()
    {
        Kind = "mini-program",
        Method = HttpMethod.Post,
        Path = "/api/mini-programs",
        Body = $$"""{ "key": "{{key}}", "name": "{{new string('n', 90)}}", "description": "{{new string('d', 1_500)}}", "category": "C" }""",
        Role = "DeveloperAdmin",
        Key = "key-" + key,
    };

    private static Operation Timers(string key) =>
        new() { Kind = "timers", Method = HttpMethod.Post, Path = "/workflows/timers", Body = "{}", Role = "DeveloperAdmin", Key = key };

    private static void Damage(DataDirectory data, string damage)
    {
        switch (damage)
        {
            case "header":
                using (var file = new FileStream(data.DatabasePath, FileMode.Open))
                    file.Write("not a database, "u8);
                break;
            case "newer":
                using (var connection = new SqliteConnection($"Data Source={data.DatabasePath};Pooling=False"))
                {
                    connection.Open();
                    using var command = connection.CreateCommand();
                    command.CommandText = "INSERT INTO __EFMigrationsHistory VALUES ('9999_from_the_future', '99')";
                    command.ExecuteNonQuery();
                }
                break;
            default:
                File.Delete(data.DatabasePath);
                break;
        }
    }

    private static long Count(DataDirectory data, string query)
    {
        using var connection = new SqliteConnection($"Data Source={data.DatabasePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        // CA2100: the queries are constants of this class.
#pragma warning disable CA2100
        command.CommandText = query;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
