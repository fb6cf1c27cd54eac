using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;
using ReleaseWorkflows.Domain.Tests.InMemory;

namespace ReleaseWorkflows.Domain.Tests.Pilot;

public sealed class TesterServiceTests
{
    [Fact]
    public async Task Adding_keeps_the_others_and_reports_every_row()
    {
        var pilot = new Pilot("ana", "ben");

        var (result, import) = await pilot.ChangeAsync(TesterChange.Add, "cem", "ana", "not valid", "dan", "cem");

        Assert.Equal(["ana", "ben", "cem", "dan"], pilot.Testers);
        Assert.Equal(["cem", "dan"], import!.Accepted);
        Assert.Equal([new DuplicateTester(2, "ana", null), new DuplicateTester(5, "cem", 1)], import.Duplicates);
        Assert.Equal(3, Assert.Single(import.Rejected).Line);
        Assert.Equal(4, result.Release!.TesterCount);
        pilot.LogsExactly(added: 2, removed: 0, total: 4, "+cem", "+dan");
    }

    [Fact]
    public async Task Replacing_adds_who_is_new_and_removes_who_is_missing()
    {
        var pilot = new Pilot("ana", "ben", "cem");

        await pilot.ChangeAsync(TesterChange.Replace, "cem", "dan", "ana");

        Assert.Equal(["ana", "cem", "dan"], pilot.Testers);
        pilot.LogsExactly(added: 1, removed: 1, total: 3, "+dan", "-ben");
    }

    [Fact]
    public async Task Removing_takes_out_who_is_named_and_rejects_who_is_not_in_the_group()
    {
        var pilot = new Pilot("ana", "ben", "cem");

        var (_, import) = await pilot.ChangeAsync(TesterChange.Remove, "ben", "zoe", "ben", "<script>");

        Assert.Equal(["ana", "cem"], pilot.Testers);
        Assert.Equal(["ben"], import!.Accepted);
        Assert.Equal([new DuplicateTester(3, "ben", 1)], import.Duplicates);
        Assert.Equal([(2, "zoe"), (4, "<script>")], import.Rejected.Select(row => (row.Line, row.Value)));
        Assert.Equal("Not in the test group.", import.Rejected[0].Reason);
        pilot.LogsExactly(added: 0, removed: 1, total: 2, "-ben");
    }

    [Fact]
    public async Task Removing_the_last_tester_leaves_the_pilot_open()
    {
        var pilot = new Pilot("ana");

        var (result, _) = await pilot.ChangeAsync(TesterChange.Remove, "ana");

        Assert.Empty(pilot.Testers);
        Assert.Equal(ReleaseStatus.PilotTesting, result.Release!.Status);
    }

    [Fact]
    public async Task Replacing_by_an_empty_list_clears_the_group()
    {
        var pilot = new Pilot("ana", "ben");

        await pilot.ChangeAsync(TesterChange.Replace);

        Assert.Empty(pilot.Testers);
        pilot.LogsExactly(added: 0, removed: 2, total: 0, "-ana", "-ben");
    }

    [Theory]
    [InlineData(TesterChange.Replace)]
    [InlineData(TesterChange.Add)]
    [InlineData(TesterChange.Remove)]
    public async Task A_list_of_nothing_but_rejected_rows_changes_nothing(TesterChange change)
    {
        var pilot = new Pilot("ana");

        var (result, import) = await pilot.ChangeAsync(change, "not valid", "");

        Assert.False(result.IsRefused);
        Assert.Null(result.Event);
        Assert.Equal([1, 2], import!.Rejected.Select(row => row.Line));
        pilot.IsUntouched();
    }

    [Theory]
    [InlineData(TesterChange.Replace)]
    [InlineData(TesterChange.Add)]
    public async Task A_list_that_changes_nothing_is_accepted_without_a_line_in_the_log(TesterChange change)
    {
        var pilot = new Pilot("ana", "ben");

        var (result, _) = await pilot.ChangeAsync(change, "ben", "ana");

        Assert.False(result.IsRefused);
        Assert.Null(result.Event);
        pilot.IsUntouched();
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_to_its_end_changes_nothing()
    {
        var pilot = new Pilot("ana");

        var (result, import) = await pilot.ChangeAsync(
            TesterChange.Replace, [new TesterLine(1, "ben"), new TesterLine(2, "", "The file is too large.", IsEndOfReading: true)], People.Developer);

        Assert.Null(result.Event);
        Assert.Equal(new TesterFileProblem(2, "The file is too large."), import!.Problem);
        pilot.IsUntouched();
    }

    [Fact]
    public async Task The_app_says_what_identifies_a_tester()
    {
        var pilot = new Pilot(TesterIdKind.Email, "ana@example.com");

        var (_, import) = await pilot.ChangeAsync(TesterChange.Add, "Ben@Example.com", "ANA@example.com", "cem");

        Assert.Equal(["ana@example.com", "ben@example.com"], pilot.Testers);
        Assert.Equal([new DuplicateTester(2, "ana@example.com", null)], import!.Duplicates);
        Assert.Equal("This is not an e-mail address, such as ana@example.com.", Assert.Single(import.Rejected).Reason);
    }

    [Fact]
    public async Task The_log_shows_ten_of_many()
    {
        var pilot = new Pilot("old");

        await pilot.ChangeAsync(TesterChange.Replace, [.. Enumerable.Range(1, 12).Select(number => $"new-{number}")]);

        pilot.LogsExactly(added: 12, removed: 1, total: 12, [.. Enumerable.Range(1, 10).Select(number => $"+new-{number}")]);
    }

    [Theory]
    [MemberData(nameof(WhoMayNot))]
    public async Task Who_may_not_change_testers_is_refused_before_the_list_is_read(string actor, string code)
    {
        var pilot = new Pilot("ana");

        var (result, import) = await pilot.ChangeAsync(
            TesterChange.Replace, MustNotBeRead(), People.Everybody.Single(person => person.Id.Value == actor));

        Assert.Equal(code, result.Refusal?.Code);
        Assert.Null(import);
        pilot.IsUntouched();
    }

    public static IEnumerable<object[]> WhoMayNot =>
    [
        [People.Reviewer.Id.Value, RefusalCodes.Forbidden],
        [People.UnassignedDeveloper.Id.Value, RefusalCodes.NotFound],
        [People.Stranger.Id.Value, RefusalCodes.NotFound],
        [UserId.System.Value, RefusalCodes.NotFound],
    ];

    [Fact]
    public async Task Outside_of_a_pilot_nothing_is_read_and_nothing_changed()
    {
        var completed = new Pilot(ReleaseExample.Created(Pilot.Policy(ReleaseEnvironment.Sandbox)).Built().Applied().Approved().InPilot().PilotCompleted());
        var full = new Pilot(ReleaseExample.Created(Pilot.Policy(ReleaseEnvironment.Sandbox)).Built().Applied().Approved().Live(ReleaseMode.Auto));

        foreach (var pilot in (Pilot[])[completed, full])
        {
            var (result, _) = await pilot.ChangeAsync(TesterChange.Add, MustNotBeRead(), People.Developer);

            Assert.Equal(RefusalCodes.WrongState, result.Refusal?.Code);
            pilot.IsUntouched();
        }
    }

    [Fact]
    public async Task An_unknown_release_is_not_found()
    {
        var unit = new InMemoryUnit(Coffee.State, new SettableClock());

        var (result, _) = await unit.TesterService.ChangeTestersAsync(new("none"), TesterChange.Add, MustNotBeRead(), People.Developer, default);

        Assert.Equal(RefusalCodes.NotFound, result.Refusal?.Code);
    }

    [Fact]
    public async Task Reading_a_long_list_can_be_stopped()
    {
        var pilot = new Pilot("ana");
        using var stop = new CancellationTokenSource();
        IEnumerable<TesterLine> Endless()
        {
            for (var number = 1; ; number++)
            {
                if (number == 1_000)
                {
                    stop.Cancel();
                }

                yield return new TesterLine(number, $"user-{number}");
            }
        }

        await Assert.ThrowsAsync<OperationCanceledException>(() => pilot.ChangeAsync(TesterChange.Add, Endless(), People.Developer, stop.Token).AsTask());
        pilot.IsUntouched();
    }

    private static IEnumerable<TesterLine> MustNotBeRead()
    {
        Assert.Fail("The list was read.");
        yield break;
    }

    /// <summary>A release in pilot testing with a test group.</summary>
    private sealed class Pilot
    {
        private readonly ReleaseId _id;
        private readonly InMemoryUnit _unit;
        private readonly InMemoryState _before;

        public Pilot(params string[] testers)
            : this(TesterIdKind.UserId, testers)
        {
        }

        public Pilot(TesterIdKind kind, params string[] testers)
            : this(ReleaseExample.Created(Policy(ReleaseEnvironment.Production) with { TesterIdKind = kind }).Built().Applied().Approved().InPilot().WithTesters(testers.Length), testers)
        {
        }

        public Pilot(ReleaseExample example, params string[] testers)
        {
            _id = example.Release.Id;
            _before = Coffee.State with
            {
                Order = [_id],
                Releases = Coffee.State.Releases.Add(_id, example.Release),
                Logs = Coffee.State.Logs.Add(_id, [.. Enumerable.Repeat<ReleaseEvent>(null!, example.Release.Revision)]),
                Testers = Coffee.State.Testers.Add(_id, [.. testers]),
            };
            _unit = new InMemoryUnit(_before, new SettableClock());
        }

        public IEnumerable<string> Testers => _unit.State.TestersOf(_id);

        public static ReleasePolicy Policy(ReleaseEnvironment environment) => new(environment, ReviewMode.Manual, PilotMode.Offered);

        public ValueTask<TesterChangeResult> ChangeAsync(TesterChange change, params string[] testers) =>
            ChangeAsync(change, TesterLine.FromValues(testers), People.Developer);

        public ValueTask<TesterChangeResult> ChangeAsync(
            TesterChange change, IEnumerable<TesterLine> lines, Actor actor, CancellationToken cancellationToken = default) =>
            _unit.TesterService.ChangeTestersAsync(_id, change, lines, actor, cancellationToken);

        public void LogsExactly(int added, int removed, int total, params string[] examples)
        {
            var happened = Assert.IsType<TestersChanged>(Assert.Single(_unit.State.LogOf(_id).Skip(_before.LogOf(_id).Count)));
            Assert.Equal((added, removed, total), (happened.Added, happened.Removed, happened.Total));
            Assert.Equal(examples, happened.Examples);
            Assert.Equal(total, _unit.State.Releases[_id].TesterCount);
        }

        public void IsUntouched() => Assert.Same(_before, _unit.State);
    }
}
