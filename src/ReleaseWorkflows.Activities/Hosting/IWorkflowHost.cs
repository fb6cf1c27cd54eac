namespace ReleaseWorkflows.Activities.Hosting;

/// <summary>
/// The workflow engine as the platform uses it. Everything happens inside the current unit of work, so that a release and the instance
/// that carries it change together or not at all.
/// </summary>
public interface IWorkflowHost
{
    /// <summary>True if the definition has a published version that a new instance could run on.</summary>
    ValueTask<bool> IsPublishedAsync(string definitionId, CancellationToken cancellationToken);

    /// <summary>True if the instance can still go on; false once it has ended or failed.</summary>
    ValueTask<bool> IsRunningAsync(string workflowInstanceId, CancellationToken cancellationToken);

    /// <summary>The times that the instance waits for, the earliest first; empty if there is none.</summary>
    ValueTask<IReadOnlyList<WaitingTimer>> ListTimersAsync(string workflowInstanceId, CancellationToken cancellationToken);

    /// <summary>Starts an instance of the published version and runs it to its first wait.</summary>
    /// <exception cref="InvalidOperationException">The definition has no published version.</exception>
    ValueTask<StartedWorkflow> StartAsync(WorkflowStart start, CancellationToken cancellationToken);

    /// <summary>Resumes what waits for the stimulus and runs it to its next wait.</summary>
    /// <param name="name">Name of the bookmark.</param>
    /// <param name="stimulus">What is matched with the bookmark, member by member.</param>
    /// <param name="workflowInstanceId">The instance meant.</param>
    /// <param name="cancellationToken">Stops the run between two activities.</param>
    /// <returns>Number of bookmarks that were resumed; 0 if the instance waits for something else.</returns>
    ValueTask<int> SignalAsync(string name, object stimulus, string workflowInstanceId, CancellationToken cancellationToken);

    /// <summary>Gives an instance that has ended another name; one that runs names itself. Nothing happens if there is none.</summary>
    ValueTask RenameEndedAsync(string workflowInstanceId, string name, CancellationToken cancellationToken);
}

/// <summary>What to start.</summary>
/// <param name="DefinitionId">The definition.</param>
/// <param name="CorrelationId">Groups instances: the release id.</param>
/// <param name="Name">What people see in lists.</param>
/// <param name="Input">Workflow inputs by name.</param>
public sealed record WorkflowStart(string DefinitionId, string CorrelationId, string Name, IReadOnlyDictionary<string, object> Input);

/// <summary>What was started.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="DefinitionId">Its definition.</param>
/// <param name="DefinitionVersion">The version it runs on for the rest of its life.</param>
public sealed record StartedWorkflow(string InstanceId, string DefinitionId, int DefinitionVersion);

/// <summary>A time that a workflow waits for, in the words of its definition.</summary>
/// <param name="DueAt">When it goes on by itself, unless something else happens before.</param>
/// <param name="Step">The activity that waits: “A day passes”.</param>
/// <param name="Next">What comes then: “Remind the reviewers”; empty if nothing does.</param>
public sealed record WaitingTimer(DateTimeOffset DueAt, string Step, IReadOnlyList<string> Next);
