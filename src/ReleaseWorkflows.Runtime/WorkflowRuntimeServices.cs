using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.LogPersistence;
using Elsa.Workflows.LogPersistence.Strategies;
using Elsa.Workflows.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Definitions.CodeFirst;
using ReleaseWorkflows.Runtime.Definitions.Validation;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.LogPersistence;
using ReleaseWorkflows.Runtime.Loops;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Resumption;

namespace ReleaseWorkflows.Runtime;

/// <summary>Registers the workflow engine.</summary>
public static class WorkflowRuntimeServices
{
    /// <summary>
    /// Adds the workflow engine. The host supplies <c>IWorkflowStore</c>, <c>IOutsideJobStore</c> and <c>IUnitOfWork</c> (scoped) and <c>IUnitOfWorkRunner</c> (singleton).
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Names the activities definitions may use, and sets bounds.</param>
    public static IServiceCollection AddWorkflowRuntime(this IServiceCollection services, Action<WorkflowRuntimeOptions>? configure = null)
    {
        services.AddOptions<WorkflowRuntimeOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WorkflowRuntimeOptions>, WorkflowRuntimeOptionsValidation>());
        if (configure is not null)
            services.Configure(configure);

        services.TryAdd(ServiceDescriptor.Singleton(typeof(ILogger<>), typeof(NullLogger<>)));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BackgroundLoops>();
        services.AddWorkflowExpressions();

        // Definitions: read, compiled, indexed, published.
        services.TryAddSingleton<IActivityRegistry>(CreateRegistry);
        services.TryAddSingleton<CodeWorkflows>();
        services.TryAddSingleton<CodeWorkflowLoader>();
        services.TryAddSingleton<IWorkflowBuilderFactory, WorkflowBuilderFactory>();
        services.TryAddSingleton<WorkflowActivityCatalog>();
        services.TryAddSingleton<WorkflowActivityLoader>();
        services.TryAddSingleton<DefinitionReader>();
        services.TryAddSingleton<DefinitionValidator>();
        services.TryAddSingleton<WorkflowCompiler>();
        services.TryAddSingleton<TriggerIndexer>();
        services.TryAddSingleton<WorkflowDefinitions>();
        services.TryAddSingleton<IWorkflowDefinitions>(static provider => provider.GetRequiredService<WorkflowDefinitions>());
        services.TryAddSingleton<IDefinitionVersions, DefinitionVersions>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, WorkflowDefinitionLoader>());

        // Execution: one engine per unit of work.
        services.TryAddSingleton<IIdentityGenerator, IdentityGenerator>();
        services.TryAddSingleton<IStimulusHasher, StimulusHasher>();
        services.TryAddSingleton<EngineServices>();
        services.TryAddSingleton<WorkflowRunner>();
        services.TryAddSingleton<LogPersistenceEvaluator>();
        services.TryAddEnumerable(
        [
            ServiceDescriptor.Singleton<ILogPersistenceStrategy, Configuration>(),
            ServiceDescriptor.Singleton<ILogPersistenceStrategy, Exclude>(),
            ServiceDescriptor.Singleton<ILogPersistenceStrategy, Include>(),
            ServiceDescriptor.Singleton<ILogPersistenceStrategy, Inherit>(),
        ]);
        services.TryAddSingleton<InstanceChanges>();
        services.AddOptions<JournalRetentionOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<JournalRetentionOptions>, JournalRetentionOptionsValidation>());
        services.TryAddSingleton<JournalRetention>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, JournalRetentionHost>());
        services.TryAddScoped<BurstRecorder>();
        services.TryAddScoped<InstanceTimers>();
        services.TryAddScoped<IWorkflowEngine, WorkflowEngine>();
        services.TryAddScoped<IWorkflowRunner, InMemoryRunner>();

        // Resumption: stimuli, events, timers.
        services.TryAddScoped<IStimulusSender, StimulusSender>();
        services.TryAddScoped<IEventPublisher, EventPublisher>();
        services.TryAddScoped<ITaskReporter, TaskReporter>();
        services.TryAddScoped<InstanceRestorer>();
        services.TryAddScoped<WorkflowResumer>();
        services.TryAddScoped<IWorkflowResumer>(static provider => provider.GetRequiredService<WorkflowResumer>());
        services.TryAddScoped<IBookmarkResumer>(static provider => provider.GetRequiredService<WorkflowResumer>());
        services.TryAddScoped<IBookmarkQueue>(static provider => provider.GetRequiredService<WorkflowResumer>());
        services.TryAddScoped<WorkflowClients>();
        services.TryAddScoped<IWorkflowRuntime>(static provider => provider.GetRequiredService<WorkflowClients>());
        services.TryAddScoped<IWorkflowStarter>(static provider => provider.GetRequiredService<WorkflowClients>());
        services.TryAddScoped<IWorkflowDispatcher>(static provider => provider.GetRequiredService<WorkflowClients>());
        services.TryAddScoped<IWorkflowCancellationService>(static provider => provider.GetRequiredService<WorkflowClients>());
        services.TryAddSingleton<TimerSignal>();
        services.TryAddSingleton<TimerPump>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, TimerPumpHost>());
        services.TryAddScoped<FanOuts>();
        services.TryAddScoped<IUnheardStimuli, UnheardStimuli>();
        services.TryAddSingleton<FanOutSignal>();
        services.TryAddSingleton<FanOutPump>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, FanOutPumpHost>());
        services.AddOutsideWork();
        return services;
    }

    private static ActivityRegistry CreateRegistry(IServiceProvider services)
    {
        var registry = new ActivityRegistry();
        var options = services.GetRequiredService<IOptions<WorkflowRuntimeOptions>>().Value;
        registry.Register(ActivityRegistry.ActivitiesOf(typeof(WorkflowRuntimeServices).Assembly).Where(static type => type != typeof(ReadLine))
            .Concat(options.ActivityTypes)
            .Where(type => !options.RemovedActivityTypes.Contains(type)));
        return registry;
    }
}
