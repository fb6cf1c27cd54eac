using Elsa.Workflows.Models;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions.WorkflowActivities;

/// <summary>Brings the stored versions that may be used as activities into the catalog: the published ones once, and what a definition refers to when it is read.</summary>
internal sealed class WorkflowActivityLoader(WorkflowActivityCatalog catalog, DefinitionReader reader, IUnitOfWorkRunner units) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _isLoaded;

    /// <summary>Reads everything again with the next call of <see cref="PrepareAsync"/>.</summary>
    public void Forget() => _isLoaded = false;

    /// <summary>Makes sure that the catalog knows what is published, and everything that this text refers to, at any depth.</summary>
    public async ValueTask PrepareAsync(string? json, CancellationToken cancellationToken)
    {
        if (!_isLoaded)
            await LoadAsync(cancellationToken);
        if (json is not null && WorkflowReferences.Find(json) is { Count: > 0 } references)
            await ResolveAsync(references, cancellationToken);
    }

    /// <summary>Takes up a version that was published just now.</summary>
    public void Published(WorkflowDefinitionRecord record)
    {
        var usable = Read(record);
        if (usable is not null)
            catalog.Add(usable);
        catalog.SetPublished(record.DefinitionId, usable is null ? null : catalog.Find(record.Id));
    }

    /// <summary>New activities cannot become this workflow any more; those that use one of its versions keep it.</summary>
    public void Retracted(string definitionId) => catalog.SetPublished(definitionId, null);

    public void Dispose() => _turn.Dispose();

    private async ValueTask LoadAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_isLoaded)
                return;

            var published = await units.RunAsync(
                static async (services, token) =>
                    UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().ListPublishedDefinitionsAsync(token)),
                cancellationToken);
            foreach (var record in published)
                Published(record);

            // Editors ask for every version that a definition uses, so older ones are types too.
            foreach (var record in published)
                await ResolveAsync(WorkflowReferences.Find(record.Json), cancellationToken);
            _isLoaded = true;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask ResolveAsync(IReadOnlyList<(string? DefinitionId, string? VersionId)> references, CancellationToken cancellationToken)
    {
        var seen = new HashSet<(string?, string?)>();
        var left = new Queue<(string? DefinitionId, string? VersionId)>(references);
        while (left.TryDequeue(out var reference))
        {
            if (!seen.Add(reference) || (reference.VersionId is { } known && catalog.Find(known) is not null))
                continue;

            foreach (var record in await ReadAsync(reference, cancellationToken))
            {
                if (catalog.Find(record.Id) is not null || Read(record) is not { } usable)
                    continue;

                catalog.Add(usable);
                foreach (var inner in WorkflowReferences.Find(record.Json))
                    left.Enqueue(inner);
            }
        }
    }

    private Task<IReadOnlyList<WorkflowDefinitionRecord>> ReadAsync(
        (string? DefinitionId, string? VersionId) reference, CancellationToken cancellationToken) => units.RunAsync(
        async (services, token) =>
        {
            var store = services.GetRequiredService<IWorkflowStore>();
            if (reference.VersionId is { } versionId && await store.FindDefinitionVersionAsync(versionId, token) is { } version)
                return UnitOfWorkResult.Discard<IReadOnlyList<WorkflowDefinitionRecord>>([version]);

            return UnitOfWorkResult.Discard(
                reference.DefinitionId is { } definitionId ? await store.ListDefinitionVersionsAsync(definitionId, token) : []);
        },
        cancellationToken);

    // Null: not usable as an activity, or not readable.
    private UsableWorkflow? Read(WorkflowDefinitionRecord record)
    {
        if (reader.ReadHeader(record.Json) is not { Options.UsableAsActivity: true } header)
            return null;

        header.Identity = new WorkflowIdentity(record.DefinitionId, record.Version, record.Id, header.Identity.TenantId);
        return new UsableWorkflow(header, record.Json);
    }
}
