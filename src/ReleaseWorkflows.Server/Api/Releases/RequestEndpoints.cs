using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary><c>/api/approvals</c> and <c>/api/requests</c>: what waits for my decision, and what I asked for (S1, S2).</summary>
internal static class RequestEndpoints
{
    private const int MaximumLimit = 200;

    /// <summary>Adds the endpoints.</summary>
    public static void MapRequests(this IEndpointRouteBuilder api)
    {
        api.MapGet("/approvals", ApprovalsAsync).WithTags("Reviews").WithSummary("Lists the releases that wait for my decision.");
        api.MapGet("/requests", RequestsAsync).WithTags("Reviews").WithSummary("Lists the releases that I applied for last.");
    }

    private static async Task<IResult> ApprovalsAsync(HttpContext context, IReleaseStore releases, ReleaseViews views, string? cursor, int? limit)
    {
        var actor = CurrentActor.Of(context);
        if (Unusable(limit) is { } problem)
        {
            return problem;
        }

        if (!actor.MaySomewhere(Permission.Review))
        {
            return TypedResults.Ok(new PageView<ReleaseView>([], null));
        }

        // Among the releases that one sees are those that others decide: pages are read until there is enough to show.
        var query = QueryOf(actor, cursor, limit) with { Status = ReleaseStatus.UnderReview };
        var mine = new List<ReleaseView>();
        do
        {
            var page = await releases.ListAsync(query, context.RequestAborted);
            var shown = await views.OfAsync(page.Items, actor, context.RequestAborted);
            mine.AddRange(shown.Where(view => view.AllowedCommands.Contains(ReleaseCommands.Approve)));
            query = query with { After = page.Next };
        }
        while (query.After is not null && mine.Count < query.Limit);

        return TypedResults.Ok(new PageView<ReleaseView>(mine, query.After?.Value));
    }

    private static async Task<IResult> RequestsAsync(HttpContext context, IReleaseStore releases, ReleaseViews views, string? cursor, int? limit)
    {
        var actor = CurrentActor.Of(context);
        if (Unusable(limit) is { } problem)
        {
            return problem;
        }

        var page = await releases.ListAsync(QueryOf(actor, cursor, limit) with { Applicant = actor.Id }, context.RequestAborted);
        return TypedResults.Ok(new PageView<ReleaseView>(await views.OfAsync(page.Items, actor, context.RequestAborted), page.Next?.Value));
    }

    private static Problem? Unusable(int? limit) => limit is < 1 or > MaximumLimit
        ? Problem.From(Refusal.Invalid(
            "Some parts of the query cannot be used as they are.",
            new Dictionary<string, IReadOnlyList<string>> { ["limit"] = [$"limit is a whole number from 1 to {MaximumLimit}."] }))
        : null;

    private static ReleaseQuery QueryOf(Actor actor, string? cursor, int? limit) => new()
    {
        Visibility = ReleaseVisibility.Of(actor),
        After = cursor is null ? null : new ReleaseId(cursor),
        Limit = limit ?? MaximumLimit,
    };
}
