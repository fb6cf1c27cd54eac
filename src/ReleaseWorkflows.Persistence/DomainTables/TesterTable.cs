using System.Text.Json;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Testers of releases in the order they were added. A list of any length goes to the database as one JSON argument, in one statement.</summary>
internal sealed class TesterTable(DatabaseReader reader) : IPendingWrites
{
    private static readonly SqlStatement ListOfRelease = new("SELECT tester FROM testers WHERE release_key = (SELECT key FROM releases WHERE id = $id) ORDER BY key");

    private static readonly SqlStatement Delete = new("""
        DELETE FROM testers WHERE release_key = (SELECT key FROM releases WHERE id = $id) AND tester IN (SELECT value FROM json_each($testers))
        """);

    private static readonly SqlStatement Insert = new("""
        INSERT INTO testers (release_key, tester) SELECT r.key, t.value FROM releases r, json_each($testers) t WHERE r.id = $id ORDER BY t.key
        ON CONFLICT (release_key, tester) DO NOTHING
        """);

    private readonly List<(string ReleaseId, IReadOnlyList<string> Added, IReadOnlyList<string> Removed)> _changes = [];

    public IReadOnlyList<string> List(string releaseId)
    {
        var testers = reader.List(ListOfRelease, row => row.GetString(0), releaseId);
        foreach (var (_, added, removed) in _changes.Where(change => change.ReleaseId == releaseId))
            testers = [.. testers.Except(removed, StringComparer.Ordinal).Union(added, StringComparer.Ordinal)];
        return testers;
    }

    public void Change(string releaseId, IReadOnlyList<string> added, IReadOnlyList<string> removed) => _changes.Add((releaseId, added, removed));

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (releaseId, added, removed) in _changes)
        {
            if (removed.Count > 0)
                batch.Add(Delete, releaseId, ToJson(removed));
            if (added.Count > 0)
                batch.Add(Insert, ToJson(added), releaseId);
        }
    }

    public void Clear() => _changes.Clear();

    private static string ToJson(IReadOnlyList<string> testers) => JsonSerializer.Serialize(testers, DomainJson.Default.IEnumerableString);
}
