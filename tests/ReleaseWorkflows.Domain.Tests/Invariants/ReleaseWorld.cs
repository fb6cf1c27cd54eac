using System.Globalization;
using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Configuration;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;
using ReleaseWorkflows.Domain.Tests.InMemory;

namespace ReleaseWorkflows.Domain.Tests.Invariants;

/// <summary>
/// Three versions of a mini program, four environments, a dozen people and the platform. Commands go through the services of the domain,
/// each in a unit of work of its own that is kept as a whole or dropped.
/// </summary>
internal sealed class ReleaseWorld
{
    private static readonly Actor[] Appliers = [People.Developer, People.DeveloperAdmin, People.Machine, People.DeveloperAndReviewer, People.Administrator];
    private static readonly Actor[] Reviewers = [People.Reviewer, People.WorkspaceAdmin, People.DeveloperAndReviewer];
    private static readonly ReleaseEnvironment[] Environments =
    [
        ReleaseEnvironment.Production, ReleaseEnvironment.Sandbox, ReleaseEnvironment.Production, ReleaseEnvironment.Development,
        ReleaseEnvironment.Production, ReleaseEnvironment.Sandbox, ReleaseEnvironment.Production, ReleaseEnvironment.Test,
    ];

    private readonly SettableClock _clock = new();

    public ReleaseWorld()
        : this(Coffee.State, SettableClock.Start)
    {
    }

    /// <summary>A world of its own that begins as another stands.</summary>
    public ReleaseWorld(InMemoryState state, DateTimeOffset now)
    {
        State = state;
        _clock.Advance(now - _clock.Now);
    }

    public InMemoryState State { get; private set; }

    /// <summary>Takes a step; most are one moment.</summary>
    public IReadOnlyList<WorldMoment> Take(WalkStep step)
    {
        switch (step.Act)
        {
            case WalkAct.GoOn when step.Which % 10 > 0 && State.AllReleases.Where(release => !IsAtItsEnd(release)).ToList() is { Count: > 0 } open:
                return [GoOn(Choose(step.Which / 10, open), step)];
            case WalkAct.GoOn:
                return [Create(step, Choose(step.Who, Appliers))];
            case WalkAct.Create:
                return [Create(step, Choose(step.Who, People.Everybody))];
            case WalkAct.Command when !State.Order.IsEmpty:
                return [Command(State.Releases[Choose(step.Which, State.Order)], step)];
            case WalkAct.EditPolicy:
                return [EditPolicy(step)];
            case WalkAct.EditGlobalConfiguration:
                return EditGlobalConfiguration(step);
            case WalkAct.Wait:
                _clock.Advance(TimeSpan.FromMinutes(step.How % 90));
                return [];
            default:
                return [];
        }
    }

    /// <summary>Has the domain execute a command.</summary>
    public WorldMoment Execute(ReleaseId id, ReleaseCommand command, Actor actor) =>
        Run($"{actor.Id}: {command} → {State.Releases[id].Key}", unit => Finish(unit.ReleaseService.ExecuteAsync(id, command, actor, default)));

    /// <summary>Replaces the rules of the app.</summary>
    public void Offer(TargetApp app) => State = State with { Apps = State.Apps.SetItem(app.Key, app) };

    private WorldMoment Create(WalkStep step, Actor actor)
    {
        var key = new ReleaseKey(
            Coffee.Key, Choose(step.How, State.Versions).Number, Coffee.AppKey, Choose(step.Which / 7, Environments));
        var command = new CreateRelease(key, AnyOverride(step.How / 3), step.How % 5 == 0 ? "New beans." : null);
        return Run($"{actor.Id}: create {key}", unit => Finish(unit.ReleaseService.CreateAsync(command, actor, default)));
    }

    // What usually comes next, told from the status alone: not from the table under test.
    private WorldMoment GoOn(Release release, WalkStep step)
    {
        var (how, detail) = (step.How % 8, step.How / 8);
        var applier = Choose(step.Who, Appliers);
        switch (release)
        {
            case { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.Building }:
                return Execute(release.Id, how == 0 ? new FailBuild("A page is missing.", release.Effective.Hash()) : new CompleteBuild(Coffee.Build(release)), Actor.System);
            case { Status: ReleaseStatus.NewVersionCreated, Building: BuildState.BuildFailed }:
                return Execute(release.Id, how == 0 ? new Apply() : new RetryBuild(), applier);
            case { Status: ReleaseStatus.NewVersionCreated }:
                return Execute(
                    release.Id,
                    how switch
                    {
                        0 => new EditConfiguration(AnyOverride(detail)),
                        1 => new EditBasicInformation(AnyBasicInformation(detail)),
                        2 => new Apply($"Notes {detail % 3}"),
                        _ => new Apply(),
                    },
                    applier);
            case { Status: ReleaseStatus.UnderReview, Request.Outcome: ReviewOutcome.InReview, Policy.Review: ReviewMode.Auto }:
                return Execute(release.Id, new ApproveAutomatically(), Actor.System);
            case { Status: ReleaseStatus.UnderReview, Request: { Outcome: ReviewOutcome.InReview } request } when detail % 4 == 0 || IsPassed(request):
                return Execute(release.Id, AnyStep(request, how), Actor.System);
            case { Status: ReleaseStatus.UnderReview, Request.Outcome: ReviewOutcome.InReview }:
                return how switch
                {
                    0 => Execute(release.Id, new Withdraw(), Choose(step.Who, [People.DeveloperAdmin, People.Developer])),
                    1 => Execute(release.Id, AnyRejection(detail), Choose(step.Who, Reviewers)),
                    _ => Execute(release.Id, new Approve(detail % 2 == 0 ? null : "Well done."), Choose(step.Who, Reviewers)),
                };
            case { Status: ReleaseStatus.UnderReview }:
                return Execute(
                    release.Id,
                    // A workflow may ask for the wrong step.
                    (how == 0 ? detail % 3 : release.Policy.Pilot != PilotMode.Off && how < 5 ? 0 : release.Key.Environment == ReleaseEnvironment.Production ? 1 : 2) switch
                    {
                        0 => new StartPilot(),
                        1 => new PrepareRelease(),
                        _ => new GoLiveAutomatically(),
                    },
                    Actor.System);
            case { Status: ReleaseStatus.PilotTesting, IsPilotCompleted: true }:
                return Execute(release.Id, new GoLiveAutomatically(), Actor.System);
            case { Status: ReleaseStatus.PilotTesting }:
                return how switch
                {
                    0 => Execute(release.Id, new Cancel("Crashes."), applier),
                    < 4 => ChangeTesters(release, detail, applier),
                    _ => Execute(release.Id, new CompletePilot(), applier),
                };
            case { Hold: not null }:
                return Execute(release.Id, how < 6 ? new Resume("It was the network.") : new SetPercentage(100), applier);
            case { Percentage: not null } when detail % 5 == 1:
                return Execute(release.Id, how == 0 ? new HoldAutomatically("Crashes doubled.") : new RaiseAutomatically(Math.Min(100, release.Percentage.Value + 1 + how)), Actor.System);
            default:
                return Execute(
                    release.Id,
                    how switch
                    {
                        0 => new Cancel(),
                        1 => new GoLive(ReleaseType.Full),
                        < 4 => new GoLive(ReleaseType.Grayscale),
                        4 => new SetPercentage(detail % 3 > 0 ? 100 : (release.Percentage ?? 50) - (detail / 3 % 20)),
                        _ => new SetPercentage((release.Percentage ?? 0) + 1 + (detail % 30)),
                    },
                    applier);
        }
    }

    // The approvals of the stage are there, and the workflow goes on to the next one.
    private static bool IsPassed(ReviewRequest request) =>
        request.Stage is { IsLast: false } stage && request.Approvals.Count(approval => approval.Stage == stage.Name) >= stage.RequiredApprovals;

    private static ReleaseCommand AnyStep(ReviewRequest request, int how) => how switch
    {
        0 => new ExpireReview("Nobody decided."),
        1 => new EscalateReview([], "Nobody decided."),
        2 => new EscalateReview(["wanda@example.com"], "Nobody decided."),
        3 => new OpenReviewStage(new ReviewStage("First", 2, [], IsLast: false)),
        4 => new OpenReviewStage(new ReviewStage("First", 1, ["rita@example.com"], IsLast: request.Stage is not null)),
        _ => new OpenReviewStage(new ReviewStage("Last", 1, [], IsLast: true)),
    };

    private WorldMoment Command(Release release, WalkStep step)
    {
        const int kinds = 30;
        var (how, detail) = (step.How % kinds, step.How / kinds);
        var actor = Choose(step.Who, People.Everybody);
        return how == 20 ? ChangeTesters(release, detail, actor) : Execute(release.Id, AnyCommand(release, how, detail), actor);
    }

    private static ReleaseCommand AnyCommand(Release release, int how, int detail) => how switch
    {
        0 => new CompleteBuild(Coffee.Build(release)),
        1 => new CompleteBuild(Coffee.Build(release.SourceDigest, Coffee.Digest("an older configuration"))),
        2 => new FailBuild("A page is missing.", detail % 2 == 0 ? release.Effective.Hash() : Coffee.Digest("an older configuration")),
        3 => new RetryBuild(),
        4 => new EditConfiguration(AnyOverride(detail)),
        5 => new EditBasicInformation(AnyBasicInformation(detail)),
        6 => new RefreshConfiguration(People.DeveloperAdmin.Id, People.DeveloperAdmin.Name),
        7 => new Apply(detail % 2 == 0 ? null : $"Notes {detail % 3}"),
        8 => new ApproveAutomatically(),
        9 => new Withdraw(),
        10 => new Approve(),
        11 => detail % 4 == 0 ? new Reject(" ", RejectionCategory.Policy) : AnyRejection(detail),
        12 => new StartPilot(),
        13 => new PrepareRelease(),
        14 => new CompletePilot(),
        15 => new GoLive((ReleaseType)(detail % 3)),
        16 => new SetPercentage((detail % 110) - 5),
        17 => new GoLiveAutomatically(),
        18 => new Cancel(detail % 2 == 0 ? null : "Not now."),
        19 => new Archive(release.Id),
        21 => new AssignReviewers(detail % 2 == 0 ? ["rita@example.com"] : []),
        22 => AnyStep(release.Request ?? new ReviewRequest
        {
            Id = new ReviewRequestId("none"),
            Number = 1,
            Mode = ReviewMode.Manual,
            Snapshot = new("", "", "", ""),
            Applicant = People.Developer.Id,
            ApplicantName = "DEV",
            SubmittedAt = SettableClock.Start,
        }, detail % 6),
        23 => new RaiseAutomatically((detail % 110) - 5),
        24 => new Hold(detail % 3 == 0 ? " " : "Crashes doubled."),
        25 => new HoldAutomatically("Crashes doubled."),
        26 => new Resume("It was the network."),
        27 => new OverrideFreeze("A security fix."),
        28 => new TakeOffline("The shop has closed."),
        29 => new Cancel("Never."),
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, "There is no such command."),
    };

    private static Reject AnyRejection(int detail) => new("Mend it.", (RejectionCategory)(detail % 3), AllowSamePackage: detail % 5 == 0);

    private WorldMoment ChangeTesters(Release release, int detail, Actor actor)
    {
        var change = (TesterChange)(detail % 3);
        var testers = Enumerable.Range(0, detail % 4).Select(index => $"user-{(detail + index) % 6}@example.com");
        return Run(
            $"{actor.Id}: {change} testers → {release.Key}",
            unit => Finish(unit.TesterService.ChangeTestersAsync(release.Id, change, TesterLine.FromValues(testers), actor, default)).Result);
    }

    // Also records that no admin page would let through: the rules hold whatever the app's record says.
    private WorldMoment EditPolicy(WalkStep step)
    {
        var before = State;
        var app = State.Apps[Coffee.AppKey];
        var environment = Choose(step.Which, Environments);
        var environments = new Dictionary<ReleaseEnvironment, EnvironmentPolicy>(app.Environments);
        if (step.How % 9 == 0 && environment != ReleaseEnvironment.Production)
        {
            environments.Remove(environment);
        }
        else
        {
            environments[environment] = new EnvironmentPolicy(
                (ReviewMode)(step.How % 2), (PilotMode)(step.How / 2 % 3), MinimumTesters: step.How / 6 % 3, MinimumPilotHours: step.How / 18 % 3);
        }

        Offer(app with
        {
            Environments = environments,
            AllowSelfApproval = step.Who % 3 == 0,
            FirstVersionMustBeFull = step.Who / 3 % 3 == 0,
            TesterIdKind = (TesterIdKind)(step.Who / 9 % 2),
            Freezes = step.Who / 18 % 3 == 0 ? [new FreezeWindow("Monday", Days: [DayOfWeek.Monday])] : [],
        });
        return new WorldMoment($"admin: rules of {environment} are {environments.GetValueOrDefault(environment)}", before, State, _clock.Now, null);
    }

    private List<WorldMoment> EditGlobalConfiguration(WalkStep step)
    {
        var before = State;
        var value = (step.How % 4).ToString(CultureInfo.InvariantCulture);
        var miniProgram = State.MiniPrograms[Coffee.Key] with { Configuration = Coffee.Variables(("API", value)) };
        State = State with { MiniPrograms = State.MiniPrograms.SetItem(Coffee.Key, miniProgram) };
        List<WorldMoment> moments = [new($"admin: global configuration {value}", before, State, _clock.Now, null)];
        if (step.Who % 4 > 0)
        {
            moments.AddRange(State.AllReleases.ToList().Select(release => Execute(release.Id, new RefreshConfiguration(People.DeveloperAdmin.Id, People.DeveloperAdmin.Name), Actor.System)));
        }

        return moments;
    }

    private static ConfigurationValues AnyOverride(int detail) => (detail % 3) switch
    {
        0 => ConfigurationValues.Empty,
        1 => Coffee.Variables(("API", "override")),
        _ => Coffee.Variables(("STAGE", (detail % 5).ToString(CultureInfo.InvariantCulture))),
    };

    private static BasicInformation AnyBasicInformation(int detail) =>
        Coffee.BasicInformation with { Description = (detail % 4) switch { 0 => null, 1 => "Order a coffee.", _ => "Order two coffees." } };

    private WorldMoment Run(string story, Func<InMemoryUnit, ReleaseResult> work)
    {
        var before = State;
        var unit = new InMemoryUnit(State, _clock);
        var result = work(unit);
        State = unit.State;
        _clock.Advance(TimeSpan.FromSeconds(1));
        var answer = result.IsRefused ? result.Refusal.Code : result.Event?.GetType().Name ?? "unchanged";
        return new WorldMoment($"{story} = {answer}", before, State, _clock.Now, result);
    }

    private static bool IsAtItsEnd(Release release) => release.Status is ReleaseStatus.FullRelease or ReleaseStatus.Canceled or ReleaseStatus.Archived;

    private static T Choose<T>(int number, IReadOnlyList<T> among) => among[number % among.Count];

    // The stores answer at once, so there is nothing to wait for.
    private static T Finish<T>(ValueTask<T> task) => task.IsCompleted ? task.GetAwaiter().GetResult() : throw new InvalidOperationException("A store in memory never waits.");
}
