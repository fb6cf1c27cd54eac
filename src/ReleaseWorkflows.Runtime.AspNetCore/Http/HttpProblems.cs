using System.Text.Json;
using Elsa.Http;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Expressions;

namespace ReleaseWorkflows.Runtime.AspNetCore.Http;

/// <summary>
/// The answers that say no before or instead of the workflow: <c>application/problem+json</c> (RFC 9457) with a stable <c>code</c> and a
/// sentence that says what to do.
/// </summary>
internal static class HttpProblems
{
    private static readonly HttpHeaders NoHeaders = [];

    public static HttpWorkflowResponse UnknownAddress(string path) =>
        Create(StatusCodes.Status404NotFound, "unknown-address", $"No workflow answers at {path}.");

    public static HttpWorkflowResponse NotWaiting() =>
        Create(StatusCodes.Status404NotFound, "not-waiting", "The workflow does not wait for this request any more.");

    public static HttpWorkflowResponse MethodNotAllowed(string path, string method, IReadOnlyCollection<string> allowed) =>
        Create(
            StatusCodes.Status405MethodNotAllowed,
            "method-not-allowed",
            $"{path} does not answer {method}; it answers {string.Join(", ", allowed)}.",
            new HttpHeaders { ["Allow"] = [string.Join(", ", allowed)] });

    public static HttpWorkflowResponse Ambiguous(string path) =>
        Create(
            StatusCodes.Status500InternalServerError,
            "ambiguous-endpoint",
            $"More than one workflow answers at {path}. Send X-Workflow-Instance-ID to name the instance that is meant, or publish only one of them.");

    public static HttpWorkflowResponse Unauthorized(string challenge) =>
        Create(
            StatusCodes.Status401Unauthorized,
            "unauthorized",
            "Say who you are: this endpoint is only for callers that are signed in.",
            new HttpHeaders { ["WWW-Authenticate"] = [challenge] });

    public static HttpWorkflowResponse Forbidden() =>
        Create(StatusCodes.Status403Forbidden, "forbidden", "You are signed in, but may not use this endpoint.");

    public static HttpWorkflowResponse BadRequest(string detail) => Create(StatusCodes.Status400BadRequest, "bad-request", detail);

    public static HttpWorkflowResponse UnsupportedMediaType(string detail) =>
        Create(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", detail);

    public static HttpWorkflowResponse TooLarge(long limit) =>
        Create(StatusCodes.Status413PayloadTooLarge, "too-large", $"The body of the request is larger than {limit:N0} bytes.");

    public static HttpWorkflowResponse FileTooLarge(string fileName, long limit) =>
        Create(StatusCodes.Status413PayloadTooLarge, "file-too-large", $"The file {fileName} is larger than {limit:N0} bytes.");

    public static HttpWorkflowResponse FileRefused(string fileName, string reason) =>
        Create(StatusCodes.Status415UnsupportedMediaType, "file-refused", $"The file {fileName} is not accepted because of {reason}.");

    public static HttpWorkflowResponse TimedOut(TimeSpan limit) =>
        Create(
            StatusCodes.Status408RequestTimeout,
            "too-slow",
            $"The workflow did not answer within {limit.TotalSeconds:0.###} seconds, so nothing was done. Repeat the request later.");

    /// <summary>The workflow failed: its own sentence, where it happened, and nothing of the program's insides.</summary>
    public static HttpWorkflowResponse Faulted(WorkflowRun run, ActivityIncident? incident) =>
        Create(
            StatusCodes.Status500InternalServerError,
            "workflow-faulted",
            incident is null ? "The workflow failed." : $"The workflow failed at '{incident.ActivityId}': {incident.Message}",
            members: new() { ["workflowInstanceId"] = run.InstanceId, ["activityId"] = incident?.ActivityId });

    private static HttpWorkflowResponse Create(
        int status, string code, string detail, HttpHeaders? headers = null, Dictionary<string, string?>? members = null)
    {
        var body = new Dictionary<string, object?>
        {
            ["type"] = $"urn:release-workflows:problem:{code}",
            ["title"] = char.ToUpperInvariant(code[0]) + code[1..].Replace('-', ' '),
            ["status"] = status,
            ["detail"] = detail,
            ["code"] = code,
        };
        foreach (var (name, value) in members ?? [])
            body[name] = value;
        return new HttpWorkflowResponse(
            status, "application/problem+json", headers ?? NoHeaders, JsonSerializer.SerializeToUtf8Bytes(body, JsonValues.Options));
    }
}
