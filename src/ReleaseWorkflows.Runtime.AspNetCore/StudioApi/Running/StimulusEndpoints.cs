using System.Text.Json;
using Elsa.Workflows.Runtime;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Running;

/// <summary>What happens outside and moves instances: events and finished tasks. Answered with 200 also where nobody listens.</summary>
internal static class StimulusEndpoints
{
    /// <summary>Publishes an event. What it moves is committed before the answer leaves, in either mode.</summary>
    public static async Task<StudioAnswer> TriggerEventAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var name = request.Route("eventName");
        var correlationId = body.Text("correlationId");
        var instanceId = body.Text("workflowInstanceId");
        var executionId = body.Text("activityInstanceId") is { } address ? ExecutionAddress.Read(address).ExecutionId : null;
        var input = ValueOf(body.Member("input"));
        body.Word<ExecutionMode>("workflowExecutionMode");
        if (request.Refusal is { } refusal)
            return refusal;

        await CommitAsync(request, services => services.GetRequiredService<IEventPublisher>().PublishAsync(
            name, correlationId, instanceId, executionId, input, cancellationToken: request.Cancelled));
        return StudioAnswer.Empty();
    }

    /// <summary>Reports a task as done.</summary>
    public static async Task<StudioAnswer> CompleteTaskAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var result = ValueOf(body.Member("result"));
        if (request.Refusal is { } refusal)
            return refusal;

        await CommitAsync(request, services => services.GetRequiredService<ITaskReporter>().ReportCompletionAsync(request.Route("taskId"), result, request.Cancelled));
        return StudioAnswer.Empty();
    }

    /// <summary>Resumes a bookmark by a token. None is ever given out, so every token is wrong.</summary>
    public static Task<StudioAnswer> ResumeBookmarkAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Invalid("Invalid token."));

    private static object? ValueOf(JsonElement value) => value.ValueKind == JsonValueKind.Undefined ? null : JsonValues.ToClr(value);

    private static Task<bool> CommitAsync(StudioRequest request, Func<IServiceProvider, Task> work) => request.Service<IUnitOfWorkRunner>().RunAsync(
        async (services, _) =>
        {
            await work(services);
            return UnitOfWorkResult.Commit(true);
        },
        request.Cancelled);

    private enum ExecutionMode
    {
        Asynchronous,
        Synchronous,
    }
}
