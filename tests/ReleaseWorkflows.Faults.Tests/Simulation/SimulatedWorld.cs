using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Faults.Tests.Driving;
using ReleaseWorkflows.Faults.Tests.Processes;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Releases;
using ReleaseWorkflows.Server.Hosting;
using CreateRelease = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Faults.Tests.Simulation;

/// <summary>
/// A whole story in one thread: the product's rules, engine, pipelines and statements, with a clock, a scheduler and a disk that follow from a seed
/// (R22). Clients ask and repeat themselves, timers fire, packages are built, the disk fails, and the process dies at any turn and begins again. After
/// each death the database is checked; at the end, so is what the clients were told.
/// </summary>
internal sealed class SimulatedWorld : IDisposable
{
    private const int Clients = 6;
    private static readonly string[] Environments = ["Development", "Test", "Sandbox", "Production"];

    private readonly int _seed;
    private readonly BrokenPromise _broken;
    private readonly Random _random;
    private readonly Turns _turns;
    private readonly Clock _clock = new();
    private readonly DataDirectory _data = new();
    private readonly History _history = new();
    private readonly Client[] _clients = [.. Enumerable.Range(0, Clients).Select(_ => new Client())];
    private readonly List<string> _releases = [];
    private readonly List<string> _violations = [];
    private Disk? _disk;
    private WebApplication? _process;
    private Task? _outbox;
    private Task? _timers;
    private int _keys;

    public SimulatedWorld(int seed, BrokenPromise broken = BrokenPromise.None)
    {
        _broken = broken;
        _seed = seed;
        _random = new Random(seed);
        _turns = new Turns(_random);
    }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Turns taken.</summary>
    public long Steps => _turns.Count;

    public int Deaths { get; private set; }

    public int Operations => _history.Operations.Count;

    /// <summary>Tells the story: so many turns, then everything is brought to its end.</summary>
    public void Run(long steps)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_turns);
        try
        {
            Definitions.CopyTo(_data.Combine("definitions"));
            File.WriteAllText(_data.Combine("definitions/timers.json"), Definitions.Timers(hasEndpoint: false).ToJsonString());
            Finish(StartProcessAsync());
            Disk.Prepare(_data.Path, """
                WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
                INSERT INTO mini_program_versions (mini_program, number, source_digest, size, file_count, uploaded_by, uploaded_by_name, uploaded_at)
                SELECT mini_program, i || '.0.0', source_digest, size, file_count, uploaded_by, uploaded_by_name, uploaded_at FROM mini_program_versions, n WHERE number = '1.0.0'
                """);
            while (_turns.Count < steps && _violations.Count == 0)
                TakeTurn();
            if (_violations.Count == 0)
                End();
        }
        catch (TimeoutException exception)
        {
            _violations.Add(exception.Message);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
        _data.IsKept = _violations.Count > 0 && _broken == BrokenPromise.None;
        if (_data.IsKept)
            _violations.Add($"Seed {_seed}. The data are kept in {_data.Path}.");
    }

    public void Dispose()
    {
        ((IDisposable?)_process)?.Dispose();
        _disk?.Dispose();
        _data.Dispose();
    }

    private void TakeTurn()
    {
        if (_random.Next(1_200) == 0)
        {
            Die();
            return;
        }
        foreach (var client in _clients.Where(client => client.IsFree && _random.Next(8) == 0))
            client.Work = WorkAsync(client);
        if (Array.Find(_clients, client => client.Work is { IsFaulted: true }) is { } broken)
            _violations.Add($"Step {Steps}: a client broke: {broken.Work!.Exception}");
        StartBackground();
        _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(5_000) == 0 ? 3_600_000 : _random.Next(10)));
        _turns.Take();
    }

    private void StartBackground()
    {
        if (_outbox is not { IsCompleted: false } && _random.Next(6) == 0)
            _outbox = WorkOffOutboxAsync();
        if (_timers is not { IsCompleted: false } && _random.Next(10) == 0)
            _timers = FireTimersAsync();
    }

    // Nothing of what was under way goes on, and nobody is told.
    private void Die()
    {
        Deaths++;
        _turns.Abandon();
        foreach (var client in _clients)
            client.Work = null;
        (_outbox, _timers) = (null, null);
        var process = _process!;
        _process = null;
        Finish(process.DisposeAsync().AsTask());
        _turns.Abandon();
        Check($"after death {Deaths}");
        _disk!.Fails = false;
        Finish(StartProcessAsync());
        _disk.Fails = true;
    }

    private void End()
    {
        _disk!.Fails = false;
        for (var i = 0; i < 200_000; i++)
        {
            foreach (var client in _clients.Where(client => client.IsFree && client.Owed.Count > 0))
                client.Work = PayAsync(client);
            StartBackground();
            _clock.Advance(TimeSpan.FromMilliseconds(200));
            if (!_turns.Take() && Array.TrueForAll(_clients, client => client.IsFree && client.Owed.Count == 0) && Disk.IsQuiet(_data.Path))
                break;
        }
        foreach (var client in _clients.Where(client => client.Work is { IsFaulted: true }))
            _violations.Add($"A client broke: {client.Work!.Exception}");
        Finish(_process!.DisposeAsync().AsTask());
        _process = null;
        _disk.Dispose();
        _disk = null;
        Check("at the end");
        _violations.AddRange(HistoryCheck.Run(_history, _data.Path, versionsBefore: 59));
    }

    private void Check(string when) => _violations.AddRange(
        DatabaseCheck.Run(_data.DatabasePath, isOutboxComplete: true).Findings.Select(finding => $"{when}, step {Steps}: {finding.Check}: {finding.Sentence}"));

    private void Finish(Task task)
    {
        while (!task.IsCompleted)
        {
            if (!_turns.Take(TimeSpan.FromSeconds(20)) && !task.IsCompleted)
                throw new TimeoutException($"Seed {_seed}: nothing goes on at step {Steps}.");
        }
        task.GetAwaiter().GetResult();
    }

    private async Task StartProcessAsync()
    {
        string[] settings =
        [
            "--environment=Development",
            $"--ReleaseWorkflows:DataDirectory={_data.Path}",
            $"--ReleaseWorkflows:WorkflowsDirectory={_data.Combine("definitions")}",
            "--ReleaseWorkflows:Access:PasswordIterations=1000",
            "--ReleaseWorkflows:Database:Synchronous=Normal",
        ];
        var process = ReleaseWorkflowsServer.Build(settings, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_clock));
            builder.Services.Replace(ServiceDescriptor.Singleton(TextWriter.Null));
            builder.Services.Replace(ServiceDescriptor.Singleton<ICommitQueue>(new WayToDisk(this)));
        });
        await process.PrepareAsync();
        var loader = process.Services.GetServices<IHostedService>().Single(service => service.GetType().Name == "WorkflowDefinitionLoader");
        await loader.StartAsync(CancellationToken.None);
        _process = process;
        _disk!.Fails = true;
    }

    private async Task WorkAsync(Client client)
    {
        if (client.Owed.Count == 0)
        {
            var chosen = await ChooseAsync();
            // A nervous client asks three times at once.
            var times = _random.Next(10) == 0 ? 3 : 1;
            for (var i = 0; i < times; i++)
                client.Owed.Add(new Wish(new Operation { Kind = chosen.Kind, Release = chosen.Release, Method = HttpMethod.Post, Path = "", Role = chosen.Role, Key = chosen.Key }, chosen.Do));
        }
        await PayAsync(client);
    }

    private async Task PayAsync(Client client)
    {
        var wishes = client.Owed.ToArray();
        await Task.WhenAll(wishes.Select(async wish =>
        {
            if (await AskAsync(wish))
                client.Owed.Remove(wish);
        }));
    }

    // False: the answer is still owed.
    private async Task<bool> AskAsync(Wish wish)
    {
        var operation = wish.Operation;
        if (operation.InvokedAt == 0)
            operation.InvokedAt = _history.Tick();
        operation.Attempts++;
        var services = _process!.Services;
        try
        {
            var actor = await FindActorAsync(services, operation.Role);
            var answer = await CommandEndpoint.RunOnceAsync(
                services.GetRequiredService<IUnitOfWorkRunner>(), actor, new IdempotencyKey(operation.Key!, operation.Key!), (scope, stop) => wish.Do(scope, actor, stop), CancellationToken.None);
            Read(operation, answer);
        }
        catch (Exception exception) when (exception is StoreUnavailableException or ConcurrencyConflictException)
        {
            return false;
        }
        operation.CompletedAt = _history.Tick();
        _history.Completed(operation);
        if (operation is { Kind: "create", IsAccepted: true } && !_releases.Contains(operation.Release!))
            _releases.Add(operation.Release!);
        return true;
    }

    private void Read(Operation operation, CommandResponse answer)
    {
        operation.Status = answer.StatusCode;
        operation.Answer = Encoding.UTF8.GetString(answer.Body.Span);
        operation.Revision = answer.Headers.TryGetValue("ETag", out var tag) && int.TryParse(tag.Trim('"'), out var revision) ? revision : 0;
        if (answer.IsReplay)
            _history.Replayed();
        if (operation.Answer.Length == 0)
            return;
        using var json = JsonDocument.Parse(operation.Answer);
        operation.Code = Text("code");
        operation.ReleaseStatus = operation.IsAccepted ? Text("status") : Text("releaseStatus");
        if (operation is { IsAccepted: true, Kind: "create" })
            operation.Release = Text("id");

        string? Text(string name) => json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }

    private async Task<(string Kind, string? Release, string Role, string Key, Work Do)> ChooseAsync()
    {
        var key = $"k{++_keys}";
        if (_random.Next(40) == 0)
            return ("timers", null, "DeveloperAdmin", key, StartTimersAsync);
        if (_releases.Count == 0 || _random.Next(5) == 0)
        {
            var command = new CreateRelease(
                new ReleaseKey(new MiniProgramKey("coffee"), new VersionNumber($"{_random.Next(1, 61)}.0.0"), new AppKey("superapp-a"), Enum.Parse<ReleaseEnvironment>(Environments[_random.Next(4)])),
                ConfigurationValues.Empty, null);
            return ("create", null, "DeveloperAdmin", key, (services, actor, stop) => CreateAsync(services, command, actor, stop));
        }
        var id = _releases[Math.Max(0, _releases.Count - 1 - _random.Next(12))];
        var kind = await ChooseCommandAsync(id);
        var what = CommandOf(kind);
        return (kind, id, kind is "approve" or "reject" ? "Reviewer" : "DeveloperAdmin", key, (services, actor, stop) => ExecuteAsync(services, new ReleaseId(id), what, actor, stop));
    }

    private static async Task<CommandResponse> ExecuteAsync(IServiceProvider services, ReleaseId release, ReleaseCommand command, Actor actor, CancellationToken stop)
    {
        var result = await services.GetRequiredService<ReleaseCommandService>().ExecuteAsync(release, command, actor, stop);
        return await services.GetRequiredService<ReleaseViews>().AnswerAsync(result, actor, stop);
    }

    // Mostly what is possible now, sometimes anything.
    private async Task<string> ChooseCommandAsync(string id)
    {
        string[] kinds = ["apply", "withdraw", "approve", "reject", "complete-pilot", "go-live", "grayscale", "cancel", "configuration"];
        var release = await _process!.Services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
            async (services, stop) => UnitOfWorkResult.Discard(await services.GetRequiredService<IReleaseStore>().FindAsync(new ReleaseId(id), stop)), CancellationToken.None);
        var fitting = release is null ? [] : kinds.Where(kind => ReleaseTransitions.Fits(release, CommandOf(kind).Name)).ToArray();
        return fitting.Length == 0 || _random.Next(8) == 0 ? kinds[_random.Next(kinds.Length)] : fitting[_random.Next(fitting.Length)];
    }

    private ReleaseCommand CommandOf(string kind) => kind switch
    {
        "apply" => new Apply(),
        "withdraw" => new Withdraw(),
        "approve" => new Approve(),
        "reject" => new Reject("Not yet.", RejectionCategory.Details),
        "complete-pilot" => new CompletePilot(),
        "go-live" => new GoLive(_random.Next(3) == 0 ? ReleaseType.Full : ReleaseType.Grayscale),
        "grayscale" => new SetPercentage(_random.Next(1, 101)),
        "cancel" => new Cancel("Enough."),
        _ => new EditConfiguration(new ConfigurationValues { ServerDomains = [$"api{++_keys}.example.com"] }),
    };

    private static async Task<CommandResponse> CreateAsync(IServiceProvider services, CreateRelease command, Actor actor, CancellationToken stop)
    {
        var launcher = services.GetRequiredService<ReleaseLauncher>();
        var result = await launcher.CreateAsync(command, actor, stop);
        if (result.IsRefused)
            return CommandResponse.Refuse(result.Refusal);
        await launcher.StartPipelineAsync(result.Release, stop);
        var created = (await services.GetRequiredService<IReleaseStore>().FindAsync(result.Release.Id, stop))!;
        return CommandResponse.Created("/", CreatedReleaseView.Of(created), created.Revision);
    }

    private static async Task<CommandResponse> StartTimersAsync(IServiceProvider services, Actor actor, CancellationToken stop)
    {
        var started = await services.GetRequiredService<IWorkflowHost>().StartAsync(new WorkflowStart("timers", Guid.NewGuid().ToString("n"), "Timers", new Dictionary<string, object>()), stop);
        return CommandResponse.Ok(new { started.InstanceId });
    }

    private static Task<Actor> FindActorAsync(IServiceProvider services, string role) => services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
        async (scope, stop) => UnitOfWorkResult.Discard((await scope.GetRequiredService<IAccountStore>().ListAsync(stop)).First(account => account.Grants[0].Role.ToString() == role).ToActor()),
        CancellationToken.None);

    private async Task FireTimersAsync()
    {
        try
        {
            await _process!.Services.GetRequiredService<TimerPump>().RunOnceAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // They are still there.
        }
    }

    // As the product's loop does it, one message after the other: the work outside, then its completion with what follows from it.
    private async Task WorkOffOutboxAsync()
    {
        var services = _process!.Services;
        var units = services.GetRequiredService<IUnitOfWorkRunner>();
        var kind = _random.Next(2) == 0 ? OutboxKinds.Email : OutboxKinds.PackageBuild;
        var due = await units.RunAsync(async (scope, stop) => UnitOfWorkResult.Discard(await scope.GetRequiredService<IOutbox>().FindDueAsync(kind, _clock.GetUtcNow(), 10, stop)), CancellationToken.None);
        foreach (var message in due)
        {
            if (kind == OutboxKinds.Email)
                await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(_data.Combine("mail")).FullName, Convert.ToHexString(Encoding.UTF8.GetBytes(message.Key)) + ".eml"), message.PayloadJson);
            await Task.Yield();
            try
            {
                await units.RunAsync((scope, stop) => CompleteAsync(scope, message, stop), CancellationToken.None);
            }
            catch (Exception exception) when (exception is StoreUnavailableException or ConcurrencyConflictException)
            {
                // Still there, and done again.
            }
        }
    }

    private async Task<UnitOfWorkResult<bool>> CompleteAsync(IServiceProvider services, OutboxMessage message, CancellationToken stop)
    {
        services.GetRequiredService<IOutbox>().Update(message with { CompletedAt = _clock.GetUtcNow() });
        if (message.Kind == OutboxKinds.PackageBuild)
        {
            var request = JsonSerializer.Deserialize(message.PayloadJson, OutboxJson.Default.PackageBuildRequest)!;
            var release = await services.GetRequiredService<IReleaseStore>().FindAsync(request.Release, stop);
            if (release is { Building: BuildState.Building } && release.Effective.Hash() == request.ConfigurationHash)
            {
                var built = new BuiltReleasePackage(request.ConfigurationHash, 1_000, 3, request.ConfigurationHash);
                await services.GetRequiredService<ReleaseCommandService>().ExecuteAsync(request.Release, new CompleteBuild(built), Actor.System, stop);
            }
        }
        return UnitOfWorkResult.Commit(true);
    }

    private delegate Task<CommandResponse> Work(IServiceProvider services, Actor actor, CancellationToken stop);

    private sealed record Wish(Operation Operation, Work Do);

    private sealed class Client
    {
        /// <summary>Asked and not answered; outlives the process.</summary>
        public List<Wish> Owed { get; } = [];

        public Task? Work { get; set; }

        public bool IsFree => Work is null or { IsCompletedSuccessfully: true };
    }

    // A process that ends takes what it made with it; the disk is not its own.
    private sealed class WayToDisk(SimulatedWorld world) : ICommitQueue
    {
        public Task CommitAsync(WriteBatch batch, CancellationToken cancellationToken) =>
            (world._disk ??= new Disk(world._data.Path, world._random, world._broken) { Fails = false }).CommitAsync(batch, cancellationToken);
    }

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
