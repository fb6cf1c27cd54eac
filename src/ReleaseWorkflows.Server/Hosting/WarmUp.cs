using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Runtime.Storage;
using ReleaseWorkflows.Server.Api.Releases;

namespace ReleaseWorkflows.Server.Hosting;

/// <summary>
/// Takes a step of a release that waits, and discards it, so that the first person who takes one does not wait until its code is compiled. Then gives back
/// the memory that only the start has needed. Runs once, beside the first requests.
/// </summary>
internal static partial class WarmUp
{
    private const int Candidates = 20;

    // Nobody signs in as this account, and nothing that it does is kept.
    private static readonly Actor Nobody = new(new UserId("warm-up"), "ReleaseWorkflows", null, [new Grant(Role.Administrator, new WorkspaceKey("platform"), [])]);

    /// <summary>Warms up as soon as the server has started.</summary>
    public static void WarmUpOnceStarted(this WebApplication app) => app.Lifetime.ApplicationStarted.Register(() => _ = Task.Run(async () =>
    {
        await RunAsync(app.Services, app.Lifetime.ApplicationStopping);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }));

    /// <summary>Takes the step. Whatever goes wrong with it is only told to the log.</summary>
    /// <returns>True if there was a step to take.</returns>
    public static async Task<bool> RunAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        try
        {
            return await services.GetRequiredService<IUnitOfWorkRunner>().RunAsync(
                async (unit, stop) => UnitOfWorkResult.Discard(await TakeStepAsync(unit, stop)), cancellationToken);
        }
        // CA1031: nobody waits for this; a server that cannot do it serves all the same.
#pragma warning disable CA1031
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailed(services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WarmUp)), exception);
            return false;
        }
    }

    private static async Task<bool> TakeStepAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var newest = await services.GetRequiredService<IReleaseStore>().ListAsync(new ReleaseQuery { Limit = Candidates }, cancellationToken);
        foreach (var release in newest.Items)
        {
            if (release.WorkflowInstanceId is not null && StepOf(release) is { } step)
            {
                return (await ReleaseCommandWork.CarryOutAsync(services, release, step, null, Nobody, cancellationToken)).IsCommitted;
            }
        }

        return false;
    }

    private static ReleaseCommand? StepOf(Release release)
    {
        var allowed = ReleaseCommandService.AllowedCommands(release, Nobody, isStopped: false);
        return allowed.Contains(ReleaseCommands.Apply) ? new Apply(null)
            : allowed.Contains(ReleaseCommands.Withdraw) ? new Withdraw()
            : allowed.Contains(ReleaseCommands.Cancel) ? new Cancel(null)
            : null;
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The step that nobody keeps could not be taken; the first one will be slower.")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
