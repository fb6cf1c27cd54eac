using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>Who did what to which version of a definition. An editor that saves by itself leaves one line per sitting, not one per key.</summary>
internal sealed class DefinitionChangeTable(DatabaseReader reader) : IPendingWrites
{
    private static readonly SqlStatement ListNewest = new("""
        SELECT definition_id, version_id, version, action, author_id, author_name, at FROM workflow_definition_changes
        WHERE definition_id = $definition_id ORDER BY key DESC LIMIT $limit
        """);

    private static readonly SqlStatement DropSaveBefore = new("""
        DELETE FROM workflow_definition_changes
        WHERE key = (SELECT max(key) FROM workflow_definition_changes WHERE definition_id = $definition_id)
          AND version_id = $version_id AND action = 'Saved' AND author_id IS $author_id
        """);

    private static readonly SqlStatement Insert = new("""
        INSERT INTO workflow_definition_changes (definition_id, version_id, version, action, author_id, author_name, at)
        VALUES ($definition_id, $version_id, $version, $action, $author_id, $author_name, $at)
        """);

    private readonly List<DefinitionChangeRecord> _added = [];

    /// <summary>Committed rows only.</summary>
    public IReadOnlyList<DefinitionChangeRecord> List(string definitionId, int limit) => reader.List(ListNewest, Read, definitionId, limit);

    public void Add(DefinitionChangeRecord change) => _added.Add(change);

    public void WriteTo(WriteBatch batch)
    {
        foreach (var change in _added)
        {
            if (change.Action == DefinitionAction.Saved)
                batch.Add(DropSaveBefore, change.DefinitionId, change.VersionId, change.AuthorId);
            batch.Add(Insert, change.DefinitionId, change.VersionId, change.Version, change.Action.ToString(), change.AuthorId, change.AuthorName, change.At.ToMicroseconds());
        }
    }

    public void Clear() => _added.Clear();

    private static DefinitionChangeRecord Read(SqlRow row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), Enum.Parse<DefinitionAction>(row.GetString(3)), row.GetStringOrNull(4), row.GetStringOrNull(5), row.GetTime(6));
}
