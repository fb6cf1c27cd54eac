using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Resumption;

/// <summary>Stimuli that many waited for and that could not be told to some of them however often it was tried: what an operator sees and has tried again.</summary>
public interface IUnheardStimuli
{
    /// <summary>Those that were given up, the latest first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    ValueTask<IReadOnlyList<FanOutRecord>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The stimulus with this id, or null once it has been heard.</summary>
    ValueTask<FanOutRecord?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>Has a stimulus that was given up told again, as often as a new one, once the unit of work has committed.</summary>
    /// <returns>The stimulus as it waits now.</returns>
    FanOutRecord TellAgain(FanOutRecord stimulus);
}

/// <inheritdoc/>
internal sealed class UnheardStimuli(IWorkflowStore store, IUnitOfWork unit, FanOutSignal signal, TimeProvider time) : IUnheardStimuli
{
    public ValueTask<IReadOnlyList<FanOutRecord>> ListAsync(int limit, CancellationToken cancellationToken) => store.ListGivenUpFanOutsAsync(limit, cancellationToken);

    public ValueTask<FanOutRecord?> FindAsync(string id, CancellationToken cancellationToken) => store.FindFanOutAsync(id, cancellationToken);

    public FanOutRecord TellAgain(FanOutRecord stimulus)
    {
        var again = stimulus with { Attempts = 0, DueAt = time.GetUtcNow(), DeadAt = null };
        store.UpdateFanOut(again, stimulus.Attempts);
        unit.OnCommitted(signal.Wake);
        return again;
    }
}
