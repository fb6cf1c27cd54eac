using Microsoft.Data.Sqlite;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Versions of workflow definitions. Unique indexes allow one latest and one published version per definition.</summary>
internal sealed class DefinitionTable(DatabaseReader reader) : IPendingWrites
{
    private const string Columns = "SELECT id, definition_id, version, name, is_latest, is_published, created_at, source_hash, json FROM workflow_definitions";

    private static readonly SqlStatement FindById = new(Columns + " WHERE id = $id");
    private static readonly SqlStatement ListOfDefinition = new(Columns + " WHERE definition_id = $definition_id ORDER BY version DESC");
    private static readonly SqlStatement ListPublishedVersions = new(Columns + " WHERE is_published = 1 ORDER BY definition_id");
    private static readonly SqlStatement ClearFlags = new("UPDATE workflow_definitions SET is_latest = 0, is_published = 0 WHERE id = $id");
    private static readonly SqlStatement Upsert = new("""
        INSERT INTO workflow_definitions (id, definition_id, version, name, is_latest, is_published, created_at, source_hash, json)
        VALUES ($id, $definition_id, $version, $name, $is_latest, $is_published, $created_at, $source_hash, $json)
        ON CONFLICT (id) DO UPDATE SET version = excluded.version, name = excluded.name, is_latest = excluded.is_latest, is_published = excluded.is_published,
          created_at = excluded.created_at, source_hash = excluded.source_hash, json = excluded.json
        """);

    private readonly Dictionary<string, WorkflowDefinitionRecord> _saved = new(StringComparer.Ordinal);

    public WorkflowDefinitionRecord? FindVersion(string versionId) =>
        _saved.TryGetValue(versionId, out var saved) ? saved : reader.Find(FindById, Read, versionId);

    public IReadOnlyList<WorkflowDefinitionRecord> ListVersions(string definitionId) =>
        [.. WithPending(reader.List(ListOfDefinition, Read, definitionId), definition => definition.DefinitionId == definitionId)
            .OrderByDescending(definition => definition.Version)];

    public IReadOnlyList<WorkflowDefinitionRecord> ListPublished() =>
        [.. WithPending(reader.List(ListPublishedVersions, Read), definition => definition.IsPublished)
            .OrderBy(definition => definition.DefinitionId, StringComparer.Ordinal)];

    public void Save(WorkflowDefinitionRecord definition) => _saved[definition.Id] = definition;

    public void WriteTo(WriteBatch batch)
    {
        // Versions of one definition that swap flags would collide on the way: first take the flags from all, then give them out.
        if (_saved.Count > 1)
        {
            foreach (var id in _saved.Keys)
                batch.Add(ClearFlags, id);
        }
        foreach (var definition in _saved.Values)
        {
            batch.Add(Upsert, definition.Id, definition.DefinitionId, definition.Version, definition.Name, definition.IsLatest, definition.IsPublished,
                definition.CreatedAt.ToMicroseconds(), definition.SourceHash, definition.Json);
        }
    }

    public void Clear() => _saved.Clear();

    private List<WorkflowDefinitionRecord> WithPending(List<WorkflowDefinitionRecord> stored, Func<WorkflowDefinitionRecord, bool> isWanted)
    {
        if (_saved.Count == 0)
            return stored;
        stored.RemoveAll(definition => _saved.ContainsKey(definition.Id));
        stored.AddRange(_saved.Values.Where(isWanted));
        return stored;
    }

    private static WorkflowDefinitionRecord Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        DefinitionId = row.GetString(1),
        Version = row.GetInt32(2),
        Name = row.GetStringOrNull(3),
        IsLatest = row.GetBoolean(4),
        IsPublished = row.GetBoolean(5),
        CreatedAt = row.GetTime(6),
        SourceHash = row.GetStringOrNull(7),
        Json = row.GetString(8),
    };
}
