using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Storage;

/// <summary>The jobs that the engine's own tests run on keep the contract too.</summary>
public sealed class InMemoryOutsideJobTests : OutsideJobStoreConformance
{
    private readonly InMemoryDatabase _database = new();

    protected override ValueTask<(IUnitOfWork Unit, IOutsideJobStore Store, IAsyncDisposable Scope)> BeginAsync()
    {
        var unit = new InMemoryUnitOfWork(_database);
        return ValueTask.FromResult<(IUnitOfWork, IOutsideJobStore, IAsyncDisposable)>((unit, unit, new Nothing()));
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
