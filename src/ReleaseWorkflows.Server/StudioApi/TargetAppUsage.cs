using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Runtime.Definitions.Versions;

namespace ReleaseWorkflows.Server.StudioApi;

/// <summary>The target apps that run on a definition: it can neither be retracted nor deleted under them.</summary>
internal sealed class TargetAppUsage(ITargetAppStore apps) : IDefinitionUsage
{
    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DefinitionUser>> ListUsersAsync(string definitionId, CancellationToken cancellationToken) =>
        [.. (await apps.ListAsync(cancellationToken)).Where(app => app.WorkflowDefinitionId == definitionId).Select(app => new DefinitionUser(app.Key.Value, app.Name))];
}
