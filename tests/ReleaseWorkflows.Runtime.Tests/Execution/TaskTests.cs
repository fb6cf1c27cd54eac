using Elsa.Workflows.Runtime;
using Elsa.Workflows.Runtime.Notifications;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Tests.Execution;

public sealed class TaskTests : IDisposable, ITaskDispatcher
{
    private readonly List<RunTaskRequest> _requests = [];
    private readonly EngineHost _host;

    public TaskTests() => _host = new EngineHost(more: services => services.AddSingleton<ITaskDispatcher>(this));

    public void Dispose() => _host.Dispose();

    Task ITaskDispatcher.DispatchAsync(RunTaskRequest request, CancellationToken cancellationToken)
    {
        _requests.Add(request);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task RunTask_asks_and_waits_until_the_task_is_reported()
    {
        var run = await StartAsync();
        var request = Assert.Single(_requests);
        Assert.Equal("Translate", request.TaskName);
        Assert.Equal("de", request.TaskPayload!["Language"]);
        Assert.Contains("\"TaskName\":\"Translate\"", _host.Bookmarks(run.InstanceId).Single().PayloadJson, StringComparison.Ordinal);

        await ReportAsync(request.TaskId, "Hallo");
        await ReportAsync(request.TaskId, "once more");

        Assert.Equal(["Hallo"], _host.Trace.Lines);
        Assert.Equal("Finished", _host.Instance(run.InstanceId).SubStatus);
    }

    [Fact]
    public async Task A_task_nobody_waits_for_is_reported_into_the_void()
    {
        var run = await StartAsync();

        await ReportAsync("nobody", null);

        Assert.Equal("Suspended", _host.Instance(run.InstanceId).SubStatus);
    }

    private async Task<WorkflowRun> StartAsync()
    {
        await _host.PublishAsync(Flow.Of(
            "f",
            [
                Flow.Activity(
                    "t", "Elsa.RunTask",
                    ("taskName", Flow.Literal("Translate")), ("payload", Flow.Expression("Object", """{"Language":"de"}""")), ("result", Flow.Output("Answer"))),
                Flow.Activity("show", "Test.Step", ("text", Flow.Script("variables.Answer"))),
            ],
            [Flow.Variable("Answer", "Object")],
            ["t -> show"]));
        return await _host.StartAsync("f");
    }

    private Task<bool> ReportAsync(string taskId, object? result) => _host.Get<IUnitOfWorkRunner>().RunAsync(
        async (services, token) =>
        {
            await services.GetRequiredService<ITaskReporter>().ReportCompletionAsync(taskId, result, token);
            return UnitOfWorkResult.Commit(true);
        },
        CancellationToken.None);
}
