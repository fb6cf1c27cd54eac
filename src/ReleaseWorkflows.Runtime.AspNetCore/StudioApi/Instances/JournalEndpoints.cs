using System.Text.Json.Nodes;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>The journal of an instance.</summary>
internal static class JournalEndpoints
{
    /// <summary>All lines, by pages.</summary>
    public static Task<StudioAnswer> ListAsync(StudioRequest request)
    {
        var (skip, take) = request.QueryPage();
        return ListAsync(request, new JournalQuery { Skip = skip, Take = take });
    }

    /// <summary>The lines that a filter lets through. The page is in the query (skip, take) or in the body (page, pageSize).</summary>
    public static async Task<StudioAnswer> SearchAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var filter = body.Part("filter");
        var (skip, take) = request.Page(
            body.Number("page") ?? request.QueryNumber("page"),
            body.Number("pageSize") ?? request.QueryNumber("pageSize"),
            body.Number("skip") ?? request.QueryNumber("skip"),
            body.Number("take") ?? request.QueryNumber("take"));
        return await ListAsync(request, new JournalQuery
        {
            ActivityIds = Given(filter, "activityIds"),
            ActivityNodeIds = Given(filter, "activityNodeIds"),
            ExcludedActivityTypes = Given(filter, "excludedActivityTypes"),
            EventNames = Given(filter, "eventNames"),
            Skip = skip,
            Take = take,
        });
    }

    /// <summary>The last line about an activity.</summary>
    public static async Task<StudioAnswer> FindLastAsync(StudioRequest request)
    {
        if (await InstanceAccess.FindHeaderAsync(request, request.Route("id")) is not { } instance)
            return StudioAnswer.NotFound;

        var lines = await request.Service<IInstanceReader>().ReadJournalAsync(
            instance.Id, new JournalQuery { ActivityIds = [request.Route("activityId")], Take = int.MaxValue }, request.Cancelled);
        if (lines.Items is not [.., var last])
            return StudioAnswer.NotFound;

        var line = JournalLine.Of(last);
        return StudioAnswer.Json(new
        {
            WorkflowDefinitionId = instance.DefinitionId,
            WorkflowDefinitionVersionId = instance.DefinitionVersionId,
            WorkflowInstanceId = instance.Id,
            WorkflowVersion = instance.DefinitionVersion,
            line.ActivityInstanceId,
            line.ParentActivityInstanceId,
            line.ActivityId,
            line.ActivityType,
            line.ActivityTypeVersion,
            line.ActivityName,
            ActivityNodeId = line.NodeId,
            line.Timestamp,
            line.Sequence,
            line.EventName,
            line.Message,
            line.Source,
            line.Payload,
            line.Id,
        });
    }

    private static async Task<StudioAnswer> ListAsync(StudioRequest request, JournalQuery query)
    {
        if (request.Refusal is { } refusal)
            return refusal;
        if (await InstanceAccess.FindHeaderAsync(request, request.Route("id")) is not { } instance)
            return StudioAnswer.NotFound;

        var page = await request.Service<IInstanceReader>().ReadJournalAsync(instance.Id, query, request.Cancelled);
        return StudioAnswer.Json(new StudioPage<JournalLine>([.. page.Items.Select(JournalLine.Of)], page.TotalCount));
    }

    // An empty list does not narrow: Studio sends one where it has nothing to say.
    private static IReadOnlyList<string>? Given(StudioBody filter, string name) => filter.Texts(name) is { Count: > 0 } values ? values : null;
}

/// <summary>A line of the journal.</summary>
internal sealed record JournalLine(
    string Id,
    string? ActivityInstanceId,
    string? ParentActivityInstanceId,
    string ActivityId,
    string ActivityType,
    int ActivityTypeVersion,
    string? ActivityName,
    string NodeId,
    DateTimeOffset Timestamp,
    long Sequence,
    string EventName,
    string? Message,
    string? Source,
    JsonObject? Payload)
{
    public static JournalLine Of(JournalRecord line) => new(
        $"{line.InstanceId}-{line.Sequence}",
        ExecutionAddress.Of(line.InstanceId, line.ActivityInstanceId),
        ExecutionAddress.Of(line.InstanceId, line.ParentActivityInstanceId),
        line.ActivityId,
        line.ActivityType,
        line.ActivityTypeVersion,
        line.ActivityName,
        line.ActivityNodeId,
        line.Timestamp,
        line.Sequence,
        line.EventName,
        line.Message,
        line.Source,
        PayloadOf(line.PayloadJson));

    // Studio goes through the members, so what is no object becomes one.
    private static JsonObject? PayloadOf(string? json) => json is null ? null : JsonNode.Parse(json) switch
    {
        JsonObject payload => payload,
        null => null,
        var other => new JsonObject { ["value"] = other },
    };
}
