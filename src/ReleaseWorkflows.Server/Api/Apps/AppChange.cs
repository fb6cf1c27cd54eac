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
        return async (services, stop) =>
        {
            var store = services.GetRequiredService<ITargetAppStore>();
            if (await store.FindAsync(new AppKey(key), stop) is not { } current)
            {
                return CommandResponse.Refuse(AppEndpoints.NotFound(key));
            }

            if (!actor.May(Permission.Define, new Subject(null, null, current.Workspace)))
            {
                return CommandResponse.Refuse(Problem.Forbidden(Permission.Define));
            }

            if (EntityTags.Stale(context, current.Revision) is { } stale)
            {
                return CommandResponse.Refuse(stale);
            }

            if (refuse is not null && await refuse(current, services, stop) is { } problem)
            {
                return CommandResponse.Refuse(problem);
            }

            var next = change(current) with { Revision = current.Revision + 1 };
            store.Save(next);
            return answer(next);
        };
    }
}
