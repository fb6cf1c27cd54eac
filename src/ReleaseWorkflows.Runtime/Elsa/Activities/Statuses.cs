namespace Elsa.Workflows;

/// <summary>What sort of step an activity is.</summary>
public enum ActivityKind
{
    /// <summary>Runs inside the burst.</summary>
    Action,

    /// <summary>Can start a workflow.</summary>
    Trigger,

    /// <summary>Always runs outside the burst.</summary>
    Job,

    /// <summary>May run outside the burst.</summary>
    Task,
}

/// <summary>Where the execution of an activity stands.</summary>
public enum ActivityStatus
{
    /// <summary>Not run yet.</summary>
    Pending,

    /// <summary>Runs or waits.</summary>
    Running,

    /// <summary>Done.</summary>
    Completed,

    /// <summary>Stopped before it was done.</summary>
    Canceled,

    /// <summary>Failed with an exception.</summary>
    Faulted,
}

/// <summary>Where an instance stands.</summary>
public enum WorkflowStatus
{
    /// <summary>Has work to do or to wait for.</summary>
    Running,

    /// <summary>Over, in whatever way.</summary>
    Finished,
}

/// <summary>Where an instance stands, in detail.</summary>
public enum WorkflowSubStatus
{
    /// <summary>Created, not run yet.</summary>
    Pending,

    /// <summary>In a burst.</summary>
    Executing,

    /// <summary>Waits for a stimulus.</summary>
    Suspended,

    /// <summary>Ended as defined.</summary>
    Finished,

    /// <summary>Ended by cancellation.</summary>
    Cancelled,

    /// <summary>Ended by an incident.</summary>
    Faulted,

    /// <summary>Stopped by a shutdown. This engine never writes it: a burst is committed whole or not at all.</summary>
    Interrupted,
}
