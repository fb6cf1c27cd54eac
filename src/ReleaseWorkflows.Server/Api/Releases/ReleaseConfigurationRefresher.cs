using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api.MiniPrograms;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>
/// Carries a change of a mini program's global configuration into its releases that have not applied yet (T3): each gets the new effective
/// configuration and its package built again. Releases that have applied keep what was submitted (I5).
/// </summary>
internal sealed class ReleaseConfigurationRefresher(IReleaseStore releases, ReleaseCommandService commands) : IReleaseConfigurationRefresher
{
    /// <inheritdoc/>
    public async Task RefreshAsync(MiniProgramKey miniProgram, Actor actor, CancellationToken cancellationToken)
    {
        var query = new ReleaseQuery { MiniProgram = miniProgram, Status = ReleaseStatus.NewVersionCreated, Limit = 200 };
        for (ReleasePage page; ; query = query with { After = page.Next })
        {
            page = await releases.ListAsync(query, cancellationToken);
            foreach (var release in page.Items)
            {
                await commands.ExecuteAsync(release.Id, new RefreshConfiguration(actor.Id, actor.Name), Actor.System, cancellationToken);
            }

            if (page.Next is null)
            {
                return;
            }
        }
    }
}
