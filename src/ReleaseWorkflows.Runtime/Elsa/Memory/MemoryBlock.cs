namespace Elsa.Expressions.Models;

/// <summary>One value held in memory during a burst.</summary>
public class MemoryBlock
{
    /// <summary>Creates an empty block.</summary>
    public MemoryBlock()
    {
    }

    /// <summary>Creates a block that holds a value.</summary>
    public MemoryBlock(object? value, object? metadata = null)
    {
        Value = value;
        Metadata = metadata;
    }

    /// <summary>The value.</summary>
    public object? Value { get; set; }

    /// <summary>What the block belongs to; the variable, if it holds one.</summary>
    public object? Metadata { get; set; }
}
