using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.StudioApi;

namespace ReleaseWorkflows.Server.Api.Workflows;

/// <summary>What the platform tells about workflow definitions beside Elsa's own API: who changed which version, and when.</summary>
internal static class WorkflowEndpoints
{
    /// <summary>Most changes that are told.</summary>
    private const int MaxChanges = 500;

    /// <summary>Maps <c>/workflows</c>.</summary>
    public static void MapWorkflows(this IEndpointRouteBuilder api) => api.MapGroup("/workflows").WithTags("Workflows")
        .MapGet("/{definitionId}/changes", ListChangesAsync)
        .WithSummary("List who did what to which version of a workflow definition, the newest first; 500 at most.")
        .Produces<Listing<WorkflowChange>>();

    /// <summary>The changes of a definition that the actor may see; null if there is no such definition for the actor.</summary>
    public static async Task<IReadOnlyList<WorkflowChange>?> FindChangesAsync(HttpContext context, string definitionId, int limit)
    {
        var apps = await context.RequestServices.GetRequiredService<ITargetAppStore>().ListAsync(context.RequestAborted);
        if (!new PlatformCaller(CurrentActor.Of(context), apps).May(StudioPermissions.ReadWorkflowDefinitions, definitionId))
        {
            return null;
        }

        var definitions = context.RequestServices.GetRequiredService<IDefinitionVersions>();
        var changes = await definitions.ListChangesAsync(definitionId, limit, context.RequestAborted);
        return changes.Count == 0 && await definitions.FindAsync(definitionId, VersionSelection.Latest, 0, context.RequestAborted) is null
            ? null
            : [.. changes.Select(change => new WorkflowChange(change.Version, change.Action, change.AuthorName ?? "the platform", change.At))];
    }

    private static async Task<IResult> ListChangesAsync(HttpContext context, string definitionId) =>
        await FindChangesAsync(context, definitionId, MaxChanges) is { } changes
            ? Results.Ok(Listing.Of(changes))
            : Problem.NotFound($"There is no workflow definition “{definitionId}” that you may see. GET /elsa/api/workflow-definitions lists them.");
}

/// <summary>One change of a workflow definition.</summary>
/// <param name="Version">Number of the version.</param>
/// <param name="Action">What was done.</param>
/// <param name="By">Who did it.</param>
/// <param name="At">When.</param>
internal sealed record WorkflowChange(int Version, DefinitionAction Action, string By, DateTimeOffset At);
