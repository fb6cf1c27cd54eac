namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Names of the events that the engine writes into the journal.</summary>
internal static class JournalEvents
{
    public const string Started = "Started";
    public const string Completed = "Completed";
    public const string Suspended = "Suspended";
    public const string Resumed = "Resumed";
    public const string Faulted = "Faulted";
    public const string Canceled = "Canceled";
    public const string PreconditionFailed = "Precondition Failed";
    public const string NotStored = "Not stored";
    public const string WorkflowCancelled = "Workflow cancelled";
}
