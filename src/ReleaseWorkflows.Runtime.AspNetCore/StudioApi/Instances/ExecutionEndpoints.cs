using System.Text.Json.Nodes;
using Elsa.Workflows;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>Executions of activities: what each got, gave and came to.</summary>
internal static class ExecutionEndpoints
{
    /// <summary>The executions of an instance, of one activity or all; the last is the latest.</summary>
    public static async Task<StudioAnswer> ListAsync(StudioRequest request) =>
        await FindAllAsync(request) is { } executions ? StudioAnswer.Json(new StudioList<ExecutionAnswer>([.. executions.Select(execution => AnswerOf(request, execution))])) : Missing(request);

    /// <summary>The same without what they got and gave.</summary>
    public static async Task<StudioAnswer> ListSummariesAsync(StudioRequest request) =>
        await FindAllAsync(request) is { } executions ? StudioAnswer.Json(new StudioList<ExecutionSummary>([.. executions.Select(ExecutionSummary.Of)])) : Missing(request);

    /// <summary>How many there are.</summary>
    public static async Task<StudioAnswer> CountAsync(StudioRequest request) =>
        await FindAllAsync(request) is { } executions ? StudioAnswer.Json(new { executions.Count }) : Missing(request);

    /// <summary>One execution, its id in the address.</summary>
    public static async Task<StudioAnswer> FindAsync(StudioRequest request) =>
        await FindAsync(request, request.Route("id")) is var (_, execution) ? StudioAnswer.Json(AnswerOf(request, execution)) : StudioAnswer.NotFound;

    /// <summary>One execution, its id in the query.</summary>
    public static async Task<StudioAnswer> FindByIdAsync(StudioRequest request) =>
        request.Query("id") is { } id && await FindAsync(request, id) is var (_, execution) ? StudioAnswer.Json(AnswerOf(request, execution)) : StudioAnswer.NotFound;

    /// <summary>The executions that led to one, from the workflow down to itself.</summary>
    public static async Task<StudioAnswer> CallStackAsync(StudioRequest request)
    {
        if (await FindAsync(request, request.Route("id")) is not var (all, execution))
            return StudioAnswer.NotFound;

        var byId = all.ToDictionary(static one => one.Id, StringComparer.Ordinal);
        var stack = new List<ExecutionAnswer>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var one = execution; one is not null && seen.Add(one.Id); one = one.SchedulingActivityExecutionId is { } scheduler ? byId.GetValueOrDefault(scheduler) : null)
            stack.Insert(0, AnswerOf(request, one));
        return StudioAnswer.Json(new { ActivityExecutionId = request.Route("id"), Items = stack, TotalCount = stack.Count });
    }

    /// <summary>What became of activities, for the badges on their nodes.</summary>
    public static async Task<StudioAnswer> ReportAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var instanceId = body.Text("workflowInstanceId");
        var nodeIds = body.Texts("activityNodeIds");
        if (instanceId is null)
            request.Complain("workflowInstanceId", "workflowInstanceId is missing.");
        if (request.Refusal is { } refusal)
            return refusal;
        if (await InstanceAccess.FindHeaderAsync(request, instanceId!) is null)
            return StudioAnswer.NotFound;

        var executions = await request.Service<IInstanceReader>().ReadExecutionsAsync(instanceId!, request.Cancelled);
        var wanted = nodeIds.Count > 0 ? executions.Where(execution => nodeIds.Contains(execution.ActivityNodeId)) : executions;
        return StudioAnswer.Json(new { Stats = ActivityStats.Of(wanted) });
    }

    /// <summary>Retries of an execution's calls. The engine makes none inside an execution: jobs that are tried again are still one execution.</summary>
    public static async Task<StudioAnswer> ListRetriesAsync(StudioRequest request) =>
        await FindAsync(request, request.Route("id")) is null
            ? StudioAnswer.NotFound
            : StudioAnswer.Json(new StudioPage<object>([], 0, []));

    private static async Task<IReadOnlyList<ActivityExecutionRecord>?> FindAllAsync(StudioRequest request)
    {
        var instanceId = request.Query("workflowInstanceId");
        var nodeId = request.Query("activityNodeId");
        var isCompleted = request.QueryFlag("completed");
        if (instanceId is null)
            request.Complain("workflowInstanceId", "workflowInstanceId is missing.");
        if (request.Refusal is not null)
            return null;
        if (await InstanceAccess.FindHeaderAsync(request, instanceId!) is null)
            return [];

        var executions = await request.Service<IInstanceReader>().ReadExecutionsAsync(instanceId!, request.Cancelled);
        return nodeId is null && isCompleted is null
            ? executions
            : [.. executions.Where(execution =>
                (nodeId is null || execution.ActivityNodeId == nodeId) && (isCompleted is null || execution.CompletedAt is not null == isCompleted))];
    }

    private static async Task<(IReadOnlyList<ActivityExecutionRecord> All, ActivityExecutionRecord Execution)?> FindAsync(StudioRequest request, string address)
    {
        var (instanceId, executionId) = ExecutionAddress.Read(address);
        if (instanceId is null || await InstanceAccess.FindHeaderAsync(request, instanceId) is null)
            return null;

        var all = await request.Service<IInstanceReader>().ReadExecutionsAsync(instanceId, request.Cancelled);
        return all.FirstOrDefault(execution => execution.Id == executionId) is { } found ? (all, found) : null;
    }

    /// <summary>An execution as answered.</summary>
    public static ExecutionAnswer AnswerOf(StudioRequest request, ActivityExecutionRecord execution) => ExecutionAnswer.Of(execution, request.Service<IActivityRegistry>());

    private static StudioAnswer Missing(StudioRequest request) => request.Refusal ?? StudioAnswer.NotFound;
}

/// <summary>An execution without what it got and gave.</summary>
internal sealed record ExecutionSummary(
    string WorkflowInstanceId,
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    DateTimeOffset StartedAt,
    bool HasBookmarks,
    string Status,
    JsonObject Metadata,
    int AggregateFaultCount,
    DateTimeOffset? CompletedAt,
    string? Id)
{
    public static ExecutionSummary Of(ActivityExecutionRecord execution) => new(
        execution.InstanceId,
        execution.ActivityId,
        execution.ActivityNodeId,
        execution.ActivityType,
        execution.ActivityTypeVersion,
        execution.ActivityName,
        execution.StartedAt,
        execution.HasBookmarks,
        execution.Status,
        ObjectMap.Of(null),
        execution.AggregateFaultCount,
        execution.CompletedAt,
        ExecutionAddress.Of(execution.InstanceId, execution.Id));
}

/// <summary>An execution.</summary>
internal sealed record ExecutionAnswer(
    string WorkflowInstanceId,
    string ActivityId,
    string ActivityNodeId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    JsonNode? ActivityState,
    JsonObject? Payload,
    JsonObject? Outputs,
    JsonObject Properties,
    JsonObject Metadata,
    JsonNode? Exception,
    DateTimeOffset StartedAt,
    bool HasBookmarks,
    string Status,
    int AggregateFaultCount,
    DateTimeOffset? CompletedAt,
    string? SchedulingActivityExecutionId,
    string? SchedulingActivityId,
    int CallStackDepth,
    string? Id,
    string TenantId)
{
    /// <summary>An execution as answered.</summary>
    /// <param name="execution">The execution.</param>
    /// <param name="registry">The activity types: outputs that were not set are shown without a value.</param>
    public static ExecutionAnswer Of(ActivityExecutionRecord execution, IActivityRegistry registry)
    {
        var details = execution.DetailsJson is { } json ? JsonNode.Parse(json)!.AsObject() : [];
        return new(
            execution.InstanceId,
            execution.ActivityId,
            execution.ActivityNodeId,
            execution.ActivityType,
            execution.ActivityTypeVersion,
            execution.ActivityName,
            details["inputs"]?.DeepClone(),
            details["journal"] is JsonObject journal ? ObjectMap.Of(journal) : null,
            OutputsOf(execution, details["outputs"] as JsonObject, registry),
            ObjectMap.Of(null),
            ObjectMap.Of(null),
            details["exception"]?.DeepClone(),
            execution.StartedAt,
            execution.HasBookmarks,
            execution.Status,
            execution.AggregateFaultCount,
            execution.CompletedAt,
            ExecutionAddress.Of(execution.InstanceId, execution.SchedulingActivityExecutionId),
            execution.SchedulingActivityId,
            execution.CallStackDepth,
            ExecutionAddress.Of(execution.InstanceId, execution.Id),
            "");
    }

    private static JsonObject? OutputsOf(ActivityExecutionRecord execution, JsonObject? set, IActivityRegistry registry)
    {
        var outputs = set?.DeepClone().AsObject() ?? [];
        foreach (var output in registry.Find(execution.ActivityType, execution.ActivityTypeVersion)?.Outputs ?? [])
            outputs.TryAdd(output.Name, null);

        // The workflow itself is no type of the registry; its result is that of its root.
        if (execution.ActivityType == "Elsa.Workflow")
            outputs.TryAdd("Result", null);
        return outputs.Count == 0 ? null : outputs;
    }
}

/// <summary>What became of the executions of one activity.</summary>
internal sealed record ActivityStats(
    string ActivityId,
    string ActivityNodeId,
    int StartedCount,
    int CompletedCount,
    int UncompletedCount,
    bool IsBlocked,
    bool IsFaulted,
    int AggregateFaultCount,
    JsonObject Metadata)
{
    public static IReadOnlyList<ActivityStats> Of(IEnumerable<ActivityExecutionRecord> executions) =>
    [
        .. executions.GroupBy(static execution => execution.ActivityNodeId, StringComparer.Ordinal).Select(static group => new ActivityStats(
            group.First().ActivityId,
            group.Key,
            group.Count(),
            group.Count(static execution => execution.CompletedAt is not null),
            group.Count(static execution => execution.CompletedAt is null),
            group.Any(static execution => execution.HasBookmarks),
            group.Any(static execution => execution.Status == "Faulted"),
            group.Sum(static execution => execution.AggregateFaultCount),
            ObjectMap.Of(null))),
    ];
}

/// <summary>A table that says of what kind it is, as Elsa writes them. Studio takes a record with such a table for complete.</summary>
internal static class ObjectMap
{
    public static JsonObject Of(JsonObject? table)
    {
        var map = table?.DeepClone().AsObject() ?? [];
        map["_type"] = "ObjectMap";
        return map;
    }
}
