using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Running;

/// <summary>
/// Changes to instances from outside: cancel, set a variable, try again what failed. Done before the answer leaves; no plan is kept.
/// </summary>
internal static class AlterationEndpoints
{
    private const string Cancel = "Cancel";
    private const string ModifyVariable = "ModifyVariable";

    /// <summary>Tries faulted instances again.</summary>
    public static async Task<StudioAnswer> RetryAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var ids = body.Texts("workflowInstanceIds");
        if (request.Refusal is { } refusal)
            return refusal;

        var results = new List<AlterationResult>();
        foreach (var id in ids.Take(InstanceEndpoints.MaxBulk))
            results.Add(await OnInstanceAsync(request, id, StudioPermissions.WriteWorkflowInstances, "Retry", () => RetryAsync(request, id)));
        return StudioAnswer.Json(new { Results = results });
    }

    /// <summary>Which instances an alteration would change.</summary>
    public static async Task<StudioAnswer> DryRunAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var ids = await SelectAsync(request, body);
        return request.Refusal ?? StudioAnswer.Json(new { WorkflowInstanceIds = ids });
    }

    /// <summary>Changes the instances named.</summary>
    public static async Task<StudioAnswer> RunAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var alterations = Read(request, body);
        var ids = body.Texts("workflowInstanceIds");
        return request.Refusal ?? StudioAnswer.Json(new { Results = await ApplyAsync(request, alterations, ids) });
    }

    /// <summary>Changes the instances that a filter lets through.</summary>
    public static async Task<StudioAnswer> SubmitAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var alterations = Read(request, body);
        var ids = await SelectAsync(request, body.Part("filter"));
        if (request.Refusal is { } refusal)
            return refusal;

        await ApplyAsync(request, alterations, ids);
        return StudioAnswer.Json(new { PlanId = body.Text("id") ?? request.Service<Elsa.Workflows.IIdentityGenerator>().GenerateId() });
    }

    private static List<Alteration> Read(StudioRequest request, StudioBody body)
    {
        var alterations = new List<Alteration>();
        var list = body.Member("alterations");
        foreach (var item in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default)
        {
            var source = new StudioBody(request, item);
            switch (source.Text("type"))
            {
                case Cancel:
                    alterations.Add(new Alteration(Cancel, null, null));
                    break;
                case ModifyVariable when source.Text("variableId") is { } variable:
                    alterations.Add(new Alteration(ModifyVariable, variable, source.Member("value") is { ValueKind: not JsonValueKind.Undefined } value ? value : null));
                    break;
                default:
                    request.Complain("alterations", "An alteration has to be Cancel, or ModifyVariable with a variableId; others are not supported.");
                    break;
            }
        }

        if (alterations.Count == 0)
            request.Complain("alterations", "alterations has to be a list with at least one entry.");
        return alterations;
    }

    private static async Task<List<string>> SelectAsync(StudioRequest request, StudioBody filter)
    {
        var query = InstanceListRequest.Filter(request, filter);
        var mayBeAll = filter.Flag("emptyFilterSelectsAll") == true;
        var isEmpty = query is
        {
            Ids: null, SearchTerm: null, Version: null, HasIncidents: null,
            DefinitionIds.Count: 0, DefinitionVersionIds.Count: 0, CorrelationIds.Count: 0, Names.Count: 0, Statuses.Count: 0, SubStatuses.Count: 0, Times.Count: 0,
        };
        if (request.Refusal is not null || (isEmpty && !mayBeAll) || InstanceListRequest.AsksForSystem(filter.Flag("isSystem")))
            return [];

        var visible = await InstanceAccess.VisibleDefinitionsAsync(request, StudioPermissions.ReadWorkflowInstances, [.. query.DefinitionIds ?? []]);
        var ids = new List<string>();
        while (visible is not { Count: 0 } && ids.Count < InstanceEndpoints.MaxBulk)
        {
            var page = await request.Service<IInstanceReader>().ListAsync(
                query with { DefinitionIds = visible, Owners = request.Caller.VisibleInstances, Skip = ids.Count, Take = InstanceQuery.MaxPageSize }, request.Cancelled);
            ids.AddRange(page.Items.Select(static instance => instance.Id));
            if (page.Items.Count < InstanceQuery.MaxPageSize)
                break;
        }

        return ids;
    }

    private static async Task<List<AlterationResult>> ApplyAsync(StudioRequest request, List<Alteration> alterations, IReadOnlyList<string> ids)
    {
        var results = new List<AlterationResult>();
        foreach (var id in ids.Take(InstanceEndpoints.MaxBulk))
        {
            foreach (var alteration in alterations)
            {
                results.Add(alteration.Type == Cancel
                    ? await OnInstanceAsync(request, id, StudioPermissions.CancelWorkflowInstances, Cancel, () => CancelAsync(request, id))
                    : await OnInstanceAsync(
                        request,
                        id,
                        StudioPermissions.WriteWorkflowInstances,
                        ModifyVariable,
                        () => VariableEndpoints.SetAsync(request, id, new Dictionary<string, object?> { [alteration.Variable!] = alteration.Value })));
            }
        }

        return results;
    }

    // The work answers why it could not be done, or null.
    private static async Task<AlterationResult> OnInstanceAsync(StudioRequest request, string id, string permission, string name, Func<Task<string?>> work)
    {
        var reason = await InstanceAccess.FindHeaderAsync(request, id) is not { } instance ? "There is no such instance."
            : !request.May(permission, instance.DefinitionId) ? $"Your roles do not allow this here ({permission})."
            : await work();
        var happened = reason is null ? "succeeded" : "failed";
        var entry = new LogEntry(
            reason ?? $"{name} succeeded", reason is null ? "Information" : "Error", request.Service<TimeProvider>().GetUtcNow(), $"Alteration {name} {happened}");
        return new AlterationResult(id, new AlterationLog([entry]), false, reason is null);
    }

    private static async Task<string?> CancelAsync(StudioRequest request, string id)
    {
        await request.Service<IUnitOfWorkRunner>().RunAsync(
            async (services, token) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().CancelAsync(id, token)), request.Cancelled);
        return null;
    }

    private static async Task<string?> RetryAsync(StudioRequest request, string id)
    {
        try
        {
            var run = await request.Service<IUnitOfWorkRunner>().RunAsync(
                async (services, token) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().RetryAsync(id, token)), request.Cancelled);
            return run is null ? "The instance has not failed; there is nothing to try again." : null;
        }
        catch (Exception exception) when (exception is WorkflowNotStartedException or WorkflowNotFoundException or ValueConversionException)
        {
            return exception.Message;
        }
    }

    private sealed record Alteration(string Type, string? Variable, object? Value);

    private sealed record AlterationResult(string WorkflowInstanceId, AlterationLog Log, bool WorkflowHasScheduledWork, bool IsSuccessful);

    private sealed record AlterationLog(IReadOnlyList<LogEntry> LogEntries);

    private sealed record LogEntry(string Message, string LogLevel, DateTimeOffset Timestamp, string EventName);
}
