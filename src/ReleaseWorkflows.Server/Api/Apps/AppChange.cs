using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Api.Requests;

namespace ReleaseWorkflows.Server.Api.Apps;

/// <summary>A change of an app, as every endpoint below <c>/api/apps/{key}</c> makes it: found, permitted, not stale, stored as the next revision.</summary>
internal static class AppChange
{
    /// <summary>Changes an app in a unit of work of its own, as the answer to a request of the API.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">Key of the app.</param>
    /// <param name="change">The app as it is to be; its revision is counted up here.</param>
    /// <param name="answer">The answer, from the app as it is stored.</param>
    /// <param name="refuse">A last reason not to change it; null: there is none.</param>
    public static Task<IResult> RunAsync(
        HttpContext context,
        string key,
        Func<TargetApp, TargetApp> change,
        Func<TargetApp, CommandResponse> answer,
        Func<TargetApp, IServiceProvider, CancellationToken, Task<Problem?>>? refuse = null) =>
        CommandEndpoint.RunAsync(context, Work(context, key, change, answer, refuse));

    /// <summary>The change as the work of a unit of work, for the API and for pages.</summary>
    /// <param name="context">The request.</param>
    /// <param name="key">Key of the app.</param>
    /// <param name="change">The app as it is to be; its revision is counted up here.</param>
    /// <param name="answer">The answer, from the app as it is stored.</param>
    /// <param name="refuse">A last reason not to change it; null: there is none.</param>
    public static Func<IServiceProvider, CancellationToken, Task<CommandResponse>> Work(
        HttpContext context,
        string key,
        Func<TargetApp, TargetApp> change,
        Func<TargetApp, CommandResponse> answer,
        Func<TargetApp, IServiceProvider, CancellationToken, Task<Problem?>>? refuse = null)
    {
        var actor = CurrentActor.Of(context);
        return (services, stop) => ChangeAsync(services, actor, key, current => EntityTags.Stale(context, current.Revision), change, answer, stop, refuse);
    }

    /// <summary>Changes an app in a unit of work.</summary>
    /// <param name="services">The unit of work.</param>
    /// <param name="actor">Who changes it.</param>
    /// <param name="key">Key of the app.</param>
    /// <param name="stale">Why it is not as the actor has seen it; null: it is.</param>
    /// <param name="change">The app as it is to be; its revision is counted up here.</param>
    /// <param name="answer">The answer, from the app as it is stored.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <param name="refuse">A last reason not to change it; null: there is none.</param>
    internal static async Task<CommandResponse> ChangeAsync(
        IServiceProvider services,
        Actor actor,
        string key,
        Func<TargetApp, Problem?> stale,
        Func<TargetApp, TargetApp> change,
        Func<TargetApp, CommandResponse> answer,
        CancellationToken cancellationToken,
        Func<TargetApp, IServiceProvider, CancellationToken, Task<Problem?>>? refuse = null)
    {
        var store = services.GetRequiredService<ITargetAppStore>();
        if (await store.FindAsync(new AppKey(key), cancellationToken) is not { } current)
        {
            return CommandResponse.Refuse(AppEndpoints.NotFound(key));
        }

        if (!actor.May(Permission.Define, new Subject(null, null, current.Workspace)))
        {
            return CommandResponse.Refuse(Problem.Forbidden(Permission.Define));
        }

        if (stale(current) is { } changed)
        {
            return CommandResponse.Refuse(changed);
        }

        if (refuse is not null && await refuse(current, services, cancellationToken) is { } problem)
        {
            return CommandResponse.Refuse(problem);
        }

        var next = change(current) with { Revision = current.Revision + 1 };
        if (next.Problems() is { Count: > 0 } errors)
        {
            return CommandResponse.Refuse(Refusal.Invalid("The app cannot be as you want it; errors names what is wrong.", errors));
        }

        store.Save(next);
        return answer(next);
    }
}
