using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Timers, by the time they are due. Taking one counts rows, so one unit acts on it.</summary>
internal sealed class TimerTable(DatabaseReader reader) : IPendingWrites
{
    private static readonly SqlStatement FindDue = new(
        "SELECT id, due_at, instance_id, bookmark_id, trigger_id FROM timers WHERE due_at <= $now ORDER BY due_at, key LIMIT $limit");

    private static readonly SqlStatement FindEarliest = new("SELECT id, due_at, instance_id, bookmark_id, trigger_id FROM timers ORDER BY due_at, key LIMIT $limit");

    private static readonly SqlStatement Upsert = new("""
        INSERT INTO timers (id, due_at, instance_id, bookmark_id, trigger_id) VALUES ($id, $due_at, $instance_id, $bookmark_id, $trigger_id)
        ON CONFLICT (id) DO UPDATE SET due_at = excluded.due_at, instance_id = excluded.instance_id, bookmark_id = excluded.bookmark_id, trigger_id = excluded.trigger_id
        """);

    private static readonly SqlStatement Delete = new("DELETE FROM timers WHERE id = $id");
    private static readonly SqlStatement DeleteAll = new("DELETE FROM timers WHERE id IN (SELECT value FROM json_each($ids))");

    private readonly Dictionary<string, TimerRecord> _set = new(StringComparer.Ordinal);

    // True: taken, another unit must not have it too. False: gone with its bookmark or trigger, if it was there at all.
    private readonly Dictionary<string, bool> _removed = new(StringComparer.Ordinal);

    public IReadOnlyList<TimerRecord> FindDueTimers(DateTimeOffset now, int limit)
    {
        var stored = reader.List(FindDue, Read, now.ToMicroseconds(), limit + _set.Count + _removed.Count);
        return [.. WithPending(stored).Where(timer => timer.DueAt <= now).Take(limit)];
    }

    public DateTimeOffset? FindNext()
    {
        var stored = reader.List(FindEarliest, Read, 1 + _set.Count + _removed.Count);
        return WithPending(stored).FirstOrDefault()?.DueAt;
    }

    /// <summary>Sets a timer. One that this unit has taken stays taken: the unit still has to be the only one that took it.</summary>
    public void Set(TimerRecord timer) => _set[timer.Id] = timer;

    public void Take(string timerId)
    {
        if (!_set.Remove(timerId))
            _removed[timerId] = true;
        else
            _removed.TryAdd(timerId, false);
    }

    /// <summary>Removes the timer of a bookmark or trigger that is removed; there may be none.</summary>
    public void RemoveWithOwner(string ownerId)
    {
        _set.Remove(ownerId);
        _removed.TryAdd(ownerId, false);
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (id, isTaken) in _removed)
        {
            if (isTaken)
                batch.AddGuarded($"Timer {id} has been taken already.", Delete, id);
        }

        // Most bookmarks never had a timer, so there is mostly nothing to find: one statement for all of them.
        var withOwner = _removed.Where(removed => !removed.Value).Select(removed => removed.Key).ToList();
        if (withOwner.Count > 0)
            batch.Add(DeleteAll, JsonSerializer.Serialize(withOwner, DomainJson.Default.IEnumerableString));
        foreach (var timer in _set.Values)
            batch.Add(Upsert, timer.Id, timer.DueAt.ToMicroseconds(), timer.InstanceId, timer.BookmarkId, timer.TriggerId);
    }

    public void Clear()
    {
        _set.Clear();
        _removed.Clear();
    }

    private IEnumerable<TimerRecord> WithPending(List<TimerRecord> stored)
    {
        if (_set.Count == 0 && _removed.Count == 0)
            return stored;
        stored.RemoveAll(timer => _set.ContainsKey(timer.Id) || _removed.ContainsKey(timer.Id));
        return stored.Concat(_set.Values).OrderBy(timer => timer.DueAt);
    }

    private static TimerRecord Read(SqlRow row) =>
        new(row.GetString(0), row.GetTime(1), row.GetStringOrNull(2), row.GetStringOrNull(3), row.GetStringOrNull(4));
}
