namespace Elsa.Workflows.Models;

/// <summary>Identifies a version of a workflow definition.</summary>
/// <param name="DefinitionId">Id of the definition over all its versions.</param>
/// <param name="Version">Number of the version.</param>
/// <param name="Id">Id of the version.</param>
/// <param name="TenantId">Tenant; one tenant is served, so it is only carried along.</param>
public record WorkflowIdentity(string DefinitionId, int Version, string Id, string? TenantId = null);

/// <summary>Whether a version is in use.</summary>
/// <param name="IsLatest">True for the newest version.</param>
/// <param name="IsPublished">True for the version new instances run on.</param>
public record WorkflowPublication(bool IsLatest, bool IsPublished);

/// <summary>What people are told about a workflow.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is for.</param>
/// <param name="CreatedAt">When the version was made.</param>
/// <param name="ToolVersion">Version of the tool it was made with.</param>
public record WorkflowMetadata(
    string? Name = null, string? Description = null, DateTimeOffset CreatedAt = default, Version? ToolVersion = null);

/// <summary>Settings of a workflow.</summary>
public class WorkflowOptions
{
    /// <summary>Decides whether a new instance may start. Null: always.</summary>
    public Type? ActivationStrategyType { get; set; }

    /// <summary>True if the published version can be used as an activity of other workflows.</summary>
    public bool? UsableAsActivity { get; set; }

    /// <summary>True if workflows that use this one follow it to new versions.</summary>
    public bool AutoUpdateConsumingWorkflows { get; set; }

    /// <summary>Group of the palette.</summary>
    public string? ActivityCategory { get; set; }

    /// <summary>Decides what an incident does to the instance. Null: the engine's default.</summary>
    public Type? IncidentStrategyType { get; set; }

    /// <summary>Name of a commit strategy. Read and kept; a burst commits once, at its end.</summary>
    public string? CommitStrategyName { get; set; }
}

/// <summary>Names an activity of a workflow in one of several ways.</summary>
public class ActivityHandle
{
    /// <summary>Id of the activity.</summary>
    public string? ActivityId { get; set; }

    /// <summary>Node id of the activity.</summary>
    public string? ActivityNodeId { get; set; }

    /// <summary>Id of an execution of the activity.</summary>
    public string? ActivityInstanceId { get; set; }

    /// <summary>Hash of the node id.</summary>
    public string? ActivityHash { get; set; }

    /// <summary>Names an activity by its id.</summary>
    public static ActivityHandle FromActivityId(string activityId) => new() { ActivityId = activityId };

    /// <summary>Names an activity by its node id.</summary>
    public static ActivityHandle FromActivityNodeId(string activityNodeId) => new() { ActivityNodeId = activityNodeId };

    /// <summary>Names an activity by one of its executions.</summary>
    public static ActivityHandle FromActivityInstanceId(string activityInstanceId) => new() { ActivityInstanceId = activityInstanceId };
}

/// <summary>A line of the journal, as written in this burst.</summary>
/// <param name="ActivityInstanceId">Execution it speaks of.</param>
/// <param name="ParentActivityInstanceId">Execution of the container.</param>
/// <param name="ActivityId">Id of the activity.</param>
/// <param name="ActivityType">Type of the activity.</param>
/// <param name="ActivityTypeVersion">Version of the type.</param>
/// <param name="ActivityName">Name of the activity.</param>
/// <param name="NodeId">Node id of the activity.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Sequence">Position in the journal of the instance.</param>
/// <param name="EventName">What happened.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Source">Where it was written.</param>
/// <param name="Payload">Further data.</param>
public record WorkflowExecutionLogEntry(
    string ActivityInstanceId,
    string? ParentActivityInstanceId,
    string ActivityId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    string NodeId,
    DateTimeOffset Timestamp,
    long Sequence,
    string? EventName,
    string? Message,
    string? Source,
    object? Payload);
