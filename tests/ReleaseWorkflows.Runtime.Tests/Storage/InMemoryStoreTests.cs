namespace ReleaseWorkflows.Runtime.Tests.Storage;

/// <summary>The store that the engine's own tests run on keeps the contract too.</summary>
public sealed class InMemoryStoreTests : WorkflowStoreConformance
{
    private readonly InMemoryDatabase _database = new();

    protected override ValueTask<StoreSession> BeginAsync()
    {
        var unit = new InMemoryUnitOfWork(_database);
        return ValueTask.FromResult(new StoreSession(unit, unit, new Nothing()));
    }

    private sealed class Nothing : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
