namespace ReleaseWorkflows.Faults.Tests.Simulation;

/// <summary>
/// Decides what runs next: everything that could go on waits here, and one of it is drawn by the seed. Nothing runs at the same time as anything
/// else, and nothing runs on its own.
/// </summary>
internal sealed class Turns(Random random) : SynchronizationContext
{
    private readonly List<(SendOrPostCallback Callback, object? State)> _waiting = [];

    /// <summary>How many turns there were.</summary>
    public long Count { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_waiting)
        {
            _waiting.Add((d, state));
            Monitor.Pulse(_waiting);
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("In a simulation nobody waits for a turn while it has one.");

    /// <summary>Gives one turn away.</summary>
    /// <returns>False if nothing could go on.</returns>
    public bool Take(TimeSpan patience = default)
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_waiting)
        {
            if (_waiting.Count == 0 && (patience == default || !Monitor.Wait(_waiting, patience)))
                return false;
            var index = random.Next(_waiting.Count);
            next = _waiting[index];
            _waiting[index] = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
        }
        Count++;
        next.Callback(next.State);
        return true;
    }

    /// <summary>The process dies: what was under way never goes on.</summary>
    public void Abandon()
    {
        lock (_waiting)
            _waiting.Clear();
    }
}
