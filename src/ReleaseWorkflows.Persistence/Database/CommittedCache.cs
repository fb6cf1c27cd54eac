using System.Diagnostics.CodeAnalysis;

namespace ReleaseWorkflows.Persistence.Database;

/// <summary>
/// Objects as they are committed, so that what nearly every unit of work needs (who asks, the rules of an app, the release in question) is not read
/// and parsed each time. Bounded: what has not been asked for lately is dropped, so the number of rows does not matter.
/// </summary>
/// <remarks>
/// <para>
/// All writes of the database pass the one writer of this process, which tells the cache after each commit and before it answers anybody
/// (<see cref="Commits.WriteBatch.OnSettled"/>). So whoever has heard of a change finds it here. Others hear of it from the database, such as a pump that finds
/// a new message there: between the commit and that call the object here would be older than what they know. So it is taken out before the
/// commit (<see cref="Commits.WriteBatch.OnCommitting"/>), and the row is read in between. A unit that decides by an object which changes at that
/// very moment is refused by the revision its write is guarded with, as it would be had it read the row.
/// </para>
/// <para>The objects are shared: they must be immutable.</para>
/// </remarks>
internal sealed class CommittedCache<T>(int capacity = 1_024)
    where T : class
{
    private readonly Lock _lock = new();

    // What was asked for since the last turn, and what was asked for before it.
    private Dictionary<string, T> _young = new(StringComparer.Ordinal);
    private Dictionary<string, T> _old = new(StringComparer.Ordinal);
    private long _changes;

    // What is being committed, with the number of units of the group that change it.
    private readonly Dictionary<string, int> _changing = new(StringComparer.Ordinal);

    /// <summary>The object, read from the database if it is not here; null if there is none.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="read">Reads the committed row.</param>
    public T? Find(string id, Func<string, T?> read)
    {
        long changesBefore;
        lock (_lock)
        {
            if (TryFind(id, out var known))
                return known;
            changesBefore = _changes;
        }

        var value = read(id);
        if (value is not null)
        {
            lock (_lock)
            {
                // Something was committed while the row was read: perhaps this one.
                if (_changes == changesBefore && !_changing.ContainsKey(id))
                    Keep(id, value);
            }
        }

        return value;
    }

    /// <summary>The object if it is here; null does not mean that there is none.</summary>
    public T? FindKept(string id)
    {
        lock (_lock)
            return TryFind(id, out var known) ? known : null;
    }

    /// <summary>The object is about to be committed: until <see cref="Put"/> or <see cref="Forget"/> the row is read. Called on the writer's thread.</summary>
    public void Changing(string id)
    {
        lock (_lock)
        {
            _changes++;
            Remove(id);
            _changing[id] = _changing.GetValueOrDefault(id) + 1;
        }
    }

    /// <summary>This is the object from now on. Called on the writer's thread, in the order of the commits.</summary>
    public void Put(string id, T value)
    {
        lock (_lock)
        {
            _changes++;
            Remove(id);
            if (IsSettled(id))
                Keep(id, value);
        }
    }

    /// <summary>The next one who asks reads the row.</summary>
    public void Forget(string id)
    {
        lock (_lock)
        {
            _changes++;
            Remove(id);
            IsSettled(id);
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _changes++;
            _young.Clear();
            _old.Clear();
        }
    }

    private void Remove(string id)
    {
        _young.Remove(id);
        _old.Remove(id);
    }

    // Of several units of one group that change the object, the last has it as the database has it.
    private bool IsSettled(string id)
    {
        if (!_changing.TryGetValue(id, out var units))
            return true;
        if (units > 1)
        {
            _changing[id] = units - 1;
            return false;
        }

        _changing.Remove(id);
        return true;
    }

    private bool TryFind(string id, [NotNullWhen(true)] out T? value)
    {
        if (_young.TryGetValue(id, out value))
            return true;
        if (!_old.Remove(id, out value))
            return false;
        Keep(id, value);
        return true;
    }

    private void Keep(string id, T value)
    {
        if (_young.Count >= capacity)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[id] = value;
    }
}
