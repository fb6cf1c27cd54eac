using Elsa.Workflows;
using Microsoft.Extensions.DependencyInjection;
using ReleaseWorkflows.Runtime.Expressions;
using ReleaseWorkflows.Runtime.Storage;

namespace ReleaseWorkflows.Runtime.Definitions.CodeFirst;

/// <summary>Publishes the workflows that are written in code: what is new or has changed, never over a definition that was made elsewhere.</summary>
internal sealed class CodeWorkflowLoader(
    CodeWorkflows workflows, IWorkflowDefinitions definitions, WorkflowCompiler compiler, IActivityRegistry registry, TypeAliases types, IUnitOfWorkRunner units)
{
    /// <summary>Brings the stored definitions in line with the code.</summary>
    /// <returns>One report per class, by its name.</returns>
    public async Task<IReadOnlyList<FileReport>> LoadAsync(CancellationToken cancellationToken = default)
    {
        var reports = new List<FileReport>();
        var candidates = new List<Candidate>();
        foreach (var source in await workflows.FindSourcesAsync(cancellationToken))
        {
            var workflow = source.Build();
            var findings = new List<DefinitionFinding>();
            var graph = workflow.Root is null ? null : compiler.CompileNew(workflow, findings);
            if (graph is null)
            {
                reports.Add(new FileReport(source.Name, FileOutcome.Refused, workflow.Identity.DefinitionId, findings));
                continue;
            }

            var json = WorkflowWriter.Write(graph, source.Name, registry, types);
            workflows.Register(json, source.Build);
            candidates.Add(new Candidate(source.Name, workflow.Identity.DefinitionId, workflow.Identity.Version, json));
        }

        foreach (var definition in candidates.GroupBy(static candidate => candidate.DefinitionId))
            reports.AddRange(await LoadAsync(definition.Key, [.. definition.OrderBy(static candidate => candidate.Order)], cancellationToken));

        await RetireAsync(candidates.Select(static candidate => candidate.DefinitionId).ToHashSet(StringComparer.Ordinal), cancellationToken);
        return reports;
    }

    private async Task<List<FileReport>> LoadAsync(string definitionId, List<Candidate> classes, CancellationToken cancellationToken)
    {
        var reports = new List<FileReport>();
        var stored = await units.RunAsync(
            async (services, token) =>
                UnitOfWorkResult.Discard(await services.GetRequiredService<IWorkflowStore>().ListDefinitionVersionsAsync(definitionId, token)),
            cancellationToken);

        if (stored.FirstOrDefault(static version => version.IsPublished || version.IsLatest) is { } current && !CodePart.IsIn(current.Json))
        {
            foreach (var candidate in classes)
            {
                reports.Add(new FileReport(candidate.Name, FileOutcome.Superseded, definitionId, [DefinitionReader.Warning(
                    null, $"The definition '{definitionId}' was made elsewhere; the workflow in code was not loaded. Give it another id, or delete the definition.")]));
            }

            return reports;
        }

        // The last class is the one new instances start on, also when it says again what an older version said.
        foreach (var candidate in classes)
        {
            var isKnown = ReferenceEquals(candidate, classes[^1])
                ? stored.Any(version => version.IsPublished && version.Json == candidate.Json) && !reports.Exists(static report => report.Outcome == FileOutcome.Published)
                : stored.Any(version => version.Json == candidate.Json);
            if (isKnown)
            {
                reports.Add(new FileReport(candidate.Name, FileOutcome.Unchanged, definitionId, []));
                continue;
            }

            var publication = await definitions.PublishAsync(candidate.Json, null, cancellationToken);
            reports.Add(new FileReport(
                candidate.Name, publication.Definition is null ? FileOutcome.Refused : FileOutcome.Published, definitionId, publication.Findings));
        }

        return reports;
    }

    // A definition whose class is gone, and that is nothing without it, must not start any more. What can go on as it is written does.
    private async Task RetireAsync(HashSet<string> known, CancellationToken cancellationToken)
    {
        var retired = await units.RunAsync(
            async (services, token) =>
            {
                var store = services.GetRequiredService<IWorkflowStore>();
                var gone = (await store.ListPublishedDefinitionsAsync(token))
                    .Where(version => !known.Contains(version.DefinitionId) && CodePart.Find(version.Json) is { Count: > 0 })
                    .ToList();
                foreach (var version in gone)
                {
                    store.SaveDefinition(version with { IsPublished = false });
                    store.ReplaceTriggers(version.DefinitionId, []);
                }

                return gone.Count == 0 ? UnitOfWorkResult.Discard(gone) : UnitOfWorkResult.Commit(gone);
            },
            cancellationToken);

        foreach (var version in retired)
            definitions.Invalidate(version.DefinitionId);
    }

    private sealed record Candidate(string Name, string DefinitionId, int Order, string Json);
}
