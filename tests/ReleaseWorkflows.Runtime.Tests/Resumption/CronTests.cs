using System.Globalization;
using ReleaseWorkflows.Runtime.BuiltIns.Timing;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

public sealed class CronTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData("* * * * * *", "2030-01-01T12:00:00", "2030-01-01T12:00:01")]
    [InlineData("*/15 * * * * *", "2030-01-01T12:00:50", "2030-01-01T12:01:00")]
    [InlineData("0 30 9 * * *", "2030-01-01T12:00:00", "2030-01-02T09:30:00")]
    [InlineData("0 0 9-17/4 * * *", "2030-01-01T12:00:00", "2030-01-01T13:00:00")]
    [InlineData("0 5/20 * * * ?", "2030-01-01T12:26:00", "2030-01-01T12:45:00")]
    [InlineData("0 0 0 1 1 *", "2030-01-01T00:00:00", "2031-01-01T00:00:00")]
    [InlineData("0 0 12 ? * MON-FRI", "2030-01-04T12:00:00", "2030-01-07T12:00:00")]
    [InlineData("0 0 12 * * 7", "2030-01-01T12:00:00", "2030-01-06T12:00:00")]
    [InlineData("0 0 0 L * ?", "2030-01-01T00:00:00", "2030-01-31T00:00:00")]
    [InlineData("0 0 0 L-3 2 ?", "2030-01-01T00:00:00", "2030-02-25T00:00:00")]
    [InlineData("0 0 0 15W 6 ?", "2030-01-01T00:00:00", "2030-06-14T00:00:00")]
    [InlineData("0 0 0 1W 6 ?", "2030-01-01T00:00:00", "2030-06-03T00:00:00")]
    [InlineData("0 0 0 LW 3 ?", "2030-01-01T00:00:00", "2030-03-29T00:00:00")]
    [InlineData("0 0 0 ? * 5L", "2030-01-01T00:00:00", "2030-01-25T00:00:00")]
    [InlineData("0 0 0 ? * TUE#2", "2030-01-02T00:00:00", "2030-01-08T00:00:00")]
    [InlineData("0 0 0 29 FEB *", "2030-01-01T00:00:00", "2032-02-29T00:00:00")]
    [InlineData("0 0 22-2/2 * * *", "2030-01-01T00:30:00", "2030-01-01T02:00:00")]
    [InlineData("0 0 0 13 * FRI", "2030-01-01T00:00:00", "2030-09-13T00:00:00")]
    public void The_next_time_is_the_first_that_fits(string expression, string after, string expected) =>
        Assert.Equal(Utc(expected), CronSchedule.Parse(expression).NextAfter(Utc(after)));

    [Fact]
    public void A_fraction_of_a_second_counts_as_past() =>
        Assert.Equal(Utc("2030-01-01T00:00:01"), CronSchedule.Parse("* * * * * *").NextAfter(Utc("2030-01-01T00:00:00").AddMilliseconds(1)));

    [Fact]
    public void A_day_that_never_comes_has_no_next_time() => Assert.Null(CronSchedule.Parse("0 0 0 30 2 *").NextAfter(Utc("2030-01-01T00:00:00")));

    [Theory]
    [InlineData("", "has 0 fields; it needs six")]
    [InlineData("* * * * *", "has 5 fields; it needs six")]
    [InlineData("60 * * * * *", "'60' in the field 'second' is not between 0 and 59")]
    [InlineData("* * 24 * * *", "'24' in the field 'hour'")]
    [InlineData("* * * 0 * *", "'0' in the field 'day of month'")]
    [InlineData("* * * * FOO *", "'FOO' in the field 'month'")]
    [InlineData("*/0 * * * * *", "'0' in the field 'second'")]
    [InlineData("1-2-3 * * * * *", "'1-2-3' in the field 'second' is no range")]
    [InlineData("* * * * * MON#6", "'6' in the field 'day of week'")]
    [InlineData(", * * * * *", "'' in the field 'second'")]
    public void A_wrong_expression_says_which_field_is_wrong(string expression, string expected)
    {
        Assert.False(CronSchedule.TryParse(expression, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cron_trigger_starts_again_and_again_and_leaves_out_what_was_missed()
    {
        await _host.PublishAsync(Flow.Of("f", [Trigger("0 0 * * * *"), Flow.Step("a")], "c -> a"));

        _host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, await _host.Timers.RunOnceAsync(CancellationToken.None));
        _host.Clock.Advance(TimeSpan.FromHours(5) + TimeSpan.FromMinutes(10));
        Assert.Equal(1, await _host.Timers.RunOnceAsync(CancellationToken.None));

        Assert.Equal(["a", "a"], _host.Trace.Lines);
        Assert.Equal(new DateTimeOffset(2030, 1, 1, 19, 0, 0, TimeSpan.Zero), _host.Database.Committed.Timers.Values.Single().DueAt);
    }

    [Fact]
    public async Task Cron_in_the_middle_waits_for_the_next_time()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("c", "Elsa.Cron", ("cronExpression", Flow.Literal("0 30 13 * * *"))), Flow.Step("a")], "c -> a"));
        await _host.StartAsync("f");

        _host.Clock.Advance(TimeSpan.FromMinutes(89));
        await _host.Timers.RunOnceAsync(CancellationToken.None);
        Assert.Empty(_host.Trace.Lines);
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        await _host.Timers.RunOnceAsync(CancellationToken.None);

        Assert.Equal(["a"], _host.Trace.Lines);
    }

    [Theory]
    [InlineData("not cron")]
    [InlineData("0 0 0 30 2 *")]
    public async Task A_cron_trigger_that_cannot_fire_is_refused(string expression)
    {
        var publication = await _host.Definitions.PublishAsync(Flow.Of("f", [Trigger(expression)]));

        Assert.Null(publication.Definition);
        Assert.Contains(publication.Findings, finding => finding.Node == "c" && finding.Reason.Contains(expression, StringComparison.Ordinal));
    }

    private static System.Text.Json.Nodes.JsonObject Trigger(string expression)
    {
        var trigger = Flow.Activity("c", "Elsa.Cron", ("cronExpression", Flow.Literal(expression)));
        trigger["customProperties"] = new System.Text.Json.Nodes.JsonObject { ["canStartWorkflow"] = true };
        return trigger;
    }

    private static DateTimeOffset Utc(string time) => DateTimeOffset.Parse(time + "Z", CultureInfo.InvariantCulture);
}
