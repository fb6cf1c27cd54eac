using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.OutsideWork;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Storage;

/// <summary>Committed rows. A commit applies all writes of a unit under one lock, or none of them.</summary>
public sealed class InMemoryDatabase
{
    private readonly Lock _lock = new();

    /// <summary>Committed rows; replaced as a whole by each commit, so that readers see one moment.</summary>
    public Rows Committed { get; private set; } = new();

    /// <summary>Number of commits so far.</summary>
    public int Commits { get; private set; }

    /// <summary>Called inside each commit before it is applied; lets a test let another unit be faster.</summary>
    public Action? BeforeCommit { get; set; }

    public void Commit(IReadOnlyList<Action<Rows>> writes)
    {
        BeforeCommit?.Invoke();
        lock (_lock)
        {
            var next = Committed.Copy();
            foreach (var write in writes)
                write(next);
            Committed = next;
            Commits++;
        }
    }

    /// <summary>All tables.</summary>
    public sealed class Rows
    {
        public Dictionary<string, WorkflowInstanceRecord> Instances { get; private init; } = [];

        public Dictionary<string, BookmarkRecord> Bookmarks { get; private init; } = [];

        public List<string> BookmarkOrder { get; private init; } = [];

        public Dictionary<string, long> BookmarkNumbers { get; private init; } = [];

        public List<FanOutRecord> FanOuts { get; private init; } = [];

        public Dictionary<string, TriggerRecord> Triggers { get; private init; } = [];

        public Dictionary<string, TimerRecord> Timers { get; private init; } = [];

        public Dictionary<string, OutsideJobRecord> Jobs { get; private init; } = [];

        public List<JournalRecord> Journal { get; private init; } = [];

        public Dictionary<string, ActivityExecutionRecord> Executions { get; private init; } = [];

        public Dictionary<string, WorkflowDefinitionRecord> Definitions { get; private init; } = [];

        public List<DefinitionChangeRecord> DefinitionChanges { get; private init; } = [];

        public Rows Copy() => new()
        {
            Instances = new(Instances),
            Bookmarks = new(Bookmarks),
            BookmarkOrder = [.. BookmarkOrder],
            BookmarkNumbers = new(BookmarkNumbers),
            FanOuts = [.. FanOuts],
            Triggers = new(Triggers),
            Timers = new(Timers),
            Jobs = new(Jobs),
            Journal = [.. Journal],
            Executions = new(Executions),
            Definitions = new(Definitions),
            DefinitionChanges = [.. DefinitionChanges],
        };
    }
}

/// <summary>A unit of work in memory: collects writes, reads committed rows with its own writes over them.</summary>
public sealed class InMemoryUnitOfWork(InMemoryDatabase database) : IUnitOfWork, IWorkflowStore, IOutsideJobStore
{
    private readonly List<Action<InMemoryDatabase.Rows>> _writes = [];
    private readonly List<Action> _announcements = [];
    private InMemoryDatabase.Rows? _own;

    private InMemoryDatabase.Rows View => _own ?? database.Committed;

    public Task CommitAsync(CancellationToken cancellationToken)
    {
        database.Commit(_writes);
        foreach (var announcement in _announcements)
            announcement();
        return Task.CompletedTask;
    }

    public void OnCommitted(Action action) => _announcements.Add(action);

    public ValueTask<WorkflowInstanceRecord?> FindInstanceAsync(string instanceId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(View.Instances.GetValueOrDefault(instanceId));

    public void SaveInstance(WorkflowInstanceRecord instance)
    {
        _writes.RemoveAll(write => write.Target is InstanceSave save && save.Instance.Id == instance.Id);
        _writes.Add(new InstanceSave(instance).Apply);
        Own().Instances[instance.Id] = instance;
    }

    public void RemoveInstance(string instanceId, int version)
    {
        _writes.RemoveAll(write => write.Target is InstanceSave save && save.Instance.Id == instanceId);
        Write(rows =>
        {
            if (!rows.Instances.TryGetValue(instanceId, out var stored) || stored.Version != version)
                throw new ConcurrencyConflictException($"The instance {instanceId} has moved on since version {version}.");
            rows.Instances.Remove(instanceId);
            rows.Journal.RemoveAll(line => line.InstanceId == instanceId);
            foreach (var execution in rows.Executions.Values.Where(execution => execution.InstanceId == instanceId).ToList())
                rows.Executions.Remove(execution.Id);
        });
    }

    public ValueTask<IReadOnlyList<string>> FindRunningInstancesAsync(
        string? definitionId, string? correlationId, string? parentInstanceId, CancellationToken cancellationToken) =>
        List(View.Instances.Values.Where(instance =>
            instance.Status == "Running"
            && (definitionId is null || instance.DefinitionId == definitionId)
            && (correlationId is null || instance.CorrelationId == correlationId)
            && (parentInstanceId is null || instance.ParentInstanceId == parentInstanceId)).Select(instance => instance.Id));

    public ValueTask<IReadOnlyList<BookmarkRecord>> FindBookmarksAsync(
        string hash, string? correlationId, string? instanceId, CancellationToken cancellationToken) =>
        List(InOrder().Where(bookmark =>
            bookmark.Hash == hash
            && (correlationId is null || bookmark.CorrelationId == correlationId)
            && (instanceId is null || bookmark.InstanceId == instanceId)));

    public ValueTask<IReadOnlyList<NumberedBookmark>> FindBookmarksAsync(BookmarkRange range, int limit, CancellationToken cancellationToken)
    {
        var stored = database.Committed;
        var wanted = InOrder().Where(bookmark => bookmark.Hash == range.Hash && (range.CorrelationId is null || bookmark.CorrelationId == range.CorrelationId)).ToList();
        return List(
            wanted.Where(bookmark => stored.Bookmarks.ContainsKey(bookmark.Id) && bookmark.CreatedAt <= range.CreatedBy)
                .Select(bookmark => new NumberedBookmark(bookmark, stored.BookmarkNumbers[bookmark.Id]))
                .Where(bookmark => bookmark.Number > range.After && bookmark.Number <= range.Last)
                .OrderBy(bookmark => bookmark.Number)
                .Take(limit)
                .Concat(wanted.Where(bookmark => !stored.Bookmarks.ContainsKey(bookmark.Id)).Select(bookmark => new NumberedBookmark(bookmark, null))));
    }

    public ValueTask<long?> FindLastBookmarkNumberAsync(string hash, CancellationToken cancellationToken)
    {
        var stored = database.Committed;
        return new(stored.Bookmarks.Values.Where(bookmark => bookmark.Hash == hash).Max(bookmark => (long?)stored.BookmarkNumbers[bookmark.Id]));
    }

    public void AddFanOut(FanOutRecord fanOut) => Write(rows => rows.FanOuts.Add(fanOut));

    public ValueTask<IReadOnlyList<FanOutRecord>> FindFanOutsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        List(Tried().Where(fanOut => fanOut.DueAt <= now).Take(limit));

    public ValueTask<DateTimeOffset?> FindNextFanOutAsync(CancellationToken cancellationToken) => new(Tried().FirstOrDefault()?.DueAt);

    public ValueTask<IReadOnlyList<FanOutRecord>> ListGivenUpFanOutsAsync(int limit, CancellationToken cancellationToken) =>
        List(database.Committed.FanOuts.Where(fanOut => fanOut.DeadAt is not null).OrderByDescending(fanOut => fanOut.DeadAt).Take(limit));

    public ValueTask<FanOutRecord?> FindFanOutAsync(string fanOutId, CancellationToken cancellationToken) =>
        new(database.Committed.FanOuts.Find(fanOut => fanOut.Id == fanOutId));

    public void MoveFanOut(FanOutRecord fanOut, long after) => _writes.Add(rows =>
    {
        var index = rows.FanOuts.FindIndex(stored => stored.Id == fanOut.Id && stored.Range.After == fanOut.Range.After);
        if (index < 0)
            throw new ConcurrencyConflictException($"Another unit has told stimulus {fanOut.Id}.");
        if (after >= fanOut.Range.Last)
            rows.FanOuts.RemoveAt(index);
        else
            rows.FanOuts[index] = fanOut with { Range = fanOut.Range with { After = after } };
    });

    public void UpdateFanOut(FanOutRecord fanOut, int readAttempts) => _writes.Add(rows =>
    {
        var index = rows.FanOuts.FindIndex(stored => stored.Id == fanOut.Id && stored.Range.After == fanOut.Range.After && stored.Attempts == readAttempts);
        if (index < 0)
            throw new ConcurrencyConflictException($"Another unit has tried stimulus {fanOut.Id}, or told it on.");
        rows.FanOuts[index] = fanOut;
    });

    public ValueTask<BookmarkRecord?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken) =>
        new(InOrder().FirstOrDefault(bookmark => bookmark.Id == bookmarkId));

    public ValueTask<IReadOnlyList<BookmarkRecord>> FindInstanceBookmarksAsync(string instanceId, CancellationToken cancellationToken) =>
        List(InOrder().Where(bookmark => bookmark.InstanceId == instanceId));

    public void AddBookmark(BookmarkRecord bookmark) => Write(rows =>
    {
        if (!rows.Bookmarks.TryAdd(bookmark.Id, bookmark))
            throw new ConcurrencyConflictException($"The bookmark {bookmark.Id} exists.");
        var last = rows.BookmarkOrder.Where(id => rows.Bookmarks[id].Hash == bookmark.Hash).Max(id => (long?)rows.BookmarkNumbers[id]);
        rows.BookmarkNumbers[bookmark.Id] = last + 1 ?? 0;
        rows.BookmarkOrder.Add(bookmark.Id);
    });

    public void RemoveBookmark(string instanceId, string bookmarkId, string? hash = null) => Write(rows =>
    {
        if (!rows.Bookmarks.Remove(bookmarkId))
            throw new ConcurrencyConflictException($"The bookmark {bookmarkId} is gone.");
        rows.BookmarkOrder.Remove(bookmarkId);
        rows.Timers.Remove(bookmarkId);
    });

    public ValueTask<IReadOnlyList<TriggerRecord>> FindTriggersAsync(string hash, CancellationToken cancellationToken) =>
        List(View.Triggers.Values.Where(trigger => trigger.Hash == hash));

    public ValueTask<IReadOnlyList<TriggerRecord>> ListTriggersAsync(string name, CancellationToken cancellationToken) =>
        List(View.Triggers.Values.Where(trigger => trigger.Name == name));

    public void ReplaceTriggers(string definitionId, IReadOnlyList<TriggerRecord> triggers) => Write(rows =>
    {
        foreach (var former in rows.Triggers.Values.Where(trigger => trigger.DefinitionId == definitionId).ToList())
        {
            rows.Triggers.Remove(former.Id);
            foreach (var timer in rows.Timers.Values.Where(timer => timer.TriggerId == former.Id).ToList())
                rows.Timers.Remove(timer.Id);
        }

        foreach (var trigger in triggers)
            rows.Triggers[trigger.Id] = trigger;
    });

    public void SetTimer(TimerRecord timer) => Write(rows => rows.Timers[timer.Id] = timer);

    public ValueTask<IReadOnlyList<TimerRecord>> FindDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        List(View.Timers.Values.Where(timer => timer.DueAt <= now).OrderBy(timer => timer.DueAt).Take(limit));

    public ValueTask<DateTimeOffset?> FindNextTimerAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(View.Timers.Values.Min(timer => (DateTimeOffset?)timer.DueAt));

    public void RemoveTimer(string timerId) => Write(rows =>
    {
        if (!rows.Timers.Remove(timerId))
            throw new ConcurrencyConflictException($"The timer {timerId} is gone.");
    });

    public void Add(OutsideJobRecord job) => Write(rows =>
    {
        if (!rows.Jobs.TryAdd(job.Id, job))
            throw new ConcurrencyConflictException($"The job {job.Id} exists.");
    });

    public ValueTask<OutsideJobRecord?> FindAsync(string jobId, CancellationToken cancellationToken) => ValueTask.FromResult(View.Jobs.GetValueOrDefault(jobId));

    public ValueTask<IReadOnlyList<OutsideJobRecord>> FindDueAsync(DateTimeOffset now, int limit, BusyPlaces busy, CancellationToken cancellationToken) =>
        List(View.Jobs.Values.Where(job => job.DueAt <= now && !busy.Include(job)).OrderBy(job => job.DueAt).Take(limit));

    public ValueTask<DateTimeOffset?> FindNextDueAsync(BusyPlaces busy, CancellationToken cancellationToken) =>
        ValueTask.FromResult(View.Jobs.Values.Where(job => !busy.Include(job)).Min(job => (DateTimeOffset?)job.DueAt));

    public void Update(OutsideJobRecord job, int readAttempts)
    {
        _writes.Add(rows => rows.Jobs[job.Id] = Owned(rows, job.Id, readAttempts) with { Attempts = job.Attempts, DueAt = job.DueAt, LastError = job.LastError });
        Own().Jobs[job.Id] = job;
    }

    public void Complete(string jobId, int readAttempts)
    {
        _writes.Insert(0, rows => rows.Jobs.Remove(Owned(rows, jobId, readAttempts).Id));
        Own().Jobs.Remove(jobId);
    }

    public void Drop(string jobId) => Write(rows => rows.Jobs.Remove(jobId));

    public void AppendJournal(IReadOnlyList<JournalRecord> entries) => Write(rows => rows.Journal.AddRange(entries));

    public void SaveActivityExecutions(IReadOnlyList<ActivityExecutionRecord> executions) => Write(rows =>
    {
        foreach (var execution in executions)
            rows.Executions[execution.Id] = execution;
    });

    public ValueTask<WorkflowDefinitionRecord?> FindDefinitionVersionAsync(string versionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(View.Definitions.GetValueOrDefault(versionId));

    public ValueTask<IReadOnlyList<WorkflowDefinitionRecord>> ListDefinitionVersionsAsync(
        string definitionId, CancellationToken cancellationToken) =>
        List(View.Definitions.Values.Where(version => version.DefinitionId == definitionId).OrderByDescending(version => version.Version));

    public ValueTask<IReadOnlyList<WorkflowDefinitionRecord>> ListPublishedDefinitionsAsync(CancellationToken cancellationToken) =>
        List(View.Definitions.Values.Where(version => version.IsPublished));

    public void SaveDefinition(WorkflowDefinitionRecord definition)
    {
        _writes.RemoveAll(write => write.Target is DefinitionSave save && save.Definition.Id == definition.Id);
        _writes.Add(new DefinitionSave(definition, _writes).Apply);
        Own().Definitions[definition.Id] = definition;
    }

    public void RemoveDefinition(WorkflowDefinitionRecord definition)
    {
        _writes.Insert(0, rows =>
        {
            if (rows.Definitions.GetValueOrDefault(definition.Id)?.Revision != definition.Revision)
                throw new ConcurrencyConflictException($"Another unit changed the version {definition.Id}.");
            rows.Definitions.Remove(definition.Id);
        });
        Own().Definitions.Remove(definition.Id);
    }

    public ValueTask<DefinitionList> ListDefinitionsAsync(DefinitionQuery query, CancellationToken cancellationToken)
    {
        var wanted = database.Committed.Definitions.Values.Where(version => IsWanted(version, query));
        var ordered = query.Order switch
        {
            DefinitionOrder.Name => wanted.OrderBy(version => version.Name, StringComparer.OrdinalIgnoreCase),
            DefinitionOrder.Version => wanted.OrderBy(version => version.Version),
            _ => wanted.OrderBy(version => version.CreatedAt),
        };
        var all = ordered.ThenBy(version => version.DefinitionId, StringComparer.Ordinal).ThenBy(version => version.Version).ToList();
        if (query.IsDescending)
            all.Reverse();
        return ValueTask.FromResult(new DefinitionList([.. all.Skip(query.Skip).Take(query.Take).Select(version => version with { Json = "" })], all.Count));
    }

    public ValueTask<bool> IsVersionRunningAsync(WorkflowDefinitionRecord definition, CancellationToken cancellationToken) =>
        ValueTask.FromResult(View.Instances.Values.Any(instance => instance.DefinitionVersionId == definition.Id && instance.Status == "Running"));

    public void AddDefinitionChange(DefinitionChangeRecord change) => Write(rows =>
    {
        if (change.Action == DefinitionAction.Saved
            && rows.DefinitionChanges.FindLastIndex(other => other.DefinitionId == change.DefinitionId) is >= 0 and var last
            && rows.DefinitionChanges[last] is { Action: DefinitionAction.Saved } before
            && before.VersionId == change.VersionId && before.AuthorId == change.AuthorId)
        {
            rows.DefinitionChanges.RemoveAt(last);
        }

        rows.DefinitionChanges.Add(change);
    });

    public ValueTask<IReadOnlyList<DefinitionChangeRecord>> ListDefinitionChangesAsync(string definitionId, int limit, CancellationToken cancellationToken) =>
        List(database.Committed.DefinitionChanges.Where(change => change.DefinitionId == definitionId).Reverse().Take(limit));

    private static bool IsWanted(WorkflowDefinitionRecord version, DefinitionQuery query) =>
        query.Versions switch
        {
            VersionSelection.Latest => version.IsLatest,
            VersionSelection.Published => version.IsPublished,
            VersionSelection.LatestOrPublished => version.IsLatest || version.IsPublished,
            VersionSelection.LatestAndPublished => version.IsLatest && version.IsPublished,
            VersionSelection.Draft => version.IsLatest && !version.IsPublished,
            VersionSelection.Number => version.Version == query.VersionNumber,
            _ => true,
        }
        && (query.DefinitionIds.Count == 0 || query.DefinitionIds.Contains(version.DefinitionId))
        && (query.Ids.Count == 0 || query.Ids.Contains(version.Id))
        && !query.HiddenDefinitionIds.Contains(version.DefinitionId)
        && (query.SearchTerm is not { } term
            || version.Name?.Contains(term, StringComparison.OrdinalIgnoreCase) == true
            || version.Description?.Contains(term, StringComparison.OrdinalIgnoreCase) == true
            || version.Id == term || version.DefinitionId == term)
        && (query.Name is not { } name || name.Equals(version.Name, StringComparison.OrdinalIgnoreCase))
        && (query.IsSystem is not { } isSystem || version.IsSystem == isSystem)
        && (query.IsReadonly is not { } isReadonly || version.IsReadonly == isReadonly);

    private IEnumerable<FanOutRecord> Tried() => database.Committed.FanOuts.Where(fanOut => fanOut.DeadAt is null).OrderBy(fanOut => fanOut.DueAt);

    private static OutsideJobRecord Owned(InMemoryDatabase.Rows rows, string jobId, int attempts) =>
        rows.Jobs.TryGetValue(jobId, out var job) && job.Attempts == attempts
            ? job
            : throw new ConcurrencyConflictException($"The job {jobId} belongs to another attempt by now, or is gone.");

    private void Write(Action<InMemoryDatabase.Rows> write)
    {
        _writes.Add(write);
        write(Own());
    }

    private InMemoryDatabase.Rows Own() => _own ??= database.Committed.Copy();

    private IEnumerable<BookmarkRecord> InOrder() => View.BookmarkOrder.Select(id => View.Bookmarks[id]);

    private static ValueTask<IReadOnlyList<T>> List<T>(IEnumerable<T> items) => ValueTask.FromResult<IReadOnlyList<T>>([.. items]);

    private sealed record InstanceSave(WorkflowInstanceRecord Instance)
    {
        public void Apply(InMemoryDatabase.Rows rows)
        {
            var stored = rows.Instances.GetValueOrDefault(Instance.Id)?.Version ?? 0;
            if (stored != Instance.Version)
                throw new ConcurrencyConflictException($"The instance {Instance.Id} has version {stored}, not {Instance.Version}.");
            if (Instance is { Status: "Running", ActivationKey: { } key }
                && rows.Instances.Values.Any(other => other.Id != Instance.Id && other.Status == "Running" && other.ActivationKey == key))
            {
                throw new ConcurrencyConflictException($"Another running instance has the key {key}.");
            }

            rows.Instances[Instance.Id] = Instance with { Version = stored + 1 };
        }
    }

    private sealed record DefinitionSave(WorkflowDefinitionRecord Definition, List<Action<InMemoryDatabase.Rows>> Unit)
    {
        public void Apply(InMemoryDatabase.Rows rows)
        {
            var changed = Unit.Select(write => (write.Target as DefinitionSave)?.Definition.Id).ToHashSet();
            var rival = rows.Definitions.Values.FirstOrDefault(other =>
                other.DefinitionId == Definition.DefinitionId
                && other.Id != Definition.Id
                && !changed.Contains(other.Id)
                && ((other.IsLatest && Definition.IsLatest) || (other.IsPublished && Definition.IsPublished) || other.Version == Definition.Version));
            if (rival is not null)
                throw new ConcurrencyConflictException($"Version {rival.Version} of {rival.DefinitionId} is latest, published or has the same number.");
            if ((rows.Definitions.GetValueOrDefault(Definition.Id)?.Revision ?? 0) != Definition.Revision)
                throw new ConcurrencyConflictException($"Another unit changed the version {Definition.Id}.");
            rows.Definitions[Definition.Id] = Definition with { Revision = Definition.Revision + 1 };
        }
    }
}

/// <summary>Runs units of work over the database in memory, at most five times each.</summary>
public sealed class InMemoryUnitOfWorkRunner(IServiceScopeFactory scopes) : IUnitOfWorkRunner
{
    public async Task<T> RunAsync<T>(
        Func<IServiceProvider, CancellationToken, Task<UnitOfWorkResult<T>>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            try
            {
                var result = await work(scope.ServiceProvider, cancellationToken);
                if (result.IsCommitted)
                    await scope.ServiceProvider.GetRequiredService<IUnitOfWork>().CommitAsync(cancellationToken);
                return result.Value;
            }
            catch (ConcurrencyConflictException) when (attempt < 5)
            {
                // The next attempt reads fresh rows.
            }
        }
    }
}
