using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.MiniPrograms;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Releases;

/// <summary>What a command costs is told before it is given (S1, S3, A7, A19, A20), by the API with keys, on the page with names and with what is live.</summary>
public sealed class ReleaseConsequencesTests
{
    private static readonly ReleaseExample Prepared = ReleaseExample.Created(new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Off)).Built().Applied().Approved().Prepared();
    private static readonly ReleaseSurroundings First = new("Super App A Production", "Coffee", null, IsLiveKnown: true);
    private static readonly ReleaseSurroundings Second = First with { Live = new VersionNumber("0.9.0") };

    private static Release Thirty => Prepared.GrayscaleChosen().RaisedTo(30).Release;

    [Fact]
    public void Canceling_burns_the_version_for_the_target_and_says_what_its_users_are_left_with()
    {
        Assert.Equal("1.0.0 can never go to Super App A Production again; a new version can.", Of(Prepared.Release, ReleaseCommands.Cancel, First));
        Assert.EndsWith("The 30\u00a0% of the users who have it lose it and go back to 0.9.0.", Of(Thirty, ReleaseCommands.Cancel, Second), StringComparison.Ordinal);
        Assert.EndsWith("lose it and have nothing left: no version is live there.", Of(Thirty, ReleaseCommands.Cancel, First), StringComparison.Ordinal);
        Assert.EndsWith("lose it and go back to what is live there, if anything is.", Of(Thirty, ReleaseCommands.Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_only_knows_the_release_is_told_with_keys()
    {
        var key = Thirty.Key;

        Assert.StartsWith($"1.0.0 can never go to {key.App} Production again; a new version can.", Of(Thirty, ReleaseCommands.Cancel), StringComparison.Ordinal);
        Assert.Contains($"Nobody in {key.App} Production gets {key.MiniProgram} any more", Of(Thirty, ReleaseCommands.TakeOffline), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_release_says_what_it_takes_the_place_of()
    {
        Assert.Equal("A Full Release gives 1.0.0 to everyone in Super App A Production at once, and ends the process.", Of(Thirty, ReleaseCommands.GoLive, First));
        Assert.Equal("A Full Release gives 1.0.0 to everyone in Super App A Production at once, in the place of 0.9.0, and ends the process.", Of(Thirty, ReleaseCommands.GoLive, Second));
    }

    [Fact]
    public void What_can_be_taken_back_has_no_price()
    {
        Assert.Equal(
            [ReleaseCommands.Cancel],
            ReleaseConsequences.Of(Thirty, [ReleaseCommands.Hold, ReleaseCommands.Cancel, ReleaseCommands.Withdraw]).Keys);
    }

    private static string? Of(Release release, string command, ReleaseSurroundings? surroundings = null) => ReleaseConsequences.Of(release, command, surroundings);
}
