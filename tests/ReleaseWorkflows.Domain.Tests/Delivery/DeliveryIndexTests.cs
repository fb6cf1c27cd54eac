using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Delivery;
using ReleaseWorkflows.Domain.Pilot;
using ReleaseWorkflows.Domain.Releases;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Delivery;

/// <summary>Which version a user gets, and why (A20, A28).</summary>
public sealed class DeliveryIndexTests
{
    private static readonly ReleasePolicy Production = new(ReleaseEnvironment.Production, ReviewMode.Manual, PilotMode.Offered);
    private static readonly DeliveryTarget Target = new(Coffee.Key, Coffee.AppKey, ReleaseEnvironment.Production);

    private readonly DeliveryIndex _index = new();

    [Fact]
    public void Where_nothing_was_released_nobody_gets_anything() => Assert.Null(ReasonFor("ana"));

    [Fact]
    public void Testers_get_the_pilot_and_everybody_else_the_full_release()
    {
        var full = Tell(Approved("1.0.0").Prepared().Live(ReleaseMode.Direct));
        var pilot = Tell(Approved("2.0.0").InPilot());
        _index.TestersCommitted(pilot.Id, pilot.Revision, ["ana"], []);

        Assert.Equal((pilot.Id, Exposure.Pilot), ReasonFor("ana"));
        Assert.Equal((full.Id, Exposure.Full), ReasonFor("bob"));
    }

    [Fact]
    public void A_tester_who_goes_out_is_back_on_the_full_release()
    {
        var pilot = Tell(Approved("2.0.0").InPilot());
        _index.TestersCommitted(pilot.Id, 5, ["ana", "bob"], []);
        _index.TestersCommitted(pilot.Id, 6, [], ["ana"]);

        Assert.Null(ReasonFor("ana"));
        Assert.Equal((pilot.Id, Exposure.Pilot), ReasonFor("bob"));
    }

    [Fact]
    public void Testers_known_by_address_are_found_whatever_the_case()
    {
        var pilot = Tell(Approved("2.0.0", Production with { TesterIdKind = TesterIdKind.Email }).InPilot());
        _index.TestersCommitted(pilot.Id, 5, ["ana@example.com"], []);

        Assert.Equal((pilot.Id, Exposure.Pilot), ReasonFor("ANA@example.com"));
        Assert.Null(ReasonFor("no address"));
    }

    [Fact]
    public void A_percentage_gets_the_new_version_and_keeps_it_when_the_percentage_rises()
    {
        Tell(Approved("1.0.0").Prepared().Live(ReleaseMode.Direct));
        var gray = Approved("2.0.0").Prepared().GrayscaleChosen();
        string[] users = [.. Enumerable.Range(0, 2_000).Select(number => $"user-{number}")];
        var before = new HashSet<string>();
        foreach (var percentage in (int[])[1, 20, 50, 99])
        {
            gray = gray.RaisedTo(percentage);
            Tell(gray);
            var now = users.Where(user => ReasonFor(user)?.Reason == Exposure.Grayscale).ToHashSet();

            Assert.Subset(now, before);
            Assert.InRange(now.Count, percentage * 20 - 100, (percentage * 20) + 100);
            before = now;
        }

        Assert.All(users.Except(before), user => Assert.Equal(Exposure.Full, ReasonFor(user)?.Reason));
    }

    [Fact]
    public void Canceling_puts_everybody_back_on_the_full_release_before_it()
    {
        var full = Tell(Approved("1.0.0").Prepared().Live(ReleaseMode.Direct));
        var gray = Approved("2.0.0").Prepared().GrayscaleChosen().RaisedTo(99);
        Tell(gray);

        Tell(gray.Canceled());

        Assert.All(Enumerable.Range(0, 100), number => Assert.Equal((full.Id, Exposure.Full), ReasonFor($"user-{number}")));
    }

    [Fact]
    public void A_held_rollout_keeps_who_has_it()
    {
        var gray = Approved("2.0.0").Prepared().GrayscaleChosen().RaisedTo(99);
        Tell(gray);
        var before = Enumerable.Range(0, 100).Select(number => ReasonFor($"user-{number}")).ToList();

        Tell(gray.Held());

        Assert.Equal(before, Enumerable.Range(0, 100).Select(number => ReasonFor($"user-{number}")));
    }

    [Fact]
    public void What_is_told_late_is_not_believed()
    {
        var gray = Approved("2.0.0").Prepared().GrayscaleChosen().RaisedTo(99);
        var canceled = gray.Canceled();
        Tell(gray);
        Tell(canceled);
        Tell(gray);
        _index.TestersCommitted(gray.Release.Id, 9, [], ["ana"]);
        _index.TestersCommitted(gray.Release.Id, 8, ["ana"], []);

        Assert.Null(ReasonFor("ana"));
    }

    [Fact]
    public void Another_environment_is_another_place()
    {
        Tell(Approved("1.0.0").Prepared().Live(ReleaseMode.Direct));

        Assert.False(_index.TryDecide(Target with { Environment = ReleaseEnvironment.Sandbox }, "ana", out _));
        Assert.False(_index.TryDecide(Target with { MiniProgram = new("tea") }, "ana", out _));
        Assert.False(_index.TryDecide(Target with { App = new("other") }, "ana", out _));
    }

    [Theory]
    [InlineData(nameof(Exposure.Pilot))]
    [InlineData(nameof(Exposure.Grayscale))]
    [InlineData(nameof(Exposure.Full))]
    public void A_notice_tells_who_has_the_version(string exposure)
    {
        var (before, happened) = exposure switch
        {
            nameof(Exposure.Pilot) => (Approved("1.0.0"), (ReleaseEvent)new PilotStarted { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" }),
            nameof(Exposure.Grayscale) => (Approved("1.0.0").Prepared().GrayscaleChosen(), new PercentageRaised(30) { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" }),
            _ => (Approved("1.0.0").Prepared(), new WentLive(ReleaseMode.Direct) { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" }),
        };

        var release = before.Release.Apply(happened);
        var notice = ExposureNotice.For(release, happened)!;

        Assert.Equal((exposure, release.Id, release.Revision), (notice.Exposure.ToString(), notice.ReleaseId, notice.Revision));
        Assert.Equal(exposure == nameof(Exposure.Grayscale) ? 30 : null, notice.Percentage);
        Assert.Equal(exposure == nameof(Exposure.Pilot) ? 0 : null, notice.Testers);
    }

    [Fact]
    public void What_changes_nothing_for_users_is_no_notice() =>
        Assert.Null(ExposureNotice.For(
            Approved("1.0.0").Prepared().GrayscaleChosen().RaisedTo(30).Held().Release, new RolloutHeld("x") { At = ReleaseExample.Now, By = People.Developer.Id, ByName = "DEV" }));

    private static ReleaseExample Approved(string version, ReleasePolicy? policy = null) => ReleaseExample.Created(policy ?? Production, version).Built().Applied().Approved();

    private Release Tell(ReleaseExample example)
    {
        _index.Committed(example.Release);
        return example.Release;
    }

    private (ReleaseId Id, Exposure Reason)? ReasonFor(string userId) => _index.TryDecide(Target, userId, out var delivery) ? (delivery.Release.Id, delivery.Reason) : null;
}
