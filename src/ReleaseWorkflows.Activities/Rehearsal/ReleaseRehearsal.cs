using System.Globalization;
using ReleaseWorkflows.Activities.Commands;
using ReleaseWorkflows.Activities.Trigger;
using ReleaseWorkflows.Domain;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ChooseType = ReleaseWorkflows.Domain.Releases.GoLive;
using CreateReleaseCommand = ReleaseWorkflows.Domain.Releases.CreateRelease;

namespace ReleaseWorkflows.Activities.Rehearsal;

/// <summary>
/// Plays a release from its creation to its end, with the real rules and the app's real workflow, and tells what happened on the way. It runs
/// in a unit of work that whoever calls it throws away: nothing of it is ever stored, sent or built.
/// </summary>
/// <remarks>
/// What would hold the release up today (another version on the target, details that are missing, a freeze, a pilot that lasts) is noted and then
/// moved out of the way, so that the rest of the path is seen as well. Stand-ins take the parts of people.
/// </remarks>
public sealed class ReleaseRehearsal(
    ReleaseLauncher launcher,
    ReleaseCommandService commands,
    ReleaseService releases,
    IReleaseStore store,
    ITargetAppStore apps,
    IAccountStore accounts,
    TimeProvider clock)
{
    // A path is a few steps long; a definition that goes in circles is left after this many.
    private const int MostSteps = 100;

    private readonly List<ForecastStep> _path = [];
    private readonly List<ForecastRefusal> _refusals = [];
    private readonly List<string> _warnings = [];

    /// <summary>Plays the release that a caller asks for.</summary>
    public async ValueTask<ReleaseForecast> PlayAsync(CreateReleaseCommand command, Actor actor, CancellationToken cancellationToken)
    {
        var app = await apps.FindAsync(command.Key.App, cancellationToken);
        var policy = app?.PolicyFor(command.Key.Environment);
        var created = await launcher.CreateAsync(command, actor, cancellationToken);
        if (created.IsRefused)
        {
            return new ReleaseForecast { Key = command.Key, Policy = policy, Refusals = [new ForecastRefusal("create", created.Refusal)] };
        }

        await NoteObstaclesAsync(created.Release, app!, actor, cancellationToken);
        await ClearTheWayAsync(created.Release, app!, cancellationToken);
        var started = await launcher.StartPipelineAsync(created.Release, cancellationToken);
        await BuildAsync(created.Release, cancellationToken);
        var end = await WalkAsync(created.Release.Id, app!, policy!, actor, cancellationToken);
        return new ReleaseForecast
        {
            Key = command.Key,
            Policy = policy,
            DefinitionId = started.DefinitionId,
            DefinitionVersion = started.DefinitionVersion,
            Path = _path,
            End = end.Status,
            Refusals = _refusals,
            Warnings = _warnings,
        };
    }

    private async ValueTask NoteObstaclesAsync(Release release, TargetApp app, Actor actor, CancellationToken cancellationToken)
    {
        var missing = release.BasicInformation.MissingForApplication().ToList();
        if (missing.Count > 0)
        {
            var refusal = new Refusal(RefusalCodes.DetailsIncomplete, $"Fill in {string.Join(", ", missing)} before you apply.")
            {
                Errors = missing.ToDictionary(field => field, field => (IReadOnlyList<string>)[$"{field} is needed to apply."]),
            };
            _refusals.Add(new ForecastRefusal(ReleaseCommands.Apply, refusal));
        }

        if (!actor.May(Permission.Apply, release.Subject))
        {
            _refusals.Add(new ForecastRefusal(ReleaseCommands.Apply, new Refusal(
                RefusalCodes.Forbidden, $"You lack the permission {RolePermissions.NameOf(Permission.Apply)} here; somebody else applies.")));
        }

        if (await store.FindActiveAsync(release.Key.MiniProgram, release.Key.App, release.Key.Environment, cancellationToken) is { } occupant)
        {
            _refusals.Add(new ForecastRefusal(ReleaseCommands.Apply, ReleaseDecider.OccupiedBy(occupant)));
        }

        if (app.FreezeAt(release.Key.Environment, clock.GetUtcNow()) is { } freeze)
        {
            _refusals.Add(new ForecastRefusal(ReleaseCommands.GoLive, ReleaseDecider.FrozenBy(release.Key, freeze, clock.GetUtcNow())));
        }

        var recommended = release.BasicInformation.RecommendedForApplication(release.Key.Environment).ToList();
        if (recommended.Count > 0)
        {
            _warnings.Add($"Reviewers look for {string.Join(", ", recommended)}; nothing is said there.");
        }
    }

    // All of this is thrown away with the unit of work.
    private async ValueTask ClearTheWayAsync(Release release, TargetApp app, CancellationToken cancellationToken)
    {
        if (await store.FindActiveAsync(release.Key.MiniProgram, release.Key.App, release.Key.Environment, cancellationToken) is { } occupant)
        {
            ReleaseCommand giveUp = occupant.Status == ReleaseStatus.UnderReview ? new Withdraw() : new Cancel();
            await releases.ExecuteAsync(occupant.Id, giveUp, StandIn(release, 0, null), cancellationToken);
        }

        apps.Save(app with
        {
            Freezes = [],
            FirstVersionMustBeFull = false,
            Environments = app.Environments.ToDictionary(
                environment => environment.Key, environment => environment.Value with { MinimumTesters = 0, MinimumPilotHours = 0 }),
            Revision = app.Revision + 1,
        });
        var complete = release.BasicInformation with
        {
            Description = release.BasicInformation.Description ?? "-",
            Category = release.BasicInformation.Category ?? "-",
        };
        await releases.ExecuteAsync(release.Id, new EditBasicInformation(complete), StandIn(release, 0, null), cancellationToken);
    }

    private async ValueTask BuildAsync(Release release, CancellationToken cancellationToken)
    {
        var package = new BuiltReleasePackage(new string('0', 64), 0, 0, release.Effective.Hash());
        await commands.ExecuteAsync(release.Id, new CompleteBuild(package), Actor.System, cancellationToken);
    }

    private async ValueTask<Release> WalkAsync(ReleaseId id, TargetApp app, ReleasePolicy policy, Actor actor, CancellationToken cancellationToken)
    {
        for (var count = 0; ; count++)
        {
            var release = (await releases.FindAsync(id, cancellationToken))!;
            if (release.IsTerminal || release.Status == ReleaseStatus.FullRelease)
            {
                return release;
            }

            if (count == MostSteps || await commands.IsStoppedAsync(release, cancellationToken))
            {
                _refusals.Add(new ForecastRefusal(_path.Count == 0 ? "create" : _path[^1].Command, new Refusal(
                    RefusalCodes.NotAwaited, $"The workflow “{app.WorkflowDefinitionId}” does not bring the release further than {ReleaseDecider.Words(release.Status)}. Ask an admin of {app.Name}.")));
                return release;
            }

            var (next, part) = NextOf(release, count);
            await NoteStepAsync(release, next, policy, actor, cancellationToken);
            var result = await commands.ExecuteAsync(id, next, part, cancellationToken);
            if (result.IsRefused || (result.Event is null && result.Release.Revision == release.Revision))
            {
                _refusals.Add(new ForecastRefusal(next.Name, result.Refusal ?? new Refusal(RefusalCodes.NotAwaited, "Nothing happens then.")));
                return release;
            }
        }
    }

    private static (ReleaseCommand Command, Actor Part) NextOf(Release release, int count) => release switch
    {
        { Status: ReleaseStatus.NewVersionCreated } => (new Apply(), StandIn(release, 0, null)),
        // Each approval is another person's; a stage that names its reviewers is decided by one of them.
        { Status: ReleaseStatus.UnderReview, Request: { Stage: { Reviewers: { Count: > 0 } reviewers } stage } request } =>
            (new Approve(), StandIn(release, count + 1, reviewers[request.Approvals.Count(approval => approval.Stage == stage.Name) % reviewers.Count])),
        { Status: ReleaseStatus.UnderReview } => (new Approve(), StandIn(release, count + 1, null)),
        { Status: ReleaseStatus.PilotTesting } => (new CompletePilot(), StandIn(release, 0, null)),
        { Status: ReleaseStatus.ReleasePreparation } => (new ChooseType(ReleaseType.Grayscale), StandIn(release, 0, null)),
        { Percentage: null } => (new SetPercentage(1), StandIn(release, 0, null)),
        _ => (new SetPercentage(100), StandIn(release, 0, null)),
    };

    private async ValueTask NoteStepAsync(Release release, ReleaseCommand next, ReleasePolicy policy, Actor actor, CancellationToken cancellationToken)
    {
        // What one does with a rollout is one step, however many percentages it takes.
        if (release.Percentage is not null)
        {
            return;
        }

        var permission = ReleaseTransitions.PermissionFor(next.Name)!.Value;
        var stage = release.Request?.Stage;
        var isReview = next is Approve;
        var people = isReview ? await ReviewersAsync(release, actor, policy, cancellationToken) : [];
        var mayYou = actor.May(permission, release.Subject) && (!isReview || people.Any(person => person.Id == actor.Id));
        _path.Add(new ForecastStep(
            release.Status,
            next.Name,
            RolePermissions.NameOf(permission),
            mayYou,
            isReview ? stage?.Name : null,
            [.. people.Select(person => person.Name)],
            [.. await ConditionsAsync(release, next, policy, cancellationToken)]));
        var needed = isReview ? stage?.RequiredApprovals ?? 1 : 0;
        if (people.Count < needed)
        {
            _warnings.Add(string.Create(
                CultureInfo.InvariantCulture, $"{(stage is null ? "The review" : $"“{stage.Name}”")} needs {needed} approvals and {people.Count} people may give one. Ask an admin of {release.Key.App}."));
        }
    }

    private async ValueTask<IReadOnlyList<Account>> ReviewersAsync(Release release, Actor actor, ReleasePolicy policy, CancellationToken cancellationToken)
    {
        var everybody = await accounts.ListAsync(cancellationToken);
        return
        [
            .. everybody.Where(account => account.ToActor() is var person
                && person.May(Permission.Review, release.Subject)
                && (policy.AllowSelfApproval || person.Id != actor.Id)
                && release.Request?.Stage?.IsFor(person) != false),
        ];
    }

    private async ValueTask<IReadOnlyList<string>> ConditionsAsync(Release release, ReleaseCommand next, ReleasePolicy policy, CancellationToken cancellationToken)
    {
        var conditions = new List<string>();
        switch (next)
        {
            case Apply:
                conditions.Add("The package is built.");
                break;
            case Approve when release.Request?.Stage is { } stage:
                conditions.Add(stage.RequiredApprovals == 1 ? "One approval." : $"{stage.RequiredApprovals} approvals, each by another person.");
                break;
            case Approve:
                conditions.Add("One approval.");
                break;
            case CompletePilot when policy.Pilot == PilotMode.Required:
                conditions.Add($"At least {policy.MinimumTesters} testers.");
                conditions.Add(FormattableString.Invariant($"At least {policy.MinimumPilotHours} hours after the pilot began."));
                break;
            case ChooseType or SetPercentage:
                conditions.Add("No freeze of the target, and no hold.");
                break;
        }

        if (next is Approve && !policy.AllowSelfApproval)
        {
            conditions.Add("Not by who applied.");
        }

        if (next is ChooseType or SetPercentage
            && policy.FirstVersionMustBeFull
            && await store.FindLiveAsync(release.Key.MiniProgram, release.Key.App, release.Key.Environment, cancellationToken) is null)
        {
            conditions.Add("The first version goes to everyone at once.");
        }

        return conditions;
    }

    // Somebody who may do everything, and is somebody else each time that another person is needed.
    private static Actor StandIn(Release release, int number, string? email) => new(
        new UserId($"rehearsal-{number}"),
        "Rehearsal",
        email,
        [
            new Grant(Role.WorkspaceAdmin, release.AppWorkspace, []),
            new Grant(Role.WorkspaceAdmin, release.MiniProgramWorkspace, []),
        ]);
}
