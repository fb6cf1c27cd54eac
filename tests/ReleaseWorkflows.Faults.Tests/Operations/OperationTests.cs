using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Operations;

/// <summary>Others have their hands on the database: each case has a defined end and a sentence that says what to do (R8, R9).</summary>
public sealed class OperationTests
{
    [Fact]
    public async Task A_second_server_on_the_same_folder_does_not_start_and_says_why()
    {
        using var data = await PreparedData.CopyAsync();
        await using var first = await TestServer.StartAsync(folder: data.Path);

        await using var second = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path });

        Assert.Equal((null, 1), (second.Address, second.ExitCode));
        Assert.Contains("Another server uses this data directory", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_lock_that_is_broken_on_purpose_is_caught()
    {
        using var data = await PreparedData.CopyAsync();
        await using var first = await TestServer.StartAsync(NoFolderLock, data.Path);

        // What the test above forbids is what happens now: it would fail.
        await using var second = await TestServer.StartAsync(NoFolderLock, data.Path);

        Assert.NotNull(second.Http.BaseAddress);
    }

    [Fact]
    public async Task A_database_that_somebody_locks_refuses_with_503_and_goes_on_by_itself()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(null, data.Path, "--ReleaseWorkflows:Database:LockTimeout=00:00:01");
        var developer = server.As(Role.DeveloperAdmin);
        await using (var intruder = new SqliteConnection($"Data Source={data.DatabasePath};Pooling=False"))
        {
            await intruder.OpenAsync();
            await using var transaction = await intruder.BeginTransactionAsync();
            (await CreateAsync(developer, "tea")).Is(HttpStatusCode.ServiceUnavailable, "database-unavailable");
        }

        (await CreateAsync(developer, "tea")).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_reader_that_never_lets_go_makes_the_log_grow_and_stops_nobody()
    {
        using var data = await PreparedData.CopyAsync();
        await using var server = await TestServer.StartAsync(
            null, data.Path, "--ReleaseWorkflows:Database:CheckpointPages=10", "--ReleaseWorkflows:Database:ForcedCheckpointPages=20");
        await using var reader = new SqliteConnection($"Data Source={data.DatabasePath};Mode=ReadOnly;Pooling=False");
        await reader.OpenAsync();
        await using var transaction = reader.BeginTransaction(deferred: true);
        await using var command = reader.CreateCommand();
        command.CommandText = "SELECT count(*) FROM mini_programs";
        await command.ExecuteScalarAsync();

        for (var i = 0; i < 60; i++)
            (await CreateAsync(server.As(Role.DeveloperAdmin), $"m{i}")).Is(HttpStatusCode.Created);

        Assert.True(new FileInfo(data.DatabasePath + "-wal").Length > 60 * 4096);
    }

    private static void NoFolderLock(WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<CommitProbe>(new FaultProbe(KillSwitch.FromEnvironment(), BrokenPromise.NoFolderLock));

    private static Task<Answer> CreateAsync(ApiClient client, string key) =>
        client.PostAsync("/api/mini-programs", new { key, name = key, description = new string('d', 1_500) }, key: "key-" + key);
}
