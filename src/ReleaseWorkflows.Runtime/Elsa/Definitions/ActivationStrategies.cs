namespace Elsa.Workflows
{
    /// <summary>Says whether a further instance of a definition may start.</summary>
    /// <remarks>
    /// The built-in strategies are decided by the database, by a key that one running instance at most can have. One of a host's own
    /// (known to definitions by <c>AddWorkflowTypeAlias</c>) is asked inside the unit of work that starts the instance: what it reads may be outdated when
    /// that commits, unless a row of its own is written with it.
    /// </remarks>
    public interface IWorkflowActivationStrategy
    {
        /// <summary>True if another instance may start now.</summary>
        ValueTask<bool> GetAllowActivationAsync(WorkflowInstantiationStrategyContext context) => ValueTask.FromResult(true);
    }

    /// <summary>The start that an activation strategy decides on.</summary>
    /// <param name="Workflow">The workflow.</param>
    /// <param name="CorrelationId">Correlation id of the new instance.</param>
    /// <param name="CancellationToken">Ends the work.</param>
    public record WorkflowInstantiationStrategyContext(Activities.Workflow Workflow, string? CorrelationId, CancellationToken CancellationToken);
}

namespace Elsa.Workflows.ActivationValidators
{
    /// <summary>Always. This is also what a definition without a strategy gets.</summary>
    public sealed class AllowAlwaysStrategy : IWorkflowActivationStrategy;

    /// <summary>Only while no instance of the definition runs.</summary>
    public sealed class SingletonStrategy : IWorkflowActivationStrategy;

    /// <summary>Only while no instance of the definition runs that has the same correlation id.</summary>
    public sealed class CorrelatedSingletonStrategy : IWorkflowActivationStrategy;

    /// <summary>Only while no instance of any definition runs that has the same correlation id.</summary>
    public sealed class CorrelationStrategy : IWorkflowActivationStrategy;
}
