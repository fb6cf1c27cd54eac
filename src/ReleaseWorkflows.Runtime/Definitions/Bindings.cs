using Elsa.Expressions.Models;
using Elsa.Workflows.Models;

namespace ReleaseWorkflows.Runtime.Definitions;

/// <summary>An input of one activity that is set, ready to be evaluated.</summary>
internal sealed class InputBinding(InputDescriptor descriptor, Input input)
{
    /// <summary>What is known about it.</summary>
    public InputDescriptor Descriptor { get; } = descriptor;

    /// <summary>Its expression.</summary>
    public Expression Expression { get; } = input.Expression!;

    /// <summary>Where its value is put.</summary>
    public MemoryBlockReference Place { get; } = input.MemoryBlockReference();

    /// <summary>Type of its value.</summary>
    public Type Type { get; } = input.Type;

    /// <summary>True if the value never changes and may be shared: it was computed when the workflow was compiled.</summary>
    public bool IsConstant { get; init; }

    /// <summary>The value, if it never changes.</summary>
    public object? Constant { get; init; }
}

/// <summary>An output of one activity that is bound.</summary>
/// <param name="Descriptor">What is known about it.</param>
/// <param name="Output">Where it is bound to.</param>
internal sealed record OutputBinding(OutputDescriptor Descriptor, Output Output);
