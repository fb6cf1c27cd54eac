using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary><c>/api/approvals</c> and <c>/api/requests</c>: what waits for my decision, and what I asked for (S1, S2).</summary>
internal static class RequestEndpoints
{
    private const int Limit = 200;

    /// <summary>Adds the endpoints.</summary>
    public static void MapRequests(this IEndpointRouteBuilder api)
    {
        api.MapGet("/approvals", ApprovalsAsync).WithTags("Reviews").WithSummary("Lists the releases that wait for my decision.");
        api.MapGet("/requests", RequestsAsync).WithTags("Reviews").WithSummary("Lists the releases that I applied for last.");
    }

    private static async Task<IResult> ApprovalsAsync(HttpContext context, IReleaseStore releases, ReleaseViews views)
    {
        var actor = CurrentActor.Of(context);
        if (!actor.MaySomewhere(Permission.Review))
        {
            return TypedResults.Ok(new Listing<ReleaseView>([]));
        }

        var query = new ReleaseQuery { Status = ReleaseStatus.UnderReview, Visibility = ReleaseVisibility.Of(actor), Limit = Limit };
        var page = await releases.ListAsync(query, context.RequestAborted);
        var shown = await views.OfAsync(page.Items, actor, context.RequestAborted);
        return TypedResults.Ok(Listing.Of(shown.Where(view => view.AllowedCommands.Contains(ReleaseCommands.Approve))));
    }

    private static async Task<IResult> RequestsAsync(HttpContext context, IReleaseStore releases, ReleaseViews views)
    {
        var actor = CurrentActor.Of(context);
        var query = new ReleaseQuery { Applicant = actor.Id, Visibility = ReleaseVisibility.Of(actor), Limit = Limit };
        var page = await releases.ListAsync(query, context.RequestAborted);
        return TypedResults.Ok(Listing.Of(await views.OfAsync(page.Items, actor, context.RequestAborted)));
    }
}
