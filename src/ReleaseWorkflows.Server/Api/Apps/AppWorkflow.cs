using ReleaseWorkflows.Activities.Hosting;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Apps;

/// <summary>
/// The workflow definition of an app. Apps begin on the platform's default; one that needs another order of things gets a copy of its own, which
/// its administrators edit. Releases keep the version they began on; only later ones run on what is published then (A25).
/// </summary>
internal static class AppWorkflow
{
    /// <summary>The definition that the platform brings along.</summary>
    public const string DefaultDefinitionId = "release-pipeline";

    /// <summary>Complains if the definition an app is to run on is not published, since its releases could not begin; or if it was made for an app of others.</summary>
    public static async ValueTask CheckAsync(TargetApp app, RequestReader input, HttpContext context, CancellationToken cancellationToken)
    {
        if (app.WorkflowDefinitionId is not { Length: > 0 } definitionId)
        {
            return;
        }

        if (await ProblemOfAsync(definitionId, CurrentActor.Of(context), context.RequestServices, cancellationToken) is { } problem)
        {
            input.Add("workflowDefinitionId", problem);
        }
    }

    /// <summary>Why no app of the actor can run on a definition; null if it can.</summary>
    internal static async ValueTask<string?> ProblemOfAsync(string definitionId, Actor actor, IServiceProvider services, CancellationToken cancellationToken)
    {
        var apps = await services.GetRequiredService<ITargetAppStore>().ListAsync(cancellationToken);
        var isForOthers = apps.Any(other => other.OwnWorkflowDefinitionId == definitionId && !actor.May(Permission.Define, new Subject(null, null, other.Workspace)));
        return isForOthers || !await services.GetRequiredService<IWorkflowHost>().IsPublishedAsync(definitionId, cancellationToken)
            ? $"There is no published workflow definition “{definitionId}”. Publish it first, or name {DefaultDefinitionId}."
            : null;
    }

    /// <summary>Makes a definition of its own for an app, and has the app run on it.</summary>
    public static Task<IResult> CopyAsync(HttpContext context, string key) => CommandEndpoint.RunAsync(context, Copy(context, key));

    /// <summary>The same as the work of a unit of work, for the API and for pages.</summary>
    public static Func<IServiceProvider, CancellationToken, Task<CommandResponse>> Copy(HttpContext context, string key)
    {
        var actor = CurrentActor.Of(context);
        return AppChange.Work(
            context,
            key,
            WithOwn,
            static app => CommandResponse.Ok(AppEndpoints.Shown(app), app.Revision),
            (app, services, stop) => MakeOwnAsync(app, actor, services, stop));
    }

    /// <summary>Makes the own definition of an app; null if it is there afterwards, otherwise why not.</summary>
    internal static async Task<Problem?> MakeOwnAsync(TargetApp app, Actor actor, IServiceProvider services, CancellationToken cancellationToken) =>
        app.WorkflowDefinitionId == app.OwnWorkflowDefinitionId
            ? Problem.AlreadyExists($"The app “{app.Key}” runs on a definition of its own already: {app.WorkflowDefinitionId}.")
            : await MakeAsync(app, actor, services, cancellationToken);

    /// <summary>The app on a definition of its own.</summary>
    internal static TargetApp WithOwn(TargetApp app) => app with { WorkflowDefinitionId = OwnOf(app), OwnWorkflowDefinitionId = OwnOf(app) };

    /// <summary>The id that the own definition of an app has, or would get.</summary>
    internal static string OwnOf(TargetApp app) => app.OwnWorkflowDefinitionId ?? $"{app.Key}-pipeline";

    // The copy is a change of its own. If the app could not be changed afterwards, the next attempt finds the copy and goes on with it.
    private static async Task<Problem?> MakeAsync(TargetApp app, Actor actor, IServiceProvider services, CancellationToken cancellationToken)
    {
        var definitions = services.GetRequiredService<IDefinitionVersions>();
        var own = OwnOf(app);
        if (await definitions.FindAsync(own, VersionSelection.Latest, 0, cancellationToken) is not null)
        {
            if (app.OwnWorkflowDefinitionId is null && !await MayAdoptAsync(own, actor, definitions, cancellationToken))
            {
                return Problem.AlreadyExists(
                    $"There is a workflow definition “{own}” that was not made for this app, so the app does not get it. Ask an administrator of the platform to give it to the app, or to delete it.");
            }

            return await definitions.FindAsync(own, VersionSelection.Published, 0, cancellationToken) is not null
                ? null
                : new Problem(StatusCodes.Status409Conflict, "not-published", $"The app's own definition “{own}” is not published. Publish it in Studio, then try again.");
        }

        var change = await definitions.CopyAsync(
            app.WorkflowDefinitionId, own, $"Release pipeline of {app.Name}", new DefinitionAuthor(actor.Id.Value, actor.Name), cancellationToken);
        return change.Outcome == VersionOutcome.Done
            ? null
            : new Problem(StatusCodes.Status409Conflict, "not-copied", change.Reason ?? $"The definition “{app.WorkflowDefinitionId}” has errors and was not copied: correct it in Studio.");
    }

    // Whoever is no administrator can have made it by copying alone; so a definition that nobody else has touched is the copy of an earlier attempt.
    private static async Task<bool> MayAdoptAsync(string definitionId, Actor actor, IDefinitionVersions definitions, CancellationToken cancellationToken) =>
        actor.Grants.Any(static grant => grant.Role == Role.Administrator)
        || (await definitions.ListChangesAsync(definitionId, 100, cancellationToken)) is { Count: > 0 and < 100 } changes
            && changes.All(change => change.AuthorId == actor.Id.Value);
}
