using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>Variables of an instance.</summary>
internal static class VariableEndpoints
{
    /// <summary>The variables with their values.</summary>
    public static async Task<StudioAnswer> ListAsync(StudioRequest request) =>
        await InstanceAccess.FindHeaderAsync(request, request.Route("id")) is { } instance ? await AnswerAsync(request, instance.Id) : StudioAnswer.NotFound;

    /// <summary>Sets variables of an instance that runs.</summary>
    public static async Task<StudioAnswer> SetAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        var list = body.Member("variables");
        foreach (var item in list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default)
        {
            if (item.ValueKind == JsonValueKind.Object && new StudioBody(request, item) is var variable && variable.Text("id") is { } id)
                values[id] = variable.Member("value") is { ValueKind: not JsonValueKind.Undefined } value ? value : null;
            else
                request.Complain("variables", "Each variable needs an id.");
        }

        if (list.ValueKind != JsonValueKind.Array)
            request.Complain("variables", "variables has to be a list of objects with id and value.");
        if (request.Refusal is { } refusal)
            return refusal;
        if (await InstanceAccess.FindHeaderAsync(request, request.Route("id")) is not { } instance)
            return StudioAnswer.NotFound;
        if (!request.May(StudioPermissions.WriteWorkflowInstances, instance.DefinitionId))
            return StudioAnswer.Forbidden(StudioPermissions.WriteWorkflowInstances);

        return await SetAsync(request, instance.Id, values) is { } reason ? StudioAnswer.Invalid(reason) : await AnswerAsync(request, instance.Id);
    }

    /// <summary>Sets variables in a unit of work of its own. Answers why not, or null.</summary>
    public static async Task<string?> SetAsync(StudioRequest request, string instanceId, IReadOnlyDictionary<string, object?> values)
    {
        try
        {
            var isDone = await request.Service<IUnitOfWorkRunner>().RunAsync(
                async (services, token) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().SetVariablesAsync(instanceId, values, token)),
                request.Cancelled);
            return isDone ? null : "The instance has ended; its variables do not change any more.";
        }
        catch (ValueConversionException exception)
        {
            return exception.Message;
        }
    }

    private static async Task<StudioAnswer> AnswerAsync(StudioRequest request, string instanceId)
    {
        var instance = await request.Service<IInstanceReader>().FindAsync(instanceId, request.Cancelled);
        var variables = instance is not null && await InstanceStates.FindGraphAsync(request, instance) is { } graph ? InstanceVariable.List(instance, graph) : [];
        return StudioAnswer.Json(new StudioList<InstanceVariable>(variables));
    }
}
