using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Runtime.Tests;

/// <summary>The engine over a database in memory, with a clock that tests turn and activities that tests need.</summary>
public sealed class EngineHost : IDisposable
{
    private readonly ServiceProvider _services;

    public EngineHost(Action<WorkflowRuntimeOptions>? configure = null, Action<IServiceCollection>? more = null, InMemoryDatabase? database = null)
    {
        Database = database ?? new InMemoryDatabase();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(Database);
        services.AddSingleton<Trace>();
        services.AddSingleton<Announcement>();
        services.AddScoped<InMemoryUnitOfWork>();
        services.AddScoped<IUnitOfWork>(provider => provider.GetRequiredService<InMemoryUnitOfWork>());
        services.AddScoped<IWorkflowStore>(provider => provider.GetRequiredService<InMemoryUnitOfWork>());
        services.AddScoped<IOutsideJobStore>(provider => provider.GetRequiredService<InMemoryUnitOfWork>());
        services.AddSingleton<IUnitOfWorkRunner, InMemoryUnitOfWorkRunner>();
        services.AddWorkflowRuntime(options =>
        {
            options.AddActivitiesFrom<EngineHost>();
            configure?.Invoke(options);
        });
        more?.Invoke(services);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public InMemoryDatabase Database { get; }

    public TestClock Clock { get; } = new();

    /// <summary>What activities of the test wrote, in order.</summary>
    public Trace Trace => _services.GetRequiredService<Trace>();

    public IWorkflowDefinitions Definitions => _services.GetRequiredService<IWorkflowDefinitions>();

    internal OutsideWorkPump OutsideWork => _services.GetRequiredService<OutsideWorkPump>();

    internal FanOutPump FanOuts => _services.GetRequiredService<FanOutPump>();

    internal TimerPump Timers => _services.GetRequiredService<TimerPump>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Publishes a definition that has to be right.</summary>
    public async Task<WorkflowDefinitionRecord> PublishAsync(string json)
    {
        var publication = await Definitions.PublishAsync(json);
        return publication.Definition ?? throw new InvalidOperationException(
            string.Join(Environment.NewLine, publication.Findings.Select(finding => $"{finding.Node}: {finding.Reason}")));
    }

    /// <summary>Runs something with the engine in a unit of work of its own, and commits it.</summary>
    public Task<T> RunAsync<T>(Func<IWorkflowEngine, Task<T>> work) => _services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
        async (services, _) => UnitOfWorkResult.Commit(await work(services.GetRequiredService<IWorkflowEngine>())), CancellationToken.None);

    /// <summary>Runs something with the services of a unit of work of its own, and commits it.</summary>
    public Task<T> InUnitAsync<T>(Func<IServiceProvider, Task<T>> work) => _services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
        async (services, _) => UnitOfWorkResult.Commit(await work(services)), CancellationToken.None);

    public Task<WorkflowRun> StartAsync(string definitionId, object? input = null, string? correlationId = null) =>
        RunAsync(engine => engine.StartAsync(new StartWorkflow { DefinitionId = definitionId, Input = Table(input), CorrelationId = correlationId }));

    public Task<StimulusOutcome> SignalAsync(string name, object? payload, object? input = null, string? correlationId = null) =>
        RunAsync(engine => engine.SignalAsync(new Stimulus { Name = name, Payload = payload, Input = Table(input), CorrelationId = correlationId }));

    /// <summary>Publishes an <c>Elsa.Event</c>.</summary>
    public Task<StimulusOutcome> PublishEventAsync(string name, object? payload = null, string? correlationId = null) => SignalAsync(
        "Elsa.Event",
        new Elsa.Workflows.Runtime.Stimuli.EventStimulus(name),
        payload is null ? null : new Dictionary<string, object?> { ["__EventPayloadWorkflowInput"] = payload },
        correlationId);

    public WorkflowInstanceRecord Instance(string id) => Database.Committed.Instances[id];

    public IEnumerable<BookmarkRecord> Bookmarks(string instanceId) =>
        Database.Committed.Bookmarks.Values.Where(bookmark => bookmark.InstanceId == instanceId);

    public IEnumerable<string> Journal(string instanceId) =>
        Database.Committed.Journal.Where(entry => entry.InstanceId == instanceId).OrderBy(entry => entry.Sequence)
            .Select(entry => $"{entry.ActivityId} {entry.EventName}");

    public void Dispose() => _services.Dispose();

    private static IReadOnlyDictionary<string, object?>? Table(object? input) => input switch
    {
        null => null,
        IReadOnlyDictionary<string, object?> table => table,
        _ => JsonSerializer.SerializeToElement(input).EnumerateObject().ToDictionary(member => member.Name, member => (object?)member.Value),
    };
}

/// <summary>A clock that stands still until it is turned.</summary>
public sealed class TestClock : TimeProvider
{
    private DateTimeOffset _now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan duration) => _now += duration;
}

/// <summary>Lines that activities write.</summary>
public sealed class Trace
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
                return [.. _lines];
        }
    }

    public void Add(string line)
    {
        lock (_lines)
            _lines.Add(line);
    }
}
