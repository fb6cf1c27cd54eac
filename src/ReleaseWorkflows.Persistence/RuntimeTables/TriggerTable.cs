using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Triggers: the ways published definitions start. Replaced per definition, as a set.</summary>
internal sealed class TriggerTable(DatabaseReader reader) : IPendingWrites
{
    private const string Columns = "SELECT id, definition_id, definition_version_id, name, activity_id, hash, payload FROM triggers";

    private static readonly SqlStatement FindByHash = new(Columns + " WHERE hash = $hash ORDER BY key");
    private static readonly SqlStatement FindByName = new(Columns + " WHERE name = $name ORDER BY key");
    private static readonly SqlStatement DeleteOfDefinition = new("DELETE FROM triggers WHERE definition_id = $definition_id");
    private static readonly SqlStatement FindOfDefinition = new(Columns + " WHERE definition_id = $definition_id");
    private static readonly SqlStatement DeleteTimersOfDefinition = new("DELETE FROM timers WHERE id IN (SELECT id FROM triggers WHERE definition_id = $definition_id)");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO triggers (id, definition_id, definition_version_id, name, activity_id, hash, payload)
        VALUES ($id, $definition_id, $definition_version_id, $name, $activity_id, $hash, $payload)
        """);

    private readonly Dictionary<string, IReadOnlyList<TriggerRecord>> _replaced = new(StringComparer.Ordinal);

    public IReadOnlyList<TriggerRecord> Find(string hash) => WithPending(reader.List(FindByHash, Read, hash), trigger => trigger.Hash == hash);

    public IReadOnlyList<TriggerRecord> List(string name) => WithPending(reader.List(FindByName, Read, name), trigger => trigger.Name == name);

    /// <summary>Replaces the triggers of a definition. Answers those that end, whose timers end with them.</summary>
    public IEnumerable<TriggerRecord> Replace(string definitionId, IReadOnlyList<TriggerRecord> triggers)
    {
        var former = _replaced.GetValueOrDefault(definitionId, []).Concat(reader.List(FindOfDefinition, Read, definitionId));
        _replaced[definitionId] = triggers;
        return former;
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var definitionId in _replaced.Keys)
        {
            // Also the timers of triggers that another unit stored meanwhile.
            batch.Add(DeleteTimersOfDefinition, definitionId);
            batch.Add(DeleteOfDefinition, definitionId);
        }
        foreach (var trigger in _replaced.Values.SelectMany(triggers => triggers))
        {
            batch.Add(Insert, trigger.Id, trigger.DefinitionId, trigger.DefinitionVersionId, trigger.Name, trigger.ActivityId, trigger.Hash, trigger.PayloadJson);
        }
    }

    public void Clear() => _replaced.Clear();

    private List<TriggerRecord> WithPending(List<TriggerRecord> stored, Func<TriggerRecord, bool> isWanted)
    {
        if (_replaced.Count == 0)
            return stored;
        stored.RemoveAll(trigger => _replaced.ContainsKey(trigger.DefinitionId));
        stored.AddRange(_replaced.Values.SelectMany(triggers => triggers).Where(isWanted));
        return stored;
    }

    private static TriggerRecord Read(SqlRow row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetString(5), row.GetStringOrNull(6));
}
