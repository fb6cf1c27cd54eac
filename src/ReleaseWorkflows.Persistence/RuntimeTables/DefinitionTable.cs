using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>
/// Versions of workflow definitions, guarded by their revision. Unique indexes allow one latest and one published version per definition.
/// </summary>
internal sealed class DefinitionTable(DatabaseReader reader) : IPendingWrites
{
    private const string Summary = """
        SELECT id, definition_id, version, name, description, is_latest, is_published, is_readonly, is_system, tool_version, provider_name, materializer_name,
          created_at, changed_at, changed_by, published_at, revision, source_hash
        """;

    private const string Columns = Summary + ", json FROM workflow_definitions";

    // A list of ids comes as JSON, so that one statement does for any number of them.
    private const string Wanted = """
         FROM workflow_definitions
        WHERE (CASE $versions WHEN 'Latest' THEN is_latest = 1 WHEN 'Published' THEN is_published = 1 WHEN 'LatestOrPublished' THEN is_latest = 1 OR is_published = 1
            WHEN 'LatestAndPublished' THEN is_latest = 1 AND is_published = 1 WHEN 'Draft' THEN is_latest = 1 AND is_published = 0 WHEN 'Number' THEN version = $number ELSE 1 END)
          AND ($definition_ids IS NULL OR definition_id IN (SELECT value FROM json_each($definition_ids)))
          AND ($ids IS NULL OR id IN (SELECT value FROM json_each($ids)))
          AND ($hidden IS NULL OR definition_id NOT IN (SELECT value FROM json_each($hidden)))
          AND ($search IS NULL OR name LIKE $search ESCAPE '\' OR description LIKE $search ESCAPE '\' OR id = $term OR definition_id = $term)
          AND ($name IS NULL OR name = $name COLLATE NOCASE)
          AND ($is_system IS NULL OR is_system = $is_system)
          AND ($is_readonly IS NULL OR is_readonly = $is_readonly)
        """;

    private static readonly SqlStatement FindById = new(Columns + " WHERE id = $id");
    private static readonly SqlStatement ListOfDefinition = new(Columns + " WHERE definition_id = $definition_id ORDER BY version DESC");
    private static readonly SqlStatement ListPublishedVersions = new(Columns + " WHERE is_published = 1 ORDER BY definition_id");
    private static readonly SqlStatement CountWanted = new("SELECT count(*)" + Wanted);
    private static readonly Dictionary<(DefinitionOrder, bool), SqlStatement> ListWanted = CreateLists();
    private static readonly SqlStatement ClearFlags = new("UPDATE workflow_definitions SET is_latest = 0, is_published = 0 WHERE id = $id");
    private static readonly SqlStatement Delete = new("DELETE FROM workflow_definitions WHERE id = $id AND revision = $revision");
    private static readonly SqlStatement Insert = new("""
        INSERT INTO workflow_definitions (id, definition_id, version, name, description, is_latest, is_published, is_readonly, is_system, tool_version, provider_name,
          materializer_name, created_at, changed_at, changed_by, published_at, source_hash, json, revision)
        VALUES ($id, $definition_id, $version, $name, $description, $is_latest, $is_published, $is_readonly, $is_system, $tool_version, $provider_name,
          $materializer_name, $created_at, $changed_at, $changed_by, $published_at, $source_hash, $json, 1)
        """);

    private static readonly SqlStatement Update = new("""
        UPDATE workflow_definitions SET name = $name, description = $description, is_latest = $is_latest, is_published = $is_published, is_readonly = $is_readonly,
          is_system = $is_system, tool_version = $tool_version, provider_name = $provider_name, materializer_name = $materializer_name, changed_at = $changed_at,
          changed_by = $changed_by, published_at = $published_at, source_hash = $source_hash, json = $json, revision = revision + 1
        WHERE id = $id AND revision = $revision
        """);

    private readonly Dictionary<string, WorkflowDefinitionRecord> _saved = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WorkflowDefinitionRecord> _removed = new(StringComparer.Ordinal);

    public WorkflowDefinitionRecord? FindVersion(string versionId) =>
        _saved.TryGetValue(versionId, out var saved) ? saved : _removed.ContainsKey(versionId) ? null : reader.Find(FindById, Read, versionId);

    public IReadOnlyList<WorkflowDefinitionRecord> ListVersions(string definitionId) =>
        [.. WithPending(reader.List(ListOfDefinition, Read, definitionId), definition => definition.DefinitionId == definitionId)
            .OrderByDescending(definition => definition.Version)];

    public IReadOnlyList<WorkflowDefinitionRecord> ListPublished() =>
        [.. WithPending(reader.List(ListPublishedVersions, Read), definition => definition.IsPublished)
            .OrderBy(definition => definition.DefinitionId, StringComparer.Ordinal)];

    /// <summary>Committed rows only.</summary>
    public DefinitionList List(DefinitionQuery query)
    {
        object?[] arguments =
        [
            query.Versions.ToString(), query.VersionNumber, ListOf(query.DefinitionIds), ListOf(query.Ids), ListOf(query.HiddenDefinitionIds),
            query.SearchTerm is { } term ? $"%{Escape(term)}%" : null, query.SearchTerm, query.Name, query.IsSystem, query.IsReadonly,
        ];
        var total = reader.Find(CountWanted, static row => row.GetInt32(0), arguments);
        var items = reader.List(ListWanted[(query.Order, query.IsDescending)], ReadSummary, [.. arguments, query.Take, query.Skip]);
        return new DefinitionList(items, total);
    }

    public void Save(WorkflowDefinitionRecord definition)
    {
        _removed.Remove(definition.Id);
        _saved[definition.Id] = definition;
    }

    public void Remove(WorkflowDefinitionRecord definition)
    {
        _saved.Remove(definition.Id);
        _removed[definition.Id] = definition;
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var definition in _removed.Values)
            batch.AddGuarded($"Another unit changed the version {definition.Id} of {definition.DefinitionId}.", Delete, definition.Id, definition.Revision);

        // Versions of one definition that swap flags would collide on the way: first take the flags from all, then give them out.
        if (_saved.Count > 1)
        {
            foreach (var id in _saved.Keys)
                batch.Add(ClearFlags, id);
        }

        foreach (var definition in _saved.Values)
        {
            if (definition.Revision == 0)
            {
                batch.Add(Insert, definition.Id, definition.DefinitionId, definition.Version, definition.Name, definition.Description, definition.IsLatest,
                    definition.IsPublished, definition.IsReadonly, definition.IsSystem, definition.ToolVersion, definition.ProviderName,
                    definition.MaterializerName, definition.CreatedAt.ToMicroseconds(), definition.ChangedAt.ToMicroseconds(), definition.ChangedBy,
                    definition.PublishedAt?.ToMicroseconds(), definition.SourceHash, definition.Json);
            }
            else
            {
                batch.AddGuarded($"Another unit changed the version {definition.Id} of {definition.DefinitionId}.", Update, definition.Name, definition.Description,
                    definition.IsLatest, definition.IsPublished, definition.IsReadonly, definition.IsSystem, definition.ToolVersion, definition.ProviderName,
                    definition.MaterializerName, definition.ChangedAt.ToMicroseconds(), definition.ChangedBy, definition.PublishedAt?.ToMicroseconds(),
                    definition.SourceHash, definition.Json, definition.Id, definition.Revision);
            }
        }
    }

    public void Clear()
    {
        _saved.Clear();
        _removed.Clear();
    }

    private List<WorkflowDefinitionRecord> WithPending(List<WorkflowDefinitionRecord> stored, Func<WorkflowDefinitionRecord, bool> isWanted)
    {
        if (_saved.Count == 0 && _removed.Count == 0)
            return stored;
        stored.RemoveAll(definition => _saved.ContainsKey(definition.Id) || _removed.ContainsKey(definition.Id));
        stored.AddRange(_saved.Values.Where(isWanted));
        return stored;
    }

    private static Dictionary<(DefinitionOrder, bool), SqlStatement> CreateLists()
    {
        var lists = new Dictionary<(DefinitionOrder, bool), SqlStatement>();
        foreach (var order in Enum.GetValues<DefinitionOrder>())
        {
            var column = order switch { DefinitionOrder.Name => "name COLLATE NOCASE", DefinitionOrder.Version => "version", _ => "created_at" };
            lists[(order, false)] = new SqlStatement($"{Summary}{Wanted} ORDER BY {column}, definition_id, version LIMIT $take OFFSET $skip");
            lists[(order, true)] = new SqlStatement($"{Summary}{Wanted} ORDER BY {column} DESC, definition_id, version DESC LIMIT $take OFFSET $skip");
        }

        return lists;
    }

    private static string? ListOf(IReadOnlyCollection<string> values) => values.Count == 0 ? null : JsonSerializer.Serialize(values);

    private static string Escape(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);

    private static WorkflowDefinitionRecord Read(SqlRow row) => ReadSummary(row) with { Json = row.GetString(18) };

    private static WorkflowDefinitionRecord ReadSummary(SqlRow row) => new()
    {
        Id = row.GetString(0),
        DefinitionId = row.GetString(1),
        Version = row.GetInt32(2),
        Name = row.GetStringOrNull(3),
        Description = row.GetStringOrNull(4),
        IsLatest = row.GetBoolean(5),
        IsPublished = row.GetBoolean(6),
        IsReadonly = row.GetBoolean(7),
        IsSystem = row.GetBoolean(8),
        ToolVersion = row.GetStringOrNull(9),
        ProviderName = row.GetStringOrNull(10),
        MaterializerName = row.GetString(11),
        CreatedAt = row.GetTime(12),
        ChangedAt = row.GetTime(13),
        ChangedBy = row.GetStringOrNull(14),
        PublishedAt = row.GetTimeOrNull(15),
        Revision = row.GetInt32(16),
        SourceHash = row.GetStringOrNull(17),
        Json = "",
    };
}
