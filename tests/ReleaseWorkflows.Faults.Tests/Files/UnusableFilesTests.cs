using System.Net;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Files;

/// <summary>
/// Files that are damaged, odd or gone (R9): the server does not start, or is not ready, and a sentence says what to do. It never makes an empty
/// database in the place of one that was lost, and never changes one that it cannot use.
/// </summary>
public sealed class UnusableFilesTests
{
    public static TheoryData<string, string> Unusable => new()
    {
        { "a header that is none", "no database. Stop the server and restore the newest backup." },
        { "a schema that cannot be read", "damaged or is no database. Stop the server and restore the newest backup." },
        { "half of the file", "damaged or is no database. Stop the server and restore the newest backup." },
        { "an empty file", "existed before and is empty. Restore it from a backup" },
        { "no file", "existed before and is gone. Restore it from a backup" },
        { "a newer schema", "Start that version, or restore a backup made before the change." },
        { "a folder in its place", "existed before and is gone. Restore it from a backup" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_database_that_cannot_be_used_stops_the_start_and_is_left_as_it_is(string what, string sentence)
    {
        using var data = await PreparedData.CopyAsync();
        Damage(data, what);
        var before = ReadIfThere(data.DatabasePath);

        var refused = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => TestServer.StartAsync(folder: data.Path));

        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains(data.DatabasePath, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, ReadIfThere(data.DatabasePath));
    }

    [Fact]
    public async Task A_process_that_cannot_use_its_database_ends_with_1_and_one_sentence_instead_of_a_stack_trace()
    {
        using var data = await PreparedData.CopyAsync();
        Damage(data, "an empty file");

        await using var refused = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });

        Assert.Equal((null, 1), (refused.Address, refused.ExitCode));
        Assert.StartsWith("ReleaseWorkflows did not start. The database", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/self", "cannot be written")]
    [InlineData("/proc/self/no-such/data", "The data directory cannot be made")]
    public async Task A_folder_that_cannot_be_written_is_named_with_what_to_do(string folder, string sentence)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => TestServer.StartAsync(folder: folder));

        Assert.True(refused is DatabaseUnavailableException or StartException, refused.ToString());
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        Assert.Contains("ermissions", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_nobodys_fault_but_the_disks_and_nothing_is_written_any_more()
    {
        using var data = await PreparedData.CopyAsync();
        // Nothing at the start reads this table; who asks for versions does.
        var page = Rows.Count(data, "SELECT rootpage FROM sqlite_master WHERE name = 'mini_program_versions'");
        Write(data.DatabasePath, (page - 1) * 4096, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        await using var server = await TestServer.StartAsync(folder: data.Path);

        var answer = await server.As(Role.DeveloperAdmin).GetAsync("/api/mini-programs/coffee/versions");

        answer.Is(HttpStatusCode.ServiceUnavailable, "database-broken");
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("restore the newest backup", Assert.Throws<DatabaseUnavailableException>(() => DatabaseCheck.Run(data.DatabasePath)).Message, StringComparison.Ordinal);

        // From now on nothing is written on top of the damage; what is whole can be read.
        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key = "tea", name = "Tea" })).Is(HttpStatusCode.ServiceUnavailable, "database-broken");
        Assert.Equal(0, Rows.Count(data, "SELECT count(*) FROM mini_programs WHERE id = 'tea'"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Anonymous.GetAsync("/health/ready")).Status);
        (await server.Anonymous.GetAsync("/health/live")).Is(HttpStatusCode.OK);
        (await server.As(Role.DeveloperAdmin).GetAsync("/api/mini-programs/coffee")).Is(HttpStatusCode.OK);
        Assert.Contains(server.Log.Errors, line => line.Contains("Stop the server and restore the newest backup", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_is_damaged_while_nobody_uses_it_leaves_what_came_before_the_damage_and_nothing_by_halves()
    {
        const int Programs = 40;
        using var data = await PreparedData.CopyAsync();
        using var copy = new DataDirectory();
        await using (var server = await TestServer.StartAsync(folder: data.Path))
        {
            for (var i = 0; i < Programs; i++)
                await CreateAsync(server, $"m{i}");
            // As a machine leaves it that loses its power: the log holds what the database does not.
            foreach (var file in new[] { "release-workflows.db", "release-workflows.db-wal", "demo-access.json" })
                await CopyOpenAsync(data.Combine(file), copy.Combine(file));
        }
        var log = copy.DatabasePath + "-wal";
        Assert.True(new FileInfo(log).Length > 100_000);
        var length = new FileInfo(log).Length;
        Write(log, length / 2, [0xAA, 0x55, 0xAA, 0x55]);

        await using (var server = await TestServer.StartAsync(null, copy.Path, "--ReleaseWorkflows:Database:Synchronous=Full"))
        {
            // It starts: to SQLite the log ends where the damage begins. What was there is kept, and told.
            var kept = Directory.GetFiles(copy.Path, "release-workflows.db-wal.damaged-*").Single();
            Assert.Equal(length, new FileInfo(kept).Length);
            Assert.Contains(server.Log.Errors, line => line.Contains($"is kept as {kept}. Run check, and restore a backup", StringComparison.Ordinal));
            Assert.Equal("Degraded", (await server.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK).Text("status"));
        }

        Assert.True(DatabaseCheck.Run(copy.DatabasePath).IsSound);
        var left = Rows.Count(copy, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'");
        Assert.InRange(left, 1, Programs - 1);
        Assert.Equal(left - 1, Rows.Count(copy, "SELECT max(CAST(substr(id, 2) AS INTEGER)) FROM mini_programs WHERE id LIKE 'm%'"));
    }

    [Fact]
    public async Task The_shared_memory_file_may_be_deleted_between_two_runs()
    {
        using var data = await PreparedData.CopyAsync();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path }))
        {
            using var client = new Driving.Client(server.Address!, data.Path, new Driving.History());
            await client.SendAsync(Driving.Operation.NewMiniProgram("tea"));
            await server.KillAsync();
        }
        Assert.True(File.Exists(data.DatabasePath + "-shm"));
        File.Delete(data.DatabasePath + "-shm");

        await using var again = await TestServer.StartAsync(folder: data.Path);

        (await again.As(Role.DeveloperAdmin).GetAsync("/api/mini-programs/tea")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_shared_memory_file_that_is_deleted_under_a_running_server_costs_nothing_confirmed_and_a_backup_waits_for_a_restart()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var data = await PreparedData.CopyAsync();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Settings = ["--ReleaseWorkflows:Database:CheckpointPages=10", "--ReleaseWorkflows:Database:ForcedCheckpointPages=20"] }))
        {
            using var client = new Driving.Client(server.Address!, data.Path, new Driving.History());
            await client.SendAsync(Driving.Operation.NewMiniProgram("m0"));
            File.Delete(data.DatabasePath + "-shm");

            for (var i = 1; i < 60; i++)
            {
                var operation = Driving.Operation.NewMiniProgram($"m{i}");
                await client.SendAsync(operation);
                Assert.True(operation.IsAccepted, operation.ToString());
            }

            using var http = new HttpClient { BaseAddress = server.Address };
            Assert.Contains("Degraded", await http.GetStringAsync(new Uri("/health/ready", UriKind.Relative)), StringComparison.Ordinal);
            await using var backup = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Command = "backup", Settings = [$"--to={data.Combine("backup")}"] });
            Assert.Equal(1, backup.ExitCode);
            Assert.Contains("Start the server again, then repeat the backup.", backup.Output, StringComparison.Ordinal);
            await server.KillAsync();
        }

        await using var again = await TestServer.StartAsync(folder: data.Path);

        Assert.Equal("Healthy", (await again.Anonymous.GetAsync("/health/ready")).Is(HttpStatusCode.OK).Text("status"));
        Assert.Equal(60, Rows.Count(data, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'"));
        Assert.True(DatabaseCheck.Run(data.DatabasePath).IsSound);
    }

    [Fact]
    public async Task A_folder_that_is_removed_while_the_server_runs_ends_all_confirmations_and_readiness()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(folder: data.Path);
        var developer = server.As(Role.DeveloperAdmin);
        await CreateAsync(server, "tea");

        Directory.Delete(data.Path, recursive: true);

        (await developer.PostAsync("/api/mini-programs", new { key = "cake", name = "Cake" })).Is(HttpStatusCode.ServiceUnavailable, "database-broken");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Anonymous.GetAsync("/health/ready")).Status);
        (await server.Anonymous.GetAsync("/health/live")).Is(HttpStatusCode.OK);
        Assert.Contains(server.Log.Errors, line => line.Contains("was removed or replaced while the server runs", StringComparison.Ordinal));
    }

    private static async Task CreateAsync(TestServer server, string key) =>
        (await server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key, name = key, description = new string('d', 1_500) })).Is(HttpStatusCode.Created);

    private static void Damage(DataDirectory data, string what)
    {
        switch (what)
        {
            case "a header that is none":
                Write(data.DatabasePath, 0, "not a database, "u8);
                break;
            case "a schema that cannot be read":
                // The first page holds the schema, behind a header of 100 bytes.
                Write(data.DatabasePath, 100, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
                break;
            case "half of the file":
                using (var file = new FileStream(data.DatabasePath, FileMode.Open))
                    file.SetLength(file.Length / 2 / 4096 * 4096);
                break;
            case "an empty file":
                using (var file = new FileStream(data.DatabasePath, FileMode.Open))
                    file.SetLength(0);
                break;
            case "a newer schema":
                Rows.Change(data, "INSERT INTO __EFMigrationsHistory VALUES ('9999_from_the_future', '99')");
                break;
            case "a folder in its place":
                File.Delete(data.DatabasePath);
                Directory.CreateDirectory(data.DatabasePath);
                break;
            default:
                File.Delete(data.DatabasePath);
                break;
        }
    }

    private static byte[]? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static void Write(string path, long position, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = position;
        file.Write(bytes);
    }

    private static async Task CopyOpenAsync(string source, string target)
    {
        await using var from = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        await using var to = new FileStream(target, FileMode.CreateNew);
        await from.CopyToAsync(to);
    }
}
