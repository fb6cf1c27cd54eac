using System.Globalization;
using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Server.Tests.Infrastructure;

namespace ReleaseWorkflows.Faults.Tests.Operations;

/// <summary>Backups that are made while clients race each other, brought back (R20): each is one committed state, with everything that was confirmed before it began.</summary>
public sealed class BackupUnderLoadTests
{
    private const int Backups = 3;

    [Fact]
    public async Task Each_backup_that_is_made_under_load_comes_back_as_one_whole_state_with_everything_confirmed_before_it_began()
    {
        using var data = await PreparedData.CopyAsync();
        var history = new History();
        var before = new List<IReadOnlyDictionary<string, int>>();
        await using (var server = await ServerProcess.StartAsync(new ServerSettings
        {
            Folder = data.Path,
            Settings = ["--ReleaseWorkflows:Database:CheckpointPages=20", "--ReleaseWorkflows:Database:ForcedCheckpointPages=60"],
        }))
        {
            using var stop = new CancellationTokenSource();
            var load = new Driver(history, seed: Random.Shared.Next()).RunAsync(server.Address!, data.Path, int.MaxValue, stop.Token);
            for (var i = 0; i < Backups; i++)
            {
                // Some more happens before each.
                var wanted = history.Operations.Count + 60;
                await Eventually.BeTrueAsync(() => history.Operations.Count >= wanted, "operations under load");
                before.Add(Confirmed(history));
                await using var backup = await ServerProcess.StartAsync(new ServerSettings { Folder = data.Path, Command = "backup", Settings = [$"--to={BackupOf(data, i)}"] });
                Assert.True(backup.ExitCode == 0, backup.Output);
            }

            await stop.CancelAsync();
            await load;
            Assert.Empty(history.Oddities);
            await server.StopAsync();
        }

        for (var i = 0; i < Backups; i++)
        {
            using var restored = new DataDirectory();
            await using (var restore = await ServerProcess.StartAsync(new ServerSettings { Folder = restored.Path, Command = "restore", Settings = [$"--from={BackupOf(data, i)}"] }))
                Assert.True(restore.ExitCode == 0, restore.Output);

            Assert.Empty(DatabaseCheck.Run(restored.DatabasePath).Findings);
            var revisions = Revisions(restored);
            Assert.All(before[i], release => Assert.True(revisions.GetValueOrDefault(release.Key) >= release.Value, $"{release.Key}: {release.Value} was confirmed, {revisions.GetValueOrDefault(release.Key)} came back"));
            Assert.Equal(0, LinesThatNeverWere(restored, data));

            await using var server = await TestServer.StartAsync(folder: restored.Path);
            Assert.Equal("Healthy", (await server.Anonymous.GetAsync("/health/ready")).Text("status"));
        }
    }

    private static string BackupOf(DataDirectory data, int number) => data.Combine(string.Create(CultureInfo.InvariantCulture, $"backup-{number}"));

    /// <summary>By release: the highest revision that somebody was told.</summary>
    private static Dictionary<string, int> Confirmed(History history) => history.Operations
        .Where(operation => operation is { IsAccepted: true, Release: not null })
        .GroupBy(operation => operation.Release!, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Max(operation => operation.Revision), StringComparer.Ordinal);

    private static Dictionary<string, int> Revisions(DataDirectory data)
    {
        using var connection = new SqliteConnection($"Data Source={data.DatabasePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, revision FROM releases";
        using var rows = command.ExecuteReader();
        var revisions = new Dictionary<string, int>(StringComparer.Ordinal);
        while (rows.Read())
            revisions.Add(rows.GetString(0), rows.GetInt32(1));
        return revisions;
    }

    /// <summary>Lines of a log that the server itself, which went on, does not have, or has otherwise.</summary>
    private static long LinesThatNeverWere(DataDirectory restored, DataDirectory original)
    {
        using var connection = new SqliteConnection($"Data Source={original.DatabasePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """
            ATTACH DATABASE $restored AS restored;
            SELECT count(*) FROM restored.release_log line JOIN restored.releases release ON release.key = line.release_key
            WHERE NOT EXISTS (
              SELECT 1 FROM main.release_log same JOIN main.releases owner ON owner.key = same.release_key
              WHERE owner.id = release.id AND same.revision = line.revision AND same.document = line.document);
            """;
        command.Parameters.AddWithValue("$restored", restored.DatabasePath);
        return (long)command.ExecuteScalar()!;
    }
}
