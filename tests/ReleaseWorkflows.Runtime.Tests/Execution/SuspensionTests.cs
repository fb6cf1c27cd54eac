using System.Text;
using System.Text.Json;
using ReleaseWorkflows.Runtime.Execution;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class SuspensionTests : IDisposable
{
    private readonly EngineHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task An_activity_written_for_Elsa_waits_and_goes_on()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("ask", "Acme.AwaitDecision", ("orderId", Flow.Literal("o-1")), ("result", Flow.Output("Answer"))),
                Flow.Activity("yes", "Test.Step", ("text", Flow.Script("'it was ' + variables.Answer"))), Flow.Step("no")],
            [Flow.Variable("Answer", "String")],
            ["ask.Approved -> yes", "ask.Rejected -> no"]));
        var run = await _host.StartAsync("f");
        Assert.Equal("Suspended", run.SubStatus.ToString());

        var outcome = await _host.SignalAsync("Acme.AwaitDecision", new DecisionStimulus("o-1"), new { Answer = "yes" });

        Assert.Equal("Finished", outcome.Resumed.Single().SubStatus.ToString());
        Assert.Equal(["it was yes"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_stimulus_that_nobody_waits_for_moves_nothing()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a")]));
        await _host.StartAsync("f");
        var commits = _host.Database.Commits;

        var outcome = await _host.SignalAsync("Test.Wait", new WaitStimulus("b"));

        Assert.True(outcome.IsUnheard);
        Assert.Equal(commits + 1, _host.Database.Commits);
        Assert.Empty(_host.Trace.Lines);
    }

    [Fact]
    public async Task A_bookmark_is_used_once()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a"), Flow.Wait("b")], "a -> b"));
        var run = await _host.StartAsync("f");

        await Answer("a");
        var second = await Answer("a");

        Assert.True(second.IsUnheard);
        Assert.Equal("b", Assert.Single(_host.Bookmarks(run.InstanceId)).ActivityId);
    }

    [Fact]
    public async Task A_bookmark_resumed_twice_at_once_is_used_once()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a"), Flow.Wait("b")], "a -> b"));
        var run = await _host.StartAsync("f");

        // While the first unit commits, a second one resumes the same bookmark and is faster.
        var rival = Task.CompletedTask;
        _host.Database.BeforeCommit = () =>
        {
            _host.Database.BeforeCommit = null;
            rival = Task.Run(() => Answer("a"));
            rival.Wait();
        };
        var outcome = await Answer("a");

        Assert.True(outcome.IsUnheard);
        Assert.Single(_host.Journal(run.InstanceId), "a Completed");
        Assert.Equal(["b"], _host.Bookmarks(run.InstanceId).Select(bookmark => bookmark.ActivityId));
    }

    [Fact]
    public async Task Two_bookmarks_of_an_instance_resumed_at_once_both_count()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Step("s"), Flow.Wait("a"), Flow.Wait("b"), Flow.Join("j", "WaitAll"), Flow.Wait("c")], "s -> a", "s -> b", "a -> j", "b -> j", "j -> c"));
        var run = await _host.StartAsync("f");

        _host.Database.BeforeCommit = () =>
        {
            _host.Database.BeforeCommit = null;
            Task.Run(() => Answer("b")).Wait();
        };
        await Answer("a");

        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        Assert.Equal(["c"], _host.Bookmarks(run.InstanceId).Select(bookmark => bookmark.ActivityId));
    }

    [Fact]
    public async Task One_stimulus_resumes_all_that_wait_for_it_also_within_one_instance()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Flow.Activity("a", "Test.Wait", ("for", Flow.Literal("x"))), Flow.Activity("b", "Test.Wait", ("for", Flow.Literal("x")))],
            "s -> a", "s -> b"));
        var run = await _host.StartAsync("f");

        var outcome = await Answer("x");

        Assert.Equal(2, outcome.Resumed.Count);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Equal(2, _host.Instance(run.InstanceId).Version);
    }

    [Fact]
    public async Task A_stimulus_with_a_correlation_id_resumes_only_instances_that_have_it()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a")]));
        await _host.StartAsync("f", correlationId: "one");
        var two = await _host.StartAsync("f", correlationId: "two");

        var outcome = await _host.SignalAsync("Test.Wait", new WaitStimulus("a"), correlationId: "two");

        Assert.Equal([two.InstanceId], outcome.Resumed.Select(run => run.InstanceId));
    }

    [Fact]
    public async Task A_changed_correlation_id_counts_for_bookmarks_that_exist_already()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Flow.Wait("a"), Flow.Wait("b"), Flow.Activity("c", "Elsa.Correlate", ("correlationId", Flow.Literal("new")))],
            "s -> a", "s -> b", "b -> c"));
        await _host.StartAsync("f", correlationId: "old");
        await Answer("b");

        Assert.True((await _host.SignalAsync("Test.Wait", new WaitStimulus("a"), correlationId: "old")).IsUnheard);
        Assert.Single((await _host.SignalAsync("Test.Wait", new WaitStimulus("a"), correlationId: "new")).Resumed);
    }

    [Theory]
    [InlineData("String", "\"text\"", "text")]
    [InlineData("Int32", "41 + 1", "42")]
    [InlineData("Decimal", "1.25", "1.25")]
    [InlineData("Boolean", "true", "true")]
    [InlineData("DateTimeOffset", "'2030-01-02T03:04:05+02:00'", "2030-01-02T01:04:05Z")]
    [InlineData("TimeSpan", "'01:30:00'", "01:30:00")]
    [InlineData("String[]", "['a', 'b']", "a,b")]
    [InlineData("Object", "({ x: { y: 7 } })", "7")]
    public async Task A_variable_survives_a_suspension(string type, string script, string expected)
    {
        var read = type switch
        {
            "Object" => "String(variables.V.x.y)",
            "String[]" => "variables.V.join(',')",
            "DateTimeOffset" or "TimeSpan" => "toJson(variables.V)",
            _ => "String(variables.V)",
        };
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("set", "Elsa.SetVariable", ("variable", Flow.Variable("V", type)), ("value", Flow.Script(script))),
                Flow.Wait("a"), Flow.Activity("show", "Test.Step", ("text", Flow.Script(read)))],
            [Flow.Variable("V", type)],
            ["set -> a", "a -> show"]));
        await _host.StartAsync("f");

        await Answer("a");

        Assert.Equal(expected, _host.Trace.Lines[^1].Trim('"'));
    }

    [Theory]
    [InlineData("Boolean")]
    [InlineData("Int32")]
    [InlineData("DateTimeOffset")]
    [InlineData("String")]
    [InlineData("Object")]
    public async Task A_variable_without_a_value_survives_a_suspension(string type)
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Wait("a"), Flow.Activity("show", "Test.Step", ("text", Flow.Script("String(variables.V)")))], [Flow.Variable("V", type)], ["a -> show"]));
        await _host.StartAsync("f");

        await Answer("a");

        Assert.Equal("null", _host.Trace.Lines[^1]);
    }

    [Fact]
    public async Task A_variable_with_the_memory_driver_has_its_default_again()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("set", "Elsa.SetVariable", ("variable", Flow.Variable("V", "String")), ("value", Flow.Literal("new"))),
                Flow.Wait("a"), Flow.Activity("show", "Test.Step", ("text", Flow.Script("variables.V")))],
            [Flow.Variable("V", "String", "default", "Elsa.Workflows.MemoryStorageDriver, Elsa.Workflows.Core")],
            ["set -> a", "a -> show"]));
        await _host.StartAsync("f");

        await Answer("a");

        Assert.Equal("default", _host.Trace.Lines[^1]);
    }

    [Fact]
    public async Task Instances_do_not_share_the_default_of_a_variable()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Activity("push", "Test.Append", ("list", Flow.Expression("Variable", new { id = "var-V", name = "V" }))),
                Flow.Activity("show", "Test.Step", ("text", Flow.Script("String(variables.V.length)")))],
            [Flow.Variable("V", "List<String>", "[\"a\"]")],
            ["push -> show"]));

        await _host.StartAsync("f");
        await _host.StartAsync("f");

        Assert.Equal(["2", "2"], _host.Trace.Lines);
    }

    [Fact]
    public async Task Inputs_of_the_start_and_outputs_of_activities_survive_a_suspension()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Wait("a"), Flow.Wait("b"), Flow.Activity("show", "Test.Step", ("text", Flow.Script("getInput('Who') + ' ' + getOutputFrom('a')")))],
            "a -> b", "b -> show"));
        await _host.StartAsync("f", new { Who = "Ada" });

        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"), new { Answer = "first" });
        await _host.SignalAsync("Test.Wait", new WaitStimulus("b"), new { Answer = "second" });

        Assert.Equal("Ada first", _host.Trace.Lines[^1]);
    }

    [Fact]
    public async Task Inputs_of_a_stimulus_end_with_its_burst()
    {
        await _host.PublishAsync(Flow.Of(
            "f", [Flow.Wait("a"), Flow.Wait("b"), Flow.Activity("show", "Test.Step", ("text", Flow.Script("String(getInput('Secret'))")))], "a -> b", "b -> show"));
        await _host.StartAsync("f");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"), new { Secret = "x" });
        await _host.SignalAsync("Test.Wait", new WaitStimulus("b"));

        Assert.Equal("null", _host.Trace.Lines[^1]);
    }

    [Fact]
    public async Task The_state_names_its_format_and_leaves_out_what_has_ended()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Flow.Wait("a")], "s -> a"));
        var run = await _host.StartAsync("f");

        var state = JsonDocument.Parse(_host.Instance(run.InstanceId).State).RootElement;

        Assert.Equal(1, state.GetProperty("schema").GetInt32());
        Assert.Equal(
            ["Workflow1", "flow", "a"], state.GetProperty("contexts").EnumerateArray().Select(context => context.GetProperty("activity").GetString()));
    }

    [Theory]
    [InlineData("\"schema\":1", "\"schema\":2", "newer program")]
    [InlineData("\"contexts\":", "\"contents\":", "damaged")]
    public async Task An_instance_whose_state_cannot_be_read_is_refused_by_itself_and_holds_up_nobody_else(string stored, string instead, string reason)
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a")]));
        var run = await _host.StartAsync("f");
        var record = _host.Instance(run.InstanceId);
        var state = Encoding.UTF8.GetString(record.State.Span).Replace(stored, instead, StringComparison.Ordinal);
        _host.Database.Commit([rows => rows.Instances[record.Id] = record with { State = Encoding.UTF8.GetBytes(state) }]);
        var other = await _host.StartAsync("f");
        var bookmark = _host.Bookmarks(run.InstanceId).Single();

        var heard = await Answer("a");

        Assert.Equal([other.InstanceId], heard.Resumed.Select(resumed => resumed.InstanceId));
        var exception = await Assert.ThrowsAsync<InstanceUnreadableException>(() => _host.RunAsync(engine => engine.ResumeAsync(run.InstanceId, bookmark.Id)));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_instances_keep_their_version_and_new_ones_get_the_published_one()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a"), Flow.Activity("show", "Test.Step", ("text", Flow.Literal("old")))], "a -> show"));
        await _host.StartAsync("f");
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a"), Flow.Activity("show", "Test.Step", ("text", Flow.Literal("new")))], "a -> show"));
        await _host.StartAsync("f");

        await Answer("a");

        Assert.Equal(["a resumed", "old", "a resumed", "new"], _host.Trace.Lines);
    }

    [Fact]
    public async Task The_journal_has_no_gap_over_bursts()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Flow.Wait("a")], "s -> a"));
        var run = await _host.StartAsync("f");

        await Answer("a");

        Assert.Equal(
            ["Workflow1 Started", "flow Started", "s Started", "s Completed", "a Started", "a Suspended", "a Resumed", "a Completed", "flow Completed",
                "Workflow1 Completed"],
            _host.Journal(run.InstanceId));
        var sequences = _host.Database.Committed.Journal.Select(entry => entry.Sequence);
        Assert.Equal(Enumerable.Range(0, 10).Select(number => (long)number), sequences);
    }

    [Fact]
    public async Task Executions_are_recorded_with_what_went_in_and_came_out()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a")]));
        await _host.StartAsync("f");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("a"), new { Answer = "yes", Outcome = "Fine" });

        var execution = _host.Database.Committed.Executions.Values.Single(record => record.ActivityId == "a");
        Assert.Equal("Completed", execution.Status);
        Assert.Equal(
            """{"inputs":{"For":"a"},"outputs":{"Result":"yes"},"journal":{"Outcomes":["Fine"]}}""", execution.DetailsJson);
    }

    [Fact]
    public async Task Cancelling_ends_everything_that_waits_and_says_so()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a")]));
        var run = await _host.StartAsync("f");

        Assert.True(await _host.RunAsync(engine => engine.CancelAsync(run.InstanceId)));

        Assert.Equal("Cancelled", _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Bookmarks(run.InstanceId));
        Assert.Contains("a Canceled", _host.Journal(run.InstanceId));
        Assert.Contains("Workflow1 Workflow cancelled", _host.Journal(run.InstanceId));
        Assert.False(await _host.RunAsync(engine => engine.CancelAsync(run.InstanceId)));
    }

    [Fact]
    public async Task A_unit_of_work_that_is_discarded_leaves_the_instance_as_it_was()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Wait("a")]));
        var run = await _host.StartAsync("f");

        await _host.Get<IUnitOfWorkRunner>().RunAsync(
            async (services, token) =>
            {
                var engine = (IWorkflowEngine)services.GetService(typeof(IWorkflowEngine))!;
                return UnitOfWorkResult.Discard(await engine.SignalAsync(new Stimulus { Name = "Test.Wait", Payload = new WaitStimulus("a") }, token));
            },
            CancellationToken.None);

        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        Assert.Single((await Answer("a")).Resumed);
    }

    private Task<StimulusOutcome> Answer(string wait) => _host.SignalAsync("Test.Wait", new WaitStimulus(wait));
}
