namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Descriptors;

/// <summary>The strategies and drivers that editors let choose from, under the names Elsa gives them.</summary>
internal static class StrategyEndpoints
{
    private static readonly StorageDriver[] Drivers =
    [
        new("Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core", "Workflow Instance", 5, false),
        new("Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core", "Memory", 0, false),
        new("Elsa.Workflows.Services.WorkflowStorageDriver, Elsa.Workflows.Core", "Workflow", -1, true),
    ];

    private static readonly Strategy[] Incidents =
    [
        new("Continue with incidents", "The workflow goes on where it can; the incident is recorded.", "ContinueWithIncidentsStrategy"),
        new("Fault", "The whole workflow is faulted, and nothing further of it runs until somebody retries it.", "FaultStrategy"),
    ];

    private static readonly Strategy[] Activations =
    [
        new("Always", "A new instance may always start.", "Elsa.Workflows.ActivationValidators.AllowAlwaysStrategy, Elsa.Workflows.Core"),
        new("Correlated singleton", "Only while no instance of this definition runs with the same correlation id.",
            "Elsa.Workflows.Runtime.ActivationValidators.CorrelatedSingletonStrategy, Elsa.Workflows.Runtime"),
        new("Correlation", "Only while no instance of any definition runs with the same correlation id.",
            "Elsa.Workflows.Runtime.ActivationValidators.CorrelationStrategy, Elsa.Workflows.Runtime"),
        new("Singleton", "Only while no instance of this definition runs.", "Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime"),
    ];

    private static readonly Strategy[] LogPersistence =
    [
        new("Configuration", "As the settings of the server say.", "Elsa.Workflows.LogPersistence.Strategies.Configuration, Elsa.Workflows.Core"),
        new("Exclude", "Nothing is kept.", "Elsa.Workflows.LogPersistence.Strategies.Exclude, Elsa.Workflows.Core"),
        new("Include", "Everything is kept.", "Elsa.Workflows.LogPersistence.Strategies.Include, Elsa.Workflows.Core"),
        new("Inherit", "As the container says.", "Elsa.Workflows.LogPersistence.Strategies.Inherit, Elsa.Workflows.Core"),
    ];

    // Read and kept. A burst is committed once, with all its consequences, whatever a definition asks for.
    private static readonly Commit[] WorkflowCommits =
    [
        new("WorkflowExecuting", "Commit Before Workflow Execution", "Kept for other servers; here a burst is committed once, at its end."),
        new("WorkflowExecuted", "Commit After Workflow Execution", "Kept for other servers; here a burst is committed once, at its end."),
        new("ActivityExecuting", "Commit Before Activity Execution", "Kept for other servers; here a burst is committed once, at its end."),
        new("ActivityExecuted", "Commit After Activity Execution", "Kept for other servers; here a burst is committed once, at its end."),
    ];

    private static readonly Commit[] ActivityCommits =
    [
        new("CommitAlways", "Commit Before And After", "Kept for other servers; here a burst is committed once, at its end."),
        new("CommitNever", "Commit Later", "Kept for other servers; here a burst is committed once, at its end."),
        new("Executing", "Commit Before", "Kept for other servers; here a burst is committed once, at its end."),
        new("Executed", "Commit After", "Kept for other servers; here a burst is committed once, at its end."),
    ];

    /// <summary>Where values of variables are kept.</summary>
    public static Task<StudioAnswer> ListStorageDriversAsync(StudioRequest request) => List(Drivers);

    /// <summary>What an incident does to an instance.</summary>
    public static Task<StudioAnswer> ListIncidentStrategiesAsync(StudioRequest request) => List(Incidents);

    /// <summary>Whether another instance may start.</summary>
    public static Task<StudioAnswer> ListActivationStrategiesAsync(StudioRequest request) => List(Activations);

    /// <summary>What the record of an execution keeps.</summary>
    public static Task<StudioAnswer> ListLogPersistenceStrategiesAsync(StudioRequest request) => List(LogPersistence);

    /// <summary>When a workflow is committed.</summary>
    public static Task<StudioAnswer> ListWorkflowCommitStrategiesAsync(StudioRequest request) => List(WorkflowCommits);

    /// <summary>When an activity is committed.</summary>
    public static Task<StudioAnswer> ListActivityCommitStrategiesAsync(StudioRequest request) => List(ActivityCommits);

    /// <summary>Converters between an output and a variable of another type. Values are converted by themselves here, so there are none to choose.</summary>
    public static Task<StudioAnswer> ListOutputConvertersAsync(StudioRequest request)
    {
        foreach (var name in (string[])["sourceType", "destinationType"])
        {
            if (request.Query(name) is null)
                request.Complain("generalErrors", $"The {name} query parameter is required.");
        }

        return request.Refusal is { } refusal ? Task.FromResult(refusal) : List(Array.Empty<Strategy>());
    }

    private static Task<StudioAnswer> List<T>(IReadOnlyList<T> items) => Task.FromResult(StudioAnswer.Json(new StudioList<T>(items)));

    private sealed record StorageDriver(string TypeName, string DisplayName, int Priority, bool Deprecated);

    private sealed record Strategy(string DisplayName, string Description, string TypeName);

    private sealed record Commit(string Name, string DisplayName, string Description);
}
