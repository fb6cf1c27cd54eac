namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// Tells listeners that an instance has moved, after the commit: they never hear of what was not kept. A listener that is not there misses it, so
/// nothing may depend on it but what people see. Safe for concurrent use; a singleton.
/// </summary>
public sealed class InstanceChanges
{
    private Action<string>? _listeners;

    /// <summary>True if anybody listens; whoever would announce a change need not when nobody does.</summary>
    public bool HasListeners => _listeners is not null;

    /// <summary>Calls <paramref name="listener"/> with the id of each instance that moves, until the answer is disposed. It has to be quick: the writer's caller waits.</summary>
    public IDisposable Listen(Action<string> listener)
    {
        Change(listeners => listeners + listener);
        return new Subscription(() => Change(listeners => listeners - listener));
    }

    /// <summary>Says that a change of this instance is committed.</summary>
    public void Announce(string instanceId) => Volatile.Read(ref _listeners)?.Invoke(instanceId);

    private void Change(Func<Action<string>?, Action<string>?> change)
    {
        Action<string>? seen;
        do
            seen = Volatile.Read(ref _listeners);
        while (Interlocked.CompareExchange(ref _listeners, change(seen), seen) != seen);
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
