using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Apps;

namespace ReleaseWorkflows.Server.StudioApi;

/// <summary>Lets the platform's accounts into Elsa's API, however they signed in: API key, token or session.</summary>
internal sealed class StudioAccess(ITargetAppStore apps) : IStudioAccess
{
    /// <inheritdoc/>
    public async ValueTask<StudioCaller?> FindCallerAsync(HttpContext context) =>
        CurrentActor.Find(context) is { } actor ? new PlatformCaller(actor, await apps.ListAsync(context.RequestAborted)) : null;
}

/// <summary>
/// What an account may do with workflow definitions and instances (A24). A definition concerns the target apps that run on it: an
/// administrator of the platform may do everything; who defines the apps of a workspace sees the definitions they run on, and those no app
/// runs on yet, and changes those that were made for one of them (<see cref="TargetApp.OwnWorkflowDefinitionId"/>); who reviews for a workspace looks on.
/// Of a definition that apps of several workspaces run on, each sees the instances of its own releases.
/// </summary>
internal sealed class PlatformCaller(Actor actor, IReadOnlyList<TargetApp> apps) : StudioCaller(actor.Id.Value, actor.Name)
{
    private readonly bool _isAdministrator = actor.May(Permission.Define, default);

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> HiddenDefinitionIds =>
        _isAdministrator ? [] : [.. apps.Select(app => app.WorkflowDefinitionId).Distinct().Where(definitionId => !MaySee(definitionId))];

    /// <inheritdoc/>
    public override InstanceOwners? VisibleInstances => _isAdministrator
        ? null
        : new InstanceOwners(
            [.. actor.Grants.Where(static grant => IsConcerned(grant.Role)).Select(static grant => grant.Workspace.Value).Distinct()],
            [.. apps.Where(app => app.OwnWorkflowDefinitionId is not null && (May(Permission.Define, app) || May(Permission.Review, app))).Select(app => app.OwnWorkflowDefinitionId!)]);

    /// <inheritdoc/>
    public override bool May(string permission, string? definitionId)
    {
        if (_isAdministrator)
        {
            return true;
        }

        return permission switch
        {
            StudioPermissions.ReadRuntime or StudioPermissions.TriggerEvent => false,
            StudioPermissions.ReadWorkflowDefinitions or StudioPermissions.ReadWorkflowInstances or StudioPermissions.ReadActivityExecution => MaySee(definitionId),
            _ when permission.StartsWith("read:", StringComparison.Ordinal) => MaySeeAnything,
            _ => MayChange(definitionId),
        };
    }

    private bool MaySeeAnything => actor.MaySomewhere(Permission.Define) || actor.MaySomewhere(Permission.Review);

    private bool MaySee(string? definitionId)
    {
        if (definitionId is null)
        {
            return MaySeeAnything;
        }

        var concerned = Concerned(definitionId);
        return concerned.Count == 0
            ? actor.MaySomewhere(Permission.Define)
            : concerned.Any(app => May(Permission.Define, app) || May(Permission.Review, app));
    }

    // Running on a definition gives no right to it, or an app could be pointed at whatever its owner wants to change.
    private bool MayChange(string? definitionId)
    {
        if (definitionId is null)
        {
            return actor.MaySomewhere(Permission.Define);
        }

        return definitionId != AppWorkflow.DefaultDefinitionId
            && apps.Any(app => app.OwnWorkflowDefinitionId == definitionId && May(Permission.Define, app))
            && Concerned(definitionId).All(app => May(Permission.Define, app));
    }

    private static bool IsConcerned(Role role) => RolePermissions.Of(role).Contains(Permission.Define) || RolePermissions.Of(role).Contains(Permission.Review);

    private List<TargetApp> Concerned(string definitionId) => [.. apps.Where(app => app.WorkflowDefinitionId == definitionId)];

    private bool May(Permission permission, TargetApp app) => actor.May(permission, new Subject(null, null, app.Workspace));
}
