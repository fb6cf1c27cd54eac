using System.Runtime.CompilerServices;
using Elsa.Workflows;

namespace ReleaseWorkflows.Runtime.Execution;

/// <summary>
/// A call of an activity's code from inside another one: a completion tells the container, which completes and tells its own, and so on. As deep as
/// containers are nested, and no deeper: code that calls itself without end by way of the engine must not use up the stack, which would end the process.
/// </summary>
internal readonly struct NestedCall : IDisposable
{
    /// <summary>Most calls inside each other. Definitions nest no more than about a hundred containers.</summary>
    public const int MaxDepth = 512;

    private readonly WorkflowExecutionContext _burst;

    /// <exception cref="InvalidOperationException">There are too many calls inside each other.</exception>
    public NestedCall(WorkflowExecutionContext burst)
    {
        if (burst.NestedCalls >= MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new InvalidOperationException("Activities schedule, complete or signal each other without end, each inside the other.");

        burst.NestedCalls++;
        _burst = burst;
    }

    public void Dispose() => _burst.NestedCalls--;
}
