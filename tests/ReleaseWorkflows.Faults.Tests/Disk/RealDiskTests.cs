using System.IO.Compression;
using System.Net;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Faults.Tests.Disk;

/// <summary>A disk that something else has filled to the last byte (R7): steps are refused, reading goes on, and once there is space steps go on by themselves.</summary>
public sealed class RealDiskTests
{
    // The layer that waits for the disk is the one of the product.
    private const string WaitsForTheDisk = "--ReleaseWorkflows:Database:Synchronous=Full";

    [RealDiskFact]
    public async Task On_a_full_disk_steps_are_refused_reading_goes_on_and_steps_go_on_by_themselves_once_there_is_space()
    {
        using var disk = await SmallDisk.PreparedAsync(megabytes: 48);
        await using var server = await TestServer.StartAsync(null, disk.Data.Path, WaitsForTheDisk);
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");
        var before = Rows.Count(disk.Data, "SELECT count(*) FROM release_log");

        disk.Fill();
        // The log has frames from before, which are written over until it has to grow.
        var confirmed = await CreateUntilRefusedAsync(server);
        IsRefused(await ApproveAsync(scene, id));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await server.Anonymous.GetAsync("/health/ready")).Status);
        (await server.Anonymous.GetAsync("/health/live")).Is(HttpStatusCode.OK);
        Assert.Equal("UnderReview", (await scene.ReadAsync(id)).Text("status"));
        (await server.As(Role.Reviewer).GetAsync("/api/releases?limit=10")).Is(HttpStatusCode.OK);
        (await server.As(Role.DeveloperAdmin).GetAsync("/api/mini-programs")).Is(HttpStatusCode.OK);
        Assert.Equal(before, Rows.Count(disk.Data, "SELECT count(*) FROM release_log"));

        disk.Free();

        (await ApproveAsync(scene, id)).Is(HttpStatusCode.OK);
        (await CreateAsync(server, $"m{confirmed}")).Is(HttpStatusCode.Created);
        Assert.Equal(confirmed + 1, Rows.Count(disk.Data, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'"));
        await Eventually.ReadAsync(() => server.Anonymous.GetAsync("/health/ready"), answer => answer.Status == HttpStatusCode.OK, "a server that is ready again");
        Assert.True(DatabaseCheck.Run(disk.Data.DatabasePath).IsSound);
    }

    [RealDiskFact]
    public async Task A_log_that_fills_the_disk_because_somebody_reads_for_long_goes_back_to_its_size()
    {
        const int Checkpoint = 50;
        using var disk = await SmallDisk.PreparedAsync(megabytes: 48);
        await using var server = await TestServer.StartAsync(
            null, disk.Data.Path, WaitsForTheDisk, $"--ReleaseWorkflows:Database:CheckpointPages={Checkpoint / 2}", $"--ReleaseWorkflows:Database:ForcedCheckpointPages={Checkpoint}");
        var log = new FileInfo(disk.Data.DatabasePath + "-wal");
        int confirmed;
        using (var reader = new SqliteConnection($"Data Source={disk.Data.DatabasePath};Mode=ReadOnly;Pooling=False"))
        {
            await reader.OpenAsync();
            await using var reading = await reader.BeginTransactionAsync();
            await using var command = reader.CreateCommand();
            command.CommandText = "SELECT count(*) FROM mini_programs";
            await command.ExecuteScalarAsync();
            disk.Fill(but: 4 * 1024 * 1024);
            confirmed = await CreateUntilRefusedAsync(server);
        }

        log.Refresh();
        Assert.True(log.Length > 8 * Checkpoint * 4096, $"{log.Length}");

        disk.Free();

        await Eventually.BeTrueAsync(
            async () =>
            {
                (await CreateAsync(server, $"m{confirmed++}")).Is(HttpStatusCode.Created);
                log.Refresh();
                return log.Length <= 4 * Checkpoint * 4096;
            },
            "a log of the usual size");
        Assert.Equal(confirmed, Rows.Count(disk.Data, "SELECT count(*) FROM mini_programs WHERE id LIKE 'm%'"));
        Assert.True(DatabaseCheck.Run(disk.Data.DatabasePath).IsSound);
    }

    [RealDiskFact]
    public async Task An_upload_that_does_not_fit_is_refused_leaves_nothing_behind_and_fits_once_there_is_space()
    {
        using var disk = await SmallDisk.PreparedAsync(megabytes: 48);
        await using var server = await TestServer.StartAsync(null, disk.Data.Path, WaitsForTheDisk);
        var developer = server.As(Role.DeveloperAdmin);
        var package = Package(6 * 1024 * 1024);

        disk.Fill(but: 3 * 1024 * 1024);
        var refused = await developer.UploadAsync("coffee", "9.9.9", package, key: "upload");

        refused.Is(HttpStatusCode.InsufficientStorage, "disk-full");
        Assert.Contains("the operator has to free some space", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(disk.Data.Path, "*.tmp", SearchOption.AllDirectories));
        Assert.Equal(0, Rows.Count(disk.Data, "SELECT count(*) FROM mini_program_versions WHERE number = '9.9.9'"));
        (await CreateAsync(server, "small")).Is(HttpStatusCode.Created);

        disk.Free();

        (await developer.UploadAsync("coffee", "9.9.9", package, key: "upload")).Is(HttpStatusCode.Created);
    }

    private static void IsRefused(Answer answer)
    {
        Assert.True(answer.Status is HttpStatusCode.InsufficientStorage or HttpStatusCode.ServiceUnavailable, answer.ToString());
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("the operator has to", answer.Text("detail"), StringComparison.Ordinal);
    }

    private static Task<Answer> ApproveAsync(ReleaseScene scene, string id) => scene.Reviewer.PostAsync($"/api/releases/{id}/approve", new { }, key: "approve-" + id);

    /// <returns>How many were confirmed before the first one that the disk had no room for.</returns>
    private static async Task<int> CreateUntilRefusedAsync(TestServer server)
    {
        Answer? refused = null;
        var confirmed = 0;
        while (confirmed < 2_000 && refused is null)
        {
            var answer = await CreateAsync(server, $"m{confirmed}");
            if (answer.Status == HttpStatusCode.Created)
                confirmed++;
            else
                refused = answer;
        }

        IsRefused(refused!);
        return confirmed;
    }

    private static Task<Answer> CreateAsync(TestServer server, string key) =>
        server.As(Role.DeveloperAdmin).PostAsync("/api/mini-programs", new { key, name = key, description = new string('d', 1_500) }, key: "key-" + key);

    /// <summary>The sample package with a picture that does not get smaller.</summary>
    private static byte[] Package(int bytes)
    {
        using var stream = new MemoryStream();
        stream.Write(ApiClient.Sample("coffee"));
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var picture = zip.CreateEntry("images/picture.png", CompressionLevel.NoCompression).Open();
            var content = new byte[bytes];
            new Random(1).NextBytes(content);
            picture.Write(content);
        }

        return stream.ToArray();
    }
}
