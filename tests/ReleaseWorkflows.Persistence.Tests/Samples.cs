using System.Text;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.Tests;

/// <summary>Rows of the engine, complete but for what a test is about.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static WorkflowInstanceRecord Instance(string id, int version = 0, string state = "{}") => new()
    {
        Id = id,
        DefinitionId = "pipeline",
        DefinitionVersionId = "pipeline-1",
        DefinitionVersion = 1,
        CorrelationId = "release-" + id,
        Status = "Running",
        SubStatus = "Suspended",
        CreatedAt = Noon,
        UpdatedAt = Noon,
        Version = version,
        State = Encoding.UTF8.GetBytes(state),
    };

    public static BookmarkRecord Bookmark(string id, string instanceId, string hash = "HASH") =>
        new(id, instanceId, "Review", hash, "review1", "execution1", "release-" + instanceId, """{"command":"approve"}""", Noon);

    public static JournalRecord Line(string instanceId, long sequence) => new()
    {
        InstanceId = instanceId,
        Sequence = sequence,
        Timestamp = Noon,
        ActivityInstanceId = "execution1",
        ActivityId = "review1",
        ActivityNodeId = "root:review1",
        ActivityType = "Review",
        ActivityTypeVersion = 1,
        EventName = "Started",
    };

    public static ActivityExecutionRecord Execution(string instanceId, string id, string status) => new()
    {
        Id = id,
        InstanceId = instanceId,
        ActivityId = "review1",
        ActivityNodeId = "root:review1",
        ActivityType = "Review",
        ActivityTypeVersion = 1,
        Status = status,
        StartedAt = Noon,
    };

    public static WorkflowDefinitionRecord Definition(string id, int version, bool isLatest, bool isPublished) => new()
    {
        Id = id,
        DefinitionId = "pipeline",
        Version = version,
        IsLatest = isLatest,
        IsPublished = isPublished,
        CreatedAt = Noon,
        Json = "{}",
    };

    public static string Text(this ReadOnlyMemory<byte> state) => Encoding.UTF8.GetString(state.Span);
}
