using Elsa.Workflows;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>Which instances are wanted, in which order, and which page of them. What is null or empty does not narrow.</summary>
public sealed record InstanceQuery
{
    /// <summary>Largest page.</summary>
    public const int MaxPageSize = 1000;

    /// <summary>Where counting stops: a page of a million instances costs no more than one of ten thousand.</summary>
    public const int MaxCount = 10_000;

    /// <summary>
    /// The id of an instance, its correlation id or that of its definition, as a whole; if none has it, a part of the name, without regard
    /// to the case of English letters.
    /// </summary>
    public string? SearchTerm { get; init; }

    /// <summary>Only these instances.</summary>
    public IReadOnlyCollection<string>? Ids { get; init; }

    /// <summary>Only instances of these definitions.</summary>
    public IReadOnlyCollection<string>? DefinitionIds { get; init; }

    /// <summary>Only instances of these versions of definitions.</summary>
    public IReadOnlyCollection<string>? DefinitionVersionIds { get; init; }

    /// <summary>Only instances of the version with this number.</summary>
    public int? Version { get; init; }

    /// <summary>Only instances with one of these correlation ids.</summary>
    public IReadOnlyCollection<string>? CorrelationIds { get; init; }

    /// <summary>Only instances with one of these names.</summary>
    public IReadOnlyCollection<string>? Names { get; init; }

    /// <summary>Only instances that stand like this; <see cref="WorkflowStatus.Running"/> is every one of its sub-statuses.</summary>
    public IReadOnlyCollection<WorkflowStatus>? Statuses { get; init; }

    /// <summary>Only instances that stand like this, in detail.</summary>
    public IReadOnlyCollection<WorkflowSubStatus>? SubStatuses { get; init; }

    /// <summary>Only instances that belong to somebody.</summary>
    public InstanceOwners? Owners { get; init; }

    /// <summary>Only instances with incidents, or only those without.</summary>
    public bool? HasIncidents { get; init; }

    /// <summary>Bounds of times; an instance has to keep all of them.</summary>
    public IReadOnlyCollection<InstanceTimeFilter>? Times { get; init; }

    /// <summary>The order. Default: as they were created.</summary>
    public InstanceOrder OrderBy { get; init; }

    /// <summary>True: the newest, or the last of the order, first. Default.</summary>
    public bool IsDescending { get; init; } = true;

    /// <summary>Number of instances to pass over. Default: 0.</summary>
    public int Skip { get; init; }

    /// <summary>Size of the page, 1 to <see cref="MaxPageSize"/>. Default: 100.</summary>
    public int Take { get; init; } = 100;

    /// <summary>The sub-statuses that <see cref="Statuses"/> and <see cref="SubStatuses"/> allow together; null if they do not narrow.</summary>
    public IReadOnlyList<WorkflowSubStatus>? AllowedSubStatuses()
    {
        var hasStatuses = Statuses is { Count: > 0 };
        if (!hasStatuses && SubStatuses is not { Count: > 0 })
            return null;

        return
        [
            .. Enum.GetValues<WorkflowSubStatus>().Where(candidate =>
                (!hasStatuses || Statuses!.Contains(StatusOf(candidate))) && (SubStatuses is not { Count: > 0 } wanted || wanted.Contains(candidate))),
        ];
    }

    private static WorkflowStatus StatusOf(WorkflowSubStatus subStatus) =>
        subStatus is WorkflowSubStatus.Finished or WorkflowSubStatus.Cancelled or WorkflowSubStatus.Faulted ? WorkflowStatus.Finished : WorkflowStatus.Running;
}

/// <summary>
/// Whose instances are wanted, where a definition is shared by many. An instance belongs to the owners of its definition, and to those of what it carries,
/// its correlation id; so does one that was started by such an instance. What belongs to whom is the host's knowledge, and the store's.
/// </summary>
/// <param name="Keys">Owners of what instances carry.</param>
/// <param name="DefinitionIds">Definitions all of whose instances are wanted.</param>
public sealed record InstanceOwners(IReadOnlyCollection<string> Keys, IReadOnlyCollection<string> DefinitionIds);

/// <summary>By what instances are ordered. Ties, and everything else, by when they were created.</summary>
public enum InstanceOrder
{
    /// <summary>When they were created. A page costs the same wherever it lies.</summary>
    Created,

    /// <summary>When they last moved.</summary>
    Updated,

    /// <summary>When they ended; running ones count as the earliest.</summary>
    Finished,

    /// <summary>Their names.</summary>
    Name,
}

/// <summary>A time of an instance.</summary>
public enum InstanceTime
{
    /// <summary>When it was created.</summary>
    CreatedAt,

    /// <summary>When it last moved.</summary>
    UpdatedAt,

    /// <summary>When it ended.</summary>
    FinishedAt,
}

/// <summary>How a time is compared with a bound.</summary>
public enum TimeComparison
{
    /// <summary>The same moment.</summary>
    Is,

    /// <summary>Another moment.</summary>
    IsNot,

    /// <summary>Later.</summary>
    GreaterThan,

    /// <summary>Later or the same.</summary>
    GreaterThanOrEqual,

    /// <summary>Earlier.</summary>
    LessThan,

    /// <summary>Earlier or the same.</summary>
    LessThanOrEqual,
}

/// <summary>A bound of a time of an instance.</summary>
/// <param name="Time">Which time.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Bound">With what.</param>
public sealed record InstanceTimeFilter(InstanceTime Time, TimeComparison Comparison, DateTimeOffset Bound);
