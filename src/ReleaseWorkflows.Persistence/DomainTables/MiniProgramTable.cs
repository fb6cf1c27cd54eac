using System.Text.Json;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Audit;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Persistence.Audit;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>Mini programs, guarded by their revision, with the configurations they have had, and their versions; neither of those ever changes.</summary>
internal sealed class MiniProgramTable : IMiniProgramStore, IPendingWrites
{
    private const string VersionColumns =
        "SELECT mini_program, number, source_digest, size, file_count, uploaded_by, uploaded_by_name, uploaded_at FROM mini_program_versions";

    private static readonly SqlStatement FindById = new("SELECT document FROM mini_programs WHERE id = $id");
    private static readonly SqlStatement ListAll = new("SELECT document FROM mini_programs ORDER BY id");
    private static readonly SqlStatement Insert = new("INSERT INTO mini_programs (id, revision, document) VALUES ($id, $revision, $document)");
    private static readonly SqlStatement Update =
        new("UPDATE mini_programs SET revision = $revision, document = $document WHERE id = $id AND revision = $stored_revision");

    private static readonly SqlStatement ListConfigurations = new("""
        SELECT mini_program, number, changed_at, changed_by, changed_by_name, configuration FROM mini_program_configurations
        WHERE mini_program = $mini_program ORDER BY number
        """);

    private static readonly SqlStatement InsertConfiguration = new("""
        INSERT INTO mini_program_configurations (mini_program, number, changed_at, changed_by, changed_by_name, configuration)
        VALUES ($mini_program, $number, $changed_at, $changed_by, $changed_by_name, $configuration)
        """);

    private static readonly SqlStatement FindVersionByNumber = new(VersionColumns + " WHERE mini_program = $mini_program AND number = $number");
    private static readonly SqlStatement ListVersions = new(VersionColumns + " WHERE mini_program = $mini_program ORDER BY key DESC");
    private static readonly SqlStatement InsertVersion = new("""
        INSERT INTO mini_program_versions (mini_program, number, source_digest, size, file_count, uploaded_by, uploaded_by_name, uploaded_at)
        VALUES ($mini_program, $number, $source_digest, $size, $file_count, $uploaded_by, $uploaded_by_name, $uploaded_at)
        """);

    private readonly DatabaseReader _reader;
    private readonly CommittedCache<MiniProgram> _cache;
    private readonly PendingDocuments<MiniProgram> _saved = new(miniProgram => miniProgram.Key.Value, miniProgram => miniProgram.Revision);
    private readonly AuditTable _audit;
    private readonly List<MiniProgramVersion> _addedVersions = [];
    private readonly List<GlobalConfigurationRevision> _addedConfigurations = [];

    public MiniProgramTable(UnitOfWork unit, DatabaseReader reader, CommittedCache<MiniProgram> cache, AuditTable audit)
    {
        _audit = audit;
        _reader = reader;
        _cache = cache;
        unit.Enlist(this);
    }

    public ValueTask<MiniProgram?> FindAsync(MiniProgramKey key, CancellationToken cancellationToken) =>
        new(Find(key));

    public ValueTask<IReadOnlyList<MiniProgram>> ListAsync(CancellationToken cancellationToken)
    {
        var miniPrograms = _reader.List(ListAll, Read);
        if (_saved.Count == 0)
            return new(miniPrograms);
        return new([.. miniPrograms.Where(miniProgram => !_saved.Contains(miniProgram.Key.Value)).Concat(_saved.Documents)
            .OrderBy(miniProgram => miniProgram.Key.Value, StringComparer.Ordinal)]);
    }

    public void Save(MiniProgram miniProgram)
    {
        _audit.Record(AuditEvents.OfMiniProgram(miniProgram.Revision == 1 ? null : Find(miniProgram.Key), miniProgram));
        _saved.Save(miniProgram);
    }

    public ValueTask<IReadOnlyList<GlobalConfigurationRevision>> ListConfigurationsAsync(MiniProgramKey key, CancellationToken cancellationToken)
    {
        var revisions = _reader.List(ListConfigurations, ReadConfiguration, key.Value);
        revisions.AddRange(_addedConfigurations.Where(revision => revision.MiniProgram == key));
        return new(revisions);
    }

    public void AddConfiguration(GlobalConfigurationRevision revision) => _addedConfigurations.Add(revision);

    public ValueTask<MiniProgramVersion?> FindVersionAsync(MiniProgramKey key, VersionNumber number, CancellationToken cancellationToken) =>
        new(_addedVersions.Find(version => version.MiniProgram == key && version.Number == number) ?? _reader.Find(FindVersionByNumber, ReadVersion, key.Value, number.Value));

    public ValueTask<IReadOnlyList<MiniProgramVersion>> ListVersionsAsync(MiniProgramKey key, CancellationToken cancellationToken)
    {
        var versions = _reader.List(ListVersions, ReadVersion, key.Value);
        foreach (var added in _addedVersions.Where(version => version.MiniProgram == key))
            versions.Insert(0, added);
        return new(versions);
    }

    public void AddVersion(MiniProgramVersion version)
    {
        _audit.Record(AuditEvents.OfVersion(version, Find(version.MiniProgram)?.Workspace));
        _addedVersions.Add(version);
    }

    public void WriteTo(WriteBatch batch)
    {
        _saved.Announce(batch, _cache);
        foreach (var (miniProgram, storedRevision) in _saved.All)
        {
            var document = new Utf8Text(JsonSerializer.SerializeToUtf8Bytes(miniProgram, DomainJson.Default.MiniProgram));
            if (storedRevision == 0)
                batch.Add(Insert, miniProgram.Key.Value, miniProgram.Revision, document);
            else
                batch.AddGuarded($"Mini program {miniProgram.Key} has changed since revision {storedRevision}.", Update, miniProgram.Revision, document, miniProgram.Key.Value, storedRevision);
        }
        foreach (var revision in _addedConfigurations)
        {
            batch.Add(InsertConfiguration, revision.MiniProgram.Value, revision.Number, revision.At.ToMicroseconds(), revision.By?.Value, revision.ByName,
                revision.Configuration.ToCanonicalJson());
        }
        foreach (var version in _addedVersions)
        {
            batch.Add(InsertVersion, version.MiniProgram.Value, version.Number.Value, version.SourceDigest, version.Size, version.FileCount,
                version.UploadedBy.Value, version.UploadedByName, version.UploadedAt.ToMicroseconds());
        }
    }

    public void Clear()
    {
        _saved.Clear();
        _addedVersions.Clear();
        _addedConfigurations.Clear();
    }

    private MiniProgram? Find(MiniProgramKey key) => _saved.Find(key.Value) ?? _cache.Find(key.Value, id => _reader.Find(FindById, Read, id));

    private static MiniProgram Read(SqlRow row) => JsonSerializer.Deserialize(row.GetUtf8(0), DomainJson.Default.MiniProgram)!;

    private static GlobalConfigurationRevision ReadConfiguration(SqlRow row) => new(new MiniProgramKey(row.GetString(0)), row.GetInt32(1), row.GetTime(2),
        row.GetStringOrNull(3) is { } by ? new UserId(by) : null, row.GetStringOrNull(4), JsonSerializer.Deserialize(row.GetUtf8(5), DomainJson.Default.ConfigurationValues)!);

    private static MiniProgramVersion ReadVersion(SqlRow row) => new(new MiniProgramKey(row.GetString(0)), new VersionNumber(row.GetString(1)), row.GetString(2),
        row.GetInt64(3), row.GetInt32(4), new UserId(row.GetString(5)), row.GetString(6), row.GetTime(7));
}
