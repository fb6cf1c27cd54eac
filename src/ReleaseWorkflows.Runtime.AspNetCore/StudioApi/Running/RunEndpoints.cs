using System.Globalization;
using System.Text.Json;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Running;

/// <summary>
/// Starts instances of a definition. What starts runs to its first wait and is committed before the answer leaves, also where Elsa would do it later
/// (dispatch): an id that was given out belongs to an instance that exists.
/// </summary>
internal static class RunEndpoints
{
    /// <summary>Most instances that one request starts.</summary>
    private const int MaxInstances = 1000;

    // Studio reads these two and nothing else of the answer.
    private const string InstanceIdHeader = "x-elsa-workflow-instance-id";
    private const string CannotStartHeader = "x-elsa-workflow-cannot-start";

    /// <summary>Starts an instance; the answer holds its state. One that faulted is answered with 500, with the same body.</summary>
    public static async Task<StudioAnswer> ExecuteAsync(StudioRequest request)
    {
        if (await ReadAsync(request) is not { } wanted)
            return request.Refusal!;
        if (await FindVersionAsync(request, wanted.VersionOptions) is not { } version)
            return StudioAnswer.NotFound;

        var (run, reason) = await StartAsync(request, wanted, version.Id);
        if (run is null)
            return StudioAnswer.Invalid(reason!).WithHeader(CannotStartHeader, "True");

        var (_, state) = (await InstanceStates.ReadAsync(request, run.InstanceId))!.Value;
        var status = run.SubStatus == WorkflowSubStatus.Faulted ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        return StudioAnswer.Json(new { WorkflowState = state }, status).WithHeader(InstanceIdHeader, run.InstanceId).WithHeader(CannotStartHeader, "False");
    }

    /// <summary>Starts an instance; the answer names it.</summary>
    public static async Task<StudioAnswer> DispatchAsync(StudioRequest request)
    {
        if (await ReadAsync(request) is not { } wanted)
            return request.Refusal!;
        if (await FindVersionAsync(request, wanted.VersionOptions) is not { } version)
            return StudioAnswer.NotFound;

        var (run, reason) = await StartAsync(request, wanted, version.Id);
        return run is null ? StudioAnswer.Invalid(reason!) : StudioAnswer.Json(new { WorkflowInstanceId = run.InstanceId });
    }

    /// <summary>Starts several instances; the answer names them. If one cannot start, the others before it have.</summary>
    public static async Task<StudioAnswer> BulkDispatchAsync(StudioRequest request)
    {
        if (await ReadAsync(request) is not { } wanted)
            return request.Refusal!;
        if (wanted.Count is < 1 or > MaxInstances)
            return StudioAnswer.Invalid("count", [string.Create(CultureInfo.InvariantCulture, $"count has to be 1 to {MaxInstances}.")]);
        if (await FindVersionAsync(request, wanted.VersionOptions) is not { } version)
            return StudioAnswer.NotFound;

        var ids = new List<string>();
        for (var i = 0; i < wanted.Count; i++)
        {
            var (run, reason) = await StartAsync(request, wanted, version.Id);
            if (run is null)
                return StudioAnswer.Invalid(string.Create(CultureInfo.InvariantCulture, $"{ids.Count} of {wanted.Count} have started. {reason}"));
            ids.Add(run.InstanceId);
        }

        return StudioAnswer.Json(new { WorkflowInstanceIds = ids });
    }

    private static async Task<Wanted?> ReadAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var input = body.Object("input");
        var wanted = new Wanted(
            body.Text("correlationId") ?? request.Query("correlationId"),
            body.Text("name") ?? request.Query("name"),
            body.Text("triggerActivityId") ?? request.Query("triggerActivityId"),
            body.Text("versionOptions") ?? request.Query("versionOptions") ?? "Published",
            input.ValueKind == JsonValueKind.Object ? input.EnumerateObject().ToDictionary(static member => member.Name, static member => JsonValues.ToClr(member.Value)) : [],
            body.Number("count") ?? 1);
        return request.Refusal is null ? wanted : null;
    }

    private static async Task<WorkflowDefinitionRecord?> FindVersionAsync(StudioRequest request, string options)
    {
        var versions = await request.Service<IWorkflowStore>().ListDefinitionVersionsAsync(request.Route("definitionId"), request.Cancelled);
        return int.TryParse(options, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? versions.FirstOrDefault(version => version.Version == number)
            : options.ToUpperInvariant() switch
            {
                "LATEST" or "LATESTANDPUBLISHED" or "ALLVERSIONS" => versions.FirstOrDefault(static version => version.IsLatest),
                "DRAFT" => versions.FirstOrDefault(static version => version is { IsLatest: true, IsPublished: false }),
                "LATESTORPUBLISHED" => versions.FirstOrDefault(static version => version.IsLatest || version.IsPublished),
                _ => versions.FirstOrDefault(static version => version.IsPublished),
            };
    }

    private static async Task<(WorkflowRun? Run, string? Reason)> StartAsync(StudioRequest request, Wanted wanted, string versionId)
    {
        var start = new StartWorkflow
        {
            VersionId = versionId,
            CorrelationId = wanted.CorrelationId,
            Name = wanted.Name,
            TriggerActivityId = wanted.TriggerActivityId,
            Input = wanted.Input,
        };
        try
        {
            // A draft may be broken; its findings are what the caller has to read.
            if (await request.Service<IWorkflowDefinitions>().FindVersionAsync(versionId, request.Cancelled) is { } workflow
                && await WhyNotByHandAsync(request, workflow) is { } refusal)
            {
                return (null, refusal);
            }

            return (await request.Service<IUnitOfWorkRunner>().RunAsync(
                async (services, token) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().StartAsync(start, token)), request.Cancelled), null);
        }
        catch (Exception exception) when (exception is WorkflowNotStartedException or WorkflowNotFoundException or ValueConversionException or InvalidOperationException)
        {
            return (null, exception.Message);
        }
    }

    private static async Task<string?> WhyNotByHandAsync(StudioRequest request, WorkflowGraph workflow)
    {
        foreach (var protection in request.Service<IEnumerable<IInstanceProtection>>())
        {
            if (await protection.WhyNotStartedByHandAsync(workflow, request.Cancelled) is { } reason)
                return reason;
        }

        return null;
    }

    private sealed record Wanted(
        string? CorrelationId, string? Name, string? TriggerActivityId, string VersionOptions, Dictionary<string, object?> Input, int Count);
}
