using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Faults.Tests.PowerLoss;

/// <summary>
/// The power goes at any moment of a commit or a checkpoint (R2). Clients commit steps of instances all the time; now and then what the disk would
/// hold is put aside together with what had been confirmed, opened like after a restart, and checked: everything confirmed is there, nothing is
/// half done.
/// </summary>
/// <param name="seed">What is cut follows from it.</param>
/// <param name="broken">The promise that is broken, for a run that has to fail.</param>
internal sealed class PowerLossRun(int seed, BrokenPromise broken = BrokenPromise.None)
{
    private const int Clients = 8;
    private const int InstancesPerFolder = 40;
    private const int CutsPerFolder = 250;

    private readonly Random _random = new(seed);
    private readonly ConcurrentQueue<Moment> _moments = new();
    private readonly List<string> _violations = [];
    private ConcurrentDictionary<string, int> _confirmed = new();
    private int _cuts;
    private int _wanted;
    private int _pause;
    private int _steps;

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Cuts so often, or until something is found.</summary>
    public async Task RunAsync(int cuts, Action<string>? progress = null)
    {
        while (_cuts < cuts && _violations.Count == 0)
        {
            await RunFolderAsync(Math.Min(CutsPerFolder, cuts - _cuts));
            progress?.Invoke(ToString());
        }
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {seed}, {broken}: {_cuts} cuts in {_steps} confirmed steps, {_violations.Count} violations") + string.Concat(_violations.Take(10).Select(violation => "\n  VIOLATION " + violation));

    private async Task RunFolderAsync(int cuts)
    {
        using var data = new DataDirectory();
        _confirmed = new ConcurrentDictionary<string, int>();
        _wanted = cuts;
        LosingFileSystem.Begin(data.Path, Happened);
        try
        {
            await using var services = Build(data.Path);
            await services.GetRequiredService<DatabaseInitializer>().InitializeAsync(CancellationToken.None);
            var units = services.GetRequiredService<IUnitOfWorkRunner>();
            await units.RunAsync((scope, _) =>
            {
                scope.GetRequiredService<IWorkflowStore>().SaveDefinition(Definition);
                return Task.FromResult(UnitOfWorkResult.Commit(true));
            }, CancellationToken.None);
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(() => WorkAsync(units, new Random(_random.Next() + client)))));
        }
        finally
        {
            LosingFileSystem.End();
        }
        _steps += _confirmed.Values.Sum();
    }

    private ServiceProvider Build(string folder)
    {
        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<CommitProbe>(new FaultProbe(KillSwitch.FromEnvironment(), broken));
        services.AddPersistence(options =>
        {
            options.DataDirectory = folder;
            options.CheckpointPages = 20;
            options.ForcedCheckpointPages = 60;
        });
        return services.BuildServiceProvider();
    }

    // Checks what was put aside between two steps, so that there is never much of it.
    private async Task WorkAsync(IUnitOfWorkRunner units, Random random)
    {
        while (Volatile.Read(ref _wanted) > 0 || !_moments.IsEmpty)
        {
            if (_moments.TryDequeue(out var moment))
            {
                Check(moment);
                continue;
            }
            var id = $"instance{random.Next(InstancesPerFolder)}";
            try
            {
                var version = await units.RunAsync((services, token) => StepAsync(services.GetRequiredService<IWorkflowStore>(), id, token), CancellationToken.None);
                _confirmed.AddOrUpdate(id, version, (_, earlier) => Math.Max(earlier, version));
            }
            catch (ConcurrencyConflictException)
            {
                // Others were faster five times; nothing was done.
            }
            catch (InvalidOperationException) when (broken != BrokenPromise.None)
            {
                // A server that breaks its promises trips over itself.
            }
        }
    }

    // One step as the engine makes it: the bookmark is used up, the state moves on, another bookmark takes its place.
    private static async Task<UnitOfWorkResult<int>> StepAsync(IWorkflowStore store, string id, CancellationToken cancellationToken)
    {
        var instance = await store.FindInstanceAsync(id, cancellationToken);
        foreach (var used in await store.FindInstanceBookmarksAsync(id, cancellationToken))
            store.RemoveBookmark(id, used.Id);
        var version = instance?.Version ?? 0;
        string[] bookmarks = [.. Enumerable.Range(0, 1 + (version % 3)).Select(_ => Guid.NewGuid().ToString("n"))];
        var state = $$"""{"bookmarks":[{{string.Join(",", bookmarks.Select(bookmark => $$"""{"id":"{{bookmark}}"}"""))}}],"filler":"{{new string('x', 500 * (version % 9))}}"}""";
        store.SaveInstance(new WorkflowInstanceRecord
        {
            Id = id,
            DefinitionId = Definition.DefinitionId,
            DefinitionVersionId = Definition.Id,
            DefinitionVersion = 1,
            Status = "Running",
            SubStatus = "Suspended",
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
            Version = version,
            State = Encoding.UTF8.GetBytes(state),
        });
        foreach (var bookmark in bookmarks)
            store.AddBookmark(new BookmarkRecord(bookmark, id, "Wait", "HASH", "a", "e", null, null, DateTimeOffset.UnixEpoch));
        return UnitOfWorkResult.Commit(version + 1);
    }

    // On the writer's thread, in the middle of what it does.
    private void Happened()
    {
        if (_confirmed.IsEmpty || --_pause > 0 || Volatile.Read(ref _wanted) <= 0 || _moments.Count > 20)
            return;
        _pause = _random.Next(1, 12);
        Interlocked.Decrement(ref _wanted);
        // First what is confirmed, then what the disk holds: whatever is confirmed in between may be missing from the first only.
        var confirmed = _confirmed.ToArray();
        _moments.Enqueue(new Moment(confirmed, LosingFileSystem.Cut(_random)));
    }

    private void Check(Moment moment)
    {
        var number = Interlocked.Increment(ref _cuts);
        using var data = new DataDirectory();
        foreach (var (name, content) in moment.Files)
            File.WriteAllBytes(data.Combine(name), content);
        var found = new List<string>();
        // A writer that keeps its promises leaves a torn end at most, which is nothing to warn of.
        if (broken == BrokenPromise.None && DamagedLog.Examine(data.DatabasePath, isRefused: false) is { } alarm)
            found.Add(alarm);
        try
        {
            found.AddRange(DatabaseCheck.Run(data.DatabasePath).Findings.Select(finding => $"{finding.Check}: {finding.Sentence}"));
            var versions = ReadVersions(data.DatabasePath);
            found.AddRange(moment.Confirmed.Where(step => versions.GetValueOrDefault(step.Key) < step.Value)
                .Select(step => $"step {step.Value} of {step.Key} was confirmed, and step {versions.GetValueOrDefault(step.Key)} is there"));
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or SqliteException)
        {
            found.Add(exception.Message);
        }
        lock (_violations)
            _violations.AddRange(found.Select(violation => $"cut {number}: {violation}"));
        data.IsKept = found.Count > 0 && broken == BrokenPromise.None;
    }

    private static Dictionary<string, int> ReadVersions(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, version FROM workflow_instances";
        using var rows = command.ExecuteReader();
        var versions = new Dictionary<string, int>();
        while (rows.Read())
            versions.Add(rows.GetString(0), rows.GetInt32(1));
        return versions;
    }

    private static WorkflowDefinitionRecord Definition { get; } = new()
    {
        Id = "steps-1",
        DefinitionId = "steps",
        Version = 1,
        IsLatest = true,
        IsPublished = true,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Json = "{}",
    };

    private sealed record Moment(KeyValuePair<string, int>[] Confirmed, IReadOnlyDictionary<string, byte[]> Files);
}
