using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;

namespace ReleaseWorkflows.Server.Portal.Studio;

/// <summary>
/// Addresses of Elsa's own web site that Studio's elements link to, and where they lead here. The script of the pages sees to it while they are on;
/// these serve a link that was copied or opened in another tab.
/// </summary>
internal static class StudioAddresses
{
    /// <summary>Maps them.</summary>
    public static void MapStudioAddresses(this IEndpointRouteBuilder app) =>
        app.MapGet("/diagnostics/structured-logs", LogsAsync).RequireAuthorization(PagePolicies.Workflows).ExcludeFromDescription();

    // What happened is told by the log of the release; of an instance without one, by its journal.
    private static async Task<IResult> LogsAsync(
        HttpContext context, string? workflowInstanceId, IWorkflowStore workflows, IReleaseStore releases, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(workflowInstanceId))
        {
            return Results.Redirect("/studio/instances");
        }

        var instance = await workflows.FindInstanceAsync(workflowInstanceId, cancellationToken);
        return instance?.CorrelationId is { Length: > 0 } id
            && await releases.FindAsync(new ReleaseId(id), cancellationToken) is { } release
            && CurrentActor.Of(context).May(Domain.Access.Permission.ViewReleases, release.Subject)
                ? Results.Redirect($"/releases/{release.Id}")
                : Results.Redirect($"/studio/instances/{Uri.EscapeDataString(workflowInstanceId)}");
    }
}
