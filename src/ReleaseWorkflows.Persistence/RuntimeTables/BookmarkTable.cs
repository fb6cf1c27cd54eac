using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Persistence.DomainTables;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Bookmarks: what instances wait for. A removal counts rows, so of two units that use the same bookmark one loses.</summary>
internal sealed class BookmarkTable(DatabaseReader reader) : IPendingWrites
{
    private const string Columns = """
        SELECT t.id, i.id, t.name, t.hash, t.activity_id, t.activity_instance_id, t.correlation_id, t.payload, t.created_at
        """;

    private static readonly SqlStatement FindByHash = new(Columns + $"""
         FROM bookmarks t JOIN workflow_instances i ON {RuntimeSchema.InstanceOfRow}
        WHERE t.hash = $hash AND ($correlation_id IS NULL OR t.correlation_id = $correlation_id) AND ($instance_id IS NULL OR i.id = $instance_id)
        ORDER BY t.number
        """);

    private static readonly SqlStatement FindRange = new(Columns + $"""
        , t.number FROM bookmarks t JOIN workflow_instances i ON {RuntimeSchema.InstanceOfRow}
        WHERE t.hash = $hash AND t.number > $after AND t.number <= $last AND t.created_at <= $created_by
          AND ($correlation_id IS NULL OR t.correlation_id = $correlation_id)
        ORDER BY t.number LIMIT $limit
        """);

    private static readonly SqlStatement FindHighestNumber = new("SELECT max(number) FROM bookmarks WHERE hash = $hash");

    private static readonly SqlStatement FindById = new(Columns + $"""
         FROM bookmarks t JOIN workflow_instances i ON {RuntimeSchema.InstanceOfRow} WHERE t.id = $id
        """);

    private static readonly SqlStatement FindByInstance = new(Columns + $"""
         FROM workflow_instances i JOIN bookmarks t ON {RuntimeSchema.RowsOfInstance} WHERE i.id = $id ORDER BY t.key
        """);

    private static readonly SqlStatement Insert = new($"""
        INSERT INTO bookmarks (key, id, name, hash, number, activity_id, activity_instance_id, correlation_id, payload, created_at)
        SELECT coalesce((SELECT max(t.key) + 1 FROM bookmarks t WHERE {RuntimeSchema.RowsOfInstance}), i.key << 24),
          $id, $name, $hash, coalesce((SELECT max(t.number) + 1 FROM bookmarks t WHERE t.hash = $hash), 0), $activity_id, $activity_instance_id, $correlation_id, $payload, $created_at
        FROM workflow_instances i WHERE i.id = $instance_id
        """);

    // Found by where the instance's rows lie, so that ids need no index. All of an instance in one statement: a wait often ends several at once.
    private static readonly SqlStatement Delete = new("""
        DELETE FROM bookmarks WHERE key >= (SELECT key << 24 FROM workflow_instances WHERE id = $instance_id)
          AND key < (SELECT (key + 1) << 24 FROM workflow_instances WHERE id = $instance_id) AND id IN (SELECT value FROM json_each($ids))
        """);

    // Most instances wait for the same as before, only somewhere else: then hash and number stay, and with them the index, whose places lie anywhere.
    // Whoever is told of an event by number and time of the wait finds the time changed.
    private static readonly SqlStatement Replace = new("""
        UPDATE bookmarks SET id = $id, name = $name, activity_id = $activity_id, activity_instance_id = $activity_instance_id, correlation_id = $correlation_id,
          payload = $payload, created_at = $created_at
        WHERE key >= (SELECT key << 24 FROM workflow_instances WHERE id = $instance_id)
          AND key < (SELECT (key + 1) << 24 FROM workflow_instances WHERE id = $instance_id) AND id = $removed_id
        """);

    private readonly List<BookmarkRecord> _added = [];

    // By id: the instance, and the hash if it is known.
    private readonly Dictionary<string, (string InstanceId, string? Hash)> _removed = new(StringComparer.Ordinal);

    public IReadOnlyList<BookmarkRecord> Find(string hash, string? correlationId, string? instanceId) =>
        WithPending(reader.List(FindByHash, Read, Digest.ToArgument(hash), correlationId, instanceId), bookmark => bookmark.Hash == hash
            && (correlationId is null || bookmark.CorrelationId == correlationId)
            && (instanceId is null || bookmark.InstanceId == instanceId));

    public IReadOnlyList<NumberedBookmark> Find(BookmarkRange range, int limit)
    {
        var found = reader.List(FindRange, static row => new NumberedBookmark(Read(row), row.GetInt64(9)),
            Digest.ToArgument(range.Hash), range.After, range.Last, range.CreatedBy.ToMicroseconds(), range.CorrelationId, limit + _removed.Count);
        if (_removed.Count > 0)
            found.RemoveAll(bookmark => _removed.ContainsKey(bookmark.Bookmark.Id));
        if (found.Count > limit)
            found.RemoveRange(limit, found.Count - limit);
        foreach (var added in _added)
        {
            if (added.Hash == range.Hash && (range.CorrelationId is null || added.CorrelationId == range.CorrelationId))
                found.Add(new NumberedBookmark(added, null));
        }

        return found;
    }

    public long? FindLastNumber(string hash) => reader.Find(FindHighestNumber, static row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), Digest.ToArgument(hash));

    public BookmarkRecord? Find(string bookmarkId) =>
        WithPending(reader.List(FindById, Read, bookmarkId), bookmark => bookmark.Id == bookmarkId).FirstOrDefault();

    public IReadOnlyList<BookmarkRecord> FindOfInstance(string instanceId) =>
        [.. WithPending(reader.List(FindByInstance, Read, instanceId), bookmark => bookmark.InstanceId == instanceId).OrderBy(bookmark => bookmark.CreatedAt)];

    public void Add(BookmarkRecord bookmark) => _added.Add(bookmark);

    public void Remove(string instanceId, string bookmarkId, string? hash)
    {
        // A bookmark of this very unit has no row yet: it never needs one.
        if (_added.RemoveAll(bookmark => bookmark.Id == bookmarkId) == 0)
            _removed[bookmarkId] = (instanceId, hash);
    }

    public void WriteTo(WriteBatch batch)
    {
        var added = _added.ToList();
        var removed = _removed.ToList();
        removed.RemoveAll(bookmark => TryReplace(batch, bookmark.Key, bookmark.Value.InstanceId, bookmark.Value.Hash, added));
        foreach (var ofInstance in removed.GroupBy(bookmark => bookmark.Value.InstanceId, bookmark => bookmark.Key, StringComparer.Ordinal))
        {
            var ids = ofInstance.ToList();
            batch.AddGuarded($"A bookmark of instance {ofInstance.Key} has been used already ({string.Join(", ", ids)}).", ids.Count, Delete,
                ofInstance.Key, JsonSerializer.Serialize(ids, DomainJson.Default.IEnumerableString));
        }
        foreach (var bookmark in added)
        {
            batch.AddGuarded($"Workflow instance {bookmark.InstanceId}, which bookmark {bookmark.Id} belongs to, does not exist.", Insert,
                bookmark.Id, bookmark.Name, Digest.ToArgument(bookmark.Hash), bookmark.ActivityId, bookmark.ActivityInstanceId, bookmark.CorrelationId,
                bookmark.PayloadJson is { } payload ? CompressedJson.ToArgument(payload) : null, bookmark.CreatedAt.ToMicroseconds(), bookmark.InstanceId);
        }
    }

    public void Clear()
    {
        _added.Clear();
        _removed.Clear();
    }

    private static bool TryReplace(WriteBatch batch, string removedId, string instanceId, string? hash, List<BookmarkRecord> added)
    {
        if (hash is null || added.FindIndex(bookmark => bookmark.Hash == hash && bookmark.InstanceId == instanceId) is not (>= 0 and var index))
            return false;

        var bookmark = added[index];
        added.RemoveAt(index);
        batch.AddGuarded($"A bookmark of instance {instanceId} has been used already ({removedId}).", Replace,
            bookmark.Id, bookmark.Name, bookmark.ActivityId, bookmark.ActivityInstanceId, bookmark.CorrelationId,
            bookmark.PayloadJson is { } payload ? CompressedJson.ToArgument(payload) : null, bookmark.CreatedAt.ToMicroseconds(), instanceId, removedId);
        return true;
    }

    private List<BookmarkRecord> WithPending(List<BookmarkRecord> stored, Predicate<BookmarkRecord> isWanted)
    {
        if (_removed.Count > 0)
            stored.RemoveAll(bookmark => _removed.ContainsKey(bookmark.Id));
        stored.AddRange(_added.FindAll(isWanted));
        return stored;
    }

    private static BookmarkRecord Read(SqlRow row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetDigest(3), row.GetString(4),
        row.GetString(5), row.GetStringOrNull(6), row.GetJsonOrNull(7), row.GetTime(8));
}
