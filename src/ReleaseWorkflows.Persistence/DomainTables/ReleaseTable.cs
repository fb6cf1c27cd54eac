using System.Text.Json;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;

namespace ReleaseWorkflows.Persistence.DomainTables;

/// <summary>
/// Releases with their log and testers. A release is one row; its revision guards it against other units, unique indexes guard its target.
/// </summary>
internal sealed class ReleaseTable : IReleaseStore, IPendingWrites
{
    private const string Columns = "SELECT document, workflow_instance_id, workflow_definition_id, workflow_definition_version FROM releases";

    private static readonly SqlStatement FindById = new(Columns + " WHERE id = $id");
    private static readonly SqlStatement FindByTarget = new("SELECT id FROM releases WHERE mini_program = $mini_program AND version = $version AND app = $app AND environment = $environment");

    // Each half has an index of its own that holds just these rows.
    private static readonly SqlStatement FindOnTarget = new($"""
        SELECT id, 1 FROM releases WHERE mini_program = $mini_program AND app = $app AND environment = $environment AND {DomainSchema.IsActive}
        UNION ALL SELECT id, 0 FROM releases WHERE mini_program = $mini_program AND app = $app AND environment = $environment AND {DomainSchema.IsLive}
        """);

    private static readonly SqlStatement Insert = new("""
        INSERT INTO releases (id, mini_program, version, app, environment, mini_program_workspace, app_workspace, status, revision, document)
        VALUES ($id, $mini_program, $version, $app, $environment, $mini_program_workspace, $app_workspace, $status, $revision, $document)
        """);

    private static readonly SqlStatement Update = new("""
        UPDATE releases SET status = $status, revision = $revision, document = $document WHERE id = $id AND revision = $stored_revision
        """);

    // SQLite rewrites the entry of every index whose columns an update names, changed or not.
    private static readonly SqlStatement UpdateInStatus = new("UPDATE releases SET revision = $revision, document = $document WHERE id = $id AND revision = $stored_revision");

    // Apart from the others, since naming an indexed column in an update rewrites its index.
    private static readonly SqlStatement UpdateApplicant = new("UPDATE releases SET applicant = $applicant WHERE id = $id");

    private static readonly SqlStatement UpdateWorkflow = new("""
        UPDATE releases SET workflow_instance_id = $instance_id, workflow_definition_id = $definition_id, workflow_definition_version = $version WHERE id = $id
        """);

    private readonly DatabaseReader _reader;
    private readonly CommittedCache<Release> _cache;

    // What this unit has asked about targets: each step decides several times, and for the same one.
    private readonly Dictionary<(MiniProgramKey, AppKey, ReleaseEnvironment), (string? Active, string? Live)> _onTargets = [];
    private readonly PendingDocuments<Release> _saved = new(release => release.Id.Value, release => release.Revision);

    // What this unit has read, for what an update need not name.
    private readonly Dictionary<string, (int Revision, ReleaseStatus Status)> _read = new(StringComparer.Ordinal);
    private readonly HashSet<string> _applied = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Workflow> _workflows = new(StringComparer.Ordinal);
    private readonly UnitOfWork _unit;
    private readonly IReleaseObserver[] _observers;
    private readonly List<Release> _told = [];
    private readonly ReleaseLogTable _log;
    private readonly TesterTable _testers;

    public ReleaseTable(UnitOfWork unit, DatabaseReader reader, CommittedCache<Release> cache, IEnumerable<IReleaseObserver> observers)
    {
        _unit = unit;
        _observers = [.. observers];
        _reader = reader;
        _cache = cache;
        unit.Enlist(this);
        // After the releases: their rows refer to them.
        unit.Enlist(_log = new ReleaseLogTable(reader));
        unit.Enlist(_testers = new TesterTable(reader));
    }

    public ValueTask<Release?> FindAsync(ReleaseId id, CancellationToken cancellationToken) => new(Find(id.Value));

    public ValueTask<Release?> FindByKeyAsync(ReleaseKey key, CancellationToken cancellationToken) => new(FindOne(
        release => release.Key == key,
        _reader.Find(FindByTarget, row => row.GetString(0), key.MiniProgram.Value, key.Version.Value, key.App.Value, key.Environment.ToString())));

    public ValueTask<Release?> FindActiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken) => new(FindOne(
        release => release.IsActive && IsOn(release, miniProgram, app, environment), OnTarget(miniProgram, app, environment).Active));

    public ValueTask<Release?> FindLiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken) => new(FindOne(
        release => release.Status == ReleaseStatus.FullRelease && IsOn(release, miniProgram, app, environment), OnTarget(miniProgram, app, environment).Live));

    public ValueTask<ReleasePage> ListAsync(ReleaseQuery query, CancellationToken cancellationToken)
    {
        var limit = Math.Clamp(query.Limit, 1, 200);
        // One more tells whether there is a next page; one more for each row that this unit may have moved out of the list.
        var (statement, arguments) = ReleaseList.Build(Columns, query, limit + 1 + _saved.Count);
        var stored = _reader.List(statement, Read, arguments);
        stored.RemoveAll(release => _saved.Contains(release.Id.Value));
        var pending = _saved.Documents.Where(release => ReleaseList.Matches(query, release)).ToList();
        var items = (pending.Count == 0 ? stored : stored.Concat(pending).OrderByDescending(release => release.Id.Value, StringComparer.Ordinal).ToList())
            .Select(WithWorkflow).Take(limit + 1).ToList();
        if (items.Count <= limit)
            return new(new ReleasePage(items, null));
        items.RemoveAt(limit);
        return new(new ReleasePage(items, items[^1].Id));
    }

    public void Save(Release release, ReleaseEvent happened)
    {
        _saved.Save(release);
        if (happened is ApplicationSubmitted)
            _applied.Add(release.Id.Value);
        _log.Add(release.Id.Value, release.Revision, happened);
        Tell(release);
    }

    public void SetWorkflow(ReleaseId id, string workflowInstanceId, string definitionId, int definitionVersion) =>
        _workflows[id.Value] = new Workflow(workflowInstanceId, definitionId, definitionVersion);

    public ValueTask<IReadOnlyList<ReleaseEvent>> ListLogAsync(ReleaseId id, CancellationToken cancellationToken) => new(_log.List(id.Value));

    public ValueTask<IReadOnlyList<string>> ListTestersAsync(ReleaseId id, CancellationToken cancellationToken) => new(_testers.List(id.Value));

    public void ChangeTesters(ReleaseId id, IReadOnlyList<string> added, IReadOnlyList<string> removed)
    {
        _testers.Change(id.Value, added, removed);
        if (_observers.Length > 0 && Find(id.Value) is { } release)
        {
            _unit.OnCommitted(() =>
            {
                foreach (var observer in _observers)
                    observer.TestersCommitted(id, release.Revision, added, removed);
            });
        }
    }

    public void WriteTo(WriteBatch batch)
    {
        KeepCommitted(batch);
        // A target is given up before another release of the unit takes it, so that the unique indexes hold at every statement (T18 with T22).
        foreach (var (release, storedRevision) in _saved.All.OrderBy(pending => pending.Document switch
        {
            { IsActive: true } => 2,
            { Status: ReleaseStatus.FullRelease } => 1,
            _ => 0,
        }))
        {
            if (storedRevision == 0)
                WriteNew(batch, release);
            else
                WriteChanged(batch, release, storedRevision);
            if (_applied.Contains(release.Id.Value))
                batch.Add(UpdateApplicant, release.Request!.Applicant.Value, release.Id.Value);
        }
        foreach (var (id, workflow) in _workflows)
            batch.AddGuarded($"Release {id}, which a workflow was started for, does not exist.", UpdateWorkflow, workflow.InstanceId, workflow.DefinitionId, workflow.Version, id);
    }

    public void Clear()
    {
        _saved.Clear();
        _read.Clear();
        _applied.Clear();
        _workflows.Clear();
        _onTargets.Clear();
    }

    private void KeepCommitted(WriteBatch batch)
    {
        var changed = _saved.Documents.Select(WithWorkflow).ToList();
        var attached = _workflows.Keys.Where(id => !_saved.Contains(id)).ToList();
        if (changed.Count + attached.Count == 0)
            return;
        batch.OnCommitting(() =>
        {
            changed.ForEach(release => _cache.Changing(release.Id.Value));
            attached.ForEach(_cache.Changing);
        });
        batch.OnSettled(isCommitted =>
        {
            foreach (var release in changed)
            {
                // The workflow is attached without a new revision: one that is missing here may be there in the row.
                if (isCommitted && release.WorkflowInstanceId is not null)
                    _cache.Put(release.Id.Value, release);
                else
                    _cache.Forget(release.Id.Value);
            }

            foreach (var id in attached)
                _cache.Forget(id);
        });
    }

    private void Tell(Release release)
    {
        if (_observers.Length == 0)
            return;
        if (_told.Count == 0)
            _unit.OnCommitted(Announce);
        _told.Add(release);
    }

    // What somebody gets is told before what nobody gets any more: at no moment is there nothing between an older full release and the next.
    private void Announce()
    {
        foreach (var release in _told.OrderBy(release => release.Exposure == Exposure.None))
        {
            foreach (var observer in _observers)
                observer.Committed(release);
        }
        _told.Clear();
    }

    private static void WriteNew(WriteBatch batch, Release release) => batch.Add(Insert,
        release.Id.Value, release.Key.MiniProgram.Value, release.Key.Version.Value, release.Key.App.Value, release.Key.Environment.ToString(),
        release.MiniProgramWorkspace.Value, release.AppWorkspace.Value, release.Status.ToString(), release.Revision, Write(release));

    private void WriteChanged(WriteBatch batch, Release release, int storedRevision)
    {
        var conflict = $"Release {release.Id} has moved on since revision {storedRevision}.";
        if (_read.TryGetValue(release.Id.Value, out var read) && read == (storedRevision, release.Status))
            batch.AddGuarded(conflict, UpdateInStatus, release.Revision, Write(release), release.Id.Value, storedRevision);
        else
            batch.AddGuarded(conflict, Update, release.Status.ToString(), release.Revision, Write(release), release.Id.Value, storedRevision);
    }

    private static bool IsOn(Release release, MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment) =>
        release.Key.MiniProgram == miniProgram && release.Key.App == app && release.Key.Environment == environment;

    private Release? Find(string id) => (_saved.Find(id) ?? FindStored(id)) is { } release ? WithWorkflow(release) : null;

    private Release? FindStored(string id)
    {
        var stored = _cache.Find(id, value => _reader.Find(FindById, Read, value));
        if (stored is not null)
            _read[id] = (stored.Revision, stored.Status);
        return stored;
    }

    private (string? Active, string? Live) OnTarget(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment)
    {
        if (_onTargets.TryGetValue((miniProgram, app, environment), out var known))
            return known;
        var rows = _reader.List(
            FindOnTarget, row => (Id: row.GetString(0), IsActive: row.GetBoolean(1)), miniProgram.Value, app.Value, environment.ToString());
        return _onTargets[(miniProgram, app, environment)] = (rows.Find(row => row.IsActive).Id, rows.Find(row => !row.IsActive).Id);
    }

    // At most one release matches, since the indexes of all three questions are unique.
    private Release? FindOne(Predicate<Release> isWanted, string? storedId)
    {
        foreach (var saved in _saved.Documents)
        {
            if (isWanted(saved))
                return WithWorkflow(saved);
        }
        // What is found under the id may have moved on since; then it is no answer any more.
        return storedId is not null && !_saved.Contains(storedId) && Find(storedId) is { } stored && isWanted(stored) ? stored : null;
    }

    private Release WithWorkflow(Release release) => _workflows.TryGetValue(release.Id.Value, out var workflow)
        ? release with { WorkflowInstanceId = workflow.InstanceId, WorkflowDefinitionId = workflow.DefinitionId, WorkflowDefinitionVersion = workflow.Version }
        : release;

    // The workflow has columns of its own, so that noting it never competes with an event.
    private static object Write(Release release) => CompressedJson.ToArgument(JsonSerializer.SerializeToUtf8Bytes(
        release with { WorkflowInstanceId = null, WorkflowDefinitionId = null, WorkflowDefinitionVersion = null }, DomainJson.Default.Release));

    private static Release Read(SqlRow row) => JsonSerializer.Deserialize(row.GetJson(0), DomainJson.Default.Release)! with
    {
        WorkflowInstanceId = row.GetStringOrNull(1),
        WorkflowDefinitionId = row.GetStringOrNull(2),
        WorkflowDefinitionVersion = row.GetInt32OrNull(3),
    };

    private readonly record struct Workflow(string InstanceId, string DefinitionId, int Version);
}
