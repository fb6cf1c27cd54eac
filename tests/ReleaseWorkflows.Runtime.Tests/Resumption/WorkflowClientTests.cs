using Elsa.Common.Models;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Filters;
using Elsa.Workflows.Runtime.Messages;
using Elsa.Workflows.Runtime.Requests;
using Microsoft.Extensions.DependencyInjection;

namespace ReleaseWorkflows.Runtime.Tests.Resumption;

/// <summary>Elsa's interfaces for starting, resuming and steering instances: each call is part of the caller's unit of work.</summary>
public sealed class WorkflowClientTests : IDisposable
{
    private static readonly WorkflowDefinitionHandle Waits = WorkflowDefinitionHandle.ByDefinitionId("waits");

    private readonly EngineHost _host = new();

    [Fact]
    public async Task A_client_creates_runs_resumes_and_exports_an_instance()
    {
        await PublishAsync();

        var (id, bookmark) = await _host.InUnitAsync(async services =>
        {
            var client = await services.GetRequiredService<IWorkflowRuntime>().CreateClientAsync();
            await client.CreateInstanceAsync(new CreateWorkflowInstanceRequest { WorkflowDefinitionHandle = Waits, CorrelationId = "c1", Name = "Mine" });
            var response = await client.RunInstanceAsync(RunWorkflowInstanceRequest.Empty);
            Assert.Equal(client.WorkflowInstanceId, response.WorkflowInstanceId);
            return (response.WorkflowInstanceId, response.Bookmarks.Single().Id);
        });
        Assert.Equal(("c1", "Mine"), (_host.Instance(id).CorrelationId, _host.Instance(id).Name));

        var state = await OfClientAsync(id, client => client.ExportStateAsync());
        Assert.Equal((WorkflowSubStatus.Suspended, bookmark), (state.SubStatus, state.Bookmarks.Single().Id));

        var idle = await OfClientAsync(id, client => client.RunInstanceAsync(RunWorkflowInstanceRequest.Empty));
        Assert.Equal(WorkflowSubStatus.Suspended, idle.SubStatus);

        var resumed = await OfClientAsync(id, client => client.RunInstanceAsync(new RunWorkflowInstanceRequest
        {
            BookmarkId = bookmark,
            Input = new Dictionary<string, object> { ["Answer"] = "yes" },
        }));
        Assert.Equal(WorkflowSubStatus.Finished, resumed.SubStatus);
    }

    [Fact]
    public async Task A_client_runs_an_instance_on_at_an_activity()
    {
        await PublishAsync();
        var id = (await _host.StartAsync("waits")).InstanceId;

        var resumed = await OfClientAsync(id, client => client.RunInstanceAsync(new RunWorkflowInstanceRequest { ActivityHandle = ActivityHandle.FromActivityId("w") }));

        Assert.Equal(WorkflowSubStatus.Finished, resumed.SubStatus);
    }

    [Fact]
    public async Task A_client_gives_variables_their_values_at_the_start()
    {
        await _host.PublishAsync(Flow.Of("says", [Flow.Activity("s", "Test.Step", ("text", Flow.Script("getVariable('T')")))], [Flow.Variable("T", "String", "default")], []));

        await _host.InUnitAsync(async services => await (await services.GetRequiredService<IWorkflowRuntime>().CreateClientAsync()).CreateAndRunInstanceAsync(
            new CreateAndRunWorkflowInstanceRequest
            {
                WorkflowDefinitionHandle = WorkflowDefinitionHandle.ByDefinitionId("says"),
                Variables = new Dictionary<string, object> { ["T"] = "given" },
            }));

        Assert.Equal(["given"], _host.Trace.Lines);
    }

    [Fact]
    public async Task A_client_cancels_and_deletes()
    {
        await PublishAsync();
        var id = (await _host.StartAsync("waits")).InstanceId;

        Assert.True(await OfClientAsync(id, client => client.InstanceExistsAsync()));
        Assert.True(await OfClientAsync(id, client => client.DeleteAsync()));
        Assert.False(await OfClientAsync(id, client => client.InstanceExistsAsync()));
        Assert.False(await OfClientAsync(id, client => client.DeleteAsync()));
        Assert.Empty(_host.Bookmarks(id));
    }

    [Fact]
    public async Task A_starter_says_when_the_activation_strategy_forbids_it()
    {
        await _host.PublishAsync(Flow.Of("waits", [Flow.Wait("w")], [], [], definition =>
            definition["options"] = new System.Text.Json.Nodes.JsonObject { ["activationStrategyType"] = "SingletonStrategy" }));

        var first = await _host.InUnitAsync(services => services.GetRequiredService<IWorkflowStarter>().StartWorkflowAsync(new StartWorkflowRequest { WorkflowDefinitionHandle = Waits }));
        var second = await _host.InUnitAsync(services => services.GetRequiredService<IWorkflowStarter>().StartWorkflowAsync(new StartWorkflowRequest { WorkflowDefinitionHandle = Waits }));

        Assert.Equal((false, WorkflowSubStatus.Suspended), (first.CannotStart, first.SubStatus));
        Assert.Equal((true, null), (second.CannotStart, second.WorkflowInstanceId));
    }

    [Fact]
    public async Task A_dispatcher_starts_and_resumes_and_says_what_it_could_not()
    {
        var version = await PublishAsync();

        Assert.True((await DispatchAsync(dispatcher => dispatcher.DispatchAsync(new DispatchWorkflowDefinitionRequest(version) { InstanceId = "i1" }))).Succeeded);
        Assert.Contains("no version 'none'", (await DispatchAsync(dispatcher => dispatcher.DispatchAsync(new DispatchWorkflowDefinitionRequest("none")))).ErrorMessage, StringComparison.Ordinal);
        Assert.True((await DispatchAsync(dispatcher => dispatcher.DispatchAsync(new DispatchResumeWorkflowsRequest("Test.Wait", new WaitStimulus("other"))))).Succeeded);
        Assert.Equal("Suspended", _host.Instance("i1").SubStatus);

        await DispatchAsync(dispatcher => dispatcher.DispatchAsync(new DispatchResumeWorkflowsRequest("Test.Wait", new WaitStimulus("w"), WorkflowInstanceId: "i1")));
        Assert.Equal("Finished", _host.Instance("i1").SubStatus);
    }

    [Fact]
    public async Task A_filter_narrows_by_everything_that_it_names()
    {
        await PublishAsync();
        var one = (await _host.StartAsync("waits", correlationId: "one")).InstanceId;
        var two = (await _host.StartAsync("waits", correlationId: "two")).InstanceId;
        var both = new[] { one, two };

        Assert.Empty(await ResumeAsync(new BookmarkFilter { WorkflowInstanceIds = both, Name = "Test.Other" }));
        Assert.Equal([two], await ResumeAsync(new BookmarkFilter { WorkflowInstanceIds = both, CorrelationId = "two" }));
        Assert.Equal([one], await ResumeAsync(new BookmarkFilter { BookmarkId = _host.Bookmarks(one).Single().Id }));
        await Assert.ThrowsAsync<ArgumentException>(() => ResumeAsync(new BookmarkFilter { Name = "Test.Wait" }));
    }

    [Fact]
    public async Task The_older_resumer_tells_of_one_instance()
    {
        await PublishAsync();
        var id = (await _host.StartAsync("waits")).InstanceId;
        var bookmark = _host.Bookmarks(id).Single().Id;

        var first = await _host.InUnitAsync(services => services.GetRequiredService<IBookmarkResumer>().ResumeAsync(bookmark, new Dictionary<string, object>()));
        var second = await _host.InUnitAsync(services => services.GetRequiredService<IBookmarkResumer>().ResumeAsync(bookmark, new Dictionary<string, object>()));

        Assert.Equal((true, id), (first.Matched, first.Response?.WorkflowInstanceId));
        Assert.False(second.Matched);
    }

    [Fact]
    public async Task Instances_are_cancelled_by_definition_and_version()
    {
        var old = await PublishAsync();
        await _host.StartAsync("waits");
        await PublishAsync();
        await _host.StartAsync("waits");
        await _host.StartAsync("waits");

        Assert.Equal(1, await CancelAsync(service => service.CancelWorkflowByDefinitionVersionAsync(old)));
        Assert.Equal(2, await CancelAsync(service => service.CancelWorkflowByDefinitionAsync("waits", VersionOptions.Published)));
        Assert.Equal(0, await CancelAsync(service => service.CancelWorkflowByDefinitionAsync("waits", VersionOptions.All)));
    }

    public void Dispose() => _host.Dispose();

    private async Task<string> PublishAsync() => (await _host.PublishAsync(Flow.Of("waits", [Flow.Wait("w")]))).Id;

    private Task<T> OfClientAsync<T>(string id, Func<IWorkflowClient, Task<T>> work) =>
        _host.InUnitAsync(async services => await work(await services.GetRequiredService<IWorkflowRuntime>().CreateClientAsync(id)));

    private Task<Elsa.Workflows.Runtime.Responses.DispatchWorkflowResponse> DispatchAsync(
        Func<IWorkflowDispatcher, Task<Elsa.Workflows.Runtime.Responses.DispatchWorkflowResponse>> work) =>
        _host.InUnitAsync(services => work(services.GetRequiredService<IWorkflowDispatcher>()));

    private Task<int> CancelAsync(Func<IWorkflowCancellationService, Task<int>> work) =>
        _host.InUnitAsync(services => work(services.GetRequiredService<IWorkflowCancellationService>()));

    private async Task<IEnumerable<string>> ResumeAsync(BookmarkFilter filter) =>
        (await _host.InUnitAsync(services => services.GetRequiredService<IWorkflowResumer>().ResumeAsync(filter))).Select(response => response.WorkflowInstanceId);
}
