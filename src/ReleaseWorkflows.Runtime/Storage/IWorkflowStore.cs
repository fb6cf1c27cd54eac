namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>
/// The engine's rows inside one unit of work. Every method that changes something only collects it; <see cref="IUnitOfWork.CommitAsync"/>
/// applies all of it at once. Every query sees what this unit of work has collected.
/// </summary>
/// <remarks>Defined by <c>WorkflowStoreConformance</c> in the tests: each implementation passes the same suite.</remarks>
public interface IWorkflowStore
{
    /// <summary>The instance with its state, or null.</summary>
    ValueTask<WorkflowInstanceRecord?> FindInstanceAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>
    /// Stores the instance. <see cref="WorkflowInstanceRecord.Version"/> is the version it was read at (0: new); the commit fails with a
    /// <see cref="ConcurrencyConflictException"/> if the row has another one by then. Saving twice in one unit keeps the last state.
    /// </summary>
    void SaveInstance(WorkflowInstanceRecord instance);

    /// <summary>
    /// Removes an instance with its state, journal and executions. The commit fails with a <see cref="ConcurrencyConflictException"/> if the row
    /// is gone or has another version than <paramref name="version"/>, the one it was read at. Bookmarks and jobs of a running instance go
    /// when it is cancelled, which has to come before, in the same unit or an earlier one.
    /// </summary>
    void RemoveInstance(string instanceId, int version);

    /// <summary>Running instances (all, or those with this correlation id) of a definition; for activation strategies and cascades.</summary>
    ValueTask<IReadOnlyList<string>> FindRunningInstancesAsync(
        string? definitionId, string? correlationId, string? parentInstanceId, CancellationToken cancellationToken);

    /// <summary>Bookmarks with this hash, in the order they were created. The filters narrow it when given.</summary>
    ValueTask<IReadOnlyList<BookmarkRecord>> FindBookmarksAsync(
        string hash, string? correlationId, string? instanceId, CancellationToken cancellationToken);

    /// <summary>
    /// Bookmarks of a range in the order of their numbers, at most <paramref name="limit"/> of them; then those that this unit of work has made, which have no
    /// number yet.
    /// </summary>
    ValueTask<IReadOnlyList<NumberedBookmark>> FindBookmarksAsync(BookmarkRange range, int limit, CancellationToken cancellationToken);

    /// <summary>The highest number of a stored bookmark with this hash; null if there is none.</summary>
    ValueTask<long?> FindLastBookmarkNumberAsync(string hash, CancellationToken cancellationToken);

    /// <summary>Stores a stimulus that is told to its bookmarks later.</summary>
    void AddFanOut(FanOutRecord fanOut);

    /// <summary>
    /// Stimuli with bookmarks that have not heard them yet and that are due at <paramref name="now"/>, the earliest first, at most <paramref name="limit"/> of them.
    /// Committed ones only; without those that were given up.
    /// </summary>
    ValueTask<IReadOnlyList<FanOutRecord>> FindFanOutsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>When the next committed stimulus is due that was not given up; null if there is none.</summary>
    ValueTask<DateTimeOffset?> FindNextFanOutAsync(CancellationToken cancellationToken);

    /// <summary>Stimuli that were given up, the latest first, at most <paramref name="limit"/> of them. Committed ones only.</summary>
    ValueTask<IReadOnlyList<FanOutRecord>> ListGivenUpFanOutsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The stimulus with this id as it is committed; null once all its bookmarks have heard it.</summary>
    ValueTask<FanOutRecord?> FindFanOutAsync(string fanOutId, CancellationToken cancellationToken);

    /// <summary>
    /// Notes that the bookmarks up to <paramref name="after"/> have heard the stimulus; the end of its range removes it. The commit fails with a
    /// <see cref="ConcurrencyConflictException"/> if another unit has told it to them.
    /// </summary>
    /// <param name="fanOut">The stimulus as it was read.</param>
    /// <param name="after">Number of the last bookmark that hears it in this unit.</param>
    void MoveFanOut(FanOutRecord fanOut, long after);

    /// <summary>
    /// Changes attempts, due time, last error and end of a stimulus. The commit fails with a <see cref="ConcurrencyConflictException"/> if another unit has told
    /// it on, or has tried it since.
    /// </summary>
    /// <param name="fanOut">The stimulus as it is to be.</param>
    /// <param name="readAttempts">Its attempts as they were read.</param>
    void UpdateFanOut(FanOutRecord fanOut, int readAttempts);

    /// <summary>The bookmark with this id, or null. Walks through all bookmarks: where the instance is known, ask for its bookmarks.</summary>
    ValueTask<BookmarkRecord?> FindBookmarkAsync(string bookmarkId, CancellationToken cancellationToken);

    /// <summary>All bookmarks of an instance, in the order they were created.</summary>
    ValueTask<IReadOnlyList<BookmarkRecord>> FindInstanceBookmarksAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Stores a new bookmark.</summary>
    void AddBookmark(BookmarkRecord bookmark);

    /// <summary>
    /// Removes a bookmark, and its timer if it has one. The commit fails with a <see cref="ConcurrencyConflictException"/> if the row is
    /// already gone, so that a bookmark acts once.
    /// </summary>
    /// <param name="instanceId">The instance it belongs to.</param>
    /// <param name="bookmarkId">The bookmark.</param>
    /// <param name="hash">What it waited for, where that is at hand: a new bookmark of the instance that waits for the same may then take its place among those who do.</param>
    void RemoveBookmark(string instanceId, string bookmarkId, string? hash = null);

    /// <summary>Triggers with this hash.</summary>
    ValueTask<IReadOnlyList<TriggerRecord>> FindTriggersAsync(string hash, CancellationToken cancellationToken);

    /// <summary>All triggers of this name (an activity type), for example every HTTP endpoint.</summary>
    ValueTask<IReadOnlyList<TriggerRecord>> ListTriggersAsync(string name, CancellationToken cancellationToken);

    /// <summary>Replaces the triggers of a definition, and removes the timers of the former ones; an empty list removes them all.</summary>
    void ReplaceTriggers(string definitionId, IReadOnlyList<TriggerRecord> triggers);

    /// <summary>Stores a timer; one with the same id is replaced.</summary>
    void SetTimer(TimerRecord timer);

    /// <summary>Timers due at or before <paramref name="now"/>, the earliest first, at most <paramref name="limit"/> of them.</summary>
    ValueTask<IReadOnlyList<TimerRecord>> FindDueTimersAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>When the next timer is due, or null if there is none.</summary>
    ValueTask<DateTimeOffset?> FindNextTimerAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes a timer: the unit of work that commits this is the one that acts. The commit fails with a
    /// <see cref="ConcurrencyConflictException"/> if another unit took it.
    /// </summary>
    void RemoveTimer(string timerId);

    /// <summary>Appends lines to journals.</summary>
    void AppendJournal(IReadOnlyList<JournalRecord> entries);

    /// <summary>Stores executions of activities; one with the same id is replaced.</summary>
    void SaveActivityExecutions(IReadOnlyList<ActivityExecutionRecord> executions);

    /// <summary>The definition version with this id, or null.</summary>
    ValueTask<WorkflowDefinitionRecord?> FindDefinitionVersionAsync(string versionId, CancellationToken cancellationToken);

    /// <summary>All versions of a definition, the newest first; empty if there is no such definition.</summary>
    ValueTask<IReadOnlyList<WorkflowDefinitionRecord>> ListDefinitionVersionsAsync(string definitionId, CancellationToken cancellationToken);

    /// <summary>The published version of every definition that has one.</summary>
    ValueTask<IReadOnlyList<WorkflowDefinitionRecord>> ListPublishedDefinitionsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores a definition version (new, or changed flags and text of an existing one). The commit fails with a
    /// <see cref="ConcurrencyConflictException"/> if the version was changed since it was read (<see cref="WorkflowDefinitionRecord.Revision"/>),
    /// or if another version of the definition is latest or published and not changed in the same unit.
    /// </summary>
    void SaveDefinition(WorkflowDefinitionRecord definition);

    /// <summary>
    /// Removes a definition version. The commit fails with a <see cref="ConcurrencyConflictException"/> if it was changed since it was read.
    /// </summary>
    void RemoveDefinition(WorkflowDefinitionRecord definition);

    /// <summary>
    /// Versions for a list, without their text, and how many there are over all pages. Committed rows only: what this unit has collected is left out.
    /// </summary>
    ValueTask<DefinitionList> ListDefinitionsAsync(DefinitionQuery query, CancellationToken cancellationToken);

    /// <summary>True if an instance runs on this version.</summary>
    ValueTask<bool> IsVersionRunningAsync(WorkflowDefinitionRecord definition, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps who did what to a version. Saves of one draft by one account in a row are kept as one.
    /// </summary>
    void AddDefinitionChange(DefinitionChangeRecord change);

    /// <summary>What was done to a definition and by whom, the newest first, at most <paramref name="limit"/> entries; deleted versions included.</summary>
    ValueTask<IReadOnlyList<DefinitionChangeRecord>> ListDefinitionChangesAsync(string definitionId, int limit, CancellationToken cancellationToken);
}
