using System.Text.Json;
using Elsa.Workflows;
using ReleaseWorkflows.Runtime.Instances;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>Reads which instances are wanted, from the query or from a body.</summary>
internal static class InstanceListRequest
{
    private const int MaxTimes = 10;

    /// <summary>From the query. What cannot be read is noted with the request.</summary>
    public static InstanceQuery Read(StudioRequest request)
    {
        var (skip, take) = request.QueryPage();
        return new InstanceQuery
        {
            SearchTerm = request.Query("searchTerm")?.Trim(),
            Ids = request.QueryList("ids") is { Count: > 0 } ids ? ids : null,
            DefinitionIds = [.. Joined(request.Query("definitionId"), request.QueryList("definitionIds"))],
            CorrelationIds = [.. Joined(request.Query("correlationId"), request.QueryList("correlationIds"))],
            Version = request.QueryNumber("version"),
            HasIncidents = request.QueryFlag("hasIncidents"),
            Statuses = [.. Words<WorkflowStatus>(request, "statuses", Joined(request.Query("status"), request.QueryList("statuses")))],
            SubStatuses = [.. Words<WorkflowSubStatus>(request, "subStatuses", Joined(request.Query("subStatus"), request.QueryList("subStatuses")))],
            OrderBy = OrderOf(request, request.Query("orderBy")),
            IsDescending = IsDescending(request, request.Query("orderDirection")),
            Skip = skip,
            Take = Math.Clamp(take, 1, InstanceQuery.MaxPageSize),
        };
    }

    /// <summary>From a body. What cannot be read is noted with the request.</summary>
    public static InstanceQuery Read(StudioRequest request, StudioBody body)
    {
        var (skip, take) = request.Page(body.Number("page"), body.Number("pageSize"));
        return Filter(request, body) with
        {
            OrderBy = OrderOf(request, body.Text("orderBy")),
            IsDescending = IsDescending(request, body.Text("orderDirection")),
            Skip = skip,
            Take = Math.Clamp(take, 1, InstanceQuery.MaxPageSize),
        };
    }

    /// <summary>What a body narrows, without order and page.</summary>
    public static InstanceQuery Filter(StudioRequest request, StudioBody body) => new()
    {
        SearchTerm = body.Text("searchTerm")?.Trim(),
        Ids = Joined(body.Text("id"), [.. body.Texts("ids"), .. body.Texts("workflowInstanceIds")]) is { Count: > 0 } ids ? ids : null,
        DefinitionIds = Joined(body.Text("definitionId"), body.Texts("definitionIds")),
        DefinitionVersionIds = Joined(body.Text("definitionVersionId"), body.Texts("definitionVersionIds")),
        CorrelationIds = Joined(body.Text("correlationId"), body.Texts("correlationIds")),
        Names = body.Texts("names"),
        Version = body.Number("version"),
        HasIncidents = body.Flag("hasIncidents"),
        Statuses = Words<WorkflowStatus>(request, "statuses", Joined(body.Text("status"), body.Texts("statuses"))),
        SubStatuses = Words<WorkflowSubStatus>(request, "subStatuses", Joined(body.Text("subStatus"), body.Texts("subStatuses"))),
        Times = Times(request, body.Member("timestampFilters")),
    };

    /// <summary>True if instances of the system itself are asked for; there are none here.</summary>
    public static bool AsksForSystem(bool? isSystem) => isSystem == true;

    private static List<string> Joined(string? one, IReadOnlyList<string> more) => [.. one is null ? [] : new[] { one }, .. more];

    private static List<T> Words<T>(StudioRequest request, string name, IEnumerable<string> texts)
        where T : struct, Enum => [.. texts.Select(text => request.Word<T>(name, text)).OfType<T>()];

    private static InstanceOrder OrderOf(StudioRequest request, string? text)
    {
        switch (text?.ToUpperInvariant())
        {
            case null or "CREATED" or "CREATEDAT":
                return InstanceOrder.Created;
            case "LASTEXECUTED" or "UPDATED" or "UPDATEDAT":
                return InstanceOrder.Updated;
            case "FINISHED" or "FINISHEDAT":
                return InstanceOrder.Finished;
            case "NAME":
                return InstanceOrder.Name;
            default:
                request.Complain("orderBy", "orderBy has to be one of Created, LastExecuted, Finished, Name.");
                return InstanceOrder.Created;
        }
    }

    private static bool IsDescending(StudioRequest request, string? text) =>
        text is null || request.Word<Direction>("orderDirection", text) is not Direction.Ascending;

    private static List<InstanceTimeFilter> Times(StudioRequest request, JsonElement list)
    {
        var filters = new List<InstanceTimeFilter>();
        if (list.ValueKind == JsonValueKind.Undefined)
            return filters;
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxTimes)
        {
            request.Complain("timestampFilters", $"timestampFilters has to be a list of at most {MaxTimes}.");
            return filters;
        }

        foreach (var item in list.EnumerateArray())
        {
            var filter = item.ValueKind == JsonValueKind.Object ? new StudioBody(request, item) : null;
            if (filter?.Word<InstanceTime>("column") is { } column
                && filter.Word<TimeComparison>("operator") is { } comparison
                && DateTimeOffset.TryParse(filter.Text("timestamp"), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var bound))
            {
                filters.Add(new InstanceTimeFilter(column, comparison, bound));
            }
            else
            {
                request.Complain("timestampFilters", "Each filter needs column (CreatedAt, UpdatedAt, FinishedAt), operator and timestamp.");
            }
        }

        return filters;
    }

    private enum Direction
    {
        Ascending,
        Descending,
    }
}
