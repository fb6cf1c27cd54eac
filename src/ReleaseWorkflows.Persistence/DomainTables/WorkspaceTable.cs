using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Persistence.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Workspaces. Only the name of one can change.</summary>
internal sealed class WorkspaceTable(DatabaseReader reader, AuditTable audit) : IPendingWrites
{
    private static readonly SqlStatement FindById = new("SELECT id, name, kind FROM workspaces WHERE id = $id");
    private static readonly SqlStatement ListAll = new("SELECT id, name, kind FROM workspaces ORDER BY id");
    private static readonly SqlStatement Upsert = new("""
        INSERT INTO workspaces (id, name, kind) VALUES ($id, $name, $kind) ON CONFLICT (id) DO UPDATE SET name = excluded.name
        """);

    private readonly Dictionary<string, Workspace> _saved = new(StringComparer.Ordinal);

    public Workspace? Find(WorkspaceKey key) => _saved.GetValueOrDefault(key.Value) ?? reader.Find(FindById, Read, key.Value);

    public IReadOnlyList<Workspace> List()
    {
        var workspaces = reader.List(ListAll, Read);
        if (_saved.Count == 0)
            return workspaces;
        return [.. workspaces.Where(workspace => !_saved.ContainsKey(workspace.Key.Value)).Concat(_saved.Values).OrderBy(workspace => workspace.Key.Value, StringComparer.Ordinal)];
    }

    public void Save(Workspace workspace)
    {
        audit.Record(AuditEvents.OfWorkspace(Find(workspace.Key), workspace));
        _saved[workspace.Key.Value] = workspace;
    }

    public void WriteTo(WriteBatch batch)
    {
        foreach (var workspace in _saved.Values)
            batch.Add(Upsert, workspace.Key.Value, workspace.Name, workspace.Kind.ToString());
    }

    public void Clear() => _saved.Clear();

    private static Workspace Read(SqlRow row) => new(new WorkspaceKey(row.GetString(0)), row.GetString(1), Enum.Parse<WorkspaceKind>(row.GetString(2)));
}
