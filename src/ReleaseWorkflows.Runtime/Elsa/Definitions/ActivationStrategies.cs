namespace Elsa.Workflows
{
    /// <summary>Says whether a further instance of a definition may start.</summary>
    /// <remarks>A marker here: the database decides, by a key that one running instance at most can have.</remarks>
    public interface IWorkflowActivationStrategy;
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
