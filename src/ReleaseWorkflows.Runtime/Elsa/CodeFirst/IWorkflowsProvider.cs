using Elsa.Workflows.Activities;

namespace Elsa.Workflows.Runtime;

/// <summary>Supplies workflows when the host starts. Called again whenever a further copy is needed: each call gives new objects that say the same.</summary>
public interface IWorkflowsProvider
{
    /// <summary>Name of the provider, unique in the host.</summary>
    string Name { get; }

    /// <summary>The workflows. The id of each version has to be unique.</summary>
    ValueTask<IEnumerable<MaterializedWorkflow>> GetWorkflowsAsync(CancellationToken cancellationToken = default);
}

/// <summary>A workflow that a provider supplies.</summary>
/// <param name="Workflow">The workflow.</param>
/// <param name="ProviderName">The provider.</param>
/// <param name="MaterializerName">What made it; only carried along.</param>
/// <param name="MaterializerContext">What it was made with; only carried along.</param>
/// <param name="OriginalSource">What it was made from; only carried along.</param>
public record MaterializedWorkflow(
    Workflow Workflow, string ProviderName, string MaterializerName, object? MaterializerContext = null, string? OriginalSource = null);
