namespace ReleaseWorkflows.Persistence.RuntimeTables;

// One class per table, one property per column, in the order of the columns. The meaning of each is that of the engine's record of the
// same name (ReleaseWorkflows.Runtime.Storage). Times are microseconds since 1970 (Timestamps).

internal sealed class WorkflowInstanceRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public required string DefinitionVersionId { get; init; }

    public int DefinitionVersion { get; init; }

    public string? ParentInstanceId { get; init; }

    public string? CorrelationId { get; init; }

    public string? Name { get; init; }

    public required string Status { get; init; }

    public required string SubStatus { get; init; }

    public int IncidentCount { get; init; }

    public long CreatedAt { get; init; }

    public long UpdatedAt { get; init; }

    public long? FinishedAt { get; init; }

    public int Version { get; init; }

    public string? ActivationKey { get; init; }
}

/// <summary>Apart from the header, so that lists and guards never read past kilobytes of state.</summary>
internal sealed class WorkflowInstanceStateRow
{
    public long InstanceKey { get; init; }

    public required byte[] State { get; init; }
}

internal sealed class BookmarkRow
{
    /// <summary>Key of the instance and a number: see <see cref="RuntimeSchema"/>.</summary>
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string Name { get; init; }

    /// <summary>A <see cref="Database.Digest"/>.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Position among those with the same hash, in the order in which they were committed.</summary>
    public long Number { get; init; }

    public required string ActivityId { get; init; }

    public required string ActivityInstanceId { get; init; }

    public string? CorrelationId { get; init; }

    public string? Payload { get; init; }

    public long CreatedAt { get; init; }
}

internal sealed class TriggerRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public required string DefinitionVersionId { get; init; }

    public required string Name { get; init; }

    public required string ActivityId { get; init; }

    public required string Hash { get; init; }

    public string? Payload { get; init; }
}

internal sealed class TimerRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public long DueAt { get; init; }

    public string? InstanceId { get; init; }

    public string? BookmarkId { get; init; }

    public string? TriggerId { get; init; }
}

internal sealed class FanOutRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string Hash { get; init; }

    public string? CorrelationId { get; init; }

    public long AfterNumber { get; init; }

    public long LastNumber { get; init; }

    public long CreatedAt { get; init; }

    public string? Input { get; init; }

    public string? ExceptInstances { get; init; }

    public int Attempts { get; init; }

    public long DueAt { get; init; }

    public string? LastError { get; init; }

    public long? DeadAt { get; init; }
}

internal sealed class OutsideJobRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string InstanceId { get; init; }

    public required string Kind { get; init; }

    public required string Request { get; init; }

    public required string IdempotencyKey { get; init; }

    public int Attempts { get; init; }

    public long CreatedAt { get; init; }

    public long DueAt { get; init; }

    public string? LastError { get; init; }

    public string? TraceParent { get; init; }

    public string? Addressee { get; init; }
}

internal sealed class BurstRow
{
    /// <summary>Key of the instance and a number: see <see cref="RuntimeSchema"/>.</summary>
    public long Key { get; init; }

    /// <summary>Lines of the journal and executions: see <see cref="BurstText"/>; as text, or compressed as <see cref="Database.CompressedJson"/> tells.</summary>
    public required string Record { get; init; }
}

internal sealed class WorkflowDefinitionRow
{
    public long Key { get; init; }

    public required string Id { get; init; }

    public required string DefinitionId { get; init; }

    public int Version { get; init; }

    public string? Name { get; init; }

    public string? Description { get; init; }

    public bool IsLatest { get; init; }

    public bool IsPublished { get; init; }

    public bool IsReadonly { get; init; }

    public bool IsSystem { get; init; }

    public string? ToolVersion { get; init; }

    public string? ProviderName { get; init; }

    public required string MaterializerName { get; init; }

    public long CreatedAt { get; init; }

    public long ChangedAt { get; init; }

    public string? ChangedBy { get; init; }

    public long? PublishedAt { get; init; }

    public int Revision { get; init; }

    public string? SourceHash { get; init; }

    /// <summary>Last, so that lists never read past kilobytes of it.</summary>
    public required string Json { get; init; }
}

internal sealed class WorkflowDefinitionChangeRow
{
    public long Key { get; init; }

    public required string DefinitionId { get; init; }

    public required string VersionId { get; init; }

    public int Version { get; init; }

    public required string Action { get; init; }

    public string? AuthorId { get; init; }

    public string? AuthorName { get; init; }

    public long At { get; init; }
}
