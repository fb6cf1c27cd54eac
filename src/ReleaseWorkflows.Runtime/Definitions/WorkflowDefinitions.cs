using System.Collections.Concurrent;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions.Validation;
using ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;
using ReleaseWorkflows.Runtime.Resumption;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <inheritdoc cref="IWorkflowDefinitions"/>
internal sealed class WorkflowDefinitions(
    DefinitionReader reader,
    WorkflowCompiler compiler,
    TriggerIndexer indexer,
    IUnitOfWorkRunner units,
    IIdentityGenerator ids,
    TimeProvider time,
    TimerSignal timers,
    WorkflowActivityCatalog usable,
    WorkflowActivityLoader usableLoader) : IWorkflowDefinitions
{
    private readonly ConcurrentDictionary<string, WorkflowGraph> _graphs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PublishedVersion> _published = new(StringComparer.Ordinal);

    public event EventHandler<TriggersChangedEventArgs>? TriggersChanged;

    public async ValueTask<WorkflowGraph?> FindPublishedAsync(string definitionId, CancellationToken cancellationToken = default)
    {
        if (_published.TryGetValue(definitionId, out var current) && _graphs.TryGetValue(current.Id, out var known))
            return known;

        var versions = await ListVersionsAsync(definitionId, cancellationToken);
        if (versions.FirstOrDefault(static version => version.IsPublished) is not { } published)
            return null;

        var graph = await GraphOfAsync(published, cancellationToken);
        Remember(published);
        return graph;
    }

    public async ValueTask<WorkflowGraph?> FindVersionAsync(string versionId, CancellationToken cancellationToken = default)
    {
        if (_graphs.TryGetValue(versionId, out var known))
            return known;

        var record = await units.RunAsync(
            async (services, token) =>
                UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().FindDefinitionVersionAsync(versionId, token)),
            cancellationToken);
        return record is null ? null : await GraphOfAsync(record, cancellationToken);
    }

    public DefinitionCheck Check(string json)
    {
        var findings = new List<DefinitionFinding>();
        var workflow = reader.ReadNew(json, findings);
        if (workflow is not null)
            usable.Check(workflow, findings);
        var graph = workflow is null ? null : compiler.CompileNew(workflow, findings);
        return new DefinitionCheck(graph, findings);
    }

    public async Task<Publication> PublishAsync(string json, string? sourceHash = null, CancellationToken cancellationToken = default)
    {
        await usableLoader.PrepareAsync(json, cancellationToken);
        if (Check(json) is { IsValid: false } refused)
            return new Publication(null, refused.Findings);

        json = WorkflowReferences.Pin(json, activity => usable.Resolve(activity, out _), usable.FindPublished);

        var (publication, graph) = await units.RunAsync(
            async (services, token) => await PublishAsync(json, sourceHash, services, token), cancellationToken);

        if (publication.Definition is { } stored)
        {
            _graphs[stored.Id] = graph!;
            Remember(stored);
            usableLoader.Published(stored);
            timers.Wake();
            TriggersChanged?.Invoke(this, new TriggersChangedEventArgs(stored.DefinitionId));

            if (graph!.Workflow.Options is { UsableAsActivity: true, AutoUpdateConsumingWorkflows: true })
            {
                var updates = await UpdateReferencesAsync(stored.DefinitionId, cancellationToken);
                return publication with { Findings = [.. publication.Findings, .. updates.SelectMany(static update => update.Complaints())] };
            }
        }

        return publication;
    }

    public async Task<IReadOnlyList<ReferenceUpdate>> UpdateReferencesAsync(string definitionId, CancellationToken cancellationToken = default)
    {
        await usableLoader.PrepareAsync(null, cancellationToken);
        if (usable.FindPublished(definitionId) is not { } newest)
            return [];

        var all = await units.RunAsync(
            async (services, token) =>
                UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().ListPublishedDefinitionsAsync(token)),
            cancellationToken);
        var updates = new List<ReferenceUpdate>();
        foreach (var consumer in all)
        {
            var json = WorkflowReferences.Pin(
                consumer.Json,
                activity => usable.Resolve(activity, out _) is { } used && used.Identity.DefinitionId == definitionId ? newest : null,
                usable.FindPublished);
            if (json == consumer.Json)
                continue;

            // The new version still comes from the file that the former one came from.
            updates.Add(consumer.IsLatest
                ? new ReferenceUpdate(consumer, await PublishAsync(json, consumer.SourceHash, cancellationToken))
                : new ReferenceUpdate(consumer, null));
        }

        return updates;
    }

    public async Task<IReadOnlyList<FileReport>> LoadAsync(string folder, CancellationToken cancellationToken = default)
    {
        await usableLoader.PrepareAsync(null, cancellationToken);
        return await new DefinitionFolder(this, ListVersionsAsync).LoadAsync(folder, cancellationToken);
    }

    public void Invalidate(string definitionId)
    {
        _published.TryRemove(definitionId, out _);
        usableLoader.Forget();
        TriggersChanged?.Invoke(this, new TriggersChangedEventArgs(definitionId));
    }

    private async Task<UnitOfWorkResult<(Publication, WorkflowGraph?)>> PublishAsync(
        string json, string? sourceHash, IServiceProvider services, CancellationToken cancellationToken)
    {
        // Read anew in each attempt: the version's identity becomes part of the compiled graph.
        var findings = new List<DefinitionFinding>();
        var workflow = reader.ReadNew(json, findings)!;
        var store = services.GetRequiredService<IWorkflowStore>();
        var versions = await store.ListDefinitionVersionsAsync(workflow.Identity.DefinitionId, cancellationToken);

        workflow.Identity = workflow.Identity with
        {
            Id = versions.Count == 0 && await store.FindDefinitionVersionAsync(workflow.Identity.Id, cancellationToken) is null
                ? workflow.Identity.Id
                : ids.GenerateId(),
            Version = versions.Count == 0 ? 1 : versions.Max(static version => version.Version) + 1,
        };
        workflow.Publication = new WorkflowPublication(true, true);

        usable.Check(workflow, findings);
        var graph = compiler.CompileNew(workflow, findings);
        if (graph is null)
            return UnitOfWorkResult.Discard<(Publication, WorkflowGraph?)>((new Publication(null, findings), null));

        var triggers = await indexer.IndexAsync(graph, services, findings, cancellationToken);
        await TriggerRoutes.CheckAsync(triggers, store, findings, cancellationToken);

        if (findings.Any(static finding => finding.Severity == FindingSeverity.Error))
            return UnitOfWorkResult.Discard<(Publication, WorkflowGraph?)>((new Publication(null, findings), null));

        foreach (var former in versions.Where(static version => version.IsLatest || version.IsPublished))
            store.SaveDefinition(former with { IsLatest = false, IsPublished = false });

        var record = new WorkflowDefinitionRecord
        {
            Id = workflow.Identity.Id,
            DefinitionId = workflow.Identity.DefinitionId,
            Version = workflow.Identity.Version,
            Name = workflow.WorkflowMetadata.Name,
            IsLatest = true,
            IsPublished = true,
            Description = workflow.WorkflowMetadata.Description,
            CreatedAt = time.GetUtcNow(),
            ChangedAt = time.GetUtcNow(),
            PublishedAt = time.GetUtcNow(),
            IsReadonly = workflow.IsReadonly,
            IsSystem = workflow.IsSystem,
            ToolVersion = workflow.WorkflowMetadata.ToolVersion?.ToString(),
            SourceHash = sourceHash,
            Json = json,
        };
        store.SaveDefinition(record);
        store.ReplaceTriggers(record.DefinitionId, [.. triggers.Select(static trigger => trigger.Record)]);

        foreach (var trigger in triggers)
        {
            if (trigger.Payload is ITimedStimulus timed)
                store.SetTimer(new TimerRecord(trigger.Record.Id, timed.DueAt, null, null, trigger.Record.Id));
        }

        return UnitOfWorkResult.Commit<(Publication, WorkflowGraph?)>((new Publication(record, findings), graph));
    }

    // A reader that was slower than a publication must not bring the former version back.
    private void Remember(WorkflowDefinitionRecord record) => _published.AddOrUpdate(
        record.DefinitionId,
        static (_, added) => added,
        static (_, known, added) => known.Version > added.Version ? known : added,
        new PublishedVersion(record.Id, record.Version));

    private async ValueTask<WorkflowGraph> GraphOfAsync(WorkflowDefinitionRecord record, CancellationToken cancellationToken)
    {
        if (_graphs.TryGetValue(record.Id, out var known))
            return known;

        await usableLoader.PrepareAsync(record.Json, cancellationToken);
        return _graphs.GetOrAdd(record.Id, Compile(record));
    }

    private WorkflowGraph Compile(WorkflowDefinitionRecord record)
    {
        var findings = new List<DefinitionFinding>();
        if (reader.Read(record.Json, findings) is { } workflow)
        {
            workflow.Identity = new WorkflowIdentity(record.DefinitionId, record.Version, record.Id, workflow.Identity.TenantId);
            workflow.Publication = new WorkflowPublication(record.IsLatest, record.IsPublished);
            if (compiler.Compile(workflow, findings) is { } graph)
                return graph;
        }

        var reasons = string.Join(" ", findings.Select(static finding => finding.Reason));
        throw new WorkflowNotFoundException(
            $"Version {record.Version} of the definition '{record.DefinitionId}' cannot run in this program: {reasons}");
    }

    private Task<IReadOnlyList<WorkflowDefinitionRecord>> ListVersionsAsync(string definitionId, CancellationToken cancellationToken) =>
        units.RunAsync(
            async (services, token) =>
                UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().ListDefinitionVersionsAsync(definitionId, token)),
            cancellationToken);

    private readonly record struct PublishedVersion(string Id, int Version);
}
