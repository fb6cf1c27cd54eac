using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Server.Api.Commands;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Server.Api.Releases;

/// <summary>A version gets its target: the work of one unit, for the endpoint and the page alike (T1).</summary>
internal static class NewRelease
{
    /// <summary>Creates the release and starts its workflow.</summary>
    public static async Task<CommandResponse> CreateAsync(
        IServiceProvider services, Actor actor, CreateReleaseCommand command, CancellationToken cancellationToken)
    {
        var launcher = services.GetRequiredService<ReleaseLauncher>();
        var result = await launcher.CreateAsync(command, actor, cancellationToken);
        if (result.IsRefused)
        {
            return CommandResponse.Refuse(result.Refusal);
        }

        await launcher.StartPipelineAsync(result.Release, cancellationToken);
        var created = (await services.GetRequiredService<IReleaseStore>().FindAsync(result.Release.Id, cancellationToken))!;
        var view = CreatedReleaseView.Of(created);
        return CommandResponse.Created(view.Links.Self, view, created.Revision);
    }
}
