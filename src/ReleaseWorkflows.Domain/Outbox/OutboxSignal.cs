using System.Threading.Channels;

namespace ReleaseWorkflows.Domain.Outbox;

/// <summary>
/// Wakes the loop that works the outbox off. The store calls <see cref="Wake"/> after the commit of a unit that added a message; a call
/// that gets lost costs time, not work, since the loop also looks by itself.
/// </summary>
public sealed class OutboxSignal
{
    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that there may be work. Never blocks; several calls count as one.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>Returns when <see cref="Wake"/> was called since the last return, or when the time is up.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _wakes.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is up.
        }
    }
}
