using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Reviews;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>
/// What every command does in every state of every environment, written down from the rules (T2 to T27) and independently of
/// <see cref="ReleaseTransitions"/>: one table per environment, a line per command, a column per state.
/// </summary>
/// <remarks>
/// A cell is the status afterwards or the code of the refusal, abbreviated:
/// NV New Version Created, UR Under Review, PT Pilot Testing, RP Release Preparation, GR Grayscale Release, FR Full Release, CA Canceled,
/// AR Archived, = accepted without a change, - wrong-state, building still-building, failed build-failed, rule rule-broken,
/// rising percentage-not-rising, held held.
/// </remarks>
internal static class StateTable
{
    /// <summary>Development and Test (T5): no person, no pilot, no choice (I2, I7, I8). Nothing to cancel before the end (A25).</summary>
    private const string WithoutPersons = """
                                | building | ready | failed | undecided-auto | approved-auto | full | archived
        edit-configuration      | NV       | NV    | NV     | -              | -             | -    | -
        edit-basic-information  | NV       | NV    | NV     | -              | -             | -    | -
        refresh-configuration   | NV       | NV    | NV     | -              | -             | -    | -
        complete-build          | NV       | =     | =      | -              | -             | -    | -
        fail-build              | NV       | =     | =      | -              | -             | -    | -
        retry-build             | -        | -     | NV     | -              | -             | -    | -
        apply                   | building | UR    | failed | -              | -             | -    | -
        approve-automatically   | -        | -     | -      | UR             | -             | -    | -
        withdraw                | -        | -     | -      | NV             | NV            | -    | -
        approve                 | -        | -     | -      | -              | -             | -    | -
        reject                  | -        | -     | -      | -              | -             | -    | -
        open-review-stage       | -        | -     | -      | -              | -             | -    | -
        assign-reviewers        | -        | -     | -      | -              | -             | -    | -
        escalate-review         | -        | -     | -      | -              | -             | -    | -
        expire-review           | -        | -     | -      | -              | -             | -    | -
        start-pilot             | -        | -     | -      | rule           | rule          | -    | -
        prepare-release         | -        | -     | -      | rule           | rule          | -    | -
        go-live-automatically   | -        | -     | -      | rule           | FR            | -    | -
        update-testers          | -        | -     | -      | -              | -             | -    | -
        complete-pilot          | -        | -     | -      | -              | -             | -    | -
        go-live Grayscale       | -        | -     | -      | -              | -             | -    | -
        go-live Full            | -        | -     | -      | -              | -             | -    | -
        grayscale 20            | -        | -     | -      | -              | -             | -    | -
        grayscale 30            | -        | -     | -      | -              | -             | -    | -
        grayscale 31            | -        | -     | -      | -              | -             | -    | -
        grayscale 100           | -        | -     | -      | -              | -             | -    | -
        raise-automatically 40  | -        | -     | -      | -              | -             | -    | -
        raise-automatically 100 | -        | -     | -      | -              | -             | -    | -
        hold                    | -        | -     | -      | -              | -             | -    | -
        hold-automatically      | -        | -     | -      | -              | -             | -    | -
        resume                  | -        | -     | -      | -              | -             | -    | -
        override-freeze         | -        | -     | -      | -              | -             | -    | -
        cancel                  | -        | -     | -      | -              | -             | -    | -
        take-offline            | -        | -     | -      | -              | -             | AR   | -
        archive                 | -        | -     | -      | -              | -             | AR   | -
        """;

    /// <summary>Sandbox (T6, T9, T11, T12, T14, T15): review and pilot as the app wants them, live by itself (I8).</summary>
    private const string Sandbox = """
                                | building | ready | failed | undecided | undecided-auto | approved | approved-auto | approved-offered | approved-required | pilot | pilot-completed | full | canceled | archived
        edit-configuration      | NV       | NV    | NV     | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        edit-basic-information  | NV       | NV    | NV     | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        refresh-configuration   | NV       | NV    | NV     | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        complete-build          | NV       | =     | =      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        fail-build              | NV       | =     | =      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        retry-build             | -        | -     | NV     | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        apply                   | building | UR    | failed | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        approve-automatically   | -        | -     | -      | rule      | UR             | rule     | -             | rule             | rule              | -     | -               | -    | -        | -
        withdraw                | -        | -     | -      | NV        | NV             | NV       | NV            | NV               | NV                | -     | -               | -    | -        | -
        approve                 | -        | -     | -      | UR        | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        reject                  | -        | -     | -      | NV        | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        open-review-stage       | -        | -     | -      | UR        | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        assign-reviewers        | -        | -     | -      | UR        | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        escalate-review         | -        | -     | -      | UR        | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        expire-review           | -        | -     | -      | NV        | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        start-pilot             | -        | -     | -      | rule      | rule           | rule     | rule          | PT               | PT                | -     | -               | -    | -        | -
        prepare-release         | -        | -     | -      | rule      | rule           | rule     | rule          | rule             | rule              | -     | -               | -    | -        | -
        go-live-automatically   | -        | -     | -      | rule      | rule           | FR       | FR            | FR               | rule              | rule  | FR              | -    | -        | -
        update-testers          | -        | -     | -      | -         | -              | -        | -             | -                | -                 | PT    | -               | -    | -        | -
        complete-pilot          | -        | -     | -      | -         | -              | -        | -             | -                | -                 | PT    | -               | -    | -        | -
        go-live Grayscale       | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        go-live Full            | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        grayscale 20            | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        grayscale 30            | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        grayscale 31            | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        grayscale 100           | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        raise-automatically 40  | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        raise-automatically 100 | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        hold                    | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        hold-automatically      | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        resume                  | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        override-freeze         | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | -    | -        | -
        cancel                  | -        | -     | -      | -         | -              | -        | -             | -                | -                 | CA    | CA              | -    | -        | -
        take-offline            | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | AR   | -        | -
        archive                 | -        | -     | -      | -         | -              | -        | -             | -                | -                 | -     | -               | AR   | -        | -
        """;

    /// <summary>Production (T4, T7 to T10, T12, T13, T15 to T21): reviewed by a person, live by a person's choice (I1, I8).</summary>
    private const string Production = """
                                | building | ready | failed | undecided | approved | approved-offered | approved-required | pilot | preparation | unset | thirty | held   | full | canceled | archived
        edit-configuration      | NV       | NV    | NV     | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        edit-basic-information  | NV       | NV    | NV     | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        refresh-configuration   | NV       | NV    | NV     | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        complete-build          | NV       | =     | =      | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        fail-build              | NV       | =     | =      | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        retry-build             | -        | -     | NV     | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        apply                   | building | UR    | failed | -         | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        approve-automatically   | -        | -     | -      | rule      | rule     | rule             | rule              | -     | -           | -     | -      | -      | -    | -        | -
        withdraw                | -        | -     | -      | NV        | NV       | NV               | NV                | -     | -           | -     | -      | -      | -    | -        | -
        approve                 | -        | -     | -      | UR        | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        reject                  | -        | -     | -      | NV        | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        open-review-stage       | -        | -     | -      | UR        | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        assign-reviewers        | -        | -     | -      | UR        | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        escalate-review         | -        | -     | -      | UR        | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        expire-review           | -        | -     | -      | NV        | -        | -                | -                 | -     | -           | -     | -      | -      | -    | -        | -
        start-pilot             | -        | -     | -      | rule      | rule     | PT               | PT                | -     | -           | -     | -      | -      | -    | -        | -
        prepare-release         | -        | -     | -      | rule      | RP       | RP               | rule              | -     | -           | -     | -      | -      | -    | -        | -
        go-live-automatically   | -        | -     | -      | rule      | rule     | rule             | rule              | rule  | -           | -     | -      | -      | -    | -        | -
        update-testers          | -        | -     | -      | -         | -        | -                | -                 | PT    | -           | -     | -      | -      | -    | -        | -
        complete-pilot          | -        | -     | -      | -         | -        | -                | -                 | GR    | -           | -     | -      | -      | -    | -        | -
        go-live Grayscale       | -        | -     | -      | -         | -        | -                | -                 | -     | GR          | =     | -      | -      | -    | -        | -
        go-live Full            | -        | -     | -      | -         | -        | -                | -                 | -     | FR          | FR    | -      | -      | -    | -        | -
        grayscale 20            | -        | -     | -      | -         | -        | -                | -                 | -     | -           | GR    | rising | rising | -    | -        | -
        grayscale 30            | -        | -     | -      | -         | -        | -                | -                 | -     | -           | GR    | rising | rising | -    | -        | -
        grayscale 31            | -        | -     | -      | -         | -        | -                | -                 | -     | -           | GR    | GR     | held   | -    | -        | -
        grayscale 100           | -        | -     | -      | -         | -        | -                | -                 | -     | -           | FR    | FR     | held   | -    | -        | -
        raise-automatically 40  | -        | -     | -      | -         | -        | -                | -                 | -     | -           | rule  | GR     | held   | -    | -        | -
        raise-automatically 100 | -        | -     | -      | -         | -        | -                | -                 | -     | -           | rule  | FR     | held   | -    | -        | -
        hold                    | -        | -     | -      | -         | -        | -                | -                 | -     | -           | -     | GR     | -      | -    | -        | -
        hold-automatically      | -        | -     | -      | -         | -        | -                | -                 | -     | -           | -     | GR     | =      | -    | -        | -
        resume                  | -        | -     | -      | -         | -        | -                | -                 | -     | -           | -     | -      | GR     | -    | -        | -
        override-freeze         | -        | -     | -      | -         | -        | -                | -                 | -     | RP          | GR    | GR     | GR     | -    | -        | -
        cancel                  | -        | -     | -      | -         | -        | -                | -                 | CA    | CA          | CA    | CA     | CA     | -    | -        | -
        take-offline            | -        | -     | -      | -         | -        | -                | -                 | -     | -           | -     | -      | -      | AR   | -        | -
        archive                 | -        | -     | -      | -         | -        | -                | -                 | -     | -           | -     | -      | -      | AR   | -        | -
        """;

    /// <summary>Every cell of every table; Development and Test share one.</summary>
    public static IReadOnlyList<StateCell> Cells { get; } =
    [
        .. Read(ReleaseEnvironment.Development, WithoutPersons),
        .. Read(ReleaseEnvironment.Test, WithoutPersons),
        .. Read(ReleaseEnvironment.Sandbox, Sandbox),
        .. Read(ReleaseEnvironment.Production, Production),
    ];

    /// <summary>A release in the state of a column.</summary>
    public static ReleaseExample ReleaseIn(ReleaseEnvironment environment, string state)
    {
        var pilot = state switch
        {
            "approved-required" => PilotMode.Required,
            "approved-offered" or "pilot" or "pilot-completed" => PilotMode.Offered,
            _ => PilotMode.Off,
        };
        var isAutomatic = environment < ReleaseEnvironment.Sandbox || state.EndsWith("-auto", StringComparison.Ordinal);
        var created = ReleaseExample.Created(new ReleasePolicy(environment, isAutomatic ? ReviewMode.Auto : ReviewMode.Manual, pilot));
        var isProduction = environment == ReleaseEnvironment.Production;
        return state switch
        {
            "building" => created,
            "ready" => created.Built(),
            "failed" => created.BuildFailed(),
            "undecided" or "undecided-auto" => created.Built().Applied(),
            "approved" or "approved-auto" or "approved-offered" or "approved-required" => created.Built().Applied().Approved(),
            "pilot" => created.Built().Applied().Approved().InPilot(),
            "pilot-completed" => created.Built().Applied().Approved().InPilot().PilotCompleted(),
            "preparation" => created.Built().Applied().Approved().Prepared(),
            "unset" => created.Built().Applied().Approved().Prepared().GrayscaleChosen(),
            "thirty" => created.Built().Applied().Approved().Prepared().GrayscaleChosen().RaisedTo(30),
            "held" => created.Built().Applied().Approved().Prepared().GrayscaleChosen().RaisedTo(30).Held(),
            "full" or "archived" when isProduction => End(created.Built().Applied().Approved().Prepared().Live(ReleaseMode.Direct)),
            "full" or "archived" => End(created.Built().Applied().Approved().Live(ReleaseMode.Auto)),
            "canceled" => created.Built().Applied().Approved().InPilot().Canceled(),
            _ => throw new ArgumentException($"There is no state “{state}”.", nameof(state)),
        };

        ReleaseExample End(ReleaseExample live) => state == "archived" ? live.Archived() : live;
    }

    /// <summary>The command of a line, with arguments that are beyond reproach.</summary>
    public static ReleaseCommand CommandOf(string line, Release release) => line switch
    {
        "edit-configuration" => new EditConfiguration(Coffee.Variables(("STAGE", "2"))),
        "edit-basic-information" => new EditBasicInformation(Coffee.BasicInformation with { Description = "Order two coffees." }),
        "refresh-configuration" => new RefreshConfiguration(People.DeveloperAdmin.Id, People.DeveloperAdmin.Name),
        "complete-build" => new CompleteBuild(Coffee.Build(release)),
        "fail-build" => new FailBuild("app.json is missing.", release.Effective.Hash()),
        "retry-build" => new RetryBuild(),
        "apply" => new Apply("New beans."),
        "approve-automatically" => new ApproveAutomatically(),
        "withdraw" => new Withdraw(),
        "approve" => new Approve("Well done."),
        "reject" => new Reject("The description is wrong.", RejectionCategory.Details),
        "open-review-stage" => new OpenReviewStage(new ReviewStage("Compliance", 2, [], IsLast: false)),
        "assign-reviewers" => new AssignReviewers(["rita@example.com"]),
        "escalate-review" => new EscalateReview(["wanda@example.com"], "Nobody decided in 48 hours."),
        "expire-review" => new ExpireReview("Nobody decided in 72 hours."),
        "start-pilot" => new StartPilot(),
        "prepare-release" => new PrepareRelease(),
        "go-live-automatically" => new GoLiveAutomatically(),
        "update-testers" => new UpdateTesters(1, 0, 1, ["+ana"]),
        "complete-pilot" => new CompletePilot(),
        "go-live Grayscale" => new GoLive(ReleaseType.Grayscale),
        "go-live Full" => new GoLive(ReleaseType.Full),
        "grayscale 20" => new SetPercentage(20),
        "grayscale 30" => new SetPercentage(30),
        "grayscale 31" => new SetPercentage(31),
        "grayscale 100" => new SetPercentage(100),
        "raise-automatically 40" => new RaiseAutomatically(40),
        "raise-automatically 100" => new RaiseAutomatically(100),
        "hold" => new Hold("Crashes doubled."),
        "hold-automatically" => new HoldAutomatically("Crashes doubled."),
        "resume" => new Resume("It was the network."),
        "override-freeze" => new OverrideFreeze("A security fix."),
        "take-offline" => new TakeOffline("The shop has closed."),
        "cancel" => new Cancel("Not now."),
        "archive" => new Archive(new ReleaseId("newer")),
        _ => throw new ArgumentException($"There is no command “{line}”.", nameof(line)),
    };

    /// <summary>Someone whom permissions never stop: the platform for its own commands, otherwise a person with every role, who did not apply.</summary>
    public static Actor ActorOf(string line) => PlatformCommands.Contains(line) ? Actor.System : Omnipotent;

    /// <summary>The commands that no person gives.</summary>
    public static IReadOnlySet<string> PlatformCommands { get; } = new HashSet<string>
    {
        "refresh-configuration", "complete-build", "fail-build", "approve-automatically", "start-pilot", "prepare-release",
        "go-live-automatically", "archive", "open-review-stage", "escalate-review", "expire-review", "raise-automatically", "raise-automatically 40", "raise-automatically 100",
        "hold-automatically",
    };

    private static Actor Omnipotent { get; } = People.Person(
        "olga", new Grant(Role.DeveloperAdmin, People.Acme, []), new Grant(Role.WorkspaceAdmin, People.SuperApp, []));

    private static IEnumerable<StateCell> Read(ReleaseEnvironment environment, string table)
    {
        var lines = table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        return
            from line in lines.Skip(1)
            from column in Enumerable.Range(1, lines[0].Length - 1)
            select new StateCell(environment, lines[0][column], line[0], OutcomeOf(line[column]));
    }

    private static string OutcomeOf(string cell) => cell switch
    {
        "NV" => nameof(ReleaseStatus.NewVersionCreated),
        "UR" => nameof(ReleaseStatus.UnderReview),
        "PT" => nameof(ReleaseStatus.PilotTesting),
        "RP" => nameof(ReleaseStatus.ReleasePreparation),
        "GR" => nameof(ReleaseStatus.GrayscaleRelease),
        "FR" => nameof(ReleaseStatus.FullRelease),
        "CA" => nameof(ReleaseStatus.Canceled),
        "AR" => nameof(ReleaseStatus.Archived),
        "=" => StateCell.Unchanged,
        "-" => RefusalCodes.WrongState,
        "building" => RefusalCodes.StillBuilding,
        "failed" => RefusalCodes.BuildFailed,
        "rule" => RefusalCodes.RuleBroken,
        "rising" => RefusalCodes.PercentageNotRising,
        "held" => RefusalCodes.Held,
        _ => throw new ArgumentException($"A cell is not “{cell}”.", nameof(cell)),
    };
}

/// <summary>One cell.</summary>
/// <param name="Environment">Which table.</param>
/// <param name="State">Which column.</param>
/// <param name="Command">Which line.</param>
/// <param name="Outcome">The status afterwards, <see cref="Unchanged"/>, or the code of the refusal.</param>
internal sealed record StateCell(ReleaseEnvironment Environment, string State, string Command, string Outcome)
{
    public const string Unchanged = "unchanged";

    public bool IsChange => Enum.TryParse<ReleaseStatus>(Outcome, out _);

    public bool IsAccepted => IsChange || Outcome == Unchanged;

    public string CommandName => Command.Split(' ')[0];
}
