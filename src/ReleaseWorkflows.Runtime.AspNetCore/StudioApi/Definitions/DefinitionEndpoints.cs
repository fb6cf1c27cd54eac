using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using ReleaseWorkflows.Runtime.Definitions;
using ReleaseWorkflows.Runtime.Definitions.Versions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>Definitions one by one: list, read, save, publish, retract, revert, delete, history.</summary>
internal static class DefinitionEndpoints
{
    /// <summary>Lists versions: searched, filtered, sorted, by pages.</summary>
    public static async Task<StudioAnswer> ListAsync(StudioRequest request)
    {
        var (versions, number) = QueryVersions(request, VersionSelection.All);
        var (skip, take) = request.QueryPage();
        var query = new DefinitionQuery
        {
            Versions = versions,
            VersionNumber = number,
            DefinitionIds = request.QueryList("definitionIds"),
            Ids = request.QueryList("ids"),
            HiddenDefinitionIds = request.Caller.HiddenDefinitionIds,
            SearchTerm = request.Query("searchTerm"),
            IsSystem = request.QueryFlag("isSystem"),
            IsReadonly = request.QueryFlag("isReadonly"),
            Order = request.QueryWord<DefinitionOrder>("orderBy") ?? DefinitionOrder.Name,
            IsDescending = request.QueryWord<StudioOrderDirection>("orderDirection") is StudioOrderDirection.Descending,
            Skip = skip,
            Take = take,
        };
        if (request.Refusal is { } refusal)
            return refusal;

        var list = await request.Service<IDefinitionVersions>().ListAsync(query, request.Cancelled);
        return StudioAnswer.Json(new StudioPage<DefinitionSummary>(
            [.. list.Items.Select(version => DefinitionSummary.Of(version, request.Caller))], list.TotalCount, DefinitionLinks.OfList(request.Caller)));
    }

    /// <summary>How many definitions there are.</summary>
    public static async Task<StudioAnswer> CountAsync(StudioRequest request)
    {
        var query = new DefinitionQuery { Versions = VersionSelection.Latest, HiddenDefinitionIds = request.Caller.HiddenDefinitionIds, Take = 0 };
        var list = await request.Service<IDefinitionVersions>().ListAsync(query, request.Cancelled);
        return StudioAnswer.Json(new { Count = list.TotalCount });
    }

    /// <summary>Whether a name is free.</summary>
    public static async Task<StudioAnswer> IsNameUniqueAsync(StudioRequest request)
    {
        var name = request.Query("name") ?? "";
        var isUnique = await request.Service<IDefinitionVersions>().IsNameUniqueAsync(name.Trim(), request.Query("definitionId"), request.Cancelled);
        return StudioAnswer.Json(new { IsUnique = isUnique });
    }

    /// <summary>A version of a definition; the newest one unless another is asked for.</summary>
    public static async Task<StudioAnswer> FindAsync(StudioRequest request)
    {
        var (versions, number) = QueryVersions(request, VersionSelection.Latest);
        if (request.Refusal is { } refusal)
            return refusal;

        var version = await request.Service<IDefinitionVersions>().FindAsync(request.Route("definitionId"), versions, number, request.Cancelled);
        return version is null ? StudioAnswer.NotFound : StudioAnswer.Json(DefinitionView.Full(version, request));
    }

    /// <summary>The version with an id.</summary>
    public static async Task<StudioAnswer> FindVersionAsync(StudioRequest request)
    {
        var version = await request.Service<IDefinitionVersions>().FindVersionAsync(request.Route("id"), request.Cancelled);
        return version is null || !request.May(StudioPermissions.ReadWorkflowDefinitions, version.DefinitionId)
            ? StudioAnswer.NotFound
            : StudioAnswer.Json(DefinitionView.Full(version, request));
    }

    /// <summary>The versions with these ids.</summary>
    public static async Task<StudioAnswer> FindManyAsync(StudioRequest request)
    {
        var versions = request.Service<IDefinitionVersions>();
        var found = new List<JsonObject>();
        foreach (var id in request.QueryList("ids").Take(request.Options.MaxPageSize))
        {
            if (await versions.FindVersionAsync(id, request.Cancelled) is { } version && request.May(StudioPermissions.ReadWorkflowDefinitions, version.DefinitionId))
                found.Add(DefinitionView.Full(version, request));
        }

        return StudioAnswer.Json(new StudioList<JsonObject>(found));
    }

    /// <summary>All versions of a definition, the newest first.</summary>
    public static async Task<StudioAnswer> ListVersionsAsync(StudioRequest request)
    {
        var activities = request.Service<ActivityView>();
        var versions = await request.Service<IDefinitionVersions>().ListVersionsAsync(request.Route("definitionId"), request.Cancelled);
        return StudioAnswer.Json(versions.Select(version => DefinitionView.Entity(version, activities)).ToList());
    }

    /// <summary>Stores a draft, and publishes it if asked: what Studio sends half a second after each change.</summary>
    public static async Task<StudioAnswer> SaveAsync(StudioRequest request)
    {
        var body = await request.ReadBodyAsync();
        var model = body.Object("model");
        var publish = body.Flag("publish") ?? false;
        if (request.Refusal is { } refusal)
            return refusal;
        if (ReadModel(model, request) is not { } definition)
            return request.Refusal!;

        var definitionId = definition.Text("definitionId");
        if (!request.May(StudioPermissions.WriteWorkflowDefinitions, definitionId ?? StudioCaller.NewDefinition))
            return StudioAnswer.Forbidden(StudioPermissions.WriteWorkflowDefinitions);
        if (publish && !request.May(StudioPermissions.PublishWorkflowDefinitions, definitionId ?? StudioCaller.NewDefinition))
            return StudioAnswer.Forbidden(StudioPermissions.PublishWorkflowDefinitions);

        var change = await request.Service<IDefinitionVersions>().SaveAsync(
            new DefinitionDraft(definition, request.Author) { Publish = publish }, request.Cancelled);
        return await SavedAsync(change, request);
    }

    /// <summary>Publishes the newest version.</summary>
    public static async Task<StudioAnswer> PublishAsync(StudioRequest request) => await SavedAsync(
        await request.Service<IDefinitionVersions>().PublishAsync(request.Route("definitionId"), request.Author, request.Cancelled), request);

    /// <summary>Takes the published version out of use.</summary>
    public static async Task<StudioAnswer> RetractAsync(StudioRequest request)
    {
        var change = await request.Service<IDefinitionVersions>().RetractAsync(request.Route("definitionId"), request.Author, request.Cancelled);
        return Refuse(change) ?? StudioAnswer.Json(DefinitionView.Full(change.Version!, request));
    }

    /// <summary>Makes a new draft from an older version.</summary>
    public static async Task<StudioAnswer> RevertAsync(StudioRequest request)
    {
        if (!int.TryParse(request.Route("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return StudioAnswer.NotFound;

        var change = await request.Service<IDefinitionVersions>().RevertAsync(request.Route("definitionId"), number, request.Author, request.Cancelled);
        return Refuse(change) ?? StudioAnswer.Json(DefinitionSummary.Of(change.Version!, null), StatusCodes.Status201Created)
            .WithHeader("Location", $"{request.Options.Prefix}/workflow-definitions/by-id/{change.Version!.Id}");
    }

    /// <summary>Deletes a definition with all its versions.</summary>
    public static async Task<StudioAnswer> DeleteAsync(StudioRequest request) => Refuse(
        await request.Service<IDefinitionVersions>().DeleteAsync(request.Route("definitionId"), request.Author, request.Cancelled)) ?? StudioAnswer.NoContent;

    /// <summary>Deletes a version.</summary>
    public static async Task<StudioAnswer> DeleteVersionAsync(StudioRequest request)
    {
        var versions = request.Service<IDefinitionVersions>();
        if (await versions.FindVersionAsync(request.Route("id"), request.Cancelled) is not { } version)
            return StudioAnswer.NotFound;
        if (!request.May(StudioPermissions.DeleteWorkflowDefinitions, version.DefinitionId))
            return StudioAnswer.Forbidden(StudioPermissions.DeleteWorkflowDefinitions);

        return Refuse(await versions.DeleteVersionAsync(version.Id, request.Author, request.Cancelled)) ?? StudioAnswer.NoContent;
    }

    /// <summary>Definitions that use this one as an activity.</summary>
    public static async Task<StudioAnswer> ListConsumersAsync(StudioRequest request)
    {
        var consumers = await request.Service<IDefinitionVersions>().ListConsumersAsync(request.Route("definitionId"), request.Cancelled);
        return StudioAnswer.Json(new { ConsumingWorkflowDefinitionIds = consumers });
    }

    /// <summary>Publishes anew what uses an older version of this definition as an activity.</summary>
    public static async Task<StudioAnswer> UpdateReferencesAsync(StudioRequest request)
    {
        var definitionId = request.Route("definitionId");
        var consumers = await request.Service<IDefinitionVersions>().ListConsumersAsync(definitionId, request.Cancelled);
        if (consumers.FirstOrDefault(consumer => !request.May(StudioPermissions.PublishWorkflowDefinitions, consumer)) is not null)
            return StudioAnswer.Forbidden(StudioPermissions.PublishWorkflowDefinitions);

        var updates = await request.Service<IWorkflowDefinitions>().UpdateReferencesAsync(definitionId, request.Cancelled);
        return StudioAnswer.Json(new
        {
            AffectedWorkflows = updates.Where(update => update.Publication?.Definition is not null).Select(update => update.Former.DefinitionId).ToList(),
        });
    }

    /// <summary>Runs an activity on its own, which is not done here. Said as a message; Studio does not survive 404, and repeats what fails.</summary>
    public static Task<StudioAnswer> TestActivityAsync(StudioRequest request) => Task.FromResult(StudioAnswer.Invalid(
        "Activities are not run on their own here, since what they need comes from their workflow. Run the workflow, and see its instance."));

    /// <summary>Reads every definition anew. Here the database is the truth at any time, so there is nothing to do but to forget what is cached.</summary>
    public static async Task<StudioAnswer> ReloadAsync(StudioRequest request)
    {
        await ForgetAsync(request, []);
        return StudioAnswer.Empty();
    }

    /// <summary>Reads some definitions anew.</summary>
    public static async Task<StudioAnswer> RefreshAsync(StudioRequest request)
    {
        var wanted = (await request.ReadBodyAsync()).Texts("definitionIds");
        if (request.Refusal is { } refusal)
            return refusal;

        var refreshed = await ForgetAsync(request, wanted);
        return StudioAnswer.Json(new { Refreshed = refreshed, NotFound = wanted.Except(refreshed, StringComparer.Ordinal).ToList() });
    }

    /// <summary>The JSON of a model as an object that can be changed; null, and a complaint, if there is none.</summary>
    internal static JsonObject? ReadModel(System.Text.Json.JsonElement model, StudioRequest request)
    {
        if (model.ValueKind != System.Text.Json.JsonValueKind.Object || JsonObject.Create(model) is not { } definition)
        {
            request.Complain("model", "The request needs a model: the definition.");
            return null;
        }

        if (definition["definitionId"] is { } id && (definition.Text("definitionId") is not { } text || text.Length > 200))
        {
            if (id is not System.Text.Json.Nodes.JsonValue value || !value.TryGetValue<string>(out var given) || given.Length > 0)
                request.Complain("definitionId", "The id of a definition is a text of at most 200 characters.");
        }

        // A class name with its assembly is understood in files, but a server of Elsa refuses it here.
        foreach (var input in (definition["inputs"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (input.Text("storageDriverType") is { } driver && driver.Contains(',', StringComparison.Ordinal))
                request.Complain("storageDriverType", $"Unknown serialization type alias '{driver}'. Only registered aliases and supported compound aliases can be deserialized.");
        }

        return request.Refusal is null ? definition : null;
    }

    /// <summary>The answer to a change that was not done; null if it was.</summary>
    internal static StudioAnswer? Refuse(VersionChange change) => change.Outcome switch
    {
        VersionOutcome.Done or VersionOutcome.Unchanged => null,
        VersionOutcome.NotFound => StudioAnswer.NotFound,
        VersionOutcome.Refused when change.Reason is null => StudioAnswer.Invalid([.. Sentences(change)]),
        _ => StudioAnswer.Invalid(change.Reason ?? "This cannot be done."),
    };

    /// <summary>Every error with the node it is at; Studio shows each as a message.</summary>
    internal static IEnumerable<string> Sentences(VersionChange change) => change.Findings
        .Where(static finding => finding.Severity == FindingSeverity.Error)
        .Select(static finding => finding.Node is null ? finding.Reason : $"{finding.Node}: {finding.Reason}")
        .Distinct(StringComparer.Ordinal)
        .Take(50);

    /// <summary>Which versions are asked for. Present and empty means no restriction.</summary>
    internal static (VersionSelection Versions, int Number) QueryVersions(StudioRequest request, VersionSelection missing)
    {
        const string Name = "versionOptions";
        var text = request.Query(Name);
        if (text is null)
            return (request.Context.Request.Query.ContainsKey(Name) && missing == VersionSelection.All ? VersionSelection.All : missing, 0);
        if (text.Equals("AllVersions", StringComparison.OrdinalIgnoreCase))
            return (VersionSelection.All, 0);
        if (int.TryParse(text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return (VersionSelection.Number, number);

        return (request.Word<VersionSelection>(Name, text) ?? missing, 0);
    }

    private static async Task<StudioAnswer> SavedAsync(VersionChange change, StudioRequest request)
    {
        if (Refuse(change) is { } refusal)
            return refusal;

        var model = DefinitionView.Full(change.Version!, request);
        var isUsed = model["options"] is JsonObject options && options.IsTrue("usableAsActivity");
        var consumers = isUsed ? await request.Service<IDefinitionVersions>().ListConsumersAsync(change.Version!.DefinitionId, request.Cancelled) : [];
        return StudioAnswer.Json(new
        {
            WorkflowDefinition = model,
            AlreadyPublished = change.Outcome == VersionOutcome.Unchanged,
            ConsumingWorkflowCount = consumers.Count,
            ValidationErrors = Array.Empty<object>(),
        });
    }

    private static async Task<IReadOnlyList<string>> ForgetAsync(StudioRequest request, IReadOnlyList<string> definitionIds)
    {
        var definitions = request.Service<IWorkflowDefinitions>();
        var query = new DefinitionQuery { Versions = VersionSelection.Latest, DefinitionIds = definitionIds, Take = request.Options.MaxPageSize };
        var known = (await request.Service<IDefinitionVersions>().ListAsync(query, request.Cancelled)).Items.Select(version => version.DefinitionId).ToList();
        foreach (var definitionId in known)
            definitions.Invalidate(definitionId);
        return known;
    }
}
