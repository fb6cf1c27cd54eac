using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Releases;

namespace ReleaseWorkflows.Server.Portal.Releases;

/// <summary>The rejected rows of a list of testers, to be mended and given again.</summary>
internal static class TesterDraftEndpoints
{
    /// <summary>Adds the endpoint.</summary>
    public static void MapTesterDrafts(this IEndpointRouteBuilder app) =>
        app.MapGet("/releases/{id}/testers/{draft}/rejected.csv", ReadRejectedAsync).RequireAuthorization().ExcludeFromDescription();

    private static async Task<IResult> ReadRejectedAsync(HttpContext context, IReleaseStore releases, TesterDrafts drafts, string id, string draft)
    {
        var actor = CurrentActor.Of(context);
        return await ReleaseEndpoints.FindVisibleAsync(releases, id, actor, context.RequestAborted) is { } release
            && await drafts.FindAsync(draft, release.Id, actor.Id, context.RequestAborted) is { } found
                ? TypedResults.File(drafts.OpenRejected(found), "text/csv; charset=utf-8", $"rejected-{release.Key.MiniProgram}-{release.Key.Version}.csv")
                : Results.NotFound();
    }
}
