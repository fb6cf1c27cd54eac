using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Persistence.Tests.RuntimeTables;

/// <summary>The contract of workflow stores, kept by the database.</summary>
public sealed class SqliteWorkflowStoreConformance : WorkflowStoreConformance, IAsyncLifetime
{
    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.OpenAsync();

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    protected override ValueTask<StoreSession> BeginAsync()
    {
        var scope = _database!.Begin();
        return new(new StoreSession(scope.ServiceProvider.GetRequiredService<IUnitOfWork>(), scope.ServiceProvider.GetRequiredService<IWorkflowStore>(), scope));
    }
}
