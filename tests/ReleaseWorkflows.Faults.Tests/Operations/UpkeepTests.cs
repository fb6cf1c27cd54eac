using System.Net;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Operations;

/// <summary>A process that dies while it tidies up or makes a backup (R1, R20), and repeats that come late (R3).</summary>
public sealed class UpkeepTests
{
    private const int KilledBySignal = 128 + 9;
    private const string Answers = "SELECT count(*) FROM idempotency_records";

    [Fact]
    public async Task A_server_that_dies_while_it_removes_old_answers_has_removed_none_by_halves_and_the_next_one_removes_them()
    {
        using var data = await PreparedData.CopyAsync();
        await using (var server = await TestServer.StartAsync(folder: data.Path))
        {
            for (var i = 0; i < 6; i++)
                (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = $"m{i}", name = "M" }, key: $"k{i}")).Is(HttpStatusCode.Created);
        }
        var before = Rows.Count(data, Answers);

        await using (var dying = await ServerProcess.StartAsync(new ServerSettings
        {
            Folder = data.Path,
            Kill = "purge:2",
            ClockIsAheadBy = TimeSpan.FromDays(8),
            Settings = ["--ReleaseWorkflows:Retention:Piece=2"],
        }))
        {
            await dying.WaitAsync();
            Assert.Equal(KilledBySignal, dying.ExitCode);
        }

        Assert.Equal(before - 2, Rows.Count(data, Answers));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
        await using var next = await TestServer.StartAsync(folder: data.Path);
        next.Clock.Advance(TimeSpan.FromDays(8));
        await Eventually.BeTrueAsync(() => Rows.Count(data, Answers) == 0, "the old answers to be gone");
    }

    [Fact]
    public async Task A_backup_that_dies_is_no_backup_and_the_server_beside_it_works_on()
    {
        using var data = await PreparedData.CopyAsync();
        using var elsewhere = new DataDirectory();
        await using var server = await TestServer.StartAsync(folder: data.Path);
        var target = data.Combine("backup");

        await using (var backup = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Command = "backup", Settings = [$"--to={target}"], Kill = "backup:1" }))
            Assert.Equal(KilledBySignal, backup.ExitCode);

        var half = Assert.Throws<StartException>(() => Restore(server, target, elsewhere));
        Assert.Contains("holds no complete backup", half.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(elsewhere.DatabasePath));
        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" })).Is(HttpStatusCode.Created);
        var second = new BackupFolder(data.Combine("backup-2"));
        second.Make(server.Services.GetRequiredService<DataFolder>(), server.Services.GetRequiredService<DatabaseMaintenance>());
        Assert.True(DatabaseCheck.Run(Path.Combine(second.Path, "release-workflows.db")).IsSound);
    }

    [Fact]
    public async Task A_repeat_a_day_later_gets_the_first_answer_and_another_request_under_its_key_is_refused()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(folder: data.Path);
        var developer = server.As(Role.DeveloperAdmin);
        var first = (await developer.PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" }, key: "once")).Is(HttpStatusCode.Created);

        server.Clock.Advance(TimeSpan.FromDays(1));
        await server.RestartAsync();
        var repeats = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => developer.PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" }, key: "once")));
        var other = await developer.PostAsync("/api/mini-programs", new { key = "cake", name = "Cake" }, key: "once");

        Assert.All(repeats, repeat => Assert.True(repeat.Is(HttpStatusCode.Created).IsReplay));
        Assert.All(repeats, repeat => Assert.Equal(first.Bytes, repeat.Bytes));
        other.Is(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(0, Rows.Count(data, "SELECT count(*) FROM mini_programs WHERE id = 'cake'"));
    }

    private static void Restore(TestServer server, string backup, DataDirectory target) => new BackupFolder(backup).Restore(
        new DataFolder(target.Path), server.Services.GetRequiredService<DatabaseMaintenance>(), server.Clock.GetUtcNow());
}
