using System.Collections.Concurrent;
using Elsa.Workflows;
using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Definitions.CodeFirst;
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
    private long _retractions;

    public event EventHandler<TriggersChangedEventArgs>? TriggersChanged;

    public async ValueTask<WorkflowGraph?> FindPublishedAsync(string definitionId, CancellationToken cancellationToken = default)
    {
        if (_published.TryGetValue(definitionId, out var current) && _graphs.TryGetValue(current.Id, out var known))
            return known;

        var retractions = Interlocked.Read(ref _retractions);
        var versions = await ListVersionsAsync(definitionId, cancellationToken);
        if (versions.FirstOrDefault(static version => version.IsPublished) is not { } published)
            return null;

        // What was retracted while it was read must not come back.
        var graph = await GraphOfAsync(published, cancellationToken);
        if (retractions == Interlocked.Read(ref _retractions))
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

        json = await PrepareAsync(json, cancellationToken);
        var (publication, graph) = await units.RunAsync(
            async (services, token) => await PublishAsync(json, sourceHash, services, token), cancellationToken);

        return publication.Definition is { } stored
            ? publication with { Findings = [.. publication.Findings, .. await AnnounceAsync(stored, graph!, cancellationToken)] }
            : publication;
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

    /// <summary>Makes sure that everything a text refers to is known, and pins the workflows it uses as activities to their versions.</summary>
    internal async Task<string> PrepareAsync(string json, CancellationToken cancellationToken)
    {
        await usableLoader.PrepareAsync(json, cancellationToken);
        return WorkflowReferences.Pin(json, activity => usable.Resolve(activity, out _), usable.FindPublished);
    }

    /// <summary>Makes sure that every published workflow that may be used as an activity is among the activity types.</summary>
    internal ValueTask PrepareTypesAsync(CancellationToken cancellationToken) => usableLoader.PrepareAsync(null, cancellationToken);

    /// <summary>
    /// Inside a unit of work: checks a version and makes it the one that new instances run on, with its triggers and timers.
    /// </summary>
    /// <param name="version">The version, stored or not; its text was prepared.</param>
    /// <param name="versions">All stored versions of the definition.</param>
    /// <param name="findings">Gets what is wrong with it.</param>
    /// <param name="services">The services of the unit of work.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The graph, for <see cref="AnnounceAsync"/> after the commit; null if the version is refused, and nothing was collected.</returns>
    internal async Task<WorkflowGraph?> PublishVersionAsync(
        WorkflowDefinitionRecord version,
        IReadOnlyList<WorkflowDefinitionRecord> versions,
        List<DefinitionFinding> findings,
        IServiceProvider services,
        CancellationToken cancellationToken)
    {
        // Read anew in each attempt: the version's identity becomes part of the compiled graph.
        if (reader.ReadNew(version.Json, findings) is not { } workflow)
            return null;

        workflow.Identity = new WorkflowIdentity(version.DefinitionId, version.Version, version.Id, workflow.Identity.TenantId);
        workflow.Publication = new WorkflowPublication(true, true);
        usable.Check(workflow, findings);
        if (compiler.CompileNew(workflow, findings) is not { } graph)
            return null;

        var store = services.GetRequiredService<IWorkflowStore>();
        var triggers = await indexer.IndexAsync(graph, services, findings, cancellationToken);
        await TriggerRoutes.CheckAsync(triggers, store, findings, cancellationToken);
        if (findings.Any(static finding => finding.Severity == FindingSeverity.Error))
            return null;

        foreach (var former in versions.Where(former => former.Id != version.Id && (former.IsLatest || former.IsPublished)))
            store.SaveDefinition(former with { IsLatest = false, IsPublished = false });

        store.SaveDefinition(version with { IsLatest = true, IsPublished = true, PublishedAt = version.PublishedAt ?? time.GetUtcNow() });
        store.ReplaceTriggers(version.DefinitionId, [.. triggers.Select(static trigger => trigger.Record)]);
        foreach (var trigger in triggers)
        {
            if (trigger.Payload is ITimedStimulus timed)
                store.SetTimer(new TimerRecord(trigger.Record.Id, timed.DueAt, null, null, trigger.Record.Id));
        }

        return graph;
    }

    /// <summary>After the commit: new instances run on the version, its addresses answer, and workflows that follow it are published anew.</summary>
    /// <returns>What kept workflows from following.</returns>
    internal async Task<IReadOnlyList<DefinitionFinding>> AnnounceAsync(WorkflowDefinitionRecord version, WorkflowGraph graph, CancellationToken cancellationToken)
    {
        _graphs[version.Id] = graph;
        Remember(version);
        usableLoader.Published(version);
        timers.Wake();
        TriggersChanged?.Invoke(this, new TriggersChangedEventArgs(version.DefinitionId));

        return graph.Workflow.Options is { UsableAsActivity: true, AutoUpdateConsumingWorkflows: true }
            ? [.. (await UpdateReferencesAsync(version.DefinitionId, cancellationToken)).SelectMany(static update => update.Complaints())]
            : [];
    }

    /// <summary>After the commit: no version of the definition is published any more.</summary>
    internal void Retracted(string definitionId)
    {
        Interlocked.Increment(ref _retractions);
        _published.TryRemove(definitionId, out _);
        usableLoader.Retracted(definitionId);
        TriggersChanged?.Invoke(this, new TriggersChangedEventArgs(definitionId));
    }

    /// <summary>After the commit: the text of a version that was never published is another one, or gone.</summary>
    internal void ForgetVersion(string versionId) => _graphs.TryRemove(versionId, out _);

    private async Task<UnitOfWorkResult<(Publication, WorkflowGraph?)>> PublishAsync(
        string json, string? sourceHash, IServiceProvider services, CancellationToken cancellationToken)
    {
        var findings = new List<DefinitionFinding>();
        var workflow = reader.ReadNew(json, [])!;
        var store = services.GetRequiredService<IWorkflowStore>();
        var versions = await store.ListDefinitionVersionsAsync(workflow.Identity.DefinitionId, cancellationToken);
        var version = new WorkflowDefinitionRecord
        {
            Id = versions.Count == 0 && await store.FindDefinitionVersionAsync(workflow.Identity.Id, cancellationToken) is null
                ? workflow.Identity.Id
                : ids.GenerateId(),
            DefinitionId = workflow.Identity.DefinitionId,
            Version = versions.Count == 0 ? 1 : versions.Max(static stored => stored.Version) + 1,
            Name = workflow.WorkflowMetadata.Name,
            Description = workflow.WorkflowMetadata.Description,
            IsReadonly = workflow.IsReadonly,
            IsSystem = workflow.IsSystem,
            ProviderName = CodePart.IsIn(json) ? "CLR" : null,
            ToolVersion = workflow.WorkflowMetadata.ToolVersion?.ToString(),
            IsLatest = true,
            IsPublished = true,
            CreatedAt = time.GetUtcNow(),
            SourceHash = sourceHash,
            Json = json,
        };
        var graph = await PublishVersionAsync(version, versions, findings, services, cancellationToken);
        return graph is null
            ? UnitOfWorkResult.Discard<(Publication, WorkflowGraph?)>((new Publication(null, findings), null))
            : UnitOfWorkResult.Commit<(Publication, WorkflowGraph?)>((new Publication(version, findings), graph));
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
