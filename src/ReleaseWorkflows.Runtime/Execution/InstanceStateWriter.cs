using System.Buffers;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.State;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// Writes the state of an instance as JSON. Kept is what the next burst needs: executions that have not ended, their variables and
/// properties, bookmarks, inputs, outputs, incidents. <see cref="InstanceStateReader"/> reads it.
/// </summary>
internal sealed class InstanceStateWriter(WorkflowExecutionContext burst)
{
    /// <summary>Number of the format. A reader refuses a higher one and understands every lower one.</summary>
    public const int Schema = 1;

    /// <summary>Most bytes of one value as JSON: enough for the largest file that a workflow may download. A larger one is not kept.</summary>
    public const int MaxValueBytes = 32 * 1024 * 1024;

    private readonly TypeAliases _types = burst.Engine.Types;
    private List<LostValue>? _lost;
    private ActivityExecutionContext? _context;

    /// <summary>Values that have no JSON form. The state holds null in their place.</summary>
    public IReadOnlyList<LostValue> Lost => _lost ?? [];

    public byte[] Write()
    {
        try
        {
            return WriteAll();
        }
        catch (Exception exception) when (_lost is null && exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // Some value threw half way, in code of its own perhaps. Written once more, each value is tried by itself.
            _lost = [];
            return WriteAll();
        }
    }

    private byte[] WriteAll()
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("schema", Schema);
            writer.WriteNumber("sequence", burst.ExecutionLogSequence);
            WriteTable(writer, "input", burst.StartInput);
            WriteTable(writer, "output", burst.Output);
            WriteTable(writer, "properties", burst.PropertyTable);
            WriteContexts(writer);
            WriteBookmarks(writer);
            WriteOutputs(writer);
            WriteIncidents(writer);
            WriteQueue(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void WriteContexts(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("contexts");
        foreach (var context in burst.Contexts)
        {
            if (!context.IsCompleted || context == burst.RootContext || IsChildOfFailedCallback(context))
                WriteContext(writer, context);
        }

        writer.WriteEndArray();
    }

    private static bool IsChildOfFailedCallback(ActivityExecutionContext context)
    {
        for (var owner = context.ParentActivityExecutionContext; owner is not null; owner = owner.ParentActivityExecutionContext)
        {
            if (owner.FailedCallbacks?.Exists(call => call.Child == context) == true)
                return true;
        }

        return false;
    }

    private void WriteContext(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        _context = context;
        writer.WriteStartObject();
        writer.WriteString("id", context.Id);
        writer.WriteString("activity", context.ActivityNode.Key);
        if (context.ParentActivityExecutionContext is { } parent)
            writer.WriteString("parent", parent.Id);
        writer.WriteNumber("status", (int)context.Status);
        writer.WriteString("startedAt", context.StartedAt);
        if (context.CompletedAt is { } completedAt)
            writer.WriteString("completedAt", completedAt);
        if (context.ExecutionCount != 1)
            writer.WriteNumber("executions", context.ExecutionCount);
        if (context.AggregateFaultCount > 0)
            writer.WriteNumber("faults", context.AggregateFaultCount);
        if (context.SchedulingActivityExecutionId is { } scheduler)
            writer.WriteString("scheduledBy", scheduler);
        if (context.SchedulingActivityId is { } schedulingActivity)
            writer.WriteString("scheduledByActivity", schedulingActivity);
        WriteValue(writer, "tag", context.Tag);
        WriteTable(writer, "properties", context.PropertyTable);
        WriteTable(writer, "metadata", context.MetadataTable);
        WriteTable(writer, "activityInput", context._activityInput);
        WriteVariables(writer, context);
        WriteCompletion(writer, context.Completion);
        WriteFailedCallbacks(writer, context);
        writer.WriteEndObject();
    }

    private void WriteFailedCallbacks(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        if (context.HasFailedItself)
            writer.WriteBoolean("failedItself", true);
        if (context.FailedCallbacks is not { } calls)
            return;

        writer.WriteStartArray("failedCallbacks");
        foreach (var call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("child", call.Child.Id);
            if (call.Result is Outcomes outcomes)
            {
                writer.WriteStartArray("outcomes");
                foreach (var name in outcomes.Names)
                    writer.WriteStringValue(name);
                writer.WriteEndArray();
            }
            else
            {
                WriteValue(writer, "result", call.Result);
            }

            WriteCompletion(writer, call.Completion);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteVariables(Utf8JsonWriter writer, ActivityExecutionContext context)
    {
        var isOpen = false;
        foreach (var variable in context.Variables)
        {
            var isDynamic = context.DynamicVariableList?.Contains(variable) ?? false;
            var isKept = variable.StorageDriverType != typeof(MemoryStorageDriver);
            if ((!isKept && !isDynamic) || !context.ExpressionExecutionContext.Memory.TryGetBlock(variable.Id, out var block))
                continue;

            if (!isOpen)
            {
                writer.WriteStartArray("variables");
                isOpen = true;
            }

            writer.WriteStartObject();
            writer.WriteString("id", variable.Id);
            if (isDynamic)
            {
                writer.WriteString("name", variable.Name);
                if (!isKept)
                    writer.WriteBoolean("volatile", true);
                if (variable.ValueType != typeof(object))
                    writer.WriteString("type", _types.GetAlias(variable.ValueType));
            }

            if (isKept)
                WriteVariable(writer, variable, block.Value);
            writer.WriteEndObject();
        }

        if (isOpen)
            writer.WriteEndArray();
    }

    // Variables of an execution that has not begun.
    private void WriteVariables(Utf8JsonWriter writer, ICollection<Variable>? variables)
    {
        if (variables is null || variables.Count == 0)
            return;

        writer.WriteStartArray("variables");
        foreach (var variable in variables)
        {
            writer.WriteStartObject();
            writer.WriteString("id", variable.Id);
            writer.WriteString("name", variable.Name);
            if (variable.ValueType != typeof(object))
                writer.WriteString("type", _types.GetAlias(variable.ValueType));
            WriteVariable(writer, variable, variable.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteVariable(Utf8JsonWriter writer, Variable variable, object? value)
    {
        writer.WritePropertyName("value");
        if (value is null)
            writer.WriteNullValue();
        else if (variable.ValueType == typeof(object))
            Put(writer, "variable", variable.Name, value, null);
        else
            Put(writer, "variable", variable.Name, value, variable.ValueType);
    }

    private void WriteCompletion(Utf8JsonWriter writer, CompletionCallback? completion)
    {
        if (completion is null)
            return;

        writer.WriteStartObject("completion");
        writer.WriteString("owner", completion.Owner.Id);
        writer.WriteString("method", completion.MethodName);
        WriteValue(writer, "tag", completion.Tag);
        writer.WriteEndObject();
    }

    private void WriteBookmarks(Utf8JsonWriter writer)
    {
        if (burst.BookmarkList.Count == 0)
            return;

        writer.WriteStartArray("bookmarks");
        foreach (var bookmark in burst.BookmarkList)
        {
            writer.WriteStartObject();
            writer.WriteString("id", bookmark.Id);
            writer.WriteString("name", bookmark.Name);
            writer.WriteString("hash", bookmark.Hash);
            writer.WriteString("context", bookmark.ActivityInstanceId);
            writer.WriteString("createdAt", bookmark.CreatedAt);
            if (bookmark.CallbackMethodName is { } callback)
                writer.WriteString("callback", callback);
            if (!bookmark.AutoBurn)
                writer.WriteBoolean("autoBurn", false);
            if (!bookmark.AutoComplete)
                writer.WriteBoolean("autoComplete", false);
            if (bookmark.Payload is { } payload)
            {
                writer.WritePropertyName("payload");
                JsonSerializer.Serialize(writer, payload, payload.GetType(), JsonSerializerOptions.Default);
            }

            if (bookmark.Metadata is { Count: > 0 } metadata)
            {
                writer.WriteStartObject("metadata");
                foreach (var (name, value) in metadata)
                    writer.WriteString(name, value);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteOutputs(Utf8JsonWriter writer)
    {
        _context = null;
        if (burst.Outputs.Entries is { } entries)
        {
            writer.WriteStartArray("outputs");
            foreach (var (key, entry) in entries)
            {
                if (!IsKept(key.ActivityId, key.Output))
                    continue;

                writer.WriteStartObject();
                writer.WriteString("activity", key.ActivityId);
                writer.WriteString("name", key.Output);
                WriteValue(writer, "value", entry);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        if (!IsOnlyForTheBurst(burst.Outputs.LastResult))
            WriteValue(writer, "lastResult", burst.Outputs.LastResult);
    }

    // An output such as the bytes of a file is kept where the definition binds it to a variable, and nowhere else.
    private bool IsKept(string activityId, string output)
    {
        foreach (var descriptor in burst.Graph.FindByKey(activityId)?.Descriptor.Outputs ?? [])
        {
            if (descriptor.Name == output)
                return descriptor.IsSerializable != false;
        }

        return true;
    }

    private bool IsOnlyForTheBurst(object? value) => value is not null && burst.Outputs.Entries is { } entries
        && entries.Any(entry => ReferenceEquals(entry.Value, value) && !IsKept(entry.Key.ActivityId, entry.Key.Output));

    private void WriteIncidents(Utf8JsonWriter writer)
    {
        if (burst.Incidents.Count == 0)
            return;

        writer.WriteStartArray("incidents");
        foreach (var incident in burst.Incidents)
        {
            writer.WriteStartObject();
            writer.WriteString("activityId", incident.ActivityId);
            writer.WriteString("activityNodeId", incident.ActivityNodeId);
            writer.WriteString("activityType", incident.ActivityType);
            if (incident.ActivityInstanceId is { } instance)
                writer.WriteString("activityInstanceId", instance);
            writer.WriteString("message", incident.Message);
            writer.WriteString("timestamp", incident.Timestamp);
            WriteException(writer, incident.Exception);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteException(Utf8JsonWriter writer, ExceptionState? exception)
    {
        if (exception is null)
            return;

        writer.WriteStartObject("exception");
        writer.WriteString("type", exception.Type);
        writer.WriteString("message", exception.Message);
        writer.WriteString("stackTrace", exception.StackTrace);
        if (exception.InnerException is { } inner)
        {
            writer.WritePropertyName("inner");
            writer.WriteStartObject();
            WriteException(writer, inner);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    // What an incident kept from running runs when the instance is tried again.
    private void WriteQueue(Utf8JsonWriter writer)
    {
        if (burst.SubStatus != WorkflowSubStatus.Faulted || burst.Queue.Count == 0)
            return;

        writer.WriteStartArray("queue");
        foreach (var item in burst.Queue.Items)
        {
            if (item.IsObsolete || item.Bookmark is not null)
                continue;

            writer.WriteStartObject();
            writer.WriteString("activity", item.Node.Key);
            if (item.Owner is { } owner)
                writer.WriteString("owner", owner.Id);
            if (item.Existing is { } existing)
                writer.WriteString("context", existing.Id);
            WriteValue(writer, "tag", item.Tag);
            if (item.Input is { } input)
                WriteTable(writer, "activityInput", input);
            WriteVariables(writer, item.Variables);
            WriteCompletion(writer, item.Completion);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteTable(Utf8JsonWriter writer, string name, IDictionary<string, object>? table)
    {
        if (table is null || table.Count == 0)
            return;

        writer.WriteStartObject(name);
        foreach (var (key, value) in table)
        {
            writer.WritePropertyName(key);
            if (value is JsonElement element && name is "properties" or "metadata")
                element.WriteTo(writer);
            else
                Put(writer, name, key, value, null);
        }

        writer.WriteEndObject();
    }

    private void WriteValue(Utf8JsonWriter writer, string name, object? value)
    {
        if (value is null)
            return;

        writer.WritePropertyName(name);
        Put(writer, "member", name, value, null);
    }

    private void Put(Utf8JsonWriter writer, string kind, string name, object? value, Type? type)
    {
        if (_lost is null)
        {
            Serialize(writer, value, type);
            return;
        }

        var scratch = new ArrayBufferWriter<byte>();
        try
        {
            using (var careful = new Utf8JsonWriter(scratch))
                Serialize(careful, value, type);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            // One object may be in several places; it is told of once.
            if (!_lost.Exists(lost => ReferenceEquals(lost.Value, value)))
                _lost.Add(new LostValue(_context, $"{kind} '{name}'", value!, exception));
            writer.WriteNullValue();
            return;
        }

        writer.WriteRawValue(scratch.WrittenSpan, skipInputValidation: true);
    }

    private void Serialize(Utf8JsonWriter writer, object? value, Type? type)
    {
        var before = writer.BytesCommitted + writer.BytesPending;
        if (type is null)
            StateValues.Write(writer, value, _types);
        else
            JsonSerializer.Serialize(writer, value, type, JsonValues.Options);
        if (writer.BytesCommitted + writer.BytesPending - before > MaxValueBytes)
            throw new InvalidDataException($"It takes more than {MaxValueBytes / 1_048_576} MB.");
    }
}

/// <summary>A value that has no JSON form: it is larger than <see cref="InstanceStateWriter.MaxValueBytes"/>, refers to itself, is nested more than 64 levels deep, or throws when it is read.</summary>
/// <param name="Context">Execution it belongs to; null: the instance.</param>
/// <param name="What">What it is, for people: <c>variable 'Order'</c>.</param>
/// <param name="Value">The value.</param>
/// <param name="Cause">What went wrong.</param>
internal sealed record LostValue(ActivityExecutionContext? Context, string What, object Value, Exception Cause);
