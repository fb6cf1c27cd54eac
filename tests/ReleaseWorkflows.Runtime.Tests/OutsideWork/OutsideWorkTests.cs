using Elsa.Extensions;
using Elsa.Workflows;
using Elsa.Workflows.Attributes;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ReleaseWorkflows.Runtime.OutsideWork;

namespace ReleaseWorkflows.Runtime.Tests.OutsideWork;

public sealed class OutsideWorkTests : IDisposable
{
    private readonly Outside _outside = new();
    private readonly EngineHost _host;

    public OutsideWorkTests() => _host = NewHost();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Nothing_happens_outside_before_the_burst_has_committed()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call"), Flow.Step("after")], "call -> after"));

        var run = await _host.StartAsync("f");

        Assert.Equal(WorkflowSubStatus.Suspended, run.SubStatus);
        Assert.Empty(_outside.Calls);
        var job = Assert.Single(_host.Database.Committed.Jobs.Values);
        Assert.Equal(("test", run.InstanceId, "\"call\"", 0), (job.Kind, job.InstanceId, job.RequestJson, job.Attempts));
        Assert.Equal(Assert.Single(_host.Bookmarks(run.InstanceId)).Id, job.Id);
    }

    [Fact]
    public async Task The_result_goes_to_the_activity_in_the_commit_that_removes_the_job()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call"), Flow.Step("after")], "call -> after"));
        var run = await _host.StartAsync("f");
        var commits = _host.Database.Commits;

        Assert.Equal(1, await _host.OutsideWork.RunOnceAsync(default));

        Assert.Equal(["call: answer to \"call\"", "after"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
        Assert.Empty(_host.Database.Committed.Jobs);
        Assert.Equal(commits + 2, _host.Database.Commits); // the claim, and the result
        Assert.Equal(0, await _host.OutsideWork.RunOnceAsync(default));
    }

    [Fact]
    public async Task A_call_goes_on_with_the_trace_of_the_request_that_asked_for_it()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        string request;
        using (var span = new System.Diagnostics.Activity("request").Start())
        {
            request = span.TraceId.ToHexString();
            await _host.StartAsync("f");
        }

        string? seen = null;
        _outside.Always = () => seen = System.Diagnostics.Activity.Current?.TraceId.ToHexString();
        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Equal(request, seen);
    }

    [Fact]
    public async Task A_call_that_a_crash_ended_is_repeated_with_the_same_key_when_its_lease_is_over()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        var run = await _host.StartAsync("f");
        _host.Database.BeforeCommit = () =>
        {
            // The claim commits; the result never does.
            if (_outside.Calls.Count > 0)
                throw new IOException("The power failed.");
        };
        await _host.OutsideWork.RunOnceAsync(default);
        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
        _host.Database.BeforeCommit = null;

        Assert.Equal(0, await _host.OutsideWork.RunOnceAsync(default));
        _host.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(1, await _host.OutsideWork.RunOnceAsync(default));

        Assert.Equal([1, 2], _outside.Calls.Select(call => call.Attempt));
        Assert.Equal(_outside.Calls[0].IdempotencyKey, _outside.Calls[1].IdempotencyKey);
        Assert.StartsWith(run.InstanceId + ":", _outside.Calls[0].IdempotencyKey, StringComparison.Ordinal);
        Assert.Single(_host.Journal(run.InstanceId), line => line == "call Completed");
    }

    [Fact]
    public async Task A_failure_is_tried_again_later_each_time()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        await _host.StartAsync("f");
        _outside.Answers.Enqueue(() => throw new IOException("No line."));
        _outside.Answers.Enqueue(() => throw new IOException("No line."));
        var start = _host.Clock.GetUtcNow();

        await _host.OutsideWork.RunOnceAsync(default);
        var first = Assert.Single(_host.Database.Committed.Jobs.Values);
        _host.Clock.Advance(first.DueAt - start);
        await _host.OutsideWork.RunOnceAsync(default);
        var second = Assert.Single(_host.Database.Committed.Jobs.Values);
        Assert.Empty(_host.Trace.Lines);
        var secondPause = second.DueAt - _host.Clock.GetUtcNow();
        _host.Clock.Advance(secondPause);
        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Equal("No line.", first.LastError);
        Assert.InRange(first.DueAt - start, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        Assert.InRange(secondPause, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
        Assert.Equal(["call: answer to \"call\""], _host.Trace.Lines);
    }

    [Fact]
    public async Task Work_that_keeps_failing_is_given_up_and_the_activity_is_told()
    {
        using var host = NewHost(options => options.MaximumAttempts = 2);
        await host.PublishAsync(Flow.Of("f", [Call("call")]));
        await host.StartAsync("f");
        _outside.Always = () => throw new IOException("No line.");

        await host.OutsideWork.RunOnceAsync(default);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.OutsideWork.RunOnceAsync(default);

        Assert.Equal(["call failed: Given up after 2 attempts: No line."], host.Trace.Lines);
        Assert.Empty(host.Database.Committed.Jobs);
    }

    [Fact]
    public async Task A_job_whose_attempts_all_ended_in_crashes_is_given_up_without_another_call()
    {
        using var host = NewHost(options => options.MaximumAttempts = 1);
        await host.PublishAsync(Flow.Of("f", [Call("call")]));
        await host.StartAsync("f");
        var claims = host.Database.Commits + 1;
        host.Database.BeforeCommit = () =>
        {
            if (host.Database.Commits >= claims)
                throw new IOException("The power failed.");
        };
        await host.OutsideWork.RunOnceAsync(default);
        host.Database.BeforeCommit = null;

        host.Clock.Advance(TimeSpan.FromMinutes(3));
        await host.OutsideWork.RunOnceAsync(default);

        Assert.Single(_outside.Calls);
        Assert.Equal("call failed: Given up after 1 attempts: no attempt came to an end.", host.Trace.Lines[^1]);
    }

    [Fact]
    public async Task Refused_work_is_not_tried_again()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        await _host.StartAsync("f");
        _outside.Always = () => throw new OutsideWorkRefusedException("There is no such address.");

        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Single(_outside.Calls);
        Assert.Equal(["call failed: There is no such address."], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_kind_that_nobody_handles_is_refused_by_name()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Activity("call", "Test.CallOut", ("kind", Flow.Literal("pigeon")))]));
        await _host.StartAsync("f");

        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Equal(["call failed: Nothing here does work of the kind 'pigeon'."], _host.Trace.Lines);
    }

    [Fact]
    public async Task Cancelling_the_instance_drops_its_job_in_the_same_commit()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        var run = await _host.StartAsync("f");
        var commits = _host.Database.Commits;

        await _host.RunAsync(engine => engine.CancelAsync(run.InstanceId));

        Assert.Equal(commits + 1, _host.Database.Commits);
        Assert.Empty(_host.Database.Committed.Jobs);
        Assert.Equal(0, await _host.OutsideWork.RunOnceAsync(default));
    }

    [Fact]
    public async Task A_branch_that_is_cancelled_drops_its_job_and_the_others_keep_theirs()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Call("lost"), Flow.Wait("w"), Flow.Join("j", "WaitAny"), Call("kept")],
            "s -> lost", "s -> w", "lost -> j", "w -> j", "j -> kept"));
        await _host.StartAsync("f");

        await _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        Assert.Equal("\"kept\"", Assert.Single(_host.Database.Committed.Jobs.Values).RequestJson);
    }

    [Fact]
    public async Task An_instance_that_is_cancelled_during_the_call_does_not_hear_the_result()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        var run = await _host.StartAsync("f");
        _outside.During = () => _host.RunAsync(engine => engine.CancelAsync(run.InstanceId));

        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Single(_outside.Calls);
        Assert.Empty(_host.Trace.Lines);
        Assert.Equal("Cancelled", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_result_that_loses_a_race_against_another_branch_is_handed_over_without_another_call()
    {
        await _host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Call("call"), Flow.Wait("w")], "s -> call", "s -> w"));
        var run = await _host.StartAsync("f");
        _outside.During = () =>
        {
            _host.Database.BeforeCommit = () =>
            {
                _host.Database.BeforeCommit = null;
                Task.Run(() => _host.SignalAsync("Test.Wait", new WaitStimulus("w"))).Wait();
            };
            return Task.CompletedTask;
        };

        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Single(_outside.Calls);
        Assert.Single(_host.Journal(run.InstanceId), line => line == "call Completed");
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_faulted_instance_that_is_tried_again_asks_for_the_same_work_again()
    {
        var failure = new FailSwitch();
        using var host = NewHost(more: services => services.AddSingleton(failure));
        await host.PublishAsync(Flow.Of("f", [Flow.Step("s"), Call("call"), Flow.Activity("bad", "Test.Fail")], "s -> call", "s -> bad"));
        var run = await host.StartAsync("f");
        Assert.Empty(host.Database.Committed.Jobs);

        failure.IsOff = true;
        await host.RunAsync(engine => engine.RetryAsync(run.InstanceId));
        await host.OutsideWork.RunOnceAsync(default);

        Assert.Equal(["s", "bad worked", "call: answer to \"call\""], host.Trace.Lines);
    }

    [Fact]
    public async Task A_new_correlation_id_leaves_a_call_under_way_alone()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [Flow.Step("s"), Call("call"), Flow.Wait("w"), Flow.Activity("c", "Elsa.Correlate", ("correlationId", Flow.Literal("new")))],
            "s -> call", "s -> w", "w -> c"));
        await _host.StartAsync("f");
        _outside.During = () => _host.SignalAsync("Test.Wait", new WaitStimulus("w"));

        await _host.OutsideWork.RunOnceAsync(default);

        Assert.Single(_outside.Calls);
        Assert.Contains("call: answer to \"call\"", _host.Trace.Lines);
    }

    [Fact]
    public async Task The_request_is_not_shown_with_the_bookmark()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("secret")]));

        var run = await _host.StartAsync("f");

        Assert.Equal("""{"OutsideWork":"test"}""", Assert.Single(_host.Bookmarks(run.InstanceId)).PayloadJson);
    }

    [Fact]
    public async Task No_more_than_the_allowed_number_of_jobs_are_done_at_a_time()
    {
        using var host = NewHost(options => options.Parallelism = 2);
        await host.PublishAsync(Flow.Of("f", [Call("call")]));
        for (var i = 0; i < 5; i++)
            await host.StartAsync("f");
        var (now, most) = (0, 0);
        _outside.During = async () =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
        };

        Assert.Equal(5, await host.OutsideWork.RunOnceAsync(default));
        Assert.InRange(most, 1, 2);
    }

    [Fact]
    public async Task A_kind_whose_places_are_all_taken_keeps_no_other_kind_waiting()
    {
        var release = new TaskCompletionSource();
        var stuck = new Outside("stuck") { During = () => release.Task };
        using var host = NewHost(options => options.Parallelism = 2, services => services.AddSingleton<IOutsideWorkHandler>(stuck));
        await host.PublishAsync(Flow.Of("slow", [Flow.Activity("call", "Test.CallOut", ("kind", Flow.Literal("stuck")))]));
        await host.PublishAsync(Flow.Of("quick", [Call("call"), Flow.Activity("a", "Test.Announce")], "call -> a"));
        for (var i = 0; i < 5; i++)
            await host.StartAsync("slow");
        using var cancellation = new CancellationTokenSource();
        var loop = host.OutsideWork.RunAsync(cancellation.Token);

        await host.StartAsync("quick");
        await host.Get<Announcement>().Heard.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(2, stuck.Calls.Count);
        release.SetResult();
        await cancellation.CancelAsync();
        await loop;
    }

    [Fact]
    public async Task A_host_that_does_not_answer_holds_at_most_half_of_the_places_however_many_wait_for_it()
    {
        var release = new TaskCompletionSource();
        _outside.During = () => release.Task;
        using var host = NewHost(options => options.Parallelism = 8);
        await host.PublishAsync(Flow.Of("slow", [Call("call", "slow.example")]));
        await host.PublishAsync(Flow.Of("slower", [Call("call", "slower.example")]));
        await host.PublishAsync(Flow.Of("quick", [Call("call", "quick.example"), Flow.Activity("a", "Test.Announce")], "call -> a"));
        for (var i = 0; i < 40; i++)
            await host.StartAsync(i < 20 ? "slow" : "slower");
        using var cancellation = new CancellationTokenSource();
        var loop = host.OutsideWork.RunAsync(cancellation.Token);
        await Eventually(() => _outside.Calls.Count == 6);

        _outside.During = () => Task.CompletedTask;
        await host.StartAsync("quick");
        await host.Get<Announcement>().Heard.WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(7, _outside.Calls.Count);
        Assert.Equal(
            ["slow.example 4", "slower.example 2"],
            host.Database.Committed.Jobs.Values.Where(job => job.Attempts > 0).GroupBy(job => job.Addressee!, StringComparer.Ordinal)
                .OrderBy(held => held.Key, StringComparer.Ordinal).Select(held => $"{held.Key} {held.Count()}"));
        release.SetResult();
        await Eventually(() => host.Database.Committed.Jobs.Count == 0);
        await cancellation.CancelAsync();
        await loop;
    }

    [Theory]
    [InlineData(8, new[] { 4, 2, 1, 1 })]
    [InlineData(2, new[] { 1, 1 })]
    [InlineData(1, new[] { 1 })]
    [InlineData(16, new[] { 8, 4, 2, 1, 1 })]
    public void Each_further_addressee_gets_half_of_what_the_others_left(int places, int[] shares)
    {
        var taken = new List<(string Kind, string? Addressee)>();
        var held = new List<int>();
        for (var host = 0; taken.Count < places; host++)
        {
            var before = taken.Count;
            while (!BusyPlaces.Of(taken, places).Include(Job($"host-{host}")))
                taken.Add(("test", $"host-{host}"));
            held.Add(taken.Count - before);
        }

        Assert.Equal(shares, held);
        Assert.False(BusyPlaces.Of(taken, places).Include(Job("host-0") with { Kind = "other" }));
    }

    [Fact]
    public async Task The_loop_wakes_when_a_job_is_stored_and_a_slow_job_holds_up_no_other()
    {
        await _host.PublishAsync(Flow.Of("slow", [Call("call")]));
        await _host.PublishAsync(Flow.Of("quick", [Call("call"), Flow.Activity("a", "Test.Announce")], "call -> a"));
        using var cancellation = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        var entered = new TaskCompletionSource();
        _outside.During = () =>
        {
            _outside.During = () => Task.CompletedTask;
            entered.SetResult();
            return release.Task;
        };
        var loop = _host.OutsideWork.RunAsync(cancellation.Token);

        await _host.StartAsync("slow");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await _host.StartAsync("quick");
        await _host.Get<Announcement>().Heard.WaitAsync(TimeSpan.FromSeconds(10));

        release.SetResult();
        await cancellation.CancelAsync();
        await loop;
        Assert.Empty(_host.Database.Committed.Jobs);
    }

    [Fact]
    public async Task A_host_that_stops_during_a_call_gives_the_job_back_at_once()
    {
        await _host.PublishAsync(Flow.Of("f", [Call("call")]));
        await _host.StartAsync("f");
        using var cancellation = new CancellationTokenSource();
        _outside.Always = () =>
        {
            cancellation.Cancel();
            throw new OperationCanceledException();
        };

        var loop = _host.OutsideWork.RunAsync(cancellation.Token);
        await loop;

        Assert.Equal(_host.Clock.GetUtcNow(), Assert.Single(_host.Database.Committed.Jobs.Values).DueAt);
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_together()
    {
        using var host = NewHost(options => (options.Parallelism, options.MaximumAttempts) = (0, 0));

        var error = Assert.Throws<OptionsValidationException>(() => host.Get<IOptions<OutsideWorkOptions>>().Value);

        Assert.Equal(2, error.Failures.Count());
    }

    private static System.Text.Json.Nodes.JsonObject Call(string id) => Flow.Activity(id, "Test.CallOut");

    private static System.Text.Json.Nodes.JsonObject Call(string id, string host) => Flow.Activity(id, "Test.CallOut", ("host", Flow.Literal(host)));

    private static OutsideJobRecord Job(string host) => new()
    {
        Id = host,
        InstanceId = "i",
        Kind = "test",
        Addressee = host,
        RequestJson = "{}",
        IdempotencyKey = host,
        CreatedAt = default,
        DueAt = default,
    };

    private static async Task Eventually(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private EngineHost NewHost(Action<OutsideWorkOptions>? configure = null, Action<IServiceCollection>? more = null) => new(more: services =>
    {
        services.AddSingleton<IOutsideWorkHandler>(_outside);
        services.Configure<OutsideWorkOptions>(options => configure?.Invoke(options));
        more?.Invoke(services);
    });

    /// <summary>The world outside, as the test wants it.</summary>
    private sealed class Outside(string kind = "test") : IOutsideWorkHandler
    {
        private readonly Lock _lock = new();
        private readonly List<OutsideWorkCall> _calls = [];

        public string Kind => kind;

        public Queue<Func<object?>> Answers { get; } = new();

        public Func<object?>? Always { get; set; }

        public Func<Task> During { get; set; } = () => Task.CompletedTask;

        public IReadOnlyList<OutsideWorkCall> Calls
        {
            get
            {
                lock (_lock)
                    return [.. _calls];
            }
        }

        public async Task<object?> PerformAsync(OutsideWorkCall call, CancellationToken cancellationToken)
        {
            Func<object?>? answer;
            lock (_lock)
            {
                _calls.Add(call);
                answer = Answers.TryDequeue(out var next) ? next : Always;
            }

            await During();
            return answer is null ? $"answer to {call.RequestJson}" : answer();
        }
    }
}

/// <summary>Asks for work outside, and writes what came of it into the trace.</summary>
[Activity("Test")]
public class CallOut : Activity
{
    public Input<string> Kind { get; set; } = new("test");

    public Input<string?> Host { get; set; } = new(default(string));

    protected override void Execute(ActivityExecutionContext context) =>
        context.RequestOutsideWork(Kind.GetOrDefault(context) ?? "test", Id, OnDoneAsync, Host.GetOrDefault(context));

    private async ValueTask OnDoneAsync(ActivityExecutionContext context)
    {
        var result = context.GetOutsideWorkResult();
        context.GetRequiredService<Trace>().Add(result.Error is null ? $"{Id}: {result.Value}" : $"{Id} failed: {result.Error}");
        await context.CompleteActivityAsync();
    }
}
