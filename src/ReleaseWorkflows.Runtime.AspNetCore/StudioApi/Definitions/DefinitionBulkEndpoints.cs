using ReleaseWorkflows.Runtime.Definitions.Versions;

namespace ReleaseWorkflows.Runtime.AspNetCore.StudioApi.Definitions;

/// <summary>The same for many definitions at once. Each is a change of its own: what cannot be done does not keep the others from it.</summary>
internal static class DefinitionBulkEndpoints
{
    /// <summary>Publishes the newest versions.</summary>
    public static async Task<StudioAnswer> PublishAsync(StudioRequest request)
    {
        var wanted = (await request.ReadBodyAsync()).Texts("definitionIds");
        if (Check(request, wanted) is { } refusal)
            return refusal;

        var published = new List<string>();
        var already = new List<string>();
        var notFound = new List<string>();
        var skipped = new List<string>();
        var failed = new List<string>();
        var warnings = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var definitionId in wanted)
        {
            if (!request.May(StudioPermissions.PublishWorkflowDefinitions, definitionId))
            {
                skipped.Add(definitionId);
                continue;
            }

            var change = await request.Service<IDefinitionVersions>().PublishAsync(definitionId, request.Author, request.Cancelled);
            (change.Outcome switch
            {
                VersionOutcome.Done => published,
                VersionOutcome.Unchanged => already,
                VersionOutcome.NotFound => notFound,
                VersionOutcome.IsReadonly => skipped,
                _ => failed,
            }).Add(definitionId);
            if (change.Outcome == VersionOutcome.Refused)
                warnings[definitionId] = [.. DefinitionEndpoints.Sentences(change)];
        }

        return StudioAnswer.Json(new
        {
            Published = published,
            AlreadyPublished = already,
            NotFound = notFound,
            Skipped = skipped,
            UpdatedConsumers = Array.Empty<string>(),
            Failed = failed,
            Warnings = warnings,
        });
    }

    /// <summary>Takes published versions out of use.</summary>
    public static async Task<StudioAnswer> RetractAsync(StudioRequest request)
    {
        var wanted = (await request.ReadBodyAsync()).Texts("definitionIds");
        if (Check(request, wanted) is { } refusal)
            return refusal;

        var retracted = new List<string>();
        var already = new List<string>();
        var notFound = new List<string>();
        var skipped = new List<string>();
        foreach (var definitionId in wanted)
        {
            if (!request.May(StudioPermissions.RetractWorkflowDefinitions, definitionId))
            {
                skipped.Add(definitionId);
                continue;
            }

            var change = await request.Service<IDefinitionVersions>().RetractAsync(definitionId, request.Author, request.Cancelled);
            (change.Outcome switch
            {
                VersionOutcome.Done => retracted,
                VersionOutcome.NotPublished => already,
                VersionOutcome.NotFound => notFound,
                _ => skipped,
            }).Add(definitionId);
        }

        return StudioAnswer.Json(new { Retracted = retracted, AlreadyRetracted = already, Skipped = skipped, NotPublished = already, NotFound = notFound });
    }

    /// <summary>Deletes definitions.</summary>
    public static Task<StudioAnswer> DeleteAsync(StudioRequest request) => DeleteAsync(
        request, "definitionIds", static (request, definitionId) => request.Service<IDefinitionVersions>().DeleteAsync(definitionId, request.Author, request.Cancelled));

    /// <summary>Deletes versions.</summary>
    public static Task<StudioAnswer> DeleteVersionsAsync(StudioRequest request) => DeleteAsync(request, "ids", static async (request, versionId) =>
    {
        var versions = request.Service<IDefinitionVersions>();
        return await versions.FindVersionAsync(versionId, request.Cancelled) is { } version && request.May(StudioPermissions.DeleteWorkflowDefinitions, version.DefinitionId)
            ? await versions.DeleteVersionAsync(versionId, request.Author, request.Cancelled)
            : new VersionChange(VersionOutcome.NotFound);
    });

    private static async Task<StudioAnswer> DeleteAsync(StudioRequest request, string member, Func<StudioRequest, string, Task<VersionChange>> delete)
    {
        var wanted = (await request.ReadBodyAsync()).Texts(member);
        if (Check(request, wanted) is { } refusal)
            return refusal;

        var deleted = 0;
        var reasons = new List<string>();
        foreach (var id in wanted)
        {
            if (member == "definitionIds" && !request.May(StudioPermissions.DeleteWorkflowDefinitions, id))
            {
                reasons.Add($"{id}: your roles do not allow this.");
                continue;
            }

            var change = await delete(request, id);
            if (change.Outcome == VersionOutcome.Done)
                deleted++;
            else if (change.Reason is { } reason)
                reasons.Add($"{id}: {reason}");
        }

        // A number alone would not say why something is still there.
        return deleted == 0 && reasons.Count > 0 ? StudioAnswer.Invalid(reasons) : StudioAnswer.Json(new { Deleted = deleted });
    }

    private static StudioAnswer? Check(StudioRequest request, IReadOnlyList<string> wanted)
    {
        if (wanted.Count > request.Options.MaxPageSize)
            request.Complain("definitionIds", $"At most {request.Options.MaxPageSize:N0} can be changed at once.");
        return request.Refusal;
    }
}
