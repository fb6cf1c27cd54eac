using Microsoft.AspNetCore.Components;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Server.Access;
using ReleaseWorkflows.Server.Api.Apps;
using ReleaseWorkflows.Server.Api.Commands;
using ReleaseWorkflows.Server.Api.Problems;
using ReleaseWorkflows.Server.Portal.Forms;

namespace ReleaseWorkflows.Server.Portal.Apps;

/// <summary>
/// App Manage: what super apps offer, and by which rules. <c>/apps</c> lists them; each has its parts as tabs, one page per part, which all begin here. Whoever
/// defines the app changes it, as behind <c>PUT /api/apps/{key}</c>; whoever reviews for it looks on.
/// </summary>
/// <remarks>What a change does to releases is said on every page: a release keeps the policy it applied under and the definition version it began on (A30);
/// freezes, the webhook and the words of e-mails hold at the moment.</remarks>
public abstract class AppPage : ComponentBase
{
    /// <summary>Address of the list.</summary>
    public const string List = "/apps";

    /// <summary>Key of the app.</summary>
    [Parameter]
    public required string Key { get; set; }

    [CascadingParameter]
    private protected HttpContext Context { get; set; } = null!;

    [Inject]
    private protected ITargetAppStore Apps { get; set; } = null!;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private protected PostedForm Form { get; set; } = null!;

    [Inject]
    private protected PageCommands Commands { get; set; } = null!;

    /// <summary>The app; null if there is none that the reader may see.</summary>
    protected TargetApp? App { get; private set; }

    /// <summary>True if the reader may change it.</summary>
    protected bool MayDefine => CurrentActor.Of(Context).May(Permission.Define, Subject);

    private Subject Subject => new(null, null, App!.Workspace);

    /// <summary>True if the actor may open the pages of the app.</summary>
    internal static bool MaySee(Actor actor, TargetApp app) =>
        actor.May(Permission.Define, new Subject(null, null, app.Workspace)) || actor.May(Permission.Review, new Subject(null, null, app.Workspace));

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        App = await Apps.FindAsync(new AppKey(Key), Context.RequestAborted);
        if (App is null || !MaySee(CurrentActor.Of(Context), App))
        {
            App = null;
            Navigation.NotFound();
            return;
        }

        await LoadAsync();
    }

    /// <summary>Reads what else the page shows.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>Changes the app and comes back with a notice; a refusal is shown on the page.</summary>
    private protected Task ChangeAsync(
        Func<TargetApp, TargetApp> change, string notice, Domain.Refusal? unreadable = null, Func<TargetApp, IServiceProvider, CancellationToken, Task<Problem?>>? refuse = null) =>
        Commands.SendAsync((services, stop) => ChangeAsync(services, change, unreadable, refuse, stop), notice);

    /// <summary>Changes the app in a unit of work.</summary>
    private protected Task<CommandResponse> ChangeAsync(
        IServiceProvider services,
        Func<TargetApp, TargetApp> change,
        Domain.Refusal? unreadable,
        Func<TargetApp, IServiceProvider, CancellationToken, Task<Problem?>>? refuse,
        CancellationToken cancellationToken) => unreadable is not null
        ? Task.FromResult(CommandResponse.Refuse(unreadable))
        : AppChange.ChangeAsync(services, CurrentActor.Of(Context), Key, Stale, change, _ => CommandResponse.NoContent(), cancellationToken, refuse);

    private Problem? Stale(TargetApp current) => Form.Revision is { } seen && seen != current.Revision
        ? new Problem(
            StatusCodes.Status412PreconditionFailed,
            "stale",
            "Somebody changed this app while you were at it. What you typed is still in the form; load the page in another tab to compare, then send it again.")
        : null;
}
