using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.MiniPrograms;

namespace ReleaseWorkflows.Server.Api.MiniPrograms;

/// <summary>Carries a change of a mini program's global configuration into its releases that can still be edited (T3, S4).</summary>
internal interface IReleaseConfigurationRefresher
{
    /// <summary>
    /// Refreshes every release of the mini program in New Version Created, in the unit of work that saves the new configuration: releases
    /// take it over together with the mini program or not at all.
    /// </summary>
    /// <param name="miniProgram">The mini program, whose new configuration the stores of the unit already see.</param>
    /// <param name="actor">Who changed it, for the logs of the releases.</param>
    /// <param name="cancellationToken">Stops between two releases.</param>
    Task RefreshAsync(MiniProgramKey miniProgram, Actor actor, CancellationToken cancellationToken);
}
