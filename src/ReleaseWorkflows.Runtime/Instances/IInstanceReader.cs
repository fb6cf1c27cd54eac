using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// Instances as people look at them: lists, the journal, what each activity did. Reads committed rows and changes nothing.
/// </summary>
/// <remarks>
/// Life of what is shown here: a burst records the header and the state of the instance, and one row with the lines of the journal and the executions it
/// changed. Lists read headers alone; journal and executions are put together from the rows of the instance's bursts. After the end of the
/// instance the rows of its bursts go by <see cref="JournalRetentionOptions"/>; header and state stay.
/// Safe for concurrent use; a singleton.
/// </remarks>
public interface IInstanceReader
{
    /// <summary>A page of instances, without their states.</summary>
    ValueTask<InstancePage> ListAsync(InstanceQuery query, CancellationToken cancellationToken);

    /// <summary>The ids of all definitions, in order: lists are narrowed by what a caller may see of them.</summary>
    ValueTask<IReadOnlyList<string>> ListDefinitionIdsAsync(CancellationToken cancellationToken);

    /// <summary>The instance with its state, or null.</summary>
    ValueTask<WorkflowInstanceRecord?> FindAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>The instance without its state, or null.</summary>
    ValueTask<WorkflowInstanceRecord?> FindHeaderAsync(string instanceId, CancellationToken cancellationToken);

    /// <summary>Lines of the journal of an instance, in the order in which they were written. Empty if there is no such instance.</summary>
    ValueTask<JournalPage> ReadJournalAsync(string instanceId, JournalQuery query, CancellationToken cancellationToken);

    /// <summary>The executions of activities of an instance, each as it was left last, in the order in which they began.</summary>
    ValueTask<IReadOnlyList<ActivityExecutionRecord>> ReadExecutionsAsync(string instanceId, CancellationToken cancellationToken);
}

/// <summary>A page of instances.</summary>
/// <param name="Items">The instances; <see cref="WorkflowInstanceRecord.State"/> is empty.</param>
/// <param name="TotalCount">How many there are on all pages; counting stops at <see cref="InstanceQuery.MaxCount"/>.</param>
public sealed record InstancePage(IReadOnlyList<WorkflowInstanceRecord> Items, int TotalCount);

/// <summary>Some lines of a journal.</summary>
/// <param name="Items">The lines.</param>
/// <param name="TotalCount">How many lines fit the query in all.</param>
public sealed record JournalPage(IReadOnlyList<JournalRecord> Items, int TotalCount);

/// <summary>Which lines of a journal are wanted. What is null does not narrow.</summary>
public sealed record JournalQuery
{
    /// <summary>Only lines about these activities.</summary>
    public IReadOnlyCollection<string>? ActivityIds { get; init; }

    /// <summary>Only lines about the activities with these node ids.</summary>
    public IReadOnlyCollection<string>? ActivityNodeIds { get; init; }

    /// <summary>No lines about activities of these types.</summary>
    public IReadOnlyCollection<string>? ExcludedActivityTypes { get; init; }

    /// <summary>Only lines of these events.</summary>
    public IReadOnlyCollection<string>? EventNames { get; init; }

    /// <summary>Number of lines to pass over. Default: 0.</summary>
    public int Skip { get; init; }

    /// <summary>Largest number of lines to answer. Default: 100.</summary>
    public int Take { get; init; } = 100;

    /// <summary>True if the line fits, apart from <see cref="Skip"/> and <see cref="Take"/>.</summary>
    public bool Fits(JournalRecord line) =>
        (ActivityIds is null || ActivityIds.Contains(line.ActivityId))
        && (ActivityNodeIds is null || ActivityNodeIds.Contains(line.ActivityNodeId))
        && (ExcludedActivityTypes is null || !ExcludedActivityTypes.Contains(line.ActivityType))
        && (EventNames is null || EventNames.Contains(line.EventName));
}
