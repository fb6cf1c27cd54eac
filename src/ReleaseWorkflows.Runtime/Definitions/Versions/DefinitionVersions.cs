using System.Globalization;
using System.Text.Json.Nodes;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions.Versions;

/// <inheritdoc cref="IDefinitionVersions"/>
internal sealed class DefinitionVersions(WorkflowDefinitions definitions, IUnitOfWorkRunner units, IIdentityGenerator ids, TimeProvider time)
    : IDefinitionVersions
{
    // An editor that saves by itself may send the next change before it has the answer to the last one.
    private static readonly TimeSpan OwnHaste = TimeSpan.FromSeconds(10);

    public async Task<WorkflowDefinitionRecord?> FindAsync(
        string definitionId, VersionSelection versions, int number, CancellationToken cancellationToken) =>
        (await ListVersionsAsync(definitionId, cancellationToken)).FirstOrDefault(version => versions switch
        {
            VersionSelection.Published => version.IsPublished,
            VersionSelection.LatestAndPublished => version is { IsLatest: true, IsPublished: true },
            VersionSelection.Draft => version is { IsLatest: true, IsPublished: false },
            VersionSelection.Number => version.Version == number,
            _ => version.IsLatest,
        });

    public Task<WorkflowDefinitionRecord?> FindVersionAsync(string versionId, CancellationToken cancellationToken) =>
        ReadAsync(async (store, stop) => await store.FindDefinitionVersionAsync(versionId, stop), cancellationToken);

    public Task<IReadOnlyList<WorkflowDefinitionRecord>> ListVersionsAsync(string definitionId, CancellationToken cancellationToken) =>
        ReadAsync(async (store, stop) => await store.ListDefinitionVersionsAsync(definitionId, stop), cancellationToken);

    public Task<DefinitionList> ListAsync(DefinitionQuery query, CancellationToken cancellationToken) =>
        ReadAsync(async (store, stop) => await store.ListDefinitionsAsync(query, stop), cancellationToken);

    public Task<IReadOnlyList<DefinitionChangeRecord>> ListChangesAsync(string definitionId, int limit, CancellationToken cancellationToken) =>
        ReadAsync(async (store, stop) => await store.ListDefinitionChangesAsync(definitionId, limit, stop), cancellationToken);

    public async Task<bool> IsNameUniqueAsync(string name, string? exceptDefinitionId, CancellationToken cancellationToken)
    {
        var others = new DefinitionQuery { Versions = VersionSelection.Latest, Name = name, HiddenDefinitionIds = exceptDefinitionId is null ? [] : [exceptDefinitionId], Take = 1 };
        return (await ListAsync(others, cancellationToken)).TotalCount == 0;
    }

    public async Task<VersionChange> SaveAsync(DefinitionDraft draft, CancellationToken cancellationToken)
    {
        var model = (JsonObject)draft.Model.DeepClone();
        var stamp = DefinitionText.TakeStamp(model);
        var definitionId = model.Text("definitionId") ?? ids.GenerateId();
        var givenId = draft.IsImport ? model.Text("id") : null;
        var json = DefinitionText.Complete(model, definitionId);
        if (draft.Publish)
            json = await definitions.PrepareAsync(json, cancellationToken);

        return await ChangeAsync(
            async (services, stop) =>
            {
                var store = services.GetRequiredService<IWorkflowStore>();
                var versions = await store.ListDefinitionVersionsAsync(definitionId, stop);
                var latest = versions.FirstOrDefault(static version => version.IsLatest);
                if (latest is not null && Refuse(latest) is { } isReadonly)
                    return new Step(isReadonly);
                if (latest is not null && stamp is not null && IsOutdated(latest, stamp, draft.Author))
                    return new Step(Outdated(latest));
                if (draft.IsImport && !draft.Publish && latest?.Json == json)
                    return new Step(new VersionChange(VersionOutcome.Unchanged, latest));

                var next = latest is { PublishedAt: null } && !draft.IsImport && !await store.IsVersionRunningAsync(latest, stop)
                    ? latest
                    : New(definitionId, versions, givenId is not null && await store.FindDefinitionVersionAsync(givenId, stop) is null ? givenId : ids.GenerateId());
                next = Filled(next, model, json, draft.Author);
                var action = draft.IsImport ? DefinitionAction.Imported : DefinitionAction.Saved;
                if (draft.Publish)
                    return await PublishAsync(next, versions, action, draft.Author, services, stop);

                if (latest is not null && latest.Id != next.Id)
                    store.SaveDefinition(latest with { IsLatest = false });
                store.SaveDefinition(next);
                Log(store, next, action, draft.Author);
                return new Step(new VersionChange(VersionOutcome.Done, next), () => definitions.ForgetVersion(next.Id));
            },
            cancellationToken);
    }

    public async Task<VersionChange> PublishAsync(string definitionId, DefinitionAuthor author, CancellationToken cancellationToken)
    {
        // Pinning needs what the text refers to, which is read before the unit of work.
        if (await FindAsync(definitionId, VersionSelection.Latest, 0, cancellationToken) is { IsPublished: false, PublishedAt: null } draft)
            await definitions.PrepareAsync(draft.Json, cancellationToken);

        return await ChangeAsync(
            async (services, stop) =>
            {
                var versions = await services.GetRequiredService<IWorkflowStore>().ListDefinitionVersionsAsync(definitionId, stop);
                if (versions.FirstOrDefault(static version => version.IsLatest) is not { } latest)
                    return new Step(new VersionChange(VersionOutcome.NotFound));
                if (latest.IsPublished)
                    return new Step(new VersionChange(VersionOutcome.Unchanged, latest));

                // A version that was published before is what its instances run on; its text stays as it is.
                var next = latest.PublishedAt is null ? latest with { Json = await definitions.PrepareAsync(latest.Json, stop) } : latest;
                return await PublishAsync(next, versions, null, author, services, stop);
            },
            cancellationToken);
    }

    public Task<VersionChange> RetractAsync(string definitionId, DefinitionAuthor author, CancellationToken cancellationToken) => ChangeAsync(
        async (services, stop) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var versions = await store.ListDefinitionVersionsAsync(definitionId, stop);
            if (versions.Count == 0)
                return new Step(new VersionChange(VersionOutcome.NotFound));
            var latest = versions.First(static version => version.IsLatest);
            if (versions.FirstOrDefault(static version => version.IsPublished) is not { } published)
                return new Step(new VersionChange(VersionOutcome.NotPublished, latest, Reason: $"Workflow with id {definitionId} is not published"));
            if (Refuse(published) is { } isReadonly)
                return new Step(isReadonly);
            if (await FindUseAsync(definitionId, services, stop) is { } inUse)
                return new Step(new VersionChange(VersionOutcome.InUse, latest, Reason: inUse));

            var retracted = published with { IsPublished = false };
            store.SaveDefinition(retracted);
            store.ReplaceTriggers(definitionId, []);
            Log(store, retracted, DefinitionAction.Retracted, author);
            return new Step(
                new VersionChange(VersionOutcome.Done, latest.Id == retracted.Id ? retracted : latest), () => definitions.Retracted(definitionId));
        },
        cancellationToken);

    public Task<VersionChange> RevertAsync(string definitionId, int number, DefinitionAuthor author, CancellationToken cancellationToken) => ChangeAsync(
        async (services, stop) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var versions = await store.ListDefinitionVersionsAsync(definitionId, stop);
            if (versions.FirstOrDefault(version => version.Version == number) is not { } source)
                return new Step(new VersionChange(VersionOutcome.NotFound));
            var latest = versions.First(static version => version.IsLatest);
            if (Refuse(latest) is { } isReadonly)
                return new Step(isReadonly);

            var next = New(definitionId, versions, ids.GenerateId()) with
            {
                Name = source.Name,
                Description = source.Description,
                ToolVersion = source.ToolVersion,
                IsSystem = source.IsSystem,
                ChangedBy = author.Name,
                Json = source.Json,
            };
            store.SaveDefinition(latest with { IsLatest = false });
            store.SaveDefinition(next);
            Log(store, next, DefinitionAction.Reverted, author);
            return new Step(new VersionChange(VersionOutcome.Done, next));
        },
        cancellationToken);

    public async Task<VersionChange> CopyAsync(
        string sourceId, string definitionId, string name, DefinitionAuthor author, CancellationToken cancellationToken)
    {
        if (await FindAsync(sourceId, VersionSelection.Published, 0, cancellationToken) is not { } source)
            return new VersionChange(VersionOutcome.NotFound, Reason: $"There is no published definition '{sourceId}'.");
        if ((await ListVersionsAsync(definitionId, cancellationToken)).Count > 0)
            return new VersionChange(VersionOutcome.Refused, Reason: $"There is a definition '{definitionId}' already.");

        var model = DefinitionText.Read(source.Json);
        model["definitionId"] = definitionId;
        model["name"] = name;
        model["isReadonly"] = false;
        return await SaveAsync(new DefinitionDraft(model, author) { Publish = true }, cancellationToken);
    }

    public Task<VersionChange> DeleteAsync(string definitionId, DefinitionAuthor author, CancellationToken cancellationToken) => ChangeAsync(
        async (services, stop) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            var versions = await store.ListDefinitionVersionsAsync(definitionId, stop);
            if (versions.Count == 0)
                return new Step(new VersionChange(VersionOutcome.NotFound));
            if (Refuse(versions[0]) is { } isReadonly)
                return new Step(isReadonly);
            if (await FindUseAsync(definitionId, services, stop) is { } inUse)
                return new Step(new VersionChange(VersionOutcome.InUse, versions[0], Reason: inUse));
            if ((await store.FindRunningInstancesAsync(definitionId, null, null, stop)).Count is > 0 and var running)
            {
                return new Step(new VersionChange(
                    VersionOutcome.InUse, versions[0], Reason: $"{Instances(running)} of this definition still run. Cancel them, or wait until they have ended."));
            }

            foreach (var version in versions)
                store.RemoveDefinition(version);
            store.ReplaceTriggers(definitionId, []);
            Log(store, versions[0], DefinitionAction.Deleted, author);
            return new Step(new VersionChange(VersionOutcome.Done), () => Forget(definitionId, versions));
        },
        cancellationToken);

    public Task<VersionChange> DeleteVersionAsync(string versionId, DefinitionAuthor author, CancellationToken cancellationToken) => ChangeAsync(
        async (services, stop) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            if (await store.FindDefinitionVersionAsync(versionId, stop) is not { } version)
                return new Step(new VersionChange(VersionOutcome.NotFound));
            if (Refuse(version) is { } isReadonly)
                return new Step(isReadonly);

            var versions = await store.ListDefinitionVersionsAsync(version.DefinitionId, stop);
            if ((version.IsPublished || versions.Count == 1) && await FindUseAsync(version.DefinitionId, services, stop) is { } inUse)
                return new Step(new VersionChange(VersionOutcome.InUse, version, Reason: inUse));
            if (await store.IsVersionRunningAsync(version, stop))
            {
                return new Step(new VersionChange(
                    VersionOutcome.InUse, version, Reason: $"Instances still run on version {version.Version}. Cancel them, or wait until they have ended."));
            }

            store.RemoveDefinition(version);
            if (version.IsLatest && versions.FirstOrDefault(other => other.Id != versionId) is { } next)
                store.SaveDefinition(next with { IsLatest = true });
            if (version.IsPublished)
                store.ReplaceTriggers(version.DefinitionId, []);
            Log(store, version, DefinitionAction.Deleted, author);
            return new Step(
                new VersionChange(VersionOutcome.Done),
                () =>
                {
                    definitions.ForgetVersion(versionId);
                    if (version.IsPublished)
                        definitions.Retracted(version.DefinitionId);
                });
        },
        cancellationToken);

    public ValueTask PrepareTypesAsync(CancellationToken cancellationToken) => definitions.PrepareTypesAsync(cancellationToken);

    public Task<IReadOnlyList<string>> ListConsumersAsync(string definitionId, CancellationToken cancellationToken) => ReadAsync(
        async (store, stop) =>
        {
            var texts = (await store.ListPublishedDefinitionsAsync(stop)).ToList();
            var drafts = await store.ListDefinitionsAsync(new DefinitionQuery { Versions = VersionSelection.Draft, Take = int.MaxValue }, stop);
            foreach (var draft in drafts.Items)
            {
                if (await store.FindDefinitionVersionAsync(draft.Id, stop) is { } text)
                    texts.Add(text);
            }

            return (IReadOnlyList<string>)
            [
                .. texts.Where(text => text.DefinitionId != definitionId && WorkflowReferences.Find(text.Json).Any(reference => reference.DefinitionId == definitionId))
                    .Select(text => text.DefinitionId).Distinct().Order(StringComparer.Ordinal),
            ];
        },
        cancellationToken);

    private async Task<Step> PublishAsync(
        WorkflowDefinitionRecord version,
        IReadOnlyList<WorkflowDefinitionRecord> versions,
        DefinitionAction? before,
        DefinitionAuthor author,
        IServiceProvider services,
        CancellationToken cancellationToken)
    {
        var findings = new List<DefinitionFinding>();
        if (await definitions.PublishVersionAsync(version, versions, findings, services, cancellationToken) is not { } graph)
            return new Step(new VersionChange(VersionOutcome.Refused, version, findings));

        var store = services.GetRequiredService<IWorkflowStore>();
        if (before is { } action)
            Log(store, version, action, author);
        Log(store, version, DefinitionAction.Published, author);
        var stored = (await store.FindDefinitionVersionAsync(version.Id, cancellationToken))!;
        return new Step(new VersionChange(VersionOutcome.Done, stored, findings), Graph: graph);
    }

    private async Task<VersionChange> ChangeAsync(Func<IServiceProvider, CancellationToken, Task<Step>> work, CancellationToken cancellationToken)
    {
        var step = await units.RunAsync(
            async (services, stop) =>
            {
                var result = await work(services, stop);
                return new UnitOfWorkResult<Step>(result, result.Change.Outcome == VersionOutcome.Done);
            },
            cancellationToken);
        step.AfterCommit?.Invoke();
        if (step is not { Change.Version: { } version, Graph: { } graph })
            return step.Change;

        var complaints = await definitions.AnnounceAsync(version, graph, cancellationToken);
        return new VersionChange(step.Change.Outcome, version, [.. step.Change.Findings, .. complaints]);
    }

    private Task<T> ReadAsync<T>(Func<IWorkflowStore, CancellationToken, Task<T>> read, CancellationToken cancellationToken) => units.RunAsync(
        async (services, stop) => UnitOfWorkResult.Discard(await read(services.GetRequiredService<IWorkflowStore>(), stop)), cancellationToken);

    private WorkflowDefinitionRecord New(string definitionId, IReadOnlyList<WorkflowDefinitionRecord> versions, string id) => new()
    {
        Id = id,
        DefinitionId = definitionId,
        Version = versions.Count == 0 ? 1 : versions.Max(static version => version.Version) + 1,
        IsLatest = true,
        IsPublished = false,
        CreatedAt = time.GetUtcNow(),
        ChangedAt = time.GetUtcNow(),
        Json = "",
    };

    private WorkflowDefinitionRecord Filled(WorkflowDefinitionRecord version, JsonObject model, string json, DefinitionAuthor author) => version with
    {
        Name = model.Text("name"),
        Description = model.Text("description"),
        ToolVersion = System.Version.TryParse(model.Text("toolVersion"), out _) ? model.Text("toolVersion") : null,
        IsReadonly = model.IsTrue("isReadonly"),
        IsSystem = model.IsTrue("isSystem"),
        SourceHash = null,
        ChangedAt = time.GetUtcNow(),
        ChangedBy = author.Name,
        Json = json,
    };

    private bool IsOutdated(WorkflowDefinitionRecord latest, string stamp, DefinitionAuthor author) =>
        DefinitionText.StampOf(latest.Json) != stamp
        && !(latest.ChangedBy is not null && latest.ChangedBy == author.Name && time.GetUtcNow() - latest.ChangedAt < OwnHaste);

    private static VersionChange Outdated(WorkflowDefinitionRecord latest)
    {
        var when = latest.ChangedAt.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return new VersionChange(VersionOutcome.Outdated, latest, Reason: string.Create(
            CultureInfo.InvariantCulture,
            $"Not saved: {latest.ChangedBy ?? "somebody else"} changed this workflow at {when} (version {latest.Version}), after you opened it. Export what you have, then reload the page and make your change again."));
    }

    private static VersionChange? Refuse(WorkflowDefinitionRecord version) =>
        version.IsReadonly || version.ProviderName is not null
            ? new VersionChange(VersionOutcome.IsReadonly, version, Reason: $"The definition '{version.DefinitionId}' is read-only: it is changed where it is made.")
            : null;

    private static async Task<string?> FindUseAsync(string definitionId, IServiceProvider services, CancellationToken cancellationToken)
    {
        var users = new List<DefinitionUser>();
        foreach (var usage in services.GetServices<IDefinitionUsage>())
            users.AddRange(await usage.ListUsersAsync(definitionId, cancellationToken));

        return users.Count == 0
            ? null
            : $"{string.Join(", ", users.Select(static user => user.Name))} {(users.Count == 1 ? "runs" : "run")} on this definition. Give {(users.Count == 1 ? "it" : "them")} another one first.";
    }

    private static string Instances(int count) => count == 1 ? "One instance" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} instances");

    private void Forget(string definitionId, IReadOnlyList<WorkflowDefinitionRecord> versions)
    {
        foreach (var version in versions)
            definitions.ForgetVersion(version.Id);
        definitions.Retracted(definitionId);
    }

    private void Log(IWorkflowStore store, WorkflowDefinitionRecord version, DefinitionAction action, DefinitionAuthor author) =>
        store.AddDefinitionChange(new DefinitionChangeRecord(
            version.DefinitionId, version.Id, version.Version, action, author.Id, author.Name, time.GetUtcNow()));

    /// <summary>What a unit of work came to, and what is to be done once it is durable.</summary>
    private sealed record Step(VersionChange Change, Action? AfterCommit = null, WorkflowGraph? Graph = null);
}
