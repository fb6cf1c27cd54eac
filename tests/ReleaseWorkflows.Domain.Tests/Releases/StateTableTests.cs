using ReleaseWorkflows.Domain.Access;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

public sealed class StateTableTests
{
    public static IEnumerable<object[]> Cells => StateTable.Cells.Select(cell => new object[] { cell.Environment, cell.State, cell.Command, cell.Outcome });

    public static IEnumerable<object[]> States => StateTable.Cells.DistinctBy(cell => (cell.Environment, cell.State)).Select(cell => new object[] { cell.Environment, cell.State });

    public static IEnumerable<object[]> Commands => StateTable.Cells.DistinctBy(cell => cell.Command).Select(cell => new object[] { cell.Command });

    [Fact]
    public void The_table_has_every_command_and_every_status()
    {
        Assert.True(StateTable.Cells.Count > 900, $"{StateTable.Cells.Count} cells");
        Assert.Equal(
            AllCommandNames().Order(StringComparer.Ordinal),
            StateTable.Cells.Select(cell => cell.CommandName).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            Enum.GetValues<ReleaseStatus>(),
            StateTable.Cells.Select(cell => StateTable.ReleaseIn(cell.Environment, cell.State).Release.Status).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_command_in_each_state_has_the_outcome_of_its_cell(ReleaseEnvironment environment, string state, string command, string outcome)
    {
        var example = StateTable.ReleaseIn(environment, state);

        Assert.Equal(outcome, OutcomeOf(example, command));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Each_change_is_a_line_of_the_state_machine(ReleaseEnvironment environment, string state, string command, string outcome)
    {
        var release = StateTable.ReleaseIn(environment, state).Release;
        var name = StateTable.CommandOf(command, release).Name;
        var hasLine = ReleaseTransitions.All.Any(line =>
            line.Command == name && line.From == release.Status && line.To.ToString() == outcome && line.Applies(release));

        if (Enum.TryParse<ReleaseStatus>(outcome, out _))
        {
            Assert.True(hasLine, $"ReleaseTransitions lacks {name}: {release.Status} → {outcome}.");
        }
        else if (outcome == RefusalCodes.WrongState || StateTable.PlatformCommands.Contains(command))
        {
            Assert.DoesNotContain(ReleaseTransitions.All, line => line.Command == name && line.From == release.Status && line.Applies(release));
        }
    }

    [Fact]
    public void Each_line_of_the_state_machine_is_a_change_somewhere_in_the_table()
    {
        var changes = StateTable.Cells.Where(cell => cell.IsChange).Select(cell =>
        {
            var release = StateTable.ReleaseIn(cell.Environment, cell.State).Release;
            return (cell.CommandName, From: release.Status, To: Enum.Parse<ReleaseStatus>(cell.Outcome));
        }).ToHashSet();

        Assert.All(ReleaseTransitions.All, line => Assert.Contains((line.Command, line.From, line.To), changes));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Allowed_commands_are_those_that_some_argument_gets_accepted(ReleaseEnvironment environment, string state)
    {
        var release = StateTable.ReleaseIn(environment, state).Release;
        var accepted = StateTable.Cells
            .Where(cell => cell.Environment == environment && cell.State == state && cell.IsAccepted)
            .Select(cell => cell.CommandName)
            .Where(name => !StateTable.PlatformCommands.Contains(name))
            .Distinct();

        Assert.Equal(
            accepted.Order(StringComparer.Ordinal),
            ReleaseTransitions.AllowedCommands(release, StateTable.ActorOf("apply")).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void Allowed_commands_of_everybody_are_those_that_are_not_refused_to_them(ReleaseEnvironment environment, string state)
    {
        var example = StateTable.ReleaseIn(environment, state);
        foreach (var actor in People.Everybody)
        {
            var accepted = StateTable.Cells
                .Where(cell => cell.Environment == environment && cell.State == state && !StateTable.PlatformCommands.Contains(cell.Command))
                .Where(cell => !example.Decide(StateTable.CommandOf(cell.Command, example.Release), actor).IsRefused)
                .Select(cell => cell.CommandName)
                .Distinct();

            Assert.Equal(
                accepted.Order(StringComparer.Ordinal),
                ReleaseTransitions.AllowedCommands(example.Release, actor).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void The_platform_and_persons_each_have_their_own_commands(string command)
    {
        var isPlatforms = StateTable.PlatformCommands.Contains(command);
        foreach (var cell in StateTable.Cells.Where(cell => cell.Command == command))
        {
            var example = StateTable.ReleaseIn(cell.Environment, cell.State);
            var other = isPlatforms ? StateTable.ActorOf("apply") : Actor.System;

            Assert.Equal(
                isPlatforms ? RefusalCodes.Forbidden : RefusalCodes.NotFound,
                example.Decide(StateTable.CommandOf(command, example.Release), other).Refusal?.Code);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_stranger_learns_nothing_whatever_the_state(string command)
    {
        foreach (var cell in StateTable.Cells.Where(cell => cell.Command == command && !StateTable.PlatformCommands.Contains(command)))
        {
            var example = StateTable.ReleaseIn(cell.Environment, cell.State);

            var refusal = example.Decide(StateTable.CommandOf(command, example.Release), People.Stranger).Refusal;

            Assert.Equal(new Refusal(RefusalCodes.NotFound, "There is no such release that you may see.").ToString(), refusal?.ToString());
        }
    }

    private static string OutcomeOf(ReleaseExample example, string command)
    {
        var decision = example.Decide(StateTable.CommandOf(command, example.Release), StateTable.ActorOf(command), context => context with
        {
            // So that a refresh has something to take over.
            GlobalConfiguration = command == ReleaseCommands.RefreshConfiguration ? Coffee.Variables(("API", "https://new.example.com")) : context.GlobalConfiguration,
        });
        return decision switch
        {
            { Refusal: { } refusal } => refusal.Code,
            { Event: { } happened } => example.Release.Apply(happened).Status.ToString(),
            _ => StateCell.Unchanged,
        };
    }

    private static IEnumerable<string> AllCommandNames() =>
        typeof(ReleaseCommands).GetFields().Select(field => (string)field.GetRawConstantValue()!);
}
