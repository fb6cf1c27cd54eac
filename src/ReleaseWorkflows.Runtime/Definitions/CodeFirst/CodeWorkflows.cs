using System.Collections.Concurrent;
using Elsa.Workflows;
using Elsa.Workflows.Activities;
using Elsa.Workflows.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ReleaseWorkflows.Runtime.Definitions.CodeFirst;

/// <summary>
/// The workflows that are written in code.
/// </summary>
/// <remarks>
/// Life: the host starts → each class is built once and written as a definition (<see cref="WorkflowWriter"/>) → text that is not stored yet becomes
/// the next version of its definition, published → whoever reads a stored version with this very text gets the workflow built by the class, not read
/// from the text. When the class changes, its text changes, and a new version follows; the text of the former one is still stored. It reads like any
/// other definition, unless it says that parts of it were code: then its instances wait until a class that builds this text is there again.
/// </remarks>
internal sealed class CodeWorkflows(IServiceScopeFactory scopes, IOptions<WorkflowRuntimeOptions> options)
{
    private readonly ConcurrentDictionary<string, Func<Workflow>> _builders = new(StringComparer.Ordinal);

    /// <summary>Builds the workflow whose text this is; null if no class does.</summary>
    public Workflow? TryBuild(string json) => _builders.TryGetValue(json, out var build) ? build() : null;

    /// <summary>Says which text stands for a workflow.</summary>
    public void Register(string json, Func<Workflow> build) => _builders[json] = build;

    /// <summary>All sources: the classes of the settings, and what providers of the host supply.</summary>
    public async Task<IReadOnlyList<CodeWorkflowSource>> FindSourcesAsync(CancellationToken cancellationToken)
    {
        var sources = options.Value.WorkflowTypes.Distinct().Select(type => new CodeWorkflowSource(ActivityTypeNames.ClassName(type), () => Build(type))).ToList();

        using var scope = scopes.CreateScope();
        foreach (var provider in scope.ServiceProvider.GetServices<IWorkflowsProvider>())
        {
            foreach (var workflow in await provider.GetWorkflowsAsync(cancellationToken))
            {
                var (name, id) = (provider.Name, workflow.Workflow.Identity.Id);
                sources.Add(new CodeWorkflowSource(name, () => Build(name, id)));
            }
        }

        return sources;
    }

    private Workflow Build(Type type)
    {
        using var scope = scopes.CreateScope();
        var definition = (IWorkflow)ActivatorUtilities.GetServiceOrCreateInstance(scope.ServiceProvider, type);
        return scope.ServiceProvider.GetRequiredService<IWorkflowBuilderFactory>().CreateBuilder().BuildWorkflowAsync(definition).GetAwaiter().GetResult();
    }

    // A provider makes a new object with each call; a compiled one cannot be used again.
    private Workflow Build(string provider, string id)
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetServices<IWorkflowsProvider>().First(candidate => candidate.Name == provider)
            .GetWorkflowsAsync().AsTask().GetAwaiter().GetResult().First(workflow => workflow.Workflow.Identity.Id == id).Workflow;
    }
}

/// <summary>Where a workflow comes from.</summary>
/// <param name="Name">Its class, or the provider that supplies it.</param>
/// <param name="Build">Makes a new copy.</param>
internal sealed record CodeWorkflowSource(string Name, Func<Workflow> Build);
