using Microsoft.Data.Sqlite;
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
    private static readonly SqlStatement Insert = new("""
        INSERT INTO triggers (id, definition_id, definition_version_id, name, activity_id, hash, payload)
        VALUES ($id, $definition_id, $definition_version_id, $name, $activity_id, $hash, $payload)
        """);

    private readonly Dictionary<string, IReadOnlyList<TriggerRecord>> _replaced = new(StringComparer.Ordinal);

    public IReadOnlyList<TriggerRecord> Find(string hash) => WithPending(reader.List(FindByHash, Read, hash), trigger => trigger.Hash == hash);

    public IReadOnlyList<TriggerRecord> List(string name) => WithPending(reader.List(FindByName, Read, name), trigger => trigger.Name == name);

    public void Replace(string definitionId, IReadOnlyList<TriggerRecord> triggers) => _replaced[definitionId] = triggers;

    public void WriteTo(WriteBatch batch)
    {
        foreach (var definitionId in _replaced.Keys)
            batch.Add(DeleteOfDefinition, definitionId);
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

    private static TriggerRecord Read(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4),
        row.GetString(5), row.GetStringOrNull(6));
}
