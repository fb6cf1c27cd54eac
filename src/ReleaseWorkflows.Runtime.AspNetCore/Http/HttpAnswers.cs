using System.Text.Json;
using Elsa.Http;
using Elsa.Workflows;
using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>Answers that no activity wrote.</summary>
internal static class HttpAnswers
{
    /// <summary>
    /// The answer to a request whose workflow said nothing: 202 while the workflow goes on, 200 when it has ended, with the id of the instance.
    /// </summary>
    public static HttpWorkflowResponse ForSilence(WorkflowRun run) => new(
        run.Status is WorkflowStatus.Finished ? StatusCodes.Status200OK : StatusCodes.Status202Accepted,
        "application/json; charset=utf-8",
        new HttpHeaders(),
        JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, string> { ["workflowInstanceId"] = run.InstanceId, ["status"] = run.Status.ToString(), ["subStatus"] = run.SubStatus.ToString() },
            JsonValues.Options));

    /// <summary>The same answer with one header more; a header of the workflow's own is kept.</summary>
    public static HttpWorkflowResponse WithHeader(this HttpWorkflowResponse answer, string name, string value)
    {
        var headers = new HttpHeaders(answer.Headers.ToDictionary());
        headers.TryAdd(name, [value]);
        return answer with { Headers = headers };
    }
}
