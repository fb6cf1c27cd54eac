namespace ReleaseWorkflows.Runtime.Storage;

/// <summary>
/// A workflow instance as stored: a slim header that lists and guards use, and the state, which only a burst reads.
/// </summary>
public sealed record WorkflowInstanceRecord
{
    /// <summary>Public id: 16 lower-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the definition over all its versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Id of the definition version the instance runs on. Set at the start, never changed.</summary>
    public required string DefinitionVersionId { get; init; }

    /// <summary>Number of that version.</summary>
    public required int DefinitionVersion { get; init; }

    /// <summary>Instance that started this one and may wait for it, if any.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Free key that groups instances and filters stimuli; here the release id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>
    /// Key that one running instance at most can have; set at the start, never changed, free again when the instance has ended. A commit that would
    /// make a second one fails with a <see cref="ConcurrencyConflictException"/>. Null: no such key.
    /// </summary>
    public string? ActivationKey { get; init; }

    /// <summary>Human name shown in lists.</summary>
    public string? Name { get; init; }

    /// <summary>Running or Finished.</summary>
    public required string Status { get; init; }

    /// <summary>Pending, Executing, Suspended, Finished, Cancelled or Faulted.</summary>
    public required string SubStatus { get; init; }

    /// <summary>Number of incidents recorded so far.</summary>
    public int IncidentCount { get; init; }

    /// <summary>When the instance was started.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last burst was committed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When the instance ended; null while it runs.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>
    /// Number of commits that wrote this instance. Zero: not stored yet. A save states the version it was read at; the store writes
    /// version + 1, or refuses the commit when the row has moved on.
    /// </summary>
    public int Version { get; init; }

    /// <summary>The state as versioned JSON (UTF-8): contexts, variables, callbacks, incidents, input and output.</summary>
    public required ReadOnlyMemory<byte> State { get; init; }
}

/// <summary>Something an instance waits for. Its hash is what a stimulus is matched against.</summary>
/// <param name="Id">Unique id of the bookmark.</param>
/// <param name="InstanceId">Instance that waits.</param>
/// <param name="Name">Kind of stimulus: by default the type name of the activity that waits.</param>
/// <param name="Hash">Upper-case hexadecimal SHA-256 over name, stimulus and, where asked for, activity instance.</param>
/// <param name="ActivityId">Activity in the definition that waits.</param>
/// <param name="ActivityInstanceId">Execution of that activity.</param>
/// <param name="CorrelationId">Correlation id of the instance at the commit; a stimulus with another one does not match.</param>
/// <param name="PayloadJson">The stimulus as JSON, for people and for timers; null if there is none.</param>
/// <param name="CreatedAt">When the waiting began.</param>
public sealed record BookmarkRecord(
    string Id,
    string InstanceId,
    string Name,
    string Hash,
    string ActivityId,
    string ActivityInstanceId,
    string? CorrelationId,
    string? PayloadJson,
    DateTimeOffset CreatedAt);

/// <summary>A way a published definition starts. Replaced as a set whenever the published version changes.</summary>
/// <param name="Id">Unique id of the trigger.</param>
/// <param name="DefinitionId">Definition that starts.</param>
/// <param name="DefinitionVersionId">The published version the trigger was read from.</param>
/// <param name="Name">Kind of stimulus: the type name of the trigger activity.</param>
/// <param name="ActivityId">Activity at which the instance starts.</param>
/// <param name="Hash">As of a bookmark, without activity instance.</param>
/// <param name="PayloadJson">The stimulus as JSON: route and method of an HTTP endpoint, expression of a cron trigger.</param>
public sealed record TriggerRecord(
    string Id,
    string DefinitionId,
    string DefinitionVersionId,
    string Name,
    string ActivityId,
    string Hash,
    string? PayloadJson);

/// <summary>A point in time at which a bookmark is resumed or a trigger fires. Claimed by the unit of work that acts on it.</summary>
/// <param name="Id">Unique id; that of the bookmark or trigger it belongs to.</param>
/// <param name="DueAt">When it is due.</param>
/// <param name="InstanceId">Instance to resume; null for a trigger.</param>
/// <param name="BookmarkId">Bookmark to resume; null for a trigger.</param>
/// <param name="TriggerId">Trigger to fire; null for a bookmark.</param>
public sealed record TimerRecord(string Id, DateTimeOffset DueAt, string? InstanceId, string? BookmarkId, string? TriggerId);

/// <summary>One line of an instance's journal.</summary>
public sealed record JournalRecord
{
    /// <summary>Instance the line belongs to.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Position in the journal of the instance: 0, 1, 2, … over all bursts, without a gap.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Execution of the activity the line speaks of.</summary>
    public required string ActivityInstanceId { get; init; }

    /// <summary>Execution of the container of that activity.</summary>
    public string? ParentActivityInstanceId { get; init; }

    /// <summary>Id of the activity in the definition.</summary>
    public required string ActivityId { get; init; }

    /// <summary>Ids from the workflow down to the activity, joined with a colon.</summary>
    public required string ActivityNodeId { get; init; }

    /// <summary>Type name of the activity.</summary>
    public required string ActivityType { get; init; }

    /// <summary>Version of the activity type.</summary>
    public required int ActivityTypeVersion { get; init; }

    /// <summary>Name of the activity, if it has one.</summary>
    public string? ActivityName { get; init; }

    /// <summary>Started, Completed, Suspended, Resumed, Faulted, Canceled, Precondition Failed, or the activity's own.</summary>
    public required string EventName { get; init; }

    /// <summary>Sentence for people.</summary>
    public string? Message { get; init; }

    /// <summary>Where it was written: file and line.</summary>
    public string? Source { get; init; }

    /// <summary>Further data as JSON.</summary>
    public string? PayloadJson { get; init; }
}

/// <summary>One execution of an activity, kept for the instance viewer. Written at every commit that changed it.</summary>
public sealed record ActivityExecutionRecord
{
    /// <summary>Id of the execution.</summary>
    public required string Id { get; init; }

    /// <summary>Instance it belongs to.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Id of the activity in the definition.</summary>
    public required string ActivityId { get; init; }

    /// <summary>Ids from the workflow down to the activity, joined with a colon.</summary>
    public required string ActivityNodeId { get; init; }

    /// <summary>Type name of the activity.</summary>
    public required string ActivityType { get; init; }

    /// <summary>Version of the activity type.</summary>
    public required int ActivityTypeVersion { get; init; }

    /// <summary>Name of the activity, if it has one.</summary>
    public string? ActivityName { get; init; }

    /// <summary>Pending, Running, Completed, Canceled or Faulted.</summary>
    public required string Status { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null while it runs or waits.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>True while it waits for a stimulus.</summary>
    public bool HasBookmarks { get; init; }

    /// <summary>Faults of the execution and of everything below it.</summary>
    public int AggregateFaultCount { get; init; }

    /// <summary>Execution that scheduled this one; null for the workflow itself.</summary>
    public string? SchedulingActivityExecutionId { get; init; }

    /// <summary>Activity that scheduled this one; null for the workflow itself.</summary>
    public string? SchedulingActivityId { get; init; }

    /// <summary>Number of executions between the workflow and this one.</summary>
    public int CallStackDepth { get; init; }

    /// <summary>
    /// Evaluated inputs (<c>inputs</c>), outputs (<c>outputs</c>), data for people (<c>journal</c>) and exception as one JSON object. Values of
    /// sensitive inputs are masked, long ones shortened. A member that a later record leaves out stays as it was.
    /// </summary>
    public string? DetailsJson { get; init; }
}

/// <summary>One version of a workflow definition.</summary>
public sealed record WorkflowDefinitionRecord
{
    /// <summary>Id of this version.</summary>
    public required string Id { get; init; }

    /// <summary>Id of the definition over all its versions.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>1, 2, 3, …</summary>
    public required int Version { get; init; }

    /// <summary>Human name.</summary>
    public string? Name { get; init; }

    /// <summary>True for the newest version, draft or not.</summary>
    public required bool IsLatest { get; init; }

    /// <summary>True for the version that new instances run on; at most one per definition.</summary>
    public required bool IsPublished { get; init; }

    /// <summary>What the workflow is for.</summary>
    public string? Description { get; init; }

    /// <summary>When this version was stored first.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its text was changed last; a draft is changed in place.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Name of the account that changed its text last; null if it comes from a file or from code.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>
    /// When it was published first; null if it never was. From then on its text is never changed: instances run on it. Saving makes a new version.
    /// </summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>True if Studio only shows it.</summary>
    public bool IsReadonly { get; init; }

    /// <summary>True if lists for people leave it out.</summary>
    public bool IsSystem { get; init; }

    /// <summary>Version of the tool it was made with, as it says itself.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>What supplies the definition, for example <c>CLR</c> for one written in code; null if it is only stored.</summary>
    public string? ProviderName { get; init; }

    /// <summary>What its text is turned into a workflow with: <c>Json</c>.</summary>
    public string MaterializerName { get; init; } = "Json";

    /// <summary>
    /// Number of commits that wrote this version. Zero: not stored yet. A save states the revision it was read at; the store writes
    /// revision + 1, or refuses the commit when the row has moved on.
    /// </summary>
    public int Revision { get; init; }

    /// <summary>SHA-256 (hexadecimal) of the file this version was loaded from; null when it was made in Studio or in code.</summary>
    public string? SourceHash { get; init; }

    /// <summary>The definition as it was written: Elsa's JSON, unknown members included.</summary>
    public required string Json { get; init; }
}
