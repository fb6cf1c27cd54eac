using System.Globalization;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Activities.Flowchart.Models;
using Elsa.Workflows.Memory;
using Elsa.Workflows.Models;
using Elsa.Workflows.State;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>Restores an instance from its state: the counterpart of <see cref="InstanceStateWriter"/>.</summary>
internal sealed class InstanceStateReader(WorkflowExecutionContext burst)
{
    // Values are at most 64 levels deep, JSON values as deep as they came; the state adds a few.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };

    private readonly TypeAliases _types = burst.Engine.Types;
    private readonly Dictionary<string, ActivityExecutionContext> _contexts = new(StringComparer.Ordinal);

    /// <exception cref="InstanceUnreadableException">The state was written by a newer program, is damaged, or does not belong to this workflow.</exception>
    public void Read(ReadOnlyMemory<byte> state)
    {
        try
        {
            // Not disposed: elements of the document live on in properties until they are read.
            ReadAll(JsonDocument.Parse(state, Deep).RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException and not InstanceUnreadableException)
        {
            throw new InstanceUnreadableException($"The state of the instance '{burst.Id}' is damaged: {exception.Message}", exception);
        }
    }

    private void ReadAll(JsonElement root)
    {
        var schema = root.GetProperty("schema").GetInt32();

        if (schema > InstanceStateWriter.Schema)
        {
            throw new InstanceUnreadableException(string.Create(
                CultureInfo.InvariantCulture,
                $"The state of the instance '{burst.Id}' has the format {schema}; this program knows formats up to {InstanceStateWriter.Schema}. A newer program has to run it."));
        }

        burst.ExecutionLogSequence = root.GetProperty("sequence").GetInt64();
        burst.StartInput = ReadTable(root, "input") ?? [];
        burst.Input = new Dictionary<string, object>(burst.StartInput);
        burst.Output = ReadTable(root, "output") ?? [];
        ReadProperties(root, "properties", burst.Properties);
        ReadContexts(root);
        ReadBookmarks(root);
        ReadOutputs(root);
        ReadIncidents(root);
        ReadQueue(root);
    }

    private void ReadContexts(JsonElement root)
    {
        var completions = new List<(ActivityExecutionContext Context, JsonElement Completion)>();
        var failures = new List<(ActivityExecutionContext Context, JsonElement Calls)>();

        foreach (var source in root.GetProperty("contexts").EnumerateArray())
        {
            var parent = source.TryGetProperty("parent", out var parentId) ? _contexts[parentId.GetString()!] : null;
            var context = burst.CreateContext(NodeOf(source), parent, source.GetProperty("id").GetString());
            context.Status = (ActivityStatus)source.GetProperty("status").GetInt32();
            context.StartedAt = source.GetProperty("startedAt").GetDateTimeOffset();
            context.CompletedAt = source.TryGetProperty("completedAt", out var completedAt) ? completedAt.GetDateTimeOffset() : null;
            context.ExecutionCount = source.TryGetProperty("executions", out var executions) ? executions.GetInt64() : 1;
            context.AggregateFaultCount = source.TryGetProperty("faults", out var faults) ? faults.GetInt32() : 0;
            context.SchedulingActivityExecutionId = Text(source, "scheduledBy");
            context.SchedulingActivityId = Text(source, "scheduledByActivity");
            context.Tag = ReadValue(source, "tag");
            context._activityInput = ReadTable(source, "activityInput");
            if (source.TryGetProperty("properties", out _))
                ReadProperties(source, "properties", context.Properties);
            if (source.TryGetProperty("metadata", out _))
                ReadProperties(source, "metadata", context.Metadata);
            ReadVariables(source, context);
            context.HasFailedItself = source.TryGetProperty("failedItself", out _);
            context.ClearTaint();

            _contexts[context.Id] = context;
            if (context.IsCompleted)
                parent?.ChildSet.Remove(context);
            burst.RootContext ??= context;
            if (source.TryGetProperty("completion", out var completion))
                completions.Add((context, completion));
            if (source.TryGetProperty("failedCallbacks", out var calls))
                failures.Add((context, calls));
        }

        foreach (var (context, completion) in completions)
            context.Completion = ReadCompletion(completion);
        foreach (var (context, calls) in failures)
            context.FailedCallbacks = [.. calls.EnumerateArray().Select(ReadCall)];
    }

    private CallbackCall ReadCall(JsonElement source) => new(
        ReadCompletion(source.GetProperty("completion")),
        _contexts[source.GetProperty("child").GetString()!],
        source.TryGetProperty("outcomes", out var outcomes) ? new Outcomes([.. outcomes.EnumerateArray().Select(static name => name.GetString())]) : ReadValue(source, "result"));

    private void ReadVariables(JsonElement source, ActivityExecutionContext context)
    {
        if (!source.TryGetProperty("variables", out var variables))
            return;

        var memory = context.ExpressionExecutionContext.Memory;
        foreach (var item in variables.EnumerateArray())
        {
            var id = item.GetProperty("id").GetString()!;
            if (item.TryGetProperty("name", out var name))
            {
                var dynamic = CreateDynamic(id, name.GetString()!, Text(item, "type"));
                dynamic.StorageDriverType = item.TryGetProperty("volatile", out _) ? typeof(MemoryStorageDriver) : null;
                context.DynamicVariables.Add(dynamic);
                memory.Declare(dynamic);
            }

            // A variable that is not declared any more has nobody to read it.
            if (!memory.TryGetBlock(id, out var block) || block.Metadata is not Variable variable || !item.TryGetProperty("value", out var value))
                continue;

            block.Value = ReadVariableValue(variable, value);
        }
    }

    // A variable that never got a value is null in the state, also where its type knows no null.
    private object? ReadVariableValue(Variable variable, JsonElement value) =>
        value.ValueKind == JsonValueKind.Null ? null
        : variable.ValueType == typeof(object) ? StateValues.Read(value, _types)
        : value.Deserialize(variable.ValueType, JsonValues.Options);

    private Variable CreateDynamic(string id, string name, string? typeName)
    {
        if (typeName is null || !_types.TryResolve(typeName, out var type))
            return new Variable(name, null, id);

        var variable = (Variable)Activator.CreateInstance(typeof(Variable<>).MakeGenericType(type))!;
        variable.Id = id;
        variable.Name = name;
        return variable;
    }

    private CompletionCallback ReadCompletion(JsonElement source)
    {
        var owner = _contexts[source.GetProperty("owner").GetString()!];
        var method = source.GetProperty("method").GetString()!;
        return new CompletionCallback(owner, owner.ActivityNode.FindCompletionCallback(method) ?? Missing(owner, method), ReadValue(source, "tag"))
        {
            StoredName = method,
        };
    }

    // An incident when it is called, and not before: other branches go on.
    private static ActivityCompletionCallback Missing(ActivityExecutionContext owner, string method) => _ => throw new MissingMethodException(
        $"The activity '{owner.Activity.Id}' is to go on at the method '{method}', which '{owner.Activity.GetType().FullName}' does not have (any more).");

    private void ReadBookmarks(JsonElement root)
    {
        if (!root.TryGetProperty("bookmarks", out var bookmarks))
            return;

        foreach (var source in bookmarks.EnumerateArray())
        {
            var context = _contexts[source.GetProperty("context").GetString()!];
            burst.AddBookmark(new Bookmark(
                source.GetProperty("id").GetString()!,
                source.GetProperty("name").GetString()!,
                source.GetProperty("hash").GetString()!,
                source.TryGetProperty("payload", out var payload) ? payload : null,
                context.Activity.Id,
                context.NodeId,
                context.Id,
                source.GetProperty("createdAt").GetDateTimeOffset(),
                !source.TryGetProperty("autoBurn", out _),
                Text(source, "callback"),
                !source.TryGetProperty("autoComplete", out _),
                source.TryGetProperty("metadata", out var metadata) ? metadata.Deserialize<Dictionary<string, string>>() : null));
        }
    }

    private void ReadOutputs(JsonElement root)
    {
        if (root.TryGetProperty("outputs", out var outputs))
        {
            foreach (var source in outputs.EnumerateArray())
            {
                burst.Outputs.Set(
                    source.GetProperty("activity").GetString()!, source.GetProperty("name").GetString()!, ReadValue(source, "value"));
            }
        }

        burst.Outputs.LastResult = ReadValue(root, "lastResult");
    }

    private void ReadIncidents(JsonElement root)
    {
        if (!root.TryGetProperty("incidents", out var incidents))
            return;

        foreach (var source in incidents.EnumerateArray())
        {
            burst.Incidents.Add(new ActivityIncident(
                source.GetProperty("activityId").GetString()!,
                source.GetProperty("activityNodeId").GetString()!,
                source.GetProperty("activityType").GetString()!,
                source.GetProperty("message").GetString()!,
                ReadException(source),
                source.GetProperty("timestamp").GetDateTimeOffset(),
                Text(source, "activityInstanceId")));
        }
    }

    private static ExceptionState? ReadException(JsonElement source) =>
        source.TryGetProperty("exception", out var exception)
            ? new ExceptionState(
                Text(exception, "type"),
                Text(exception, "message") ?? "",
                Text(exception, "stackTrace"),
                exception.TryGetProperty("inner", out var inner) ? ReadException(inner) : null)
            : null;

    private void ReadQueue(JsonElement root)
    {
        if (!root.TryGetProperty("queue", out var queue))
            return;

        foreach (var source in queue.EnumerateArray())
        {
            burst.Queue.Enqueue(new WorkItem
            {
                Node = NodeOf(source),
                Owner = Text(source, "owner") is { } owner ? _contexts[owner] : null,
                Existing = Text(source, "context") is { } existing ? _contexts[existing] : null,
                Tag = ReadValue(source, "tag"),
                Input = ReadTable(source, "activityInput"),
                Variables = ReadQueuedVariables(source),
                Completion = source.TryGetProperty("completion", out var completion) ? ReadCompletion(completion) : null,
            });
        }
    }

    private List<Variable>? ReadQueuedVariables(JsonElement source)
    {
        if (!source.TryGetProperty("variables", out var variables))
            return null;

        var result = new List<Variable>();
        foreach (var item in variables.EnumerateArray())
        {
            var variable = CreateDynamic(item.GetProperty("id").GetString()!, item.GetProperty("name").GetString()!, Text(item, "type"));
            variable.Value = ReadVariableValue(variable, item.GetProperty("value"));
            result.Add(variable);
        }

        return result;
    }

    private ActivityNode NodeOf(JsonElement source)
    {
        var id = source.GetProperty("activity").GetString()!;
        return burst.Graph.FindByKey(id) ?? throw new InstanceUnreadableException(
            $"The state of the instance '{burst.Id}' speaks of the activity '{id}', which version {burst.Workflow.Identity.Version} of the definition "
            + $"'{burst.Workflow.Identity.DefinitionId}' does not have.");
    }

    private Dictionary<string, object>? ReadTable(JsonElement source, string name)
    {
        if (!source.TryGetProperty(name, out var table))
            return null;

        var values = new Dictionary<string, object>();
        foreach (var member in table.EnumerateObject())
        {
            if (StateValues.Read(member.Value, _types) is { } value)
                values[member.Name] = value;
        }

        return values;
    }

    // Properties stay JSON until someone asks for them as a type.
    private void ReadProperties(JsonElement source, string name, IDictionary<string, object> target)
    {
        if (!source.TryGetProperty(name, out var table))
            return;

        foreach (var member in table.EnumerateObject())
        {
            target[member.Name] = member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("$type", out _)
                ? StateValues.Read(member.Value, _types)!
                : member.Value;
        }
    }

    private object? ReadValue(JsonElement source, string name) =>
        source.TryGetProperty(name, out var value) ? StateValues.Read(value, _types) : null;

    private static string? Text(JsonElement source, string name) => source.TryGetProperty(name, out var value) ? value.GetString() : null;
}

/// <summary>The state of an instance cannot be read: a newer program wrote it, it is damaged, or it does not belong to the workflow.</summary>
internal sealed class InstanceUnreadableException : InvalidOperationException
{
    public InstanceUnreadableException()
    {
    }

    public InstanceUnreadableException(string message)
        : base(message)
    {
    }

    public InstanceUnreadableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
