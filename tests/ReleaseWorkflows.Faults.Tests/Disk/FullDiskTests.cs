using System.Net;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Disk;

/// <summary>A disk that fills up during a commit, a checkpoint or a backup (R7): nothing half done, and it is over once there is space, without a restart.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_database_that_may_not_grow_refuses_with_507_and_takes_the_same_request_once_it_may()
    {
        using var data = await PreparedData.CopyAsync();
        var disk = new LimitedWriter();
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<CommitProbe>(disk), data.Path);
        var developer = server.As(Role.DeveloperAdmin);

        disk.IsFull = true;
        var confirmed = 0;
        Answer? refused = null;
        for (var i = 0; i < 200 && refused is null; i++)
        {
            var answer = await CreateAsync(developer, $"m{i}");
            if (answer.Status == HttpStatusCode.Created)
                confirmed++;
            else
                refused = answer;
        }

        refused!.Is(HttpStatusCode.InsufficientStorage, "disk-full");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(confirmed, Rows.Count(data, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'"));
        disk.IsFull = false;
        (await CreateAsync(developer, $"m{confirmed}")).Is(HttpStatusCode.Created);
        (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK);
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    [Fact]
    public async Task A_disk_that_is_full_for_checkpoints_stops_no_commit_and_the_log_is_moved_once_there_is_space()
    {
        using var data = await PreparedData.CopyAsync();
        var disk = new LimitedWriter { IsFullForCheckpoints = true };
        await using var server = await TestServer.StartAsync(
            builder => builder.Services.AddSingleton<CommitProbe>(disk), data.Path, "--ReleaseWorkflows:Database:CheckpointPages=10", "--ReleaseWorkflows:Database:ForcedCheckpointPages=20");
        var developer = server.As(Role.DeveloperAdmin);

        for (var i = 0; i < 30; i++)
            (await CreateAsync(developer, $"m{i}")).Is(HttpStatusCode.Created);

        Assert.True(disk.FailedCheckpoints > 0);
        Assert.Equal(0, disk.Checkpoints);
        disk.IsFullForCheckpoints = false;
        (await CreateAsync(developer, "last")).Is(HttpStatusCode.Created);
        await Eventually.BeTrueAsync(() => disk.Checkpoints > 0, "a checkpoint");
    }

    [Fact]
    public async Task A_file_that_may_not_grow_on_the_disk_refuses_keeps_what_was_confirmed_and_is_over_without_a_restart()
    {
        using var data = await PreparedData.CopyAsync();
        var (history, confirmed) = (new History(), 0);
        await using var server = await ServerProcess.StartAsync(new ServerSettings
        {
            Folder = data.Path,
            // Neither log nor database may outgrow this, so the log cannot be moved any more after a while, and then be written no more.
            LargestFile = new FileInfo(data.DatabasePath).Length + 400_000,
            Settings = ["--ReleaseWorkflows:Database:CheckpointPages=20", "--ReleaseWorkflows:Database:ForcedCheckpointPages=40"],
        });
        using var client = new Client(server.Address!, data.Path, history);
        Operation? refused = null;
        for (var i = 0; i < 2_000 && refused is null; i++)
        {
            var operation = Operation.NewMiniProgram($"m{i}");
            await client.SendAsync(operation);
            if (operation.IsAccepted)
                confirmed++;
            else
                refused = operation;
        }
        Assert.True(refused is { Status: 503 or 507, Code: not null }, $"{confirmed} confirmed; {refused}");

        server.LiftFileLimit();
        await client.SendAsync(refused);

        Assert.True(refused.IsAccepted, refused.ToString());
        Assert.Equal(confirmed + 1, Rows.Count(data, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'"));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    [Fact]
    public async Task A_backup_that_does_not_fit_says_so_leaves_no_backup_and_disturbs_nobody()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(folder: data.Path);
        var target = data.Combine("backup");

        await using var backup = await ServerProcess.StartAsync(new ServerSettings
        {
            Folder = data.Path,
            Command = "backup",
            Settings = [$"--to={target}"],
            LargestFile = new FileInfo(data.DatabasePath).Length / 2,
        });

        Assert.Equal(1, backup.ExitCode);
        Assert.True(backup.Output.Contains("The disk ", StringComparison.Ordinal), backup.Output);
        Assert.False(File.Exists(Path.Combine(target, "release-workflows.db")));
        (await CreateAsync(server.As(Role.DeveloperAdmin), "tea")).Is(HttpStatusCode.Created);
        var second = new BackupFolder(data.Combine("backup-2"));
        second.Make(server.Services.GetRequiredService<ReleaseWorkflows.Server.Hosting.DataFolder>(), server.Services.GetRequiredService<DatabaseMaintenance>());
        Assert.True(DatabaseCheck.Run(Path.Combine(second.Path, "release-workflows.db")).IsSound);
    }

    private static Task<Answer> CreateAsync(ApiClient client, string key) =>
        client.PostAsync("/api/mini-programs", new { key, name = key, description = new string('d', 1_500) }, key: "key-" + key);

    /// <summary>Sets limits where the writer works, and takes them away again.</summary>
    private sealed class LimitedWriter : CommitProbe
    {
        private const int Full = 13;

        private bool _wasFull;
        private int _failedCheckpoints;
        private int _checkpoints;

        public volatile bool IsFull;

        public volatile bool IsFullForCheckpoints;

        public int FailedCheckpoints => Volatile.Read(ref _failedCheckpoints);

        public int Checkpoints => Volatile.Read(ref _checkpoints);

        public override void Reached(CommitPoint point, SqliteConnection? connection, string? statement)
        {
            switch (point)
            {
                case CommitPoint.BeforeBegin when IsFull != _wasFull:
                    _wasFull = IsFull;
                    using (var command = connection!.CreateCommand())
                    {
                        // As few as there are: SQLite takes no limit below that.
                        command.CommandText = _wasFull ? "PRAGMA max_page_count=1" : "PRAGMA max_page_count=1073741823";
                        command.ExecuteNonQuery();
                    }
                    break;
                case CommitPoint.BeforeCheckpoint when IsFullForCheckpoints:
                    Interlocked.Increment(ref _failedCheckpoints);
                    throw new SqliteException("database or disk is full", Full);
                case CommitPoint.AfterCheckpoint:
                    Interlocked.Increment(ref _checkpoints);
                    break;
            }
        }
    }
}
