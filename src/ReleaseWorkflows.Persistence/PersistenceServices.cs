using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Persistence.Effects;
using ReleaseWorkflows.Persistence.Idempotency;
using ReleaseWorkflows.Persistence.Maintenance;
using ReleaseWorkflows.Persistence.RuntimeTables;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence;

/// <summary>Registers the database.</summary>
public static class PersistenceServices
{
    /// <summary>
    /// Adds the database, the unit of work and every store. Call <see cref="DatabaseInitializer.InitializeAsync"/> before the first use.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Sets the options; they are checked at start.</param>
    public static IServiceCollection AddPersistence(this IServiceCollection services, Action<PersistenceOptions> configure)
    {
        services.AddOptions<PersistenceOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PersistenceOptions>, PersistenceOptionsValidator>());

        services.AddSingleton(provider => new DatabaseFile(provider.GetRequiredService<IOptions<PersistenceOptions>>()));
        services.AddSingleton<DatabaseReader>();
        services.AddSingleton<PersistenceMetrics>();
        services.AddSingleton(_ => new CommittedCache<Release>()).AddSingleton(_ => new CommittedCache<MiniProgram>());
        services.AddSingleton(_ => new CommittedCache<TargetApp>()).AddSingleton(_ => new CommittedCache<Account>()).AddSingleton(_ => new CommittedCache<ApiKey>());
        services.AddSingleton(_ => new CommittedCache<WorkflowInstanceRecord>());
        services.AddSingleton(provider => new BacklogMetrics(
            provider.GetRequiredService<DatabaseReader>(), provider.GetRequiredService<DatabaseFile>(), provider.GetRequiredService<CommitWriter>(),
            provider.GetRequiredService<PersistenceMetrics>(), provider.GetService<TimeProvider>() ?? TimeProvider.System));
        services.AddSingleton<CommitWriter>();
        services.TryAddSingleton<ICommitQueue>(provider => provider.GetRequiredService<CommitWriter>());
        services.AddSingleton(provider => new DatabaseStatus(
            provider.GetRequiredService<DatabaseFile>(), provider.GetRequiredService<CommitWriter>(), provider.GetRequiredService<DatabaseReader>()));
        services.AddSingleton(provider => new DatabaseInitializer(
            provider.GetRequiredService<DatabaseFile>(), provider.GetRequiredService<CommitWriter>(), provider.GetRequiredService<ILogger<DatabaseInitializer>>(),
            provider.GetService<CommitProbe>()));

        services.AddSingleton(provider => new DatabaseMaintenance(provider.GetRequiredService<DatabaseFile>(), provider.GetService<CommitProbe>()));

        services.AddSingleton<IUnitOfWorkRunner, UnitOfWorkRunner>();
        services.AddScoped<UnitOfWork>();
        services.AddScoped<IUnitOfWork>(provider => provider.GetRequiredService<UnitOfWork>());
        services.AddScoped<IWorkflowStore, WorkflowStore>();
        services.AddSingleton<IInstanceReader, InstanceReader>();
        services.AddScoped<IJournalRemover, JournalRemovals>();
        services.AddScoped<IOutsideJobStore, OutsideJobTable>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IAuditAuthor, PlatformAuthor>();
        services.AddScoped<AuditTable>();
        services.AddScoped<IAuditTrail>(provider => provider.GetRequiredService<AuditTable>());
        services.AddScoped<IReleaseStore, ReleaseTable>();
        services.AddScoped<IMiniProgramStore, MiniProgramTable>();
        services.AddScoped<ITargetAppStore, TargetAppTable>();
        services.AddScoped<IAccountStore, AccountTable>();
        services.AddSingleton<ICommittedKeys, CommittedKeys>();
        services.AddScoped<ISessionStore, SessionTable>();
        services.AddScoped<ISignInFailureStore, SignInFailureTable>();
        services.TryAddSingleton<OutboxSignal>();
        services.AddScoped<OutboxTable>();
        services.AddScoped<IOutbox>(provider => provider.GetRequiredService<OutboxTable>());
        services.AddScoped<IOutboxAdministration>(provider => provider.GetRequiredService<OutboxTable>());
        services.AddScoped<IRetention, RetentionTable>();
        services.AddSingleton(provider => new EffectLedger(provider.GetRequiredService<DatabaseReader>()));
        services.AddScoped<IIdempotencyStore, IdempotencyTable>();
        return services;
    }
}
