using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Runtime.Tests.Storage;

namespace ReleaseWorkflows.Persistence.Tests.RuntimeTables;

/// <summary>The contract of outside jobs, kept by the database.</summary>
public sealed class SqliteOutsideJobTests : OutsideJobStoreConformance, IAsyncLifetime
{
    private TestDatabase? _database;

    public async Task InitializeAsync() => _database = await TestDatabase.OpenAsync();

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    protected override ValueTask<(IUnitOfWork Unit, IOutsideJobStore Store, IAsyncDisposable Scope)> BeginAsync()
    {
        var scope = _database!.Begin();
        return new((scope.ServiceProvider.GetRequiredService<IUnitOfWork>(), scope.ServiceProvider.GetRequiredService<IOutsideJobStore>(), scope));
    }
}
