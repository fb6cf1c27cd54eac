using System.Text.Json;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.AspNetCore.Http;
using ReleaseWorkflows.Runtime.AspNetCore.Http.Outgoing;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.Tests.OutsideWork;

/// <summary>The engine with activities that call the outside world; only the database is in memory. Tests say when jobs are done.</summary>
internal sealed class OutsideHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public OutsideHost(Action<OutgoingHttpOptions>? configure = null, Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(Database);
        services.AddScoped<InMemoryUnitOfWork>();
        services.AddScoped<IUnitOfWork>(provider => provider.GetRequiredService<InMemoryUnitOfWork>());
        services.AddScoped<IWorkflowStore>(provider => provider.GetRequiredService<InMemoryUnitOfWork>());
        services.AddScoped<IOutsideJobStore>(provider => provider.GetRequiredService<InMemoryUnitOfWork>());
        services.AddSingleton<IUnitOfWorkRunner, InMemoryUnitOfWorkRunner>();
        services.AddWorkflowRuntime();
        services.AddWorkflowHttp();
        services.Configure<OutgoingHttpOptions>(options => configure?.Invoke(options));
        services.Configure<OutsideWorkOptions>(options => options.FirstDelay = TimeSpan.FromMilliseconds(10));
        more?.Invoke(services);
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public static OutsideHost Create(Action<OutgoingHttpOptions>? configure = null, Action<IServiceCollection>? more = null) => new(configure, more);

    public InMemoryDatabase Database { get; } = new();

    public WorkflowInstanceRecord Instance => Database.Committed.Instances.Values.Single();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async Task PublishAsync(string definition)
    {
        var publication = await Get<IWorkflowDefinitions>().PublishAsync(definition);
        Assert.Empty(publication.Findings);
    }

    public Task<WorkflowRun> StartAsync(string definitionId) => Get<IUnitOfWorkRunner>().RunAsync(
        async (services, token) => UnitOfWorkResult.Commit(
            await services.GetRequiredService<IWorkflowEngine>().StartAsync(new StartWorkflow { DefinitionId = definitionId }, token)),
        CancellationToken.None);

    public Task<int> WorkAsync() => Get<OutsideWorkPump>().RunOnceAsync(CancellationToken.None);

    /// <summary>Publishes, starts, does the jobs, and answers the activities that completed, in order.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(string definition)
    {
        await PublishAsync(definition);
        var run = await StartAsync(JsonDocument.Parse(definition).RootElement.GetProperty("definitionId").GetString()!);
        Assert.Equal(WorkflowSubStatus.Suspended, run.SubStatus);
        await WorkAsync();
        return Completed;
    }

    public IReadOnlyList<string> Completed =>
        [.. Database.Committed.Journal.Where(line => line is { EventName: "Completed", ActivityType: "Elsa.SetVariable" or "Elsa.WriteLine" }).Select(line => line.ActivityId)];

    public IEnumerable<string?> Messages(string eventName) => Database.Committed.Journal.Where(line => line.EventName == eventName).Select(line => line.Message);

    /// <summary>What the journal keeps of an activity.</summary>
    public JsonElement Details(string activityId) =>
        JsonDocument.Parse(Database.Committed.Executions.Values.Single(execution => execution.ActivityId == activityId).DetailsJson ?? "{}").RootElement;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
