using Elsa.Workflows;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>An instance in the current unit of work, and what is known of its rows.</summary>
internal sealed class Burst
{
    /// <summary>The instance.</summary>
    public required WorkflowExecutionContext Context { get; init; }

    /// <summary>Version of the row it was read at; 0 for a new instance.</summary>
    public int RecordVersion { get; init; }

    /// <summary>The bookmarks that have rows: what each waits for (its hash) by its id.</summary>
    public Dictionary<string, string> StoredBookmarks { get; set; } = [];

    /// <summary>Ids of the bookmarks whose outside work has a job row.</summary>
    public HashSet<string> StoredJobIds { get; set; } = [];

    /// <summary>Correlation id that the rows of the bookmarks carry.</summary>
    public string? StoredCorrelationId { get; set; }
}
