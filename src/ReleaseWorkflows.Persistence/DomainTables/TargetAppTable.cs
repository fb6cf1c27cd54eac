using System.Text.Json;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Persistence.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Target apps, guarded by their revision.</summary>
internal sealed class TargetAppTable : ITargetAppStore, IPendingWrites
{
    private static readonly SqlStatement FindById = new("SELECT document FROM target_apps WHERE id = $id");
    private static readonly SqlStatement ListAll = new("SELECT document FROM target_apps ORDER BY id");
    private static readonly SqlStatement Insert = new("INSERT INTO target_apps (id, revision, document) VALUES ($id, $revision, $document)");
    private static readonly SqlStatement Update =
        new("UPDATE target_apps SET revision = $revision, document = $document WHERE id = $id AND revision = $stored_revision");

    private readonly DatabaseReader _reader;
    private readonly CommittedCache<TargetApp> _cache;
    private readonly AuditTable _audit;
    private readonly PendingDocuments<TargetApp> _saved = new(app => app.Key.Value, app => app.Revision);

    public TargetAppTable(UnitOfWork unit, DatabaseReader reader, CommittedCache<TargetApp> cache, AuditTable audit)
    {
        _audit = audit;
        _reader = reader;
        _cache = cache;
        unit.Enlist(this);
    }

    public ValueTask<TargetApp?> FindAsync(AppKey key, CancellationToken cancellationToken) =>
        new(Find(key));

    public ValueTask<IReadOnlyList<TargetApp>> ListAsync(CancellationToken cancellationToken)
    {
        var apps = _reader.List(ListAll, Read);
        if (_saved.Count == 0)
            return new(apps);
        return new([.. apps.Where(app => !_saved.Contains(app.Key.Value)).Concat(_saved.Documents).OrderBy(app => app.Key.Value, StringComparer.Ordinal)]);
    }

    public void Save(TargetApp app)
    {
        _audit.Record(AuditEvents.OfApp(app.Revision == 1 ? null : Find(app.Key), app));
        _saved.Save(app);
    }

    public void WriteTo(WriteBatch batch)
    {
        _saved.Announce(batch, _cache);
        foreach (var (app, storedRevision) in _saved.All)
        {
            var document = new Utf8Text(JsonSerializer.SerializeToUtf8Bytes(app, DomainJson.Default.TargetApp));
            if (storedRevision == 0)
                batch.Add(Insert, app.Key.Value, app.Revision, document);
            else
                batch.AddGuarded($"App {app.Key} has changed since revision {storedRevision}.", Update, app.Revision, document, app.Key.Value, storedRevision);
        }
    }

    public void Clear() => _saved.Clear();

    private TargetApp? Find(AppKey key) => _saved.Find(key.Value) ?? _cache.Find(key.Value, id => _reader.Find(FindById, Read, id));

    private static TargetApp Read(SqlRow row) => JsonSerializer.Deserialize(row.GetUtf8(0), DomainJson.Default.TargetApp)!;
}
