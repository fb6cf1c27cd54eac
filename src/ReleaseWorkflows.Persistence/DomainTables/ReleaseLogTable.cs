using System.Text.Json;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>The logs of releases: one line per event, numbered by the revision it led to (I10). Lines are only ever added.</summary>
internal sealed class ReleaseLogTable(DatabaseReader reader) : IPendingWrites
{
    private static readonly SqlStatement ListOfRelease = new(
        "SELECT document FROM release_log WHERE release_key = (SELECT key FROM releases WHERE id = $id) ORDER BY revision");

    private static readonly SqlStatement Append = new("""
        INSERT INTO release_log (release_key, revision, at, actor, document) SELECT key, $revision, $at, $actor, $document FROM releases WHERE id = $id
        """);

    private readonly List<(string ReleaseId, int Revision, ReleaseEvent Event)> _added = [];

    public IReadOnlyList<ReleaseEvent> List(string releaseId)
    {
        var lines = reader.List(ListOfRelease, Read, releaseId);
        lines.AddRange(_added.Where(line => line.ReleaseId == releaseId).Select(line => line.Event));
        return lines;
    }

    public void Add(string releaseId, int revision, ReleaseEvent happened) => _added.Add((releaseId, revision, happened));

    public void WriteTo(WriteBatch batch)
    {
        foreach (var (releaseId, revision, happened) in _added)
        {
            batch.AddGuarded($"Release {releaseId}, whose log is written, does not exist.", Append,
                revision, happened.At.ToMicroseconds(), happened.By.Value, CompressedJson.ToArgument(JsonSerializer.SerializeToUtf8Bytes(happened, DomainJson.Default.ReleaseEvent)), releaseId);
        }
    }

    public void Clear() => _added.Clear();

    private static ReleaseEvent Read(SqlRow row) => JsonSerializer.Deserialize(row.GetJson(0), DomainJson.Default.ReleaseEvent)!;
}
