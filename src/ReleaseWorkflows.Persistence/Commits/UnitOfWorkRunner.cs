using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Commits;

/// <summary>
/// Runs work in a scope of its own and commits. Work that lost a race starts again on fresh rows, in a new scope; it needs no pause, since
/// the winner is already committed by then.
/// </summary>
internal sealed partial class UnitOfWorkRunner(IServiceScopeFactory scopes, IOptions<PersistenceOptions> options, ILogger<UnitOfWorkRunner> logger) : IUnitOfWorkRunner
{
    public async Task<T> RunAsync<T>(Func<IServiceProvider, CancellationToken, Task<UnitOfWorkResult<T>>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return await RunOnceAsync(work, cancellationToken);
            }
            catch (ConcurrencyConflictException conflict) when (attempt < options.Value.MaximumAttempts)
            {
                LogRetry(attempt, conflict.Message);
            }
        }
    }

    private async Task<T> RunOnceAsync<T>(Func<IServiceProvider, CancellationToken, Task<UnitOfWorkResult<T>>> work, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var result = await work(scope.ServiceProvider, cancellationToken);
        if (result.IsCommitted)
            await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(cancellationToken);
        return result.Value;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Attempt {Attempt} lost a race and runs again: {Conflict}")]
    private partial void LogRetry(int attempt, string conflict);
}
