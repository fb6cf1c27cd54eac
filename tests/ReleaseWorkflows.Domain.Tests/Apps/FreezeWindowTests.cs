using System.Globalization;
using ReleaseWorkflows.Domain.Apps;
using ReleaseWorkflows.Domain.Tests.Examples;

namespace ReleaseWorkflows.Domain.Tests.Apps;

public sealed class FreezeWindowTests
{
    private static readonly FreezeWindow Weekend = new("Weekend", Days: [DayOfWeek.Saturday, DayOfWeek.Sunday]);

    [Theory]
    [InlineData("2026-03-06T23:59:59Z", null)]
    [InlineData("2026-03-07T00:00:00Z", "2026-03-09T00:00:00Z")]
    [InlineData("2026-03-08T12:00:00Z", "2026-03-09T00:00:00Z")]
    [InlineData("2026-03-09T00:00:00Z", null)]
    public void Days_are_frozen_from_midnight_to_midnight(string now, string? end) => Assert.Equal(Time(end), Weekend.EndIfActive(Time(now)!.Value));

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-06T23:30:00Z", "2026-03-08T23:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-08T23:00:00Z", null)]
    [InlineData("America/New_York", "2026-03-07T04:59:00Z", null)]
    // The clock goes forward in that night.
    [InlineData("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T22:00:00Z")]
    public void Days_begin_where_the_time_zone_says(string zone, string now, string? end) =>
        Assert.Equal(Time(end), (Weekend with { TimeZone = zone }).EndIfActive(Time(now)!.Value));

    [Theory]
    [InlineData("2026-12-19T23:59:59Z", false)]
    [InlineData("2026-12-20T00:00:00Z", true)]
    [InlineData("2027-01-06T23:59:59Z", true)]
    [InlineData("2027-01-07T00:00:00Z", false)]
    public void A_period_is_frozen_until_its_end(string now, bool isFrozen)
    {
        var holidays = new FreezeWindow("Holidays", Time("2026-12-20T00:00:00Z"), Time("2027-01-07T00:00:00Z"));

        Assert.Equal(isFrozen, holidays.EndIfActive(Time(now)!.Value) is not null);
    }

    [Fact]
    public void A_freeze_of_every_day_ends_never_but_says_a_week() =>
        Assert.Equal(Time("2026-03-14T00:00:00Z"), new FreezeWindow("For ever", Days: Enum.GetValues<DayOfWeek>()).EndIfActive(Time("2026-03-07T10:00:00Z")!.Value));

    [Fact]
    public void Only_Production_is_frozen_and_the_longest_freeze_counts()
    {
        var app = Coffee.App with { Freezes = [Weekend, new FreezeWindow("Release week", Time("2026-03-01T00:00:00Z"), Time("2026-03-20T00:00:00Z"))] };
        var saturday = Time("2026-03-07T10:00:00Z")!.Value;

        Assert.Equal("Release week", app.FreezeAt(ReleaseEnvironment.Production, saturday)?.Name);
        Assert.Null(app.FreezeAt(ReleaseEnvironment.Sandbox, saturday));
        Assert.Null(app.FreezeAt(ReleaseEnvironment.Production, Time("2026-04-01T10:00:00Z")!.Value));
    }

    [Fact]
    public void What_is_no_freeze_is_named()
    {
        FreezeWindow[] bad =
        [
            new("", Days: [DayOfWeek.Monday]),
            new(new string('x', 101), Days: [DayOfWeek.Monday]),
            new("Nothing"),
            new("Half", From: Time("2026-03-01T00:00:00Z")),
            new("Both", Time("2026-03-01T00:00:00Z"), Time("2026-03-02T00:00:00Z"), [DayOfWeek.Monday]),
            new("Backward", Time("2026-03-02T00:00:00Z"), Time("2026-03-01T00:00:00Z")),
            new("No day", Days: []),
            new("Twice", Days: [DayOfWeek.Monday, DayOfWeek.Monday]),
            new("Nowhere", Days: [DayOfWeek.Monday], TimeZone: "Mars/Olympus"),
        ];

        var problems = (Coffee.App with { Freezes = [Weekend, .. bad] }).Problems();

        Assert.Equal(Enumerable.Range(1, bad.Length).Select(index => $"freezes[{index}]"), problems.Keys);
        Assert.All(problems.Values, messages => Assert.Single(messages));
    }

    [Fact]
    public void An_app_has_at_most_100_freezes() =>
        Assert.Equal(["freezes"], (Coffee.App with { Freezes = [.. Enumerable.Repeat(Weekend, 101)] }).Problems().Keys);

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
