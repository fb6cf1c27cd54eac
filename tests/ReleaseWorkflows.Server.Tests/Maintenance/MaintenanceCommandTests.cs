using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Server.Hosting;
using ReleaseWorkflows.Server.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;
using ReleaseWorkflows.Server.Tests.Releases;

namespace ReleaseWorkflows.Server.Tests.Maintenance;

public sealed class MaintenanceCommandTests
{
    [Fact]
    public async Task A_backup_made_while_the_server_works_brings_back_releases_packages_and_keys_elsewhere()
    {
        await using var folder = new TemporaryFolder();
        await using var server = await TestServer.StartAsync();
        var scene = ReleaseScene.Coffee(server);
        var id = await scene.ReleaseAsync("Sandbox");
        await scene.DoAsync(id, "apply");

        var (made, _) = await RunAsync(server.DataFolder, "backup", "--to", folder.Path);
        await scene.DoAsync(id, "withdraw");
        await using var elsewhere = new TemporaryFolder();
        var (restored, told) = await RunAsync(elsewhere.Path, "restore", "--from", folder.Path);
        var (isSound, report) = await RunAsync(elsewhere.Path, "check");

        Assert.Equal((0, 0, 0), (made, restored, isSound));
        Assert.Contains(elsewhere.Path, told, StringComparison.Ordinal);
        Assert.Contains("1 releases, 3 log lines", report, StringComparison.Ordinal);
        await using var second = await TestServer.StartAsync(folder: elsewhere.Path);
        var twin = ReleaseScene.Coffee(second);
        (await twin.ReadAsync(id)).Stands("UnderReview", "InReview", "A reviewer of superapp-a decides.");
        (await twin.Developer.GetAsync($"/api/releases/{id}/package")).Is(HttpStatusCode.OK);
        (await twin.DoAsync(id, "approve")).Stands("PilotTesting", "Approved", "A developer adds testers.");
    }

    [Fact]
    public async Task A_check_names_what_is_wrong_and_ends_with_2()
    {
        await using var folder = new TemporaryFolder();
        await using (var server = await TestServer.StartAsync(folder: folder.Path))
            await ReleaseScene.Coffee(server).ReleaseAsync("Sandbox");
        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder.Path, "release-workflows.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "DELETE FROM bookmarks";
            await command.ExecuteNonQueryAsync();
        }

        var (exitCode, report) = await RunAsync(folder.Path, "check");

        Assert.Equal(2, exitCode);
        Assert.Contains("running-instance-waits", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_wants_an_empty_folder_and_a_restore_a_complete_backup()
    {
        await using var server = await TestServer.StartAsync();

        var used = await Assert.ThrowsAsync<StartException>(() => RunAsync(server.DataFolder, "backup", "--to", server.DataFolder));
        var none = await Assert.ThrowsAsync<StartException>(() => RunAsync(server.DataFolder, "restore", "--from", Path.GetTempPath()));
        var nowhere = await Assert.ThrowsAsync<StartException>(() => RunAsync(server.DataFolder, "backup"));

        Assert.Contains("not empty", used.Message, StringComparison.Ordinal);
        Assert.Contains("no complete backup", none.Message, StringComparison.Ordinal);
        Assert.Contains("--to", nowhere.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restore_under_a_running_server_is_refused()
    {
        await using var folder = new TemporaryFolder();
        await using var server = await TestServer.StartAsync();
        await RunAsync(server.DataFolder, "backup", "--to", folder.Path);

        var refused = await Assert.ThrowsAsync<DatabaseUnavailableException>(() => RunAsync(server.DataFolder, "restore", "--from", folder.Path));

        Assert.Contains("Stop the other server", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Console)> RunAsync(string dataFolder, string command, params string[] options)
    {
        var console = new StringWriter();
        var exitCode = await MaintenanceCommands.RunAsync([command, .. TestServer.Settings(dataFolder), .. options], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TextWriter>(console));
        });
        return (exitCode, console.ToString());
    }
}
