using Elsa.Expressions.Models;

namespace Elsa.Workflows.Models;

/// <summary>An input or output of an activity: a value with a place in memory.</summary>
public abstract class Argument
{
    /// <summary>Creates an argument without a place.</summary>
    protected Argument()
    {
    }

    /// <summary>Creates an argument.</summary>
    protected Argument(MemoryBlockReference memoryBlockReference)
        : this(() => memoryBlockReference)
    {
    }

    /// <summary>Creates an argument whose place is known later.</summary>
    protected Argument(Func<MemoryBlockReference> memoryBlockReference) => MemoryBlockReference = memoryBlockReference;

    /// <summary>The place of the value.</summary>
    public Func<MemoryBlockReference> MemoryBlockReference { get; set; } = null!;
}
