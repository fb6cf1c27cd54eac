namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class FlowchartTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Activities_run_along_their_connections()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("c"), Flow.Step("a"), Flow.Step("b")], "a -> b", "b -> c"));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["a", "b", "c"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Only_the_connections_of_the_outcome_are_followed()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Choose("a", "Yes"), Flow.Step("b"), Flow.Step("c")], "a.Yes -> b", "a.No -> c"));

        await _host.StartAsync("f");

        Assert.Equal(["b"], _host.Trace.Lines);
    }

    [Fact]
    public async Task An_outcome_without_a_connection_ends_its_branch()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Choose("a", "Elsewhere"), Flow.Step("b")], "a.Yes -> b"));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Empty(_host.Trace.Lines);
    }

    [Fact]
    public async Task An_activity_with_two_ways_in_waits_for_both_and_runs_once()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Step("a"), Flow.Step("b"), Flow.Step("c"), Flow.Step("d")], "a -> b", "a -> c", "b -> d", "c -> d"));

        await _host.StartAsync("f");

        Assert.Equal(["a", "b", "c", "d"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_branch_that_is_not_taken_keeps_nothing_waiting()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Choose("a", "Left"), Flow.Step("b"), Flow.Step("c"), Flow.Step("d"), Flow.Step("e")],
            "a.Left -> b", "a.Right -> c", "c -> d", "b -> e", "d -> e"));

        await _host.StartAsync("f");

        Assert.Equal(["b", "e"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_loop_runs_as_often_as_it_is_told_and_then_goes_on_once()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Activity("r", "Test.Repeat"), Flow.Step("inside"), Flow.Step("after")],
            "a -> r", "r.Again -> inside", "inside -> r", "r.Done -> after"));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.Equal(["a", "r 1", "inside", "r 2", "inside", "r 3", "after"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_branch_beside_a_loop_waits_for_the_end_of_the_loop()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Activity("r", "Test.Repeat"), Flow.Step("out"), Flow.Step("beside"), Flow.Step("join")],
            "a -> r", "r.Again -> r", "r.Done -> out", "a -> beside", "out -> join", "beside -> join"));

        await _host.StartAsync("f");

        Assert.Equal(["a", "r 1", "beside", "r 2", "r 3", "out", "join"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_loop_can_be_left_in_another_round_than_the_first()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("start"), Flow.Wait("review"), Flow.Step("revise"), Flow.Step("approved"), Flow.Step("canceled"), Flow.Step("end")],
            "start -> review", "review.Rejected -> revise", "revise -> review", "review.Approved -> approved", "review.Canceled -> canceled",
            "approved -> end", "canceled -> end"));
        await _host.StartAsync("f");

        await Answer("review", "Rejected");
        await Answer("review", "Rejected");
        await Answer("review", "Canceled");

        Assert.Equal(
            ["start", "review resumed", "revise", "review resumed", "revise", "review resumed", "canceled", "end"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Database.Committed.Instances.Values.Single().SubStatus);
    }

    [Fact]
    public async Task WaitAll_waits_for_branches_that_suspend()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Wait("b"), Flow.Wait("c"), Flow.Join("j", "WaitAll"), Flow.Step("d")],
            "a -> b", "a -> c", "b -> j", "c -> j", "j -> d"));
        await _host.StartAsync("f");

        await Answer("c");
        Assert.DoesNotContain("d", _host.Trace.Lines);
        await Answer("b");

        Assert.Equal(["a", "c resumed", "b resumed", "d"], _host.Trace.Lines);
    }

    [Fact]
    public async Task WaitAll_is_passed_over_when_a_branch_is_not_taken()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Choose("b", "Other"), Flow.Step("c"), Flow.Join("j", "WaitAll"), Flow.Step("d")],
            "a -> b", "a -> c", "b -> j", "c -> j", "j -> d"));

        var run = await _host.StartAsync("f");

        Assert.Equal("Finished", run.SubStatus.ToString());
        Assert.DoesNotContain("d", _host.Trace.Lines);
    }

    [Fact]
    public async Task WaitAll_counts_both_exits_of_a_decision_as_one_branch()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("a", "Elsa.FlowDecision", ("condition", Flow.Literal(true))), Flow.Join("j", "WaitAll"), Flow.Step("d")],
            "a.True -> j", "a.False -> j", "j -> d"));

        await _host.StartAsync("f");

        Assert.Equal(["d"], _host.Trace.Lines);
    }

    [Fact]
    public async Task WaitAny_goes_on_with_the_first_branch_and_cancels_the_others()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Wait("b"), Flow.Wait("c"), Flow.Join("j", "WaitAny"), Flow.Step("d")],
            "a -> b", "a -> c", "b -> j", "c -> j", "j -> d"));
        var run = await _host.StartAsync("f");

        await Answer("c");

        Assert.Equal(["a", "c resumed", "d"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
    }

    [Fact]
    public async Task WaitAny_runs_once_when_a_branch_was_still_queued_that_would_have_waited()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Step("b"), Flow.Wait("c"), Flow.Join("j", "WaitAny"), Flow.Step("d")],
            "a -> b", "a -> c", "b -> j", "c -> j", "j -> d"));

        var run = await _host.StartAsync("f");

        Assert.Equal(["a", "b", "d"], _host.Trace.Lines);
        Assert.Equal("Finished", run.SubStatus.ToString());
    }

    [Fact]
    public async Task WaitAny_inside_a_loop_works_in_every_round()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("a"), Flow.Wait("b"), Flow.Wait("c"), Flow.Join("j", "WaitAny"), Flow.Activity("r", "Test.Repeat"), Flow.Step("d")],
            "a -> b", "a -> c", "b -> j", "c -> j", "j -> r", "r.Again -> a", "r.Done -> d"));
        await _host.StartAsync("f");

        await Answer("c");
        await Answer("b");
        await Answer("c");

        Assert.Equal(["a", "c resumed", "r 1", "a", "b resumed", "r 2", "a", "c resumed", "r 3", "d"], _host.Trace.Lines);
    }

    [Fact]
    public async Task End_cancels_what_still_waits()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Step("a"), Flow.Wait("b"), Flow.Wait("c"), Flow.Activity("e", "Elsa.End")], "a -> b", "a -> c", "b -> e"));
        var run = await _host.StartAsync("f");

        await Answer("b");

        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
        Assert.Single(_host.Journal(run.InstanceId), "flow Completed");
        Assert.Contains("c Canceled", _host.Journal(run.InstanceId));
    }

    [Fact]
    public async Task A_circle_that_can_be_entered_twice_is_an_incident_when_it_is_closed()
    {
        var publication = await _host.Definitions.PublishAsync(Flow.Of(
            "f", [Flow.Choose("a", "B", "C"), Flow.Step("b"), Flow.Step("c")], "a.B -> b", "a.C -> c", "b -> c", "c -> b"));

        var run = await _host.StartAsync("f");

        Assert.Contains(publication.Findings, finding => finding.Reason.Contains("circle", StringComparison.Ordinal));
        Assert.Equal("Faulted", run.SubStatus.ToString());
        Assert.StartsWith("Invalid backward connection", run.Incidents.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_circle_without_a_wait_ends_as_an_incident()
    {
        using var host = new EngineHost(options => options.MaxActivitiesPerBurst = 50);
        await host.PublishAsync(Flow.Of("f", [Flow.Step("start"), Flow.Step("a"), Flow.Step("b")], "start -> a", "a -> b", "b -> a"));

        var run = await host.StartAsync("f");

        Assert.Equal("Faulted", run.SubStatus.ToString());
        Assert.Contains("circle", run.Incidents.Single().Message, StringComparison.Ordinal);
    }

    private Task<StimulusOutcome> Answer(string wait, string? outcome = null) =>
        _host.SignalAsync("Test.Wait", new WaitStimulus(wait), new Dictionary<string, object?> { ["Outcome"] = outcome });
}
