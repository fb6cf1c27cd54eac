using System.Diagnostics.CodeAnalysis;

namespace Elsa.Expressions.Models;

/// <summary>The memory of one execution: its variables and evaluated inputs by reference id.</summary>
public class MemoryRegister
{
    private Dictionary<string, MemoryBlock>? _blocks;

    /// <summary>Creates an empty register.</summary>
    public MemoryRegister()
    {
    }

    /// <summary>Creates a register over existing blocks.</summary>
    public MemoryRegister(IDictionary<string, MemoryBlock> blocks) => _blocks = new Dictionary<string, MemoryBlock>(blocks);

    /// <summary>The blocks by reference id.</summary>
    public IDictionary<string, MemoryBlock> Blocks => _blocks ??= [];

    /// <summary>True if the register holds a block for the reference.</summary>
    public bool IsDeclared(MemoryBlockReference reference) => TryGetBlock(reference.Id, out _);

    /// <summary>Looks for a block.</summary>
    public bool TryGetBlock(string id, [NotNullWhen(true)] out MemoryBlock? block)
    {
        block = null;
        return _blocks is not null && id is not null && _blocks.TryGetValue(id, out block);
    }

    /// <summary>Declares several references.</summary>
    public void Declare(IEnumerable<MemoryBlockReference> references)
    {
        foreach (var reference in references)
            Declare(reference);
    }

    /// <summary>Makes sure that the register holds a block for the reference, and returns it.</summary>
    public MemoryBlock Declare(MemoryBlockReference reference)
    {
        if (TryGetBlock(reference.Id, out var block))
            return block;

        block = reference.Declare();
        Blocks[reference.Id] = block;
        return block;
    }
}
