using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Runtime;

/// <summary>
/// Starts, resumes and cancels workflow instances inside the current unit of work.
/// </summary>
/// <remarks>
/// <para>
/// Scoped: one engine per unit of work. Every method runs its bursts to their next wait and collects what they changed; nothing is stored
/// before the unit of work commits, and a unit that is discarded leaves no trace. Methods may be called from activities: an instance
/// started by an activity is part of the same unit of work.
/// </para>
/// <para>
/// An exception thrown by an activity does not come out of these methods: it becomes an incident of the instance. What does come out is
/// <see cref="OperationCanceledException"/>, and whatever a store throws.
/// </para>
/// </remarks>
public interface IWorkflowEngine
{
    /// <summary>Starts an instance and runs its first burst.</summary>
    /// <exception cref="WorkflowNotFoundException">There is no such definition, or it has no published version.</exception>
    /// <exception cref="WorkflowNotStartedException">The definition's activation strategy does not allow another instance now.</exception>
    Task<WorkflowRun> StartAsync(StartWorkflow start, CancellationToken cancellationToken = default);

    /// <summary>
    /// Starts every definition that has a trigger on the stimulus and whose activation strategy allows it, and resumes every instance that waits for it. Where more
    /// wait than <see cref="WorkflowRuntimeOptions.ResumptionsPerUnit"/>, the stimulus is stored, and they go on in units of work of their own after this one
    /// has committed (<see cref="StimulusOutcome.IsSpread"/>).
    /// </summary>
    Task<StimulusOutcome> SignalAsync(Stimulus stimulus, CancellationToken cancellationToken = default);

    /// <summary>Resumes an instance at one of its bookmarks.</summary>
    /// <param name="instanceId">The instance.</param>
    /// <param name="bookmarkId">The bookmark.</param>
    /// <param name="input">Inputs of the burst.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What became of the instance; null if it does not wait at this bookmark (any more).</returns>
    Task<WorkflowRun?> ResumeAsync(
        string instanceId, string bookmarkId, IReadOnlyDictionary<string, object?>? input = null, CancellationToken cancellationToken = default);

    /// <summary>Cancels an instance and the instances it started. An instance that has ended stays as it is.</summary>
    /// <returns>True if the instance was running.</returns>
    Task<bool> CancelAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes an instance with everything recorded of it; one that runs is cancelled first. Refused while an <see cref="IInstanceProtection"/> speaks for it.
    /// </summary>
    Task<InstanceDeletion> DeleteAsync(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>Sets variables of an instance that runs, by their reference ids. Ids that nothing declares are passed over.</summary>
    /// <returns>False if there is no such instance or it has ended; it has no use for variables any more.</returns>
    /// <exception cref="ValueConversionException">A value does not fit the type of its variable; nothing is changed.</exception>
    Task<bool> SetVariablesAsync(
        string instanceId, IReadOnlyDictionary<string, object?> values, CancellationToken cancellationToken = default);

    /// <summary>
    /// Runs the activities again that failed, and whatever was still to run when the instance faulted. Bookmarks of other branches wait again.
    /// An instance that went on with incidents can be tried again while it waits.
    /// </summary>
    /// <returns>What became of the instance; null if there is no such instance or nothing in it has failed.</returns>
    /// <exception cref="WorkflowNotStartedException">
    /// The activation strategy allows one running instance, and another one runs; or an <see cref="IInstanceProtection"/> says that something else has
    /// taken its place.
    /// </exception>
    Task<WorkflowRun?> RetryAsync(string instanceId, CancellationToken cancellationToken = default);
}

/// <summary>A request to start an instance.</summary>
public sealed record StartWorkflow
{
    /// <summary>The definition; its published version is started. Either this or <see cref="VersionId"/>.</summary>
    public string? DefinitionId { get; init; }

    /// <summary>A version to start, published or not.</summary>
    public string? VersionId { get; init; }

    /// <summary>Id of the new instance. Default: a new one.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Free key that groups instances and filters stimuli.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Human name of the instance.</summary>
    public string? Name { get; init; }

    /// <summary>Inputs of the workflow, kept with the instance.</summary>
    public IReadOnlyDictionary<string, object?>? Input { get; init; }

    /// <summary>Values that variables of the workflow have at the start, by name; a name that is not declared becomes a variable.</summary>
    public IReadOnlyDictionary<string, object?>? Variables { get; init; }

    /// <summary>Activity at which the instance starts. Default: the workflow's own beginning.</summary>
    public string? TriggerActivityId { get; init; }

    /// <summary>Instance that starts this one.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>Properties set on the instance before it runs.</summary>
    public IReadOnlyDictionary<string, object?>? Properties { get; init; }
}

/// <summary>What became of an instance in a burst.</summary>
public sealed record WorkflowRun
{
    /// <summary>Id of the instance.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Its definition.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>Id of the version it runs on.</summary>
    public required string DefinitionVersionId { get; init; }

    /// <summary>Number of that version.</summary>
    public required int DefinitionVersion { get; init; }

    /// <summary>Running or finished.</summary>
    public required WorkflowStatus Status { get; init; }

    /// <summary>Where the instance stands, in detail.</summary>
    public required WorkflowSubStatus SubStatus { get; init; }

    /// <summary>Its correlation id.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Outputs of the workflow.</summary>
    public required IReadOnlyDictionary<string, object> Output { get; init; }

    /// <summary>What went wrong so far.</summary>
    public required IReadOnlyList<ActivityIncident> Incidents { get; init; }

    /// <summary>What the instance waits for.</summary>
    public required IReadOnlyList<Bookmark> Bookmarks { get; init; }
}

/// <summary>Something that happened, for triggers to start on and bookmarks to wait for.</summary>
public sealed record Stimulus
{
    /// <summary>Kind of stimulus: by default the type name of the activity that waits for it, for example <c>Elsa.Event</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What is matched: a record or a string, exactly as the activity gave it. See <c>IStimulusHasher</c>.</summary>
    public object? Payload { get; init; }

    /// <summary>The hash of name and payload, if it is known already.</summary>
    public string? Hash { get; init; }

    /// <summary>Given: only instances with this correlation id are resumed, and a new one gets it.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>Given: only this instance is resumed, and no new one starts.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Given: only this bookmark is resumed, and no new instance starts.</summary>
    public string? BookmarkId { get; init; }

    /// <summary>Given: only a bookmark of this execution of an activity is resumed, and no new instance starts.</summary>
    public string? ActivityInstanceId { get; init; }

    /// <summary>Inputs of the bursts.</summary>
    public IReadOnlyDictionary<string, object?>? Input { get; init; }

    /// <summary>Parent of an instance that starts.</summary>
    public string? ParentInstanceId { get; init; }

    /// <summary>True if it is addressed to nobody in particular.</summary>
    internal bool IsForAll => this is { InstanceId: null, BookmarkId: null, ActivityInstanceId: null };
}

/// <summary>What a stimulus moved.</summary>
/// <param name="Started">Instances that started, in the order of their definitions' triggers.</param>
/// <param name="Resumed">Instances that went on, in the order of their bookmarks; one that waited twice is there twice.</param>
public sealed record StimulusOutcome(IReadOnlyList<WorkflowRun> Started, IReadOnlyList<WorkflowRun> Resumed)
{
    /// <summary>True if so many wait that they go on in units of work of their own.</summary>
    public bool IsSpread { get; init; }

    /// <summary>True if nothing started and nothing waited.</summary>
    public bool IsUnheard => Started.Count == 0 && Resumed.Count == 0 && !IsSpread;
}

/// <summary>A workflow definition that should run does not exist or is not published.</summary>
public sealed class WorkflowNotFoundException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public WorkflowNotFoundException()
    {
    }

    /// <summary>Creates the exception with a sentence that names the definition.</summary>
    public WorkflowNotFoundException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a sentence that names the definition, and the cause.</summary>
    public WorkflowNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The activation strategy of a definition does not allow another instance while one runs.</summary>
public sealed class WorkflowNotStartedException : Exception
{
    /// <summary>Creates the exception without details.</summary>
    public WorkflowNotStartedException()
    {
    }

    /// <summary>Creates the exception with a sentence that names the definition.</summary>
    public WorkflowNotStartedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a sentence that names the definition, and the cause.</summary>
    public WorkflowNotStartedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
