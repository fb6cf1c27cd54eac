using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Instances;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Instances;

/// <summary>Instances: lists, one with its state, cancel, delete, export.</summary>
internal static class InstanceEndpoints
{
    /// <summary>Most instances that one request cancels, deletes or exports.</summary>
    public const int MaxBulk = 10_000;

    /// <summary>Lists instances by the query.</summary>
    public static Task<StudioAnswer> ListAsync(StudioRequest request)
    {
        var query = InstanceListRequest.Read(request);
        return ListAsync(request, query, request.QueryFlag("isSystem"));
    }

    /// <summary>Lists instances by the body.</summary>
    public static async Task<StudioAnswer> SearchAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var query = InstanceListRequest.Read(request, body);
        return await ListAsync(request, query, body.Flag("isSystem"));
    }

    /// <summary>One instance with its state.</summary>
    public static async Task<StudioAnswer> FindAsync(StudioRequest request)
    {
        var id = request.Route("id");
        return await InstanceAccess.FindHeaderAsync(request, id) is not null && await InstanceStates.ReadAsync(request, id) is var (instance, state)
            ? StudioAnswer.Json(InstanceDetails.Of(instance, state))
            : StudioAnswer.NotFound;
    }

    /// <summary>Where an instance stands, for clients that look again and again.</summary>
    public static async Task<StudioAnswer> StandAsync(StudioRequest request) =>
        await InstanceAccess.FindHeaderAsync(request, request.Route("id")) is { } instance
            ? StudioAnswer.Json(new { instance.Status, instance.SubStatus, WorkflowSubStatus = instance.SubStatus, instance.UpdatedAt })
            : StudioAnswer.NotFound;

    /// <summary>Cancels an instance. One that has ended, or that there is not, is cancelled already: 200.</summary>
    public static async Task<StudioAnswer> CancelAsync(StudioRequest request)
    {
        var id = request.Route("id");
        if (await InstanceAccess.FindHeaderAsync(request, id) is not { } instance)
            return StudioAnswer.Empty();
        if (!request.May(StudioPermissions.CancelWorkflowInstances, instance.DefinitionId))
            return StudioAnswer.Forbidden(StudioPermissions.CancelWorkflowInstances);

        await CancelAsync(request, id);
        return StudioAnswer.Empty();
    }

    /// <summary>Cancels instances: those named, or the running ones of a definition or version.</summary>
    public static async Task<StudioAnswer> BulkCancelAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var query = InstanceListRequest.Filter(request, body);
        if (request.Refusal is { } refusal)
            return refusal;
        if (query.Ids is null && query is { DefinitionIds.Count: 0, DefinitionVersionIds.Count: 0 })
            return StudioAnswer.Json(new { Cancelled = 0 });

        return StudioAnswer.Json(new { Cancelled = await CancelAllAsync(request, query) });
    }

    /// <summary>Cancels the running instances that fit and that the caller may cancel. Answers how many.</summary>
    public static async Task<int> CancelAllAsync(StudioRequest request, InstanceQuery query)
    {
        var cancelled = 0;
        foreach (var id in await SelectAsync(request, StudioPermissions.CancelWorkflowInstances, query with { Statuses = [WorkflowStatus.Running] }))
        {
            if (await CancelAsync(request, id))
                cancelled++;
        }

        return cancelled;
    }

    /// <summary>Deletes an instance; one that runs is cancelled first. One that something depends on stays: 400 with the reason.</summary>
    public static async Task<StudioAnswer> DeleteAsync(StudioRequest request)
    {
        var id = request.Route("id");
        if (await InstanceAccess.FindHeaderAsync(request, id) is not { } instance)
            return StudioAnswer.NotFound;
        if (!request.May(StudioPermissions.DeleteWorkflowInstances, instance.DefinitionId))
            return StudioAnswer.Forbidden(StudioPermissions.DeleteWorkflowInstances);

        return await DeleteAsync(request, id) switch
        {
            { IsDeleted: true } => StudioAnswer.NoContent,
            { Reason: { } reason } => StudioAnswer.Invalid(reason),
            _ => StudioAnswer.NotFound,
        };
    }

    /// <summary>Deletes instances, as far as they may be. If none may, the answer is 400 with the reasons.</summary>
    public static async Task<StudioAnswer> BulkDeleteAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var ids = body.Texts("ids");
        if (request.Refusal is { } refusal)
            return refusal;

        var deleted = 0;
        var reasons = new List<string>();
        foreach (var id in await SelectAsync(request, StudioPermissions.DeleteWorkflowInstances, new InstanceQuery { Ids = ids }))
        {
            var deletion = await DeleteAsync(request, id);
            if (deletion.IsDeleted)
                deleted++;
            else if (deletion.Reason is { } reason)
                reasons.Add(reason);
        }

        return deleted == 0 && reasons.Count > 0 ? StudioAnswer.Invalid(reasons) : StudioAnswer.Json(new { Deleted = deleted });
    }

    /// <summary>An instance as a file.</summary>
    public static async Task<StudioAnswer> ExportAsync(StudioRequest request)
    {
        var id = request.Route("id");
        return await InstanceAccess.FindHeaderAsync(request, id) is not null && await ExportAsync(request, id, false, false, false) is { } content
            ? StudioAnswer.File(content, FileNameOf(id))
            : StudioAnswer.NotFound;
    }

    /// <summary>Instances as a ZIP file, one entry each.</summary>
    public static async Task<StudioAnswer> BulkExportAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var ids = body.Texts("ids");
        var (hasJournal, hasExecutions, hasBookmarks) =
            (body.Flag("includeWorkflowExecutionLog") == true, body.Flag("includeActivityExecutionLog") == true, body.Flag("includeBookmarks") == true);
        if (request.Refusal is { } refusal)
            return refusal;

        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var id in (await SelectAsync(request, StudioPermissions.ReadWorkflowInstances, new InstanceQuery { Ids = ids })).Take(InstanceQuery.MaxPageSize))
            {
                if (await ExportAsync(request, id, hasJournal, hasExecutions, hasBookmarks) is not { } content)
                    continue;

                await using var entry = await zip.CreateEntry(FileNameOf(id)).OpenAsync(request.Cancelled);
                await entry.WriteAsync(content, request.Cancelled);
            }
        }

        return StudioAnswer.File(file.ToArray(), "workflow-instances.zip");
    }

    /// <summary>Refuses to import instances: one that did not run here would wait for what nobody sends, and speak of releases that are not here.</summary>
    public static Task<StudioAnswer> ImportAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Invalid(
        "Instances cannot be imported: each belongs to what it carries on this server. Import the definition and start it instead."));

    private static async Task<StudioAnswer> ListAsync(StudioRequest request, InstanceQuery query, bool? isSystem)
    {
        if (request.Refusal is { } refusal)
            return refusal;

        var visible = await InstanceAccess.VisibleDefinitionsAsync(request, StudioPermissions.ReadWorkflowInstances, [.. query.DefinitionIds ?? []]);
        if (visible is { Count: 0 } || InstanceListRequest.AsksForSystem(isSystem))
            return StudioAnswer.Json(new StudioPage<InstanceSummary>([], 0));

        var page = await request.Service<IInstanceReader>().ListAsync(
            query with { DefinitionIds = visible, Owners = request.Caller.VisibleInstances }, request.Cancelled);
        return StudioAnswer.Json(new StudioPage<InstanceSummary>([.. page.Items.Select(InstanceSummary.Of)], page.TotalCount));
    }

    private static async Task<List<string>> SelectAsync(StudioRequest request, string permission, InstanceQuery query)
    {
        var visible = await InstanceAccess.VisibleDefinitionsAsync(request, permission, [.. query.DefinitionIds ?? []]);
        var ids = new List<string>();
        if (visible is { Count: 0 })
            return ids;

        var reader = request.Service<IInstanceReader>();
        while (ids.Count < MaxBulk)
        {
            var page = await reader.ListAsync(
                query with { DefinitionIds = visible, Owners = request.Caller.VisibleInstances, Skip = ids.Count, Take = InstanceQuery.MaxPageSize }, request.Cancelled);
            ids.AddRange(page.Items.Select(static instance => instance.Id));
            if (page.Items.Count < InstanceQuery.MaxPageSize)
                break;
        }

        return ids;
    }

    private static Task<bool> CancelAsync(StudioRequest request, string id) => request.Service<IUnitOfWorkRunner>().RunAsync(
        async (services, token) => UnitOfWorkResult.Commit(await services.GetRequiredService<IWorkflowEngine>().CancelAsync(id, token)), request.Cancelled);

    private static Task<InstanceDeletion> DeleteAsync(StudioRequest request, string id) => request.Service<IUnitOfWorkRunner>().RunAsync(
        async (services, token) =>
        {
            var deletion = await services.GetRequiredService<IWorkflowEngine>().DeleteAsync(id, token);
            return deletion.IsDeleted ? UnitOfWorkResult.Commit(deletion) : UnitOfWorkResult.Discard(deletion);
        },
        request.Cancelled);

    // The shape of Elsa's export, which numbers objects and wraps lists, so that its readers can follow references.
    private static async Task<byte[]?> ExportAsync(StudioRequest request, string id, bool hasJournal, bool hasExecutions, bool hasBookmarks)
    {
        if (await InstanceStates.ReadAsync(request, id) is not var (_, state))
            return null;

        var reader = request.Service<IInstanceReader>();
        var number = 0;
        var document = new JsonObject
        {
            ["WorkflowState"] = Referenced(state),
            ["Bookmarks"] = hasBookmarks ? Referenced(state["bookmarks"]!.DeepClone()) : null,
            ["ActivityExecutionRecords"] = hasExecutions
                ? Referenced(JsonSerializer.SerializeToNode((await reader.ReadExecutionsAsync(id, request.Cancelled)).Select(execution => ExecutionEndpoints.AnswerOf(request, execution)), StudioJson.Options)!)
                : null,
            ["WorkflowExecutionLogRecords"] = hasJournal
                ? Referenced(JsonSerializer.SerializeToNode(
                    (await reader.ReadJournalAsync(id, new JournalQuery { Take = int.MaxValue }, request.Cancelled)).Items.Select(JournalLine.Of), StudioJson.Options)!)
                : null,
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, StudioJson.Options);

        JsonNode Referenced(JsonNode node) => node switch
        {
            JsonArray list => new JsonObject
            {
                ["$id"] = Next(),
                ["$values"] = new JsonArray([.. list.Select(item => item is null ? null : Referenced(item))]),
            },
            JsonObject table => new JsonObject(
            [
                new("$id", Next()),
                .. table.Select(member => KeyValuePair.Create(member.Key, member.Value is null ? null : member.Value is JsonArray ? Referenced(member.Value) : member.Value.DeepClone())),
            ]),
            _ => node.DeepClone(),
        };

        string Next() => (++number).ToString(CultureInfo.InvariantCulture);
    }

    private static string FileNameOf(string id) => $"workflow-instance-{id}.json";
}
