using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Outbox;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;

namespace ReleaseWorkflows.Domain.Tests.InMemory;

/// <summary>
/// One unit of work over a state: the stores of the domain, which see what the unit has written. Whoever opened it keeps
/// <see cref="State"/> to commit, or drops it.
/// </summary>
internal sealed class InMemoryUnit
{
    public InMemoryUnit(InMemoryState state, TimeProvider clock)
    {
        State = state;
        ReleaseStore = new Releases(this);
        AppStore = new Apps(this);
        ReleaseService = new ReleaseService(ReleaseStore, new MiniPrograms(this), AppStore, new Outbox(this), clock);
        TesterService = new TesterService(ReleaseService, ReleaseStore);
    }

    public InMemoryState State { get; private set; }

    public IReleaseStore ReleaseStore { get; }

    public ITargetAppStore AppStore { get; }

    public ReleaseService ReleaseService { get; }

    public TesterService TesterService { get; }

    private sealed class Releases(InMemoryUnit unit) : IReleaseStore
    {
        public ValueTask<Release?> FindAsync(ReleaseId id, CancellationToken cancellationToken) => new(unit.State.Releases.GetValueOrDefault(id));

        public ValueTask<Release?> FindByKeyAsync(ReleaseKey key, CancellationToken cancellationToken) => Find(release => release.Key == key);

        public ValueTask<Release?> FindActiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken) =>
            Find(release => release.IsActive && IsOn(release, miniProgram, app, environment));

        public ValueTask<Release?> FindLiveAsync(MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment, CancellationToken cancellationToken) =>
            Find(release => release.Status == ReleaseStatus.FullRelease && IsOn(release, miniProgram, app, environment));

        public ValueTask<ReleasePage> ListAsync(ReleaseQuery query, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The rules list nothing.");

        public void Save(Release release, ReleaseEvent happened)
        {
            var state = unit.State;
            var log = state.LogOf(release.Id);
            if (release.Revision != log.Count + 1)
            {
                throw new InvalidOperationException($"{release.Key} is saved with revision {release.Revision}; the log has {log.Count} lines.");
            }

            unit.State = state with
            {
                Order = log.IsEmpty ? state.Order.Add(release.Id) : state.Order,
                Releases = state.Releases.SetItem(release.Id, release),
                Logs = state.Logs.SetItem(release.Id, log.Add(happened)),
            };
        }

        public void SetWorkflow(ReleaseId id, string workflowInstanceId, string definitionId, int definitionVersion) =>
            unit.State = unit.State with
            {
                Releases = unit.State.Releases.SetItem(id, unit.State.Releases[id] with
                {
                    WorkflowInstanceId = workflowInstanceId,
                    WorkflowDefinitionId = definitionId,
                    WorkflowDefinitionVersion = definitionVersion,
                }),
            };

        public ValueTask<IReadOnlyList<ReleaseEvent>> ListLogAsync(ReleaseId id, CancellationToken cancellationToken) => new(unit.State.LogOf(id));

        public ValueTask<IReadOnlyList<string>> ListTestersAsync(ReleaseId id, CancellationToken cancellationToken) => new(unit.State.TestersOf(id));

        public void ChangeTesters(ReleaseId id, IReadOnlyList<string> added, IReadOnlyList<string> removed) =>
            unit.State = unit.State with
            {
                Testers = unit.State.Testers.SetItem(id, unit.State.TestersOf(id).RemoveRange(removed).AddRange(added)),
            };

        private static bool IsOn(Release release, MiniProgramKey miniProgram, AppKey app, ReleaseEnvironment environment) =>
            release.Key.MiniProgram == miniProgram && release.Key.App == app && release.Key.Environment == environment;

        // The newest first: what the unit itself has just written must not hide anything from the rules.
        private ValueTask<Release?> Find(Func<Release, bool> isWanted) => new(unit.State.AllReleases.LastOrDefault(isWanted));
    }

    private sealed class MiniPrograms(InMemoryUnit unit) : IMiniProgramStore
    {
        public ValueTask<MiniProgram?> FindAsync(MiniProgramKey key, CancellationToken cancellationToken) => new(unit.State.MiniPrograms.GetValueOrDefault(key));

        public ValueTask<IReadOnlyList<MiniProgram>> ListAsync(CancellationToken cancellationToken) =>
            new([.. unit.State.MiniPrograms.Values.OrderBy(miniProgram => miniProgram.Key.Value, StringComparer.Ordinal)]);

        public void Save(MiniProgram miniProgram) =>
            unit.State = unit.State with { MiniPrograms = unit.State.MiniPrograms.SetItem(miniProgram.Key, miniProgram) };

        public ValueTask<IReadOnlyList<GlobalConfigurationRevision>> ListConfigurationsAsync(MiniProgramKey key, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The rules of releases do not ask for the history of a mini program.");

        public void AddConfiguration(GlobalConfigurationRevision revision) =>
            throw new NotSupportedException("The rules of releases do not write the history of a mini program.");

        public ValueTask<MiniProgramVersion?> FindVersionAsync(MiniProgramKey key, VersionNumber number, CancellationToken cancellationToken) =>
            new(unit.State.Versions.Find(version => version.MiniProgram == key && version.Number == number));

        public ValueTask<IReadOnlyList<MiniProgramVersion>> ListVersionsAsync(MiniProgramKey key, CancellationToken cancellationToken) =>
            new([.. unit.State.Versions.Where(version => version.MiniProgram == key).Reverse()]);

        public void AddVersion(MiniProgramVersion version) => unit.State = unit.State with { Versions = unit.State.Versions.Add(version) };
    }

    private sealed class Apps(InMemoryUnit unit) : ITargetAppStore
    {
        public ValueTask<TargetApp?> FindAsync(AppKey key, CancellationToken cancellationToken) => new(unit.State.Apps.GetValueOrDefault(key));

        public ValueTask<IReadOnlyList<TargetApp>> ListAsync(CancellationToken cancellationToken) =>
            new([.. unit.State.Apps.Values.OrderBy(app => app.Key.Value, StringComparer.Ordinal)]);

        public void Save(TargetApp app) => unit.State = unit.State with { Apps = unit.State.Apps.SetItem(app.Key, app) };
    }

    private sealed class Outbox(InMemoryUnit unit) : IOutbox
    {
        public void Add(OutboxMessage message)
        {
            if (!unit.State.Outbox.Exists(known => known.Key == message.Key))
            {
                unit.State = unit.State with { Outbox = unit.State.Outbox.Add(message) };
            }
        }

        public ValueTask<IReadOnlyList<OutboxMessage>> FindDueAsync(string kind, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The rules do not work the outbox off.");

        public ValueTask<DateTimeOffset?> FindNextDueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
            throw new NotSupportedException("The rules do not work the outbox off.");

        public ValueTask<IReadOnlyList<OutboxMessage>> ListAsync(string releaseId, CancellationToken cancellationToken) =>
            new([.. unit.State.Outbox.Where(message => message.ReleaseId == releaseId)]);

        public void Update(OutboxMessage message) => throw new NotSupportedException("The rules do not work the outbox off.");
    }
}
