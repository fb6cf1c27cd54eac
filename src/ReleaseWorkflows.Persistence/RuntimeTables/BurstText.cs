using System.Buffers;
using System.Text.Json;
using ReleaseWorkflows.Persistence.Database;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Persistence.RuntimeTables;

/// <summary>
/// What a burst did, as one text: lines of the journal and executions that changed. Each activity is described once and then called by its
/// number; rows from before there were such texts describe it in place.
/// </summary>
internal static class BurstText
{
    public static ReadOnlyMemory<byte> Write(IReadOnlyList<JournalRecord> lines, IReadOnlyCollection<ActivityExecutionRecord> executions)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            var activities = new Dictionary<string, int>(StringComparer.Ordinal);
            writer.WriteStartObject();
            writer.WriteStartArray("activities");
            foreach (var line in lines)
                Describe(writer, activities, line.ActivityNodeId, line.ActivityId, line.ActivityType, line.ActivityTypeVersion, line.ActivityName);
            foreach (var execution in executions)
                Describe(writer, activities, execution.ActivityNodeId, execution.ActivityId, execution.ActivityType, execution.ActivityTypeVersion, execution.ActivityName);
            writer.WriteEndArray();

            writer.WriteStartArray("lines");
            foreach (var line in lines)
                Write(writer, line, activities[line.ActivityNodeId]);
            writer.WriteEndArray();

            writer.WriteStartArray("executions");
            foreach (var execution in executions)
                Write(writer, execution, activities[execution.ActivityNodeId]);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public static IEnumerable<JournalRecord> ReadLines(JsonElement burst, string instanceId)
    {
        foreach (var line in burst.GetProperty("lines").EnumerateArray())
        {
            var activity = ActivityOf(burst, line);
            yield return new JournalRecord
            {
                InstanceId = instanceId,
                Sequence = line.GetProperty("sequence").GetInt64(),
                Timestamp = Timestamps.ToTime(line.GetProperty("at").GetInt64()),
                ActivityInstanceId = line.GetProperty("execution").GetString()!,
                ParentActivityInstanceId = Text(line, "parent"),
                ActivityId = activity.GetProperty("id").GetString()!,
                ActivityNodeId = activity.GetProperty("node").GetString()!,
                ActivityType = activity.GetProperty("type").GetString()!,
                ActivityTypeVersion = activity.GetProperty("version").GetInt32(),
                ActivityName = Text(activity, "name"),
                EventName = line.GetProperty("event").GetString()!,
                Message = Text(line, "message"),
                Source = Text(line, "source"),
                PayloadJson = Raw(line, "payload"),
            };
        }
    }

    public static IEnumerable<ActivityExecutionRecord> ReadExecutions(JsonElement burst, string instanceId)
    {
        foreach (var execution in burst.GetProperty("executions").EnumerateArray())
        {
            var activity = ActivityOf(burst, execution);
            yield return new ActivityExecutionRecord
            {
                Id = execution.GetProperty("id").GetString()!,
                InstanceId = instanceId,
                ActivityId = activity.GetProperty("id").GetString()!,
                ActivityNodeId = activity.GetProperty("node").GetString()!,
                ActivityType = activity.GetProperty("type").GetString()!,
                ActivityTypeVersion = activity.GetProperty("version").GetInt32(),
                ActivityName = Text(activity, "name"),
                Status = execution.GetProperty("status").GetString()!,
                StartedAt = Timestamps.ToTime(execution.GetProperty("startedAt").GetInt64()),
                CompletedAt = Number(execution, "completedAt") is { } completedAt ? Timestamps.ToTime(completedAt) : null,
                HasBookmarks = Number(execution, "waits") is > 0,
                AggregateFaultCount = (int)(Number(execution, "faults") ?? 0),
                SchedulingActivityExecutionId = Text(execution, "scheduledBy"),
                SchedulingActivityId = Text(execution, "scheduledByActivity"),
                CallStackDepth = (int)(Number(execution, "depth") ?? 0),
                DetailsJson = Raw(execution, "details"),
            };
        }
    }

    private static void Describe(
        Utf8JsonWriter writer, Dictionary<string, int> activities, string nodeId, string id, string type, int version, string? name)
    {
        if (!activities.TryAdd(nodeId, activities.Count))
            return;

        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("node", nodeId);
        writer.WriteString("type", type);
        writer.WriteNumber("version", version);
        Write(writer, "name", name);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, JournalRecord line, int activity)
    {
        writer.WriteStartObject();
        writer.WriteNumber("sequence", line.Sequence);
        writer.WriteNumber("at", line.Timestamp.ToMicroseconds());
        writer.WriteString("execution", line.ActivityInstanceId);
        Write(writer, "parent", line.ParentActivityInstanceId);
        writer.WriteNumber("activity", activity);
        writer.WriteString("event", line.EventName);
        Write(writer, "message", line.Message);
        Write(writer, "source", line.Source);
        WriteRaw(writer, "payload", line.PayloadJson);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ActivityExecutionRecord execution, int activity)
    {
        writer.WriteStartObject();
        writer.WriteString("id", execution.Id);
        writer.WriteNumber("activity", activity);
        writer.WriteString("status", execution.Status);
        writer.WriteNumber("startedAt", execution.StartedAt.ToMicroseconds());
        if (execution.CompletedAt is { } completedAt)
            writer.WriteNumber("completedAt", completedAt.ToMicroseconds());
        if (execution.HasBookmarks)
            writer.WriteNumber("waits", 1);
        if (execution.AggregateFaultCount > 0)
            writer.WriteNumber("faults", execution.AggregateFaultCount);
        Write(writer, "scheduledBy", execution.SchedulingActivityExecutionId);
        Write(writer, "scheduledByActivity", execution.SchedulingActivityId);
        if (execution.CallStackDepth > 0)
            writer.WriteNumber("depth", execution.CallStackDepth);
        WriteRaw(writer, "details", execution.DetailsJson);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, string? json)
    {
        if (json is null)
            return;

        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }

    private static JsonElement ActivityOf(JsonElement burst, JsonElement item)
    {
        var activity = item.GetProperty("activity");
        return activity.ValueKind == JsonValueKind.Number ? burst.GetProperty("activities")[activity.GetInt32()] : activity;
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static string? Raw(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null;
}
