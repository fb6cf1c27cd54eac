using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Workspaces;

namespace ReleaseWorkflows.Server.Api.MiniPrograms;

/// <summary>A mini program to be.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Workspace">Who shall own it; null: the only workspace that the actor could mean.</param>
/// <param name="BasicInformation">What people see.</param>
/// <param name="Configuration">The global configuration.</param>
internal sealed record NewMiniProgram(MiniProgramKey Key, WorkspaceKey? Workspace, BasicInformation BasicInformation, ConfigurationValues Configuration);

/// <summary>What can be done with mini programs, for endpoints and pages alike: each is the work of one unit.</summary>
internal static class MiniProgramCommands
{
    private const string Address = "/api/mini-programs/";

    /// <summary>Creates a mini program.</summary>
    public static async Task<CommandResponse> CreateAsync(IServiceProvider services, Actor actor, NewMiniProgram wanted, CancellationToken cancellationToken)
    {
        var store = services.GetRequiredService<IMiniProgramStore>();
        var workspaces = await services.GetRequiredService<IAccountStore>().ListWorkspacesAsync(cancellationToken);
        var (workspace, problem) = WorkspaceChoice.Choose(
            wanted.Workspace, workspaces, actor, Permission.ManageMiniPrograms, owner => new Subject(owner, null, null));
        if (problem is not null)
        {
            return CommandResponse.Refuse(problem);
        }

        if (await store.FindAsync(wanted.Key, cancellationToken) is not null)
        {
            return CommandResponse.Refuse(Problem.AlreadyExists(
                $"There is a mini program “{wanted.Key}” already; keys are unique on the platform. Choose another key."));
        }

        var miniProgram = new MiniProgram
        {
            Key = wanted.Key,
            Workspace = workspace!.Key,
            BasicInformation = wanted.BasicInformation,
            Configuration = wanted.Configuration,
            CreatedAt = services.GetRequiredService<TimeProvider>().GetUtcNow(),
        };
        store.Save(miniProgram);
        store.AddConfiguration(GlobalConfigurationRevision.First(miniProgram, actor));
        return CommandResponse.Created(Address + wanted.Key, MiniProgramAnswer.From(miniProgram), miniProgram.Revision);
    }

    /// <summary>Replaces what people see.</summary>
    public static Task<CommandResponse> ReplaceBasicInformationAsync(
        IServiceProvider services, Actor actor, string key, BasicInformation basicInformation, Func<MiniProgram, Problem?> objection, CancellationToken cancellationToken) =>
        ChangeAsync(services, actor, key, miniProgram => miniProgram with { BasicInformation = basicInformation }, objection, cancellationToken);

    /// <summary>Replaces the global configuration; releases that can still be edited take it over in the same unit of work (T3, S4).</summary>
    public static Task<CommandResponse> ReplaceConfigurationAsync(
        IServiceProvider services, Actor actor, string key, ConfigurationValues configuration, Func<MiniProgram, Problem?> objection, CancellationToken cancellationToken) =>
        ChangeAsync(
            services,
            actor,
            key,
            miniProgram => miniProgram with { Configuration = configuration },
            objection,
            cancellationToken,
            async (before, miniProgram) =>
            {
                var store = services.GetRequiredService<IMiniProgramStore>();
                var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
                var kept = await store.ListConfigurationsAsync(before.Key, cancellationToken);
                foreach (var revision in GlobalConfigurationHistory.Continue(before, miniProgram.Configuration, kept, actor, now))
                {
                    store.AddConfiguration(revision);
                }

                if (services.GetService<IReleaseConfigurationRefresher>() is { } refresher)
                {
                    await refresher.RefreshAsync(miniProgram.Key, actor, cancellationToken);
                }
            });

    // To replace a thing by what it is already changes nothing: no new revision, and no new test QR codes for its releases.
    private static async Task<CommandResponse> ChangeAsync(
        IServiceProvider services,
        Actor actor,
        string key,
        Func<MiniProgram, MiniProgram> change,
        Func<MiniProgram, Problem?> objection,
        CancellationToken cancellationToken,
        Func<MiniProgram, MiniProgram, Task>? afterwards = null)
    {
        var store = services.GetRequiredService<IMiniProgramStore>();
        var (current, problem) = await store.FindAsync(key, actor, Permission.ManageMiniPrograms, cancellationToken);
        if (current is null || (problem = objection(current)) is not null)
        {
            return CommandResponse.Refuse(problem!);
        }

        var next = change(current);
        if (next != current)
        {
            next = next with { Revision = current.Revision + 1 };
            store.Save(next);
            if (afterwards is not null)
            {
                await afterwards(current, next);
            }
        }

        return CommandResponse.Ok(MiniProgramAnswer.From(next), next.Revision);
    }
}
