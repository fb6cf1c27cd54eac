using Elsa.Expressions.Models;

namespace Elsa.Workflows.Models;

/// <summary>An output of an activity, bound to a variable or to an output of the workflow, or to nothing.</summary>
public class Output : Argument
{
    /// <summary>Creates an output that is bound to nothing.</summary>
    public Output()
    {
    }

    /// <summary>Creates an output bound to a place in memory.</summary>
    public Output(MemoryBlockReference memoryBlockReference)
        : base(memoryBlockReference)
    {
    }

    /// <summary>Creates an output bound to a place that is known later.</summary>
    public Output(Func<MemoryBlockReference> memoryBlockReference)
        : base(memoryBlockReference)
    {
    }
}

/// <summary>An output of a known type.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public class Output<T> : Output
{
    /// <summary>Creates an output that is bound to nothing.</summary>
    public Output()
    {
    }

    /// <summary>Creates an output bound to a place in memory.</summary>
    public Output(MemoryBlockReference memoryBlockReference)
        : base(memoryBlockReference)
    {
    }

    /// <summary>Creates an output bound to a place that is known later.</summary>
    public Output(Func<MemoryBlockReference> memoryBlockReference)
        : base(memoryBlockReference)
    {
    }
}
