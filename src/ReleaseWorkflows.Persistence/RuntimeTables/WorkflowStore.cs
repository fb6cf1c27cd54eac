using ReleaseWorkflows.Persistence.Commits;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>The engine's store inside one unit of work: one table each for what it keeps.</summary>
/// <remarks>Queries run to their end before they return; SQLite has no asynchronous form, and they take microseconds.</remarks>
internal sealed class WorkflowStore : IWorkflowStore
{
    private readonly InstanceTable _instances;
    private readonly BookmarkTable _bookmarks;
    private readonly FanOutTable _fanOuts;
    private readonly TriggerTable _triggers;
    private readonly TimerTable _timers;
    private readonly BurstTable _bursts;
    private readonly DefinitionTable _definitions;
    private readonly InstanceRemovals _removals;
    private readonly DefinitionChangeTable _definitionChanges;

    public WorkflowStore(UnitOfWork unit, DatabaseReader reader, CommittedCache<WorkflowInstanceRecord> instances)
    {
        // Instances come first: the rows of the others refer to theirs.
        unit.Enlist(_instances = new InstanceTable(reader, instances));
        unit.Enlist(_bookmarks = new BookmarkTable(reader));
        unit.Enlist(_fanOuts = new FanOutTable(reader));
        unit.Enlist(_triggers = new TriggerTable(reader));
        unit.Enlist(_timers = new TimerTable(reader));
        unit.Enlist(_bursts = new BurstTable());
        unit.Enlist(_definitions = new DefinitionTable(reader));
        unit.Enlist(_removals = new InstanceRemovals(instances));
        unit.Enlist(_definitionChanges = new DefinitionChangeTable(reader));
    }

    public ValueTask<WorkflowInstanceRecord?> FindInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        new(_removals.Contains(instanceId) ? null : _instances.Find(instanceId));

    public void SaveInstance(WorkflowInstanceRecord instance) => _instances.Save(instance);

    public void RemoveInstance(string instanceId, int version)
    {
        _instances.Forget(instanceId);
        _bursts.Forget(instanceId);
        _removals.Add(instanceId, version);
    }

    public ValueTask<IReadOnlyList<string>> FindRunningInstancesAsync(
        string? definitionId, string? correlationId, string? parentInstanceId, CancellationToken cancellationToken) =>
        new(_instances.FindRunningInstances(definitionId, correlationId, parentInstanceId));

    public ValueTask<IReadOnlyList<BookmarkRecord>> FindBookmarksAsync(
        string hash, string? correlationId, string? instanceId, CancellationToken cancellationToken) =>
        new(_bookmarks.Find(hash, correlationId, instanceId));

    public ValueTask<IReadOnlyList<NumberedBookmark>> FindBookmarksAsync(BookmarkRange range, int limit, CancellationToken cancellationToken) =>
        new(_bookmarks.Find(range, limit));

    public ValueTask<long?> FindLastBookmarkNumberAsync(string hash, CancellationToken cancellationToken) => new(_bookmarks.FindLastNumber(hash));

    public void AddFanOut(FanOutRecord fanOut) => _fanOuts.Add(fanOut);

    public ValueTask<IReadOnlyList<FanOutRecord>> FindFanOutsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => new(_fanOuts.ListDue(now, limit));

    public ValueTask<DateTimeOffset?> FindNextFanOutAsync(CancellationToken cancellationToken) => new(_fanOuts.FindNextDue());

    public ValueTask<IReadOnlyList<FanOutRecord>> ListGivenUpFanOutsAsync(int limit, CancellationToken cancellationToken) => new(_fanOuts.ListGivenUp(limit));

    public ValueTask<FanOutRecord?> FindFanOutAsync(string fanOutId, CancellationToken cancellationToken) => new(_fanOuts.Find(fanOutId));

    public void MoveFanOut(FanOutRecord fanOut, long after) => _fanOuts.Move(fanOut, after);

    public void UpdateFanOut(FanOutRecord fanOut, int readAttempts) => _fanOuts.Update(fanOut, readAttempts);

    public ValueTask<BookmarkRecord?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken) => new(_bookmarks.Find(bookmarkId));

    public ValueTask<IReadOnlyList<BookmarkRecord>> FindInstanceBookmarksAsync(string instanceId, CancellationToken cancellationToken) =>
        new(_bookmarks.FindOfInstance(instanceId));

    public void AddBookmark(BookmarkRecord bookmark) => _bookmarks.Add(bookmark);

    public void RemoveBookmark(string instanceId, string bookmarkId, string? hash)
    {
        _bookmarks.Remove(instanceId, bookmarkId, hash);
        _timers.RemoveWithOwner(bookmarkId);
    }

    public ValueTask<IReadOnlyList<TriggerRecord>> FindTriggersAsync(string hash, CancellationToken cancellationToken) => new(_triggers.Find(hash));

    public ValueTask<IReadOnlyList<TriggerRecord>> ListTriggersAsync(string name, CancellationToken cancellationToken) => new(_triggers.List(name));

    public void ReplaceTriggers(string definitionId, IReadOnlyList<TriggerRecord> triggers)
    {
        foreach (var former in _triggers.Replace(definitionId, triggers))
            _timers.RemoveWithOwner(former.Id);
    }

    public void SetTimer(TimerRecord timer) => _timers.Set(timer);

    public ValueTask<IReadOnlyList<TimerRecord>> FindDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        new(_timers.FindDueTimers(now, limit));

    public ValueTask<DateTimeOffset?> FindNextTimerAsync(CancellationToken cancellationToken) => new(_timers.FindNext());

    public void RemoveTimer(string timerId) => _timers.Take(timerId);

    public void AppendJournal(IReadOnlyList<JournalRecord> entries) => _bursts.Add(entries);

    public void SaveActivityExecutions(IReadOnlyList<ActivityExecutionRecord> executions) => _bursts.Save(executions);

    public ValueTask<WorkflowDefinitionRecord?> FindDefinitionVersionAsync(string versionId, CancellationToken cancellationToken) =>
        new(_definitions.FindVersion(versionId));

    public ValueTask<IReadOnlyList<WorkflowDefinitionRecord>> ListDefinitionVersionsAsync(string definitionId, CancellationToken cancellationToken) =>
        new(_definitions.ListVersions(definitionId));

    public ValueTask<IReadOnlyList<WorkflowDefinitionRecord>> ListPublishedDefinitionsAsync(CancellationToken cancellationToken) => new(_definitions.ListPublished());

    public void SaveDefinition(WorkflowDefinitionRecord definition) => _definitions.Save(definition);

    public void RemoveDefinition(WorkflowDefinitionRecord definition) => _definitions.Remove(definition);

    public ValueTask<DefinitionList> ListDefinitionsAsync(DefinitionQuery query, CancellationToken cancellationToken) => new(_definitions.List(query));

    public ValueTask<bool> IsVersionRunningAsync(WorkflowDefinitionRecord definition, CancellationToken cancellationToken) =>
        new(_instances.IsRunningOn(definition));

    public void AddDefinitionChange(DefinitionChangeRecord change) => _definitionChanges.Add(change);

    public ValueTask<IReadOnlyList<DefinitionChangeRecord>> ListDefinitionChangesAsync(string definitionId, int limit, CancellationToken cancellationToken) =>
        new(_definitionChanges.List(definitionId, limit));
}
