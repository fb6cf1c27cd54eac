using Elsa.Expressions.Models;
using Elsa.Workflows.Memory;

namespace Elsa.Workflows;

/// <summary>What the execution of an activity and that of a workflow have in common.</summary>
public interface IExecutionContext
{
    /// <summary>Id of the execution.</summary>
    string Id { get; }

    /// <summary>The activity that is executed; for a workflow, the workflow itself.</summary>
    IActivity Activity { get; }

    /// <summary>Where its expressions are evaluated.</summary>
    ExpressionExecutionContext ExpressionExecutionContext { get; }

    /// <summary>Variables declared here.</summary>
    IEnumerable<Variable> Variables { get; }

    /// <summary>Ends the burst.</summary>
    CancellationToken CancellationToken { get; }
}
