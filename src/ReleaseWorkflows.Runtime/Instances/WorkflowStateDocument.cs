using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Instances;

/// <summary>
/// The state of an instance as Elsa shows it (<c>workflowState</c>). Made from what is stored, for people and for clients of Elsa; nothing is restored from it.
/// </summary>
public static class WorkflowStateDocument
{
    /// <summary>Describes an instance.</summary>
    /// <param name="instance">The instance with its state.</param>
    /// <param name="graph">The version it runs on; null if it cannot be compiled any more, which leaves places unknown.</param>
    /// <param name="executions">Its executions, for their evaluated inputs.</param>
    /// <param name="bookmarks">Its bookmarks, for what they wait for.</param>
    public static JsonObject Describe(
        WorkflowInstanceRecord instance, WorkflowGraph? graph, IReadOnlyList<ActivityExecutionRecord> executions, IReadOnlyList<BookmarkRecord> bookmarks)
    {
        using var state = JsonDocument.Parse(instance.State);
        var view = new View(instance, graph, executions, bookmarks, state.RootElement);
        var document = new JsonObject
        {
            ["id"] = instance.Id,
            ["definitionId"] = instance.DefinitionId,
            ["definitionVersionId"] = instance.DefinitionVersionId,
            ["definitionVersion"] = instance.DefinitionVersion,
            ["correlationId"] = instance.CorrelationId,
            ["parentWorkflowInstanceId"] = instance.ParentInstanceId,
            ["name"] = instance.Name,
            ["status"] = instance.Status,
            ["subStatus"] = instance.SubStatus,
            ["isExecuting"] = false,
            ["bookmarks"] = view.Bookmarks(),
            ["incidents"] = view.Incidents(),
            ["isSystem"] = false,
            ["completionCallbacks"] = view.Callbacks(),
            ["activityExecutionContexts"] = view.Contexts(),
            ["scheduledActivities"] = new JsonArray(),
            ["executionLogSequence"] = state.RootElement.TryGetProperty("sequence", out var sequence) ? sequence.GetInt64() : 0,
            ["input"] = StateJson.Table(state.RootElement, "input"),
            ["output"] = StateJson.Table(state.RootElement, "output"),
            ["properties"] = StateJson.Table(state.RootElement, "properties"),
            ["createdAt"] = instance.CreatedAt,
            ["updatedAt"] = instance.UpdatedAt,
            ["finishedAt"] = instance.FinishedAt,
        };
        return WithoutNulls(document);
    }

    // Elsa leaves out what has no value, and some readers do not survive an explicit null.
    private static JsonObject WithoutNulls(JsonObject source)
    {
        foreach (var name in source.Where(static member => member.Value is null).Select(static member => member.Key).ToList())
            source.Remove(name);
        return source;
    }

    private sealed class View(
        WorkflowInstanceRecord instance,
        WorkflowGraph? graph,
        IReadOnlyList<ActivityExecutionRecord> executions,
        IReadOnlyList<BookmarkRecord> bookmarks,
        JsonElement state)
    {
        private readonly Dictionary<string, JsonElement> _contexts = StateJson.List(state, "contexts")
            .ToDictionary(static context => context.GetProperty("id").GetString()!, StringComparer.Ordinal);

        private readonly Dictionary<string, ActivityExecutionRecord> _executions = executions.ToDictionary(static execution => execution.Id, StringComparer.Ordinal);
        private readonly Dictionary<string, BookmarkRecord> _bookmarks = bookmarks.ToDictionary(static bookmark => bookmark.Id, StringComparer.Ordinal);

        public JsonArray Contexts() => new([.. _contexts.Select(context => (JsonNode)Context(context.Key, context.Value))]);

        public JsonArray Bookmarks() => new([.. StateJson.List(state, "bookmarks").Select(bookmark => (JsonNode)Bookmark(bookmark))]);

        public JsonArray Incidents() => new([.. StateJson.List(state, "incidents").Select(incident => (JsonNode)Incident(incident))]);

        public JsonArray Callbacks()
        {
            var callbacks = new JsonArray();
            foreach (var (_, context) in _contexts)
            {
                if (!context.TryGetProperty("completion", out var completion))
                    continue;

                callbacks.Add(new JsonObject
                {
                    ["ownerInstanceId"] = Address(StateJson.Text(completion, "owner")),
                    ["childNodeId"] = NodeOf(context),
                    ["methodName"] = StateJson.Text(completion, "method"),
                });
            }

            return callbacks;
        }

        private JsonObject Context(string id, JsonElement context)
        {
            var parent = StateJson.Text(context, "parent");
            var recorded = _executions.GetValueOrDefault(id);
            var properties = StateJson.Table(context, "properties");
            if (Variables(context) is { Count: > 0 } variables)
                properties["Variables"] = variables;

            return WithoutNulls(new JsonObject
            {
                ["id"] = Address(id),
                ["callStackDepth"] = Depth(context),
                ["parentContextId"] = Address(parent),
                ["scheduledActivityNodeId"] = NodeOf(context),
                ["ownerActivityNodeId"] = parent is not null && _contexts.TryGetValue(parent, out var owner) ? NodeOf(owner) : null,
                ["properties"] = properties,
                ["metadata"] = StateJson.Table(context, "metadata"),
                ["activityState"] = InputsOf(recorded),
                ["dynamicVariables"] = new JsonArray(),
                ["status"] = ((ActivityStatus)context.GetProperty("status").GetInt32()).ToString(),
                ["isExecuting"] = false,
                ["faultCount"] = context.TryGetProperty("faults", out var faults) ? faults.GetInt32() : 0,
                ["startedAt"] = context.GetProperty("startedAt").GetDateTimeOffset(),
                ["completedAt"] = context.TryGetProperty("completedAt", out var completedAt) ? completedAt.GetDateTimeOffset() : null,
            });
        }

        private JsonObject Bookmark(JsonElement bookmark)
        {
            var id = bookmark.GetProperty("id").GetString()!;
            var contextId = StateJson.Text(bookmark, "context");
            var node = contextId is not null && _contexts.TryGetValue(contextId, out var context) ? NodeOf(context) : null;
            return WithoutNulls(new JsonObject
            {
                ["id"] = id,
                ["name"] = StateJson.Text(bookmark, "name"),
                ["hash"] = StateJson.Text(bookmark, "hash"),
                // As the row shows it: the state may hold what is for nobody's eyes, such as headers of a call.
                ["payload"] = _bookmarks.TryGetValue(id, out var row) && row.PayloadJson is { } payload ? CamelCased(JsonNode.Parse(payload)) : null,
                ["activityId"] = contextId is not null && _contexts.TryGetValue(contextId, out var waiting) ? StateJson.Text(waiting, "activity") : null,
                ["activityNodeId"] = node,
                ["activityInstanceId"] = Address(contextId),
                ["createdAt"] = bookmark.GetProperty("createdAt").GetDateTimeOffset(),
                ["autoBurn"] = !bookmark.TryGetProperty("autoBurn", out _),
                ["callbackMethodName"] = StateJson.Text(bookmark, "callback"),
                ["autoComplete"] = !bookmark.TryGetProperty("autoComplete", out _),
                ["metadata"] = bookmark.TryGetProperty("metadata", out var metadata) ? StateJson.Plain(metadata) : null,
            });
        }

        private JsonObject Incident(JsonElement incident) => WithoutNulls(new JsonObject
        {
            ["activityId"] = StateJson.Text(incident, "activityId"),
            ["activityNodeId"] = StateJson.Text(incident, "activityNodeId"),
            ["activityInstanceId"] = Address(StateJson.Text(incident, "activityInstanceId")),
            ["activityType"] = StateJson.Text(incident, "activityType"),
            ["message"] = StateJson.Text(incident, "message"),
            ["exception"] = Exception(incident),
            ["timestamp"] = incident.GetProperty("timestamp").GetDateTimeOffset(),
        });

        private static JsonObject? Exception(JsonElement source) => !source.TryGetProperty("exception", out var exception) ? null : WithoutNulls(new JsonObject
        {
            ["type"] = ShortName(StateJson.Text(exception, "type")),
            ["message"] = StateJson.Text(exception, "message"),
            ["stackTrace"] = StateJson.Text(exception, "stackTrace"),
            ["innerException"] = exception.TryGetProperty("inner", out var inner) ? Exception(inner) : null,
        });

        private static string? ShortName(string? type) => type is null ? null : type[(type.LastIndexOf('.') + 1)..];

        private static JsonNode? CamelCased(JsonNode? payload) => payload is JsonObject table
            ? new JsonObject(table.Select(static member => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(member.Key), member.Value?.DeepClone())))
            : payload;

        private static JsonObject Variables(JsonElement context)
        {
            var table = new JsonObject();
            foreach (var variable in StateJson.List(context, "variables"))
            {
                if (variable.TryGetProperty("value", out var value))
                    table[variable.GetProperty("id").GetString()!] = StateJson.Plain(value);
            }

            return table;
        }

        private static JsonNode InputsOf(ActivityExecutionRecord? execution) =>
            execution?.DetailsJson is { } details && JsonNode.Parse(details)!["inputs"] is JsonObject inputs ? inputs.DeepClone() : new JsonObject();

        private int Depth(JsonElement context)
        {
            var depth = 0;
            for (var parent = StateJson.Text(context, "parent"); parent is not null && _contexts.TryGetValue(parent, out var owner); parent = StateJson.Text(owner, "parent"))
                depth++;
            return depth;
        }

        private string? NodeOf(JsonElement context)
        {
            var activityId = StateJson.Text(context, "activity")!;
            return graph?.FindByActivityId(activityId)?.NodeId
                ?? (_executions.TryGetValue(context.GetProperty("id").GetString()!, out var execution) ? execution.ActivityNodeId : activityId);
        }

        private string? Address(string? executionId) => ExecutionAddress.Of(instance.Id, executionId);
    }
}
